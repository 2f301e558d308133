"""What kind of number NumPy 2 makes of an expression: its dtype, and whether it is weak (NEP 50).

A Python number is weak: with a float32 it is a float32. Numba has one type for Python's float and
for float64. What goes in is a program with Numba's types, what comes out is a `Kind` for each
variable; scalar arguments count as Python's numbers.
"""

from __future__ import annotations

import builtins
import cmath
import math
import operator
from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba.core import types
from numba.np.numpy_support import as_dtype

from adjoint.program import primitives
from adjoint.program.core import Assign, Call, Const, Expr, For, Item, Name, Program, Slice
from adjoint.program.numbers import element_of
from adjoint.program.walk import statements
from adjoint.runtime import shapes

SMALL = (np.dtype(np.float32), np.dtype(np.complex64))
_PYTHON: dict[str, Any] = {"b": False, "i": 0, "u": 0, "f": 0.0, "c": 0j}


@dataclass(frozen=True)
class Kind:
    """A number's dtype; `weak` if it is one of Python's."""

    dtype: np.dtype[Any]
    weak: bool

    @property
    def is_small(self) -> bool:
        """Whether Python's numbers give way to it."""
        return not self.weak and self.dtype in SMALL


COMPARISONS = frozenset({
    *(operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne),
    *(np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal),
})  # fmt: skip
OPERATORS = frozenset({
    *(operator.add, operator.sub, operator.mul, operator.truediv, operator.floordiv),
    *(operator.mod, operator.pow, operator.neg, operator.pos, builtins.abs),
    *(operator.iadd, operator.isub, operator.imul, operator.itruediv, operator.ifloordiv),
    *(operator.imod, operator.ipow, builtins.max, builtins.min),
})  # fmt: skip
UFUNCS = frozenset({
    *(np.add, np.subtract, np.multiply, np.divide, np.floor_divide, np.remainder, np.fmod),
    *(np.power, np.maximum, np.minimum, np.fmax, np.fmin, np.arctan2, np.hypot, np.copysign),
    *(np.logaddexp, np.logaddexp2, np.heaviside, np.negative, np.positive, np.square),
    *(np.reciprocal, np.sqrt, np.cbrt, np.exp, np.exp2, np.expm1, np.log, np.log2, np.log10),
    *(np.log1p, np.sin, np.cos, np.tan, np.arcsin, np.arccos, np.arctan, np.sinh, np.cosh),
    *(np.tanh, np.arcsinh, np.arccosh, np.arctanh, np.conj, np.clip, np.floor, np.ceil),
    np.nextafter,
})  # fmt: skip
_SELECTIONS = frozenset({np.where, primitives.select})
_SAME = frozenset({
    *(np.sum, np.prod, np.mean, np.max, np.min, np.copy, np.transpose, np.ravel, np.reshape),
    *(np.dot, np.matmul, operator.matmul, np.zeros_like, np.ones_like, np.empty_like),
})  # fmt: skip
_PARTS = frozenset({np.real, np.imag, np.abs, builtins.abs, np.angle})
_CONVERSIONS: dict[Any, Any] = {float: np.float64, int: np.int64, bool: np.bool_, len: np.int64}
_INT, _FLOAT, _COMPLEX = (np.dtype(t) for t in (np.int64, np.float64, np.complex128))


def kinds(program: Program) -> dict[str, Kind]:
    """The kind of every variable that is a number or an array of numbers."""
    table = program.types or {}
    found: dict[str, Kind] = {}
    opaque = frozenset(name for name, type_ in table.items() if _of_argument(type_) is None)
    for param in program.params:
        _meet(found, param, _of_argument(table.get(param)))
    changed = True
    while changed:
        before = dict(found)
        for stmt in statements(program.body):
            if isinstance(stmt, Assign):
                kind = kind_of(stmt.value, found) or _of_type(table.get(stmt.target), stmt.value)
                if _is_known(stmt.value, opaque | found.keys()):
                    _meet(found, stmt.target, kind)
            elif isinstance(stmt, For):
                _meet(found, stmt.target, Kind(_INT, True))
        changed = found != before
    return found


def common(args: list[Kind]) -> np.dtype[Any]:
    """The dtype in which NumPy computes with operands of these kinds."""
    return np.result_type(*(_PYTHON[k.dtype.kind] if k.weak else k.dtype for k in args))


