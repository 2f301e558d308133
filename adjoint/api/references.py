"""What a function reads besides its arguments, and a fingerprint of it.

A compiled gradient is valid while the globals and closure variables that the function - or a
function it calls - reads are what they were. `scan` finds them without running the compiler: it
follows the names in the function's code, which gives all that can be read and sometimes more,
never less. The fingerprint is the same in another process if the program is, so it is also the
key under which generated modules are kept on disk.
"""

from __future__ import annotations

import functools
import hashlib
import inspect
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import (
    BuiltinFunctionType,
    CellType,
    CodeType,
    FunctionType,
    MappingProxyType,
    ModuleType,
)
from typing import Any

import numpy as np

from adjoint.expansions import stand_in
from adjoint.jit.numba_internals import CPUDispatcher
from adjoint.program.checkpoint import is_checkpoint
from adjoint.program.structure import Leaf, Static, Structure
from adjoint.program.user_rules import user_rule_of

PLAIN = (type(None), bool, int, float, complex, str, bytes, type(Ellipsis))
LIBRARIES = frozenset({"adjoint", "builtins", "cmath", "math", "numba", "numpy", "operator"})
"""Their contents are fixed by their versions, which the cache's folder names."""

MISSING = object()


@dataclass(frozen=True, eq=False)
class Place:
    """A variable outside of the function: a key of a namespace, or a closure cell."""

    path: str
    holder: Mapping[str, Any] | CellType
    key: str
    value: Any

    def read(self) -> Any:
        """Return what the variable holds now; `MISSING` if it was deleted."""
        if not isinstance(self.holder, CellType):
            return self.holder.get(self.key, MISSING)
        try:
            return self.holder.cell_contents
        except ValueError:
            return MISSING


@dataclass(frozen=True, eq=False)
class References:
    """What `scan` found.

    Attributes
    ----------
    places : every variable that may be read, by its path from the function (`g.scale`).
    fixed : values out of libraries by path, such as `math.pi`; nobody rebinds them.
    codes : the functions that were followed, with their code: IPython's autoreload gives a function
        the code of its new text.
    fingerprint : equal for equal programs.
    portable : whether the fingerprint means the same in another process; not if a variable
        holds an object that only this process knows.
    """

    places: Mapping[str, Place]
    fixed: Mapping[str, Any]
    codes: tuple[tuple[FunctionType, CodeType], ...]
    fingerprint: str
    portable: bool

    def value(self, path: str) -> Any:
        """Return the value of the variable at a path."""
        return self.places[path].value

    def place_of(self, name: str, value: object) -> Place | None:
        """Return the variable called `name` (`scale`, `module.scale`) that holds the object."""
        ending = f".{name}"
        matches = (p for p in self.places.values() if p.path.endswith(ending))
        return next((place for place in matches if place.value is value), None)

    def know(self, name: str, value: object) -> bool:
        """Whether a variable is one of those found, or holds a part of a library."""
        if _is_library(value) or _is_method_of_ufunc(value):
            return True
        if self.place_of(name, value) is not None:
            return True
        return any(p.endswith(f".{name}") and v is value for p, v in self.fixed.items())


@dataclass
class _Scan:
    places: dict[str, Place] = field(default_factory=dict)
    fixed: dict[str, Any] = field(default_factory=dict)
    codes: list[tuple[FunctionType, CodeType]] = field(default_factory=list)
    facts: list[str] = field(default_factory=list)
    seen: dict[int, str] = field(default_factory=dict)
    portable: bool = True


def scan(
    function: FunctionType, arguments: Mapping[str, Structure] = MappingProxyType({})
) -> References:
    """Find what a function reads, following the functions it names.

    `arguments` are what the arguments of a specialisation look like: the constants among them
    are part of the program, and so are the methods of objects.
    """
    state = _Scan()
    _scan_function(state, "", function)
    for name, structure in arguments.items():
        _scan_structure(state, f"({name}).{name}", structure)
    fingerprint = hashlib.sha256("\0".join(state.facts).encode()).hexdigest()
    return References(state.places, state.fixed, tuple(state.codes), fingerprint, state.portable)


