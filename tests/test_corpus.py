"""Every corpus program: uncompiled against finite differences, a chosen set compiled too.

What the comparisons can see, and why the tolerances are what they are:

* Ridders' extrapolation is good to about 1e-10 relative to the gradient's own size on smooth
  programs and gives an error estimate; the estimate itself must be below the tolerance, so a point
  that is too near a kink fails the test instead of weakening it.
* Compiled and uncompiled run the same text. Where it holds only operations that IEEE 754 defines,
  results are equal bit for bit. Elementary functions differ in the last place between NumPy and the
  C library, hence 1e-12.
* Values of the plain call may differ in the order of a sum (`np.sum` adds in pairs), hence 1e-13.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import cache
from typing import Any

import numba
import numpy as np
import pytest

from adjoint import value_and_grad
from adjoint.testing import Numeric, numeric_gradient
from tests.corpus import PROGRAMS, Program

SEED = 12345
ROUNDING = 1e-12
SUMMATION = 1e-13
FLOAT32_ROUNDING = 1e-6  # a dozen units in the last place of float32

every_program = pytest.mark.parametrize(
    "program", [pytest.param(p, id=name) for name, p in PROGRAMS.items()]
)
compiled_programs = pytest.mark.parametrize(
    "program", [pytest.param(p, id=name) for name, p in PROGRAMS.items() if p.compiled]
)
mutating_programs = pytest.mark.parametrize(
    "program", [pytest.param(p, id=name) for name, p in PROGRAMS.items() if p.mutates]
)


@cache
def seed_numba() -> Callable[[int], None]:
    """Seeds Numba's generator, which is not NumPy's but draws the same numbers."""

    def seed(value):
        np.random.seed(value)

    return numba.njit(seed)


def seeded(program: Program, *, compiled: bool = False) -> None:
    if program.random:
        seed_numba()(SEED) if compiled else np.random.seed(SEED)


def plain_call(program: Program) -> tuple[Any, tuple]:
    """Result of the plain call, and the arguments as it leaves them."""
    args = program.args()
    seeded(program)
    return program.plain(*args), args


def gradient_call(program: Program, *, jit: bool) -> tuple[Any, tuple, tuple]:
    """Value, gradients, and the arguments as the call leaves them."""
    args = program.args()
    seeded(program, compiled=jit)
    value, bars = value_and_grad(program.function, argnums=program.wrt(), jit=jit)(*args)
    return value, bars, args


def numeric(program: Program, argnum: int) -> Numeric:
    return numeric_gradient(
        program.plain,
        program.args(),
        argnum,
        step=program.step,
        before=lambda: seeded(program),
    )


def assert_close(got: Any, expected: Any, tolerance: float) -> None:
    """Equal up to `tolerance` times the larger of 1 and the largest expected entry."""
    if isinstance(expected, np.random.Generator):
        assert_same(got, expected)
        return
    got, expected = np.asarray(got), np.asarray(expected)
    assert got.shape == expected.shape
    if expected.size:
        scale = max(1.0, float(np.max(np.abs(expected))))
        assert np.max(np.abs(got - expected)) <= tolerance * scale, (got, expected)


def assert_same(got: Any, expected: Any) -> None:
    """Equal bit for bit; of random generators, the state."""
    if isinstance(expected, np.random.Generator):
        assert got.bit_generator.state == expected.bit_generator.state
        return
    assert np.array_equal(got, expected), (got, expected)


def rounding(program: Program) -> float:
    dtypes = {np.asarray(arg).dtype for arg in program.args()}
    single = {np.dtype(np.float32), np.dtype(np.complex64)}
    return FLOAT32_ROUNDING if single & dtypes else ROUNDING


def adds_in_any_order(program: Program) -> bool:
    """Whether an adjoint holds sums that are compiled with several partial sums."""
    gradient = value_and_grad(program.function, argnums=program.wrt())
    return "unordered.add(" in gradient.module(*program.args())


def assert_kind_of_argument(bar: Any, arg: Any) -> None:
    """A float for a float, an array of the same shape and dtype for an array."""
    if isinstance(arg, np.ndarray):
        assert isinstance(bar, np.ndarray)
        assert bar.shape == arg.shape
        assert bar.dtype == arg.dtype
    else:
        is_complex = isinstance(arg, complex | np.complexfloating)
        kinds = (complex, np.complexfloating) if is_complex else (float, np.floating)
        assert isinstance(bar, kinds)


def test_there_are_enough_programs():
    assert len(PROGRAMS) >= 150
    assert sum(p.compiled for p in PROGRAMS.values()) >= 60


@every_program
def test_uncompiled(program):
    """Value, gradient, and the arguments as the call leaves them, in one: they cost one run."""
    value, bars, args = gradient_call(program, jit=False)
    expected_value, expected_args = plain_call(program)
    assert_close(value, expected_value, max(SUMMATION, rounding(program) / 10))
    same = (lambda a, b: assert_close(a, b, SUMMATION)) if program.sums else assert_same
    for got, want in zip(args, expected_args, strict=True):
        same(got, want)
    assert len(bars) == len(program.wrt())
    for argnum, bar in zip(program.wrt(), bars, strict=True):
        assert_kind_of_argument(bar, program.args()[argnum])
        assert_gradient(program, argnum, bar)


def assert_gradient(program: Program, argnum: int, bar: Any) -> None:
    """A gradient agrees with finite differences, at a point far enough from kinks for that."""
    estimate = numeric(program, argnum)
    scale = max(1.0, float(np.max(np.abs(estimate.gradient), initial=0.0)))
    assert np.all(estimate.error <= program.tolerance * scale), "differences cannot be trusted"
    assert_close(bar, estimate.gradient, program.tolerance)


@mutating_programs
def test_program_writes_as_it_says(program):
    """`mutates` is no idle claim: the plain call changes some argument."""
    _, after = plain_call(program)
    before = copy.deepcopy(program.args())
    assert any(not np.array_equal(a, b) for a, b in zip(after, before, strict=True))


@pytest.mark.compiled
@compiled_programs
def test_compiled_equals_uncompiled(program):
    value, bars, args = gradient_call(program, jit=True)
    exact = program.exact and not adds_in_any_order(program)
    same = assert_same if exact else lambda a, b: assert_close(a, b, rounding(program))
    expected_value, expected_bars, expected_args = gradient_call(program, jit=False)
    same(value, expected_value)
    for bar, expected in zip(bars, expected_bars, strict=True):
        assert_kind_of_argument(bar, expected)
        same(bar, expected)
    for got, want in zip(args, expected_args, strict=True):
        same(got, want)


@pytest.mark.compiled
@compiled_programs
def test_compiled_primal(program):
    args = program.args()
    seeded(program, compiled=True)
    value = value_and_grad(program.function, argnums=program.wrt()).primal(*args)
    expected_value, expected_args = plain_call(program)
    assert_close(value, expected_value, max(SUMMATION, rounding(program)))
    for got, want in zip(args, expected_args, strict=True):
        assert_close(got, want, rounding(program))