def operands(call: Call) -> tuple[Expr, ...]:
    """The operands of a call that NumPy casts to one dtype."""
    if call.function in OPERATORS | UFUNCS | COMPARISONS:
        return call.args
    return call.args[1:] if call.function in _SELECTIONS and len(call.args) == 3 else ()


def kind_of(expr: Expr | Slice, found: Mapping[str, Kind]) -> Kind | None:
    """The kind of an expression, None if only its type can tell."""
    match expr:
        case Const(value):
            return _of_constant(value)
        case Name(id):
            return found.get(id)
        case Item(Name(id), _):
            return found.get(id)
        case Call():
            return _of_call(expr, found)
    return None


def _of_call(call: Call, found: Mapping[str, Kind]) -> Kind | None:
    function = call.function
    if function in COMPARISONS:
        return Kind(np.dtype(bool), False)
    args = [kind_of(arg, found) for arg in call.args]
    if function is primitives.dim or getattr(function, "__module__", None) == shapes.__name__:
        return Kind(_INT, True)
    if function in _CONVERSIONS:
        return Kind(np.dtype(_CONVERSIONS[function]), True)
    if isinstance(function, type) and issubclass(function, np.number):
        return Kind(np.dtype(function), False)
    if function is primitives.astype and isinstance(call.args[1], Const):
        return Kind(np.dtype(call.args[1].value), False)
    if getattr(function, "__module__", None) == "math":
        return Kind(_INT if function in _WHOLE else _FLOAT, True)
    if function is complex or getattr(function, "__module__", None) == "cmath":
        return Kind(_FLOAT if function is cmath.phase else _COMPLEX, True)
    if function in _PARTS and args[0] is not None and args[0].dtype.kind == "c":
        real = args[0].dtype.type(0).real.dtype
        return Kind(real, args[0].weak and function is abs)
    if function in _SAME:
        return None if args[0] is None else Kind(args[0].dtype, False)
    parts = operands(call)
    numbers = [kind_of(part, found) for part in parts]
    if not parts or any(number is None for number in numbers):
        return None
    known = [number for number in numbers if number is not None]
    weak = function not in UFUNCS and function is not np.where and all(k.weak for k in known)
    dtype = common(known)
    if dtype.kind in "biu" and function in (operator.truediv, operator.itruediv):
        dtype = _FLOAT
    if dtype.kind in "biu" and function in UFUNCS:
        return None
    return Kind(dtype, weak)


_WHOLE = {math.floor, math.ceil, math.trunc, math.gcd, math.lcm, math.factorial, math.comb}
_WHOLE |= {math.perm, math.isqrt}


def _of_constant(value: Any) -> Kind | None:
    if isinstance(value, np.number | np.bool_):
        return Kind(value.dtype, False)
    if isinstance(value, bool | int | float | complex):
        return Kind(np.dtype(type(value)), True)
    return None


def _of_argument(type_: Any) -> Kind | None:
    """A float64 or an integer that is passed counts as Python's."""
    if not isinstance(element_of(type_), types.Number | types.Boolean):
        return None
    dtype = as_dtype(element_of(type_))
    return Kind(dtype, type_ == element_of(type_) and dtype in (_INT, _FLOAT, _COMPLEX))


def _of_type(type_: Any, value: Expr) -> Kind | None:
    """By Numba's type: what NumPy returns is strong, what Python does is weak."""
    kind = _of_argument(type_)
    if kind is None or not kind.weak:
        return kind
    module = getattr(getattr(value, "function", None), "__module__", None) or ""
    return Kind(kind.dtype, not module.startswith("numpy"))


def _is_known(value: Expr, found: Set[str]) -> bool:
    """Whether the variables that a value is made of have been met: the first round may be early."""
    match value:
        case Name(id) | Item(Name(id), _):
            return id in found
        case Call():
            return all(_is_known(arg, found) for arg in value.args)
    return True


def _meet(found: dict[str, Kind], name: str, kind: Kind | None) -> None:
    if kind is None:
        return
    old = found.get(name)
    if old is None or old == kind:
        found[name] = kind
        return
    found[name] = Kind(common([old, kind]), old.weak and kind.weak)