def _scan_function(state: _Scan, path: str, function: FunctionType) -> None:
    state.codes.append((function, function.__code__))
    first_line = function.__code__.co_firstlineno  # generated comments name lines
    state.facts.append(f"{function.__module__}.{function.__qualname__} at line {first_line}")
    state.facts.append(_source(function) or _no_source(state, function))
    state.facts.append(_code(function.__code__))  # there may be two lambdas on a line
    if is_checkpoint(function):
        state.facts.append("checkpoint")
    _scan_value(state, f"{path}()", function.__defaults__)
    for name, default in (function.__kwdefaults__ or {}).items():
        _scan_value(state, f"{path}({name})", default)
    names = sorted(set(_names(function.__code__)))
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        _scan_place(state, f"{path}.{name}", cell, name, names)
    for name in names:
        _scan_place(state, f"{path}.{name}", function.__globals__, name, names)


def _scan_structure(state: _Scan, path: str, structure: Structure) -> None:
    if isinstance(structure, Leaf):
        state.facts.append(f"{path} is {structure.name}")
    elif isinstance(structure, Static):
        state.facts.append(f"{path} is constant")
        _scan_value(state, path, structure.value)
    else:
        state.facts.append(f"{path} has {structure.keys!r}")
        _scan_value(state, path, structure.kind)
        for key, child in zip(structure.keys, structure.children, strict=True):
            _scan_structure(state, f"{path}.{key}", child)


def _scan_place(
    state: _Scan, path: str, holder: Mapping[str, Any] | CellType, key: str, names: list[str]
) -> None:
    place = Place(path, holder, key, None)
    value = place.read()
    if value is MISSING:
        return
    state.places[path] = Place(path, holder, key, value)
    state.facts.append(path)
    if isinstance(value, ModuleType):
        _scan_module(state, path, value, names)
    else:
        _scan_value(state, path, value)


def _scan_module(state: _Scan, path: str, module: ModuleType, names: list[str]) -> None:
    state.facts.append(f"module {module.__name__}")
    if module.__name__.partition(".")[0] in LIBRARIES:
        found = vars(module)
        state.fixed |= {f"{path}.{name}": found[name] for name in names if name in found}
    elif id(module) not in state.seen:
        state.seen[id(module)] = path
        for name in names:
            _scan_place(state, f"{path}.{name}", vars(module), name, names)


def _scan_value(state: _Scan, path: str, value: Any) -> None:
    if isinstance(value, PLAIN):
        state.facts.append(f"{type(value).__name__} {value!r}")
    elif id(value) in state.seen:
        state.facts.append(f"as {state.seen[id(value)]}")
    else:
        state.seen[id(value)] = path
        _scan_object(state, path, value)


def _scan_object(state: _Scan, path: str, value: Any) -> None:
    user = user_rule_of(value)
    if user is not None:
        state.facts.append(f"{path} has a rule, returns {user.returns}")
        _scan_value(state, f"{path}.rule", user.rule.adjoint)
        if user.outside is not None:
            state.facts.append(f"ran outside as {user.outside[0].__name__}")
        top = (getattr(value, "__module__", None) or "").partition(".")[0]
        if top in ("numpy", "scipy"):
            version = getattr(sys.modules.get(top), "__version__", "")
            state.facts.append(f"{value.__module__}.{value.__qualname__} of {top} {version}")
            return
    if isinstance(value, type):
        value = stand_in(value) or value
    function = getattr(value, "py_func", value) if isinstance(value, CPUDispatcher) else value
    if isinstance(value, ModuleType):
        state.facts.append(f"module {value.__name__}")  # what is read of it is asked itself
    elif isinstance(value, np.ufunc):  # SciPy's do not say where they are from
        state.facts.append(f"ufunc {value.__name__}")
    elif _is_library(function):
        state.facts.append(f"{value.__module__}.{value.__qualname__}")
    elif isinstance(value, type):
        _scan_class(state, path, value)
    elif isinstance(function, FunctionType):
        _scan_function(state, path, function)
    elif isinstance(value, tuple):
        _scan_items(state, path, value)
    elif getattr(type(value), "is_gradient", False):
        state.facts.append(repr(value))
        _scan_value(state, f"{path}()", value.__wrapped__)
    elif (describe := _DESCRIPTIONS.get(type(value))) is not None:
        state.facts.append(describe(value))
    elif isinstance(value, np.generic | np.dtype):
        state.facts.append(f"{type(value).__name__} {value!r}")
    else:
        state.facts.append(f"{type(value).__qualname__} at {id(value)}")
        state.portable = False


