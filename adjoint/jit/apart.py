"""Where the memory of each array in a compiled function comes from.

Goes in: Numba's representation of a function, after types are known. Comes out, for each array:
the places that may have made it, parameters and calls like `np.zeros`. Two arrays that have no
place in common are never in the same memory (Andersen 1994: whatever the order of statements).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numba.core import types

from adjoint.jit.numba_internals import ir
from adjoint.program.numbers import item_types

_MAKES_AN_ARRAY = {
    np.zeros, np.empty, np.ones, np.full,
    np.zeros_like, np.empty_like, np.ones_like, np.full_like, np.copy,
    "array.copy",
}  # fmt: skip
_WITHOUT_ARRAYS = (
    types.Number,
    types.Boolean,
    types.NoneType,
    types.Omitted,
    types.Literal,
    types.UnicodeType,
    types.Function,
    types.Dispatcher,
    types.Module,
    types.RangeType,
    types.RangeIteratorType,
    types.DType,
    types.NumberClass,
    types.SliceType,
    types.EllipsisType,
    types.ExceptionClass,
)
_PARAMETERS, _ELSEWHERE = "parameters of the function", "arrays of the module"


def origins(
    blocks: Mapping[int, Any], typemap: Mapping[str, Any], parameters_apart: bool
) -> dict[str, frozenset[str]]:
    """By name, the places an array may come from; none if they cannot be told.

    Parameters
    ----------
    blocks : the function's.
    typemap : the type of each variable.
    parameters_apart : whether no two parameters share memory.
    """
    holding = {name: _holds_arrays(kind) for name, kind in typemap.items()}
    if None in holding.values():
        return {}
    found: dict[str, frozenset[str]] = {}
    shows: list[tuple[str, list[str]]] = []
    for label, block in blocks.items():
        for index, stmt in enumerate(block.body):
            if isinstance(stmt, ir.Assign) and holding[stmt.target.name]:
                place, names = _shown(stmt.value, typemap, parameters_apart, f"{label} {index}")
                target = stmt.target.name
                found[target] = found.get(target, frozenset()) | place
                shows.append((target, [name for name in names if holding[name]]))
    return {n: s for n, s in _closed(found, shows).items() if isinstance(typemap[n], types.Array)}


def _closed(
    found: dict[str, frozenset[str]], shows: Iterable[tuple[str, list[str]]]
) -> dict[str, frozenset[str]]:
    """Add to the places of each variable those of the variables that it may show."""
    changed = True
    while changed:
        changed = False
        for target, names in shows:
            places = found[target].union(*(found.get(name, frozenset()) for name in names))
            changed |= places != found[target]
            found[target] = places
    return found


def _holds_arrays(kind: Any) -> bool | None:
    """Whether values of a type show memory of arrays; None for a type that is not known here."""
    match kind:
        case types.Array():
            return True
        case types.BaseTuple():
            return _any_holds_arrays(item_types(kind))
        case types.Pair():
            return _any_holds_arrays((kind.first_type, kind.second_type))
        case types.BoundFunction():
            return _holds_arrays(kind.this)
    return False if isinstance(kind, _WITHOUT_ARRAYS) else None


def _any_holds_arrays(kinds: Iterable[Any]) -> bool | None:
    found = [_holds_arrays(kind) for kind in kinds]
    return None if None in found else any(found)


def _shown(
    value: Any, typemap: Mapping[str, Any], parameters_apart: bool, place: str
) -> tuple[frozenset[str], list[str]]:
    """The places of a value itself, and the variables whose memory it may show.

    Parameters
    ----------
    place : a name for what is made here.
    """
    match value:
        case ir.Arg():
            return frozenset({value.name if parameters_apart else _PARAMETERS}), []
        case ir.Expr(op="call") if _makes_an_array(typemap[value.func.name]):
            return frozenset({place}), []
        case ir.Var():
            return frozenset(), [value.name]
        case ir.Expr(op="call" | "getattr"):
            return frozenset({_ELSEWHERE}), _variables(value)
        case ir.Expr():
            return frozenset(), _variables(value)
    return frozenset({_ELSEWHERE}), []


def _variables(value: Any) -> list[str]:
    return [variable.name for variable in value.list_vars()]


def _makes_an_array(function: Any) -> bool:
    key = getattr(function, "typing_key", None)
    return isinstance(function, types.Function | types.BoundFunction) and key in _MAKES_AN_ARRAY
