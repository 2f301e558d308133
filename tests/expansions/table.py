"""One case of a table of calls: its value against NumPy's, its gradient against differences.

The forward program is compared in value, dtype and shape. The gradient is that of a sum with random
weights, so that no two elements can be exchanged unnoticed, along a random direction of all
arguments that are floats.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import partial
from typing import Any

import numba
import numpy as np

from adjoint import grad
from adjoint.emit import load
from adjoint.inference import infer_all, promoted
from adjoint.lowering import lower
from adjoint.pipeline import has_rule, type_of_program
from adjoint.syntax import Questions, parse
from adjoint.testing import ridders
from tests.expansions.shape_cases import ARGUMENTS

Case = Callable[..., Any]


def name_of(case: Case) -> str:
    """The call as it is written, for the name of the test."""
    if case.__name__ != "<lambda>":
        return case.__name__
    return inspect.getsource(case).strip().rstrip(",").removeprefix("lambda ")


def arguments(case: Case) -> tuple[Any, ...]:
    """What the case is called with."""
    return tuple(ARGUMENTS[name] for name in inspect.signature(case).parameters)


def check_value(case: Case) -> None:
    """The lowered program gives what NumPy gives."""
    args = arguments(case)
    expected = case(*_copies(args))
    if isinstance(expected, list | tuple):
        found = [forward(_piece(case, len(args), k), args) for k in range(len(expected))]
    else:
        expected, found = [expected], [forward(case, args)]
    for one, other in zip(found, expected, strict=True):
        assert np.shape(one) == np.shape(other)
        assert np.asarray(one).dtype == np.asarray(other).dtype
        np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-12)


def forward(case: Case, args: tuple[Any, ...]) -> Any:
    """The result of the program after lowering, run in Python."""
    types = tuple(map(numba.typeof, args))
    program = parse(case, {}, has_rule, Questions(types, type_of_program(types)))
    every = (*types, *map(numba.typeof, program.captures.values()))
    program, *_ = infer_all(promoted(program, every, load), every, load)
    return load(lower(program))(*_copies(args), *program.captures.values())


def _piece(case: Case, count: int, k: int) -> Case:
    """One item of the case's result."""
    if count == 1:
        return lambda p: case(p)[k]
    if count == 2:
        return lambda p, q: case(p, q)[k]
    return lambda p, q, r: case(p, q, r)[k]


def check_gradient(case: Case, *, jit: bool = False) -> None:
    """The gradient is the slope along a random direction."""
    args = arguments(case)
    wrt = tuple(k for k, arg in enumerate(args) if _floats(arg))
    pieces = _pieces(case(*_copies(args)))
    if not wrt or not any(map(_floats, pieces)):
        return
    random = np.random.default_rng(0)
    weights = tuple(random.uniform(0.5, 1.5, np.shape(piece) or (1,)) for piece in pieces)
    total = _TOTALS[len(args)](case, weights)
    bars = grad(total, wrt, jit=jit, cache=False)(*_copies(args))
    directions = [_direction(random, args[k]) for k in wrt]
    actual = sum(
        np.sum(np.real(bar * direction)) for bar, direction in zip(bars, directions, strict=True)
    )
    slope, _ = ridders(partial(_moved, total, args, wrt, directions), 1e-3)
    small = any(getattr(piece, "dtype", None) == np.float32 for piece in pieces)
    assert abs(actual - slope) < (1e-3 if small else 1e-7) * max(1.0, abs(slope)), (actual, slope)


def _moved(total: Case, args: Any, wrt: Any, directions: Any, distance: float) -> float:
    moved = [_wide(arg) for arg in _copies(args)]
    for k, direction in zip(wrt, directions, strict=True):
        moved[k] = moved[k] + distance * direction
    return float(total(*moved))


def _of_one(case: Case, weights: Any) -> Case:
    def total(p: Any) -> Any:
        return _weighted(case(p), weights)

    return total


def _of_two(case: Case, weights: Any) -> Case:
    def total(p: Any, q: Any) -> Any:
        return _weighted(case(p, q), weights)

    return total


def _of_three(case: Case, weights: Any) -> Case:
    def total(p: Any, q: Any, r: Any) -> Any:
        return _weighted(case(p, q, r), weights)

    return total


_TOTALS = {1: _of_one, 2: _of_two, 3: _of_three}


def _weighted(result: Any, weights: Any) -> Any:
    pieces = result if isinstance(result, (tuple, list)) else (result,)
    total = 0.0
    for piece, weight in zip(pieces, weights, strict=True):
        total += np.sum(np.real(piece) * weight)
    return total


def _pieces(result: Any) -> tuple[Any, ...]:
    return tuple(result) if isinstance(result, (tuple, list)) else (result,)


def _copies(args: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(arg.copy() if isinstance(arg, np.ndarray) else arg for arg in args)


def _floats(arg: Any) -> bool:
    return isinstance(arg, float | np.inexact) or getattr(arg, "dtype", np.dtype(int)).kind in "fc"


def _wide(arg: Any) -> Any:
    return arg.astype(float) if getattr(arg, "dtype", None) == np.float32 else arg


def _direction(random: Any, arg: Any) -> Any:
    real = random.normal(size=np.shape(arg))
    return real + 1j * random.normal(size=np.shape(arg)) if np.iscomplexobj(arg) else real
