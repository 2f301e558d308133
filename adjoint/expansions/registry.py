"""Which library functions are written down, and where."""

from __future__ import annotations

import functools
import importlib.util
import inspect
from collections.abc import Callable, Collection
from types import MethodType
from typing import Any

_FAMILIES = (
    "applying",
    "changing",
    "contractions",
    "counting",
    "diagonals",
    "differences",
    "factorisations",
    "filling",
    "frozen",
    "fourier",
    "grids",
    "joining",
    "layouts",
    "linalg_names",
    "linear_systems",
    "more_factorisations",
    "nan_reductions",
    "norms",
    "order_statistics",
    "ordering",
    "places",
    "polynomials",
    "products",
    "reductions",
    "repeating",
    "running",
    "selecting",
    "sets",
    "signals",
    "slopes",
    "sparse",
    "special",
    "splitting",
    "standard_library",
    "statistics",
    "ufuncs",
    "views",
    "windows",
)
"""Modules of this package, imported when the first call asks."""

_WITH_SCIPY = {
    "scipy.stats.": "distributions",
    "scipy.special.": "gammas",
    "numpy.i0": "bessel",
}
"""Modules that need SciPy, by what the names of their functions start with."""

_by_function: dict[Any, Callable[..., Any]] = {}
_given: dict[Callable[..., Any], tuple[str, ...]] = {}
_by_name: dict[str, Callable[..., Any]] = {}
_settled: set[Callable[..., Any]] = set()
_stand_ins: dict[str, type] = {}
_named: dict[type, str] = {}


def expands(
    *functions: Any, given: tuple[str, ...] = ()
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register what stands for library functions.

    In its own expansion a function is the call that lowering or a rule knows, and with `given` all
    calls are that do not give one of these arguments.

    A function is given itself, or by name where its library may be missing:
    `"scipy.special._logsumexp.logsumexp"`, or `"module.class.method"` of a bound method.
    """

    def register(expansion: Callable[..., Any]) -> Callable[..., Any]:
        for function in functions:
            if isinstance(function, str):
                _by_name[function] = expansion
            else:
                _by_function[function] = expansion
        if given:
            _given[expansion] = given
        return expansion

    return register


def expansion_of(function: Any) -> Callable[..., Any] | None:
    """What stands for a function; None if nothing does."""
    _import_families()
    name = _name(function)
    for start, family in _WITH_SCIPY.items():
        if name.startswith(start) and importlib.util.find_spec("scipy") is not None:
            importlib.import_module(f"adjoint.expansions.{family}")
    try:
        found = _by_function.get(function)
    except TypeError:  # an unhashable callable
        return None
    return found or _by_name.get(name)


def expands_call(expansion: Callable[..., Any], count: int, keywords: Collection[str]) -> bool:
    """Whether an expansion stands for calls with so many arguments and these keywords."""
    if expansion not in _given:
        return True
    names = {*list(inspect.signature(expansion).parameters)[:count], *keywords}
    return not names.isdisjoint(_given[expansion])


def stands_in(name: str) -> Callable[[type], type]:
    """Register the decorated class as what stands for a library's class, given by its full name."""

    def register(cls: type) -> type:
        _stand_ins[name] = cls
        _named[cls] = name
        return cls

    return register


def stand_in(cls: type) -> type | None:
    """The class that is written down for a library's class; None if there is none."""
    if cls.__module__.startswith("scipy."):
        _import_families()
    return _stand_ins.get(_name(cls))


def is_stand_in(cls: type) -> bool:
    """Whether a class stands for a library's."""
    return cls in _named


def original(cls: type) -> type:
    """The library's class that one stands for; other classes stand for themselves."""
    if cls not in _named:
        return cls
    module, _, name = _named[cls].rpartition(".")
    found: type = getattr(importlib.import_module(module), name)
    return found


@functools.cache
def _import_families() -> None:
    for family in _FAMILIES:
        importlib.import_module(f"adjoint.expansions.{family}")


def settled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a function that is called when compiling: its arguments must be known then."""
    _settled.add(function)
    return function


def is_settled(function: Any) -> bool:
    """Whether calls of the function are evaluated when compiling."""
    try:
        return function in _settled
    except TypeError:  # an unhashable callable
        return False


def is_expansion(filename: str) -> bool:
    """Whether a file is one of this package's."""
    return filename.startswith(__file__.rpartition("registry")[0])


def _name(function: Any) -> str:
    if isinstance(function, MethodType):
        owner = type(function.__self__)
        return f"{owner.__module__}.{owner.__qualname__}.{function.__name__}"
    return f"{getattr(function, '__module__', '')}.{getattr(function, '__qualname__', '')}"