def _scan_class(state: _Scan, path: str, cls: type) -> None:
    """Methods and properties, and class attributes of plain values, inherited ones included.

    What else a class holds is asked itself when the program reads it.
    """
    state.facts.append(f"{cls.__module__}.{cls.__qualname__}")
    for base in cls.__mro__:
        if base.__module__.partition(".")[0] in sys.stdlib_module_names | LIBRARIES - {"__main__"}:
            continue
        for name, member in vars(base).items():
            function = _function_in(member)
            if function is not None and _source(function) is not None:
                state.places[f"{path}.{name}"] = Place(f"{path}.{name}", vars(base), name, member)
                state.facts.append(f"{path}.{name} is a {type(member).__name__}")
                _scan_value(state, f"{path}.{name}", function)
            elif isinstance(member, (*PLAIN, np.ndarray)) and not name.startswith("__"):
                _scan_place(state, f"{path}.{name}", vars(base), name, [])


def _function_in(member: Any) -> FunctionType | None:
    if isinstance(member, CPUDispatcher):
        member = member.py_func
    if isinstance(member, staticmethod | classmethod):
        member = member.__func__
    if isinstance(member, property):
        member = member.fget
    if isinstance(member, functools.cached_property):
        member = member.func
    return member if isinstance(member, FunctionType) else None


def _scan_items(state: _Scan, path: str, value: tuple[Any, ...]) -> None:
    state.facts.append(f"{type(value).__qualname__} of {len(value)}")
    for index, item in enumerate(value):
        _scan_value(state, f"{path}[{index}]", item)


def _describe_array(array: np.ndarray[Any, Any]) -> str:
    flags = array.flags  # what Numba's type depends on; the elements are read at every call
    layout = "C" if flags.c_contiguous else "F" if flags.f_contiguous else "A"
    return f"array {array.dtype!r} {array.ndim} {layout} {flags.writeable} {flags.aligned}"


_DESCRIPTIONS: dict[type, Callable[[Any], str]] = {
    np.ndarray: _describe_array,
    np.random.Generator: lambda generator: "random generator",
    np.ufunc: lambda ufunc: f"ufunc {ufunc.__name__}",
}


def _is_library(value: object) -> bool:
    if isinstance(value, ModuleType):
        return True
    if isinstance(value, FunctionType | BuiltinFunctionType):
        return (value.__module__ or "").partition(".")[0] in LIBRARIES
    return isinstance(value, np.ufunc)


def _is_method_of_ufunc(value: object) -> bool:
    """Such as `np.add.outer`, which does not say where it is from."""
    return isinstance(value, BuiltinFunctionType) and isinstance(value.__self__, np.ufunc)


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)


def _code(code: CodeType) -> str:
    constants = [
        _code(constant) if isinstance(constant, CodeType) else _constant(constant)
        for constant in code.co_consts
    ]
    return f"{code.co_code.hex()} {constants} {code.co_names} {code.co_varnames}"


def _constant(value: object) -> str:
    """A constant of code, sets in an order that is the same in every process."""
    return repr(sorted(map(repr, value)) if isinstance(value, frozenset) else value)


def _source(function: FunctionType) -> str | None:
    try:
        return inspect.getsource(function)
    except (OSError, TypeError):
        return None


def _no_source(state: _Scan, function: FunctionType) -> str:
    state.portable = False
    return f"code at {id(function.__code__)}"
