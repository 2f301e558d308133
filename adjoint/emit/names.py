"""How generated code refers to a function or a value: expression tree and the import it needs."""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable
from functools import cache
from typing import Any

import gast
import numpy as np

from adjoint.errors import InternalError
from adjoint.program.functions import Function

# Modules whose members are written as `<alias>.<member>`, the first that has the object wins.
_MODULES = (
    ("builtins", None, None),
    ("math", "math", "import math"),
    ("cmath", "cmath", "import cmath"),
    ("numpy", "np", "import numpy as np"),
    ("numpy.linalg", "np.linalg", "import numpy as np"),
    ("numpy.random", "np.random", "import numpy as np"),
    ("numpy.fft", "np.fft", "import numpy as np"),
)


def name(identifier: str) -> gast.AST:
    """A name that is read."""
    return gast.Name(identifier, gast.Load(), None, None)


def dotted(path: str) -> gast.AST:
    """`a.b.c` as a tree."""
    first, *rest = path.split(".")
    tree = name(first)
    for attribute in rest:
        tree = gast.Attribute(tree, attribute, gast.Load())
    return tree


def function_reference(function: Callable[..., Any]) -> tuple[str, str | None]:
    """The dotted path of a function in generated code, and the import it needs (or None).

    Raises
    ------
    InternalError : the function cannot be reached by an import.
    """
    if isinstance(function, Function):
        return function.name, None
    found = _library_names().get(id(function))
    if found is not None:
        return found
    owner = getattr(function, "__self__", None)
    if isinstance(owner, np.ufunc):  # np.add.at
        path, needed = function_reference(owner)
        return f"{path}.{function.__name__}", needed
    if isinstance(function, np.ufunc):  # scipy.special.erf
        return _special_reference(function)
    module_name, qualified = function.__module__, function.__qualname__
    module = importlib.import_module(module_name)
    if getattr(module, qualified, None) is not function:
        raise InternalError(f"generated code cannot refer to {module_name}.{qualified}")
    package, _, last = module_name.rpartition(".")
    return f"{last}.{qualified}", f"from {package} import {last}" if package else f"import {last}"


def _special_reference(function: np.ufunc) -> tuple[str, str]:
    """SciPy's functions come from the module that tells Numba how to compile them."""
    runtime = importlib.import_module("adjoint.runtime.special")
    if getattr(runtime, function.__name__, None) is not function:
        raise InternalError(f"generated code cannot refer to {function!r}")
    return f"special.{function.__name__}", "from adjoint.runtime import special"


@cache
def _library_names() -> dict[int, tuple[str, str | None]]:
    """Reference by the object's id; these modules stay loaded, so ids stay valid."""
    table: dict[int, tuple[str, str | None]] = {}
    for module_name, alias, needed in _MODULES:
        module = importlib.import_module(module_name)
        for member in dir(module):
            if member.startswith("_") or member in _RENAMED.get(module_name, ()):
                continue
            value = getattr(module, member, None)
            if callable(value):
                path = member if alias is None else f"{alias}.{member}"
                table.setdefault(id(value), (path, needed))
    return table


# NumPy's second names for one function; the usual one should be printed.
_RENAMED = {
    "numpy": (
        *(
            "absolute",
            "asarray_chkfinite",
            "cdouble",
            "double",
            "true_divide",
            "conjugate",
            "row_stack",
            "pow",
        ),
        *("acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "concat", "permute_dims"),
        *("bitwise_invert", "bitwise_left_shift", "bitwise_right_shift"),
    )
}


def _shortest(value: np.generic) -> Any:
    """As a Python number; of float32 the one with the fewest digits that rounds to it."""
    if isinstance(value, np.float32 | np.complex64) and np.isfinite(value):
        return type(value.item())(str(value))
    return value.item()


# Python's types that Numba does not take as types of elements.
_DTYPES: dict[type, type] = {complex: np.complex128, bool: np.bool_}


def constant(value: Any) -> tuple[gast.AST, str | None]:
    """A Python value as a tree, and the import it needs (or None)."""
    if isinstance(value, np.generic) and value.dtype in (np.float64, np.int64, np.bool_):
        value = value.item()
    match value:
        case int() if not isinstance(value, bool) and value < 0:
            return gast.UnaryOp(gast.USub(), gast.Constant(-value, None)), None
        case bool() | int() | str() | None | bytes():
            return gast.Constant(value, None), None
        case float() if math.isnan(value):
            return dotted("np.nan"), "import numpy as np"
        case float() if math.isinf(value):
            infinity = dotted("np.inf")
            tree = infinity if value > 0 else gast.UnaryOp(gast.USub(), infinity)
            return tree, "import numpy as np"
        case float() if math.copysign(1.0, value) < 0:
            return gast.UnaryOp(gast.USub(), gast.Constant(-value, None)), None
        case float() | complex():
            return gast.Constant(value, None), None
        case np.dtype():
            return dotted(f"np.{value.name.replace('bool', 'bool_')}"), "import numpy as np"
        case type():
            value = _DTYPES.get(value, value)
            path, needed = function_reference(value)
            return dotted(path), needed
        case np.generic():
            inner, _ = constant(_shortest(value))
            callee = dotted(f"np.{value.dtype.name}")
            return gast.Call(callee, [inner], []), "import numpy as np"
        case tuple():
            parts = [constant(item) for item in value]
            needs = next((needed for _, needed in parts if needed), None)
            return gast.Tuple([tree for tree, _ in parts], gast.Load()), needs
    if value is Ellipsis:
        return gast.Constant(Ellipsis, None), None
    if callable(value):
        path, needed = function_reference(value)
        return dotted(path), needed
    raise InternalError(f"no literal for {value!r}")
