"""The corpus against HIPS autograd and JAX, which trace the very same functions.

A program's function is run again with the peer's NumPy in the place of NumPy's. The peers refuse
many: arrays of theirs have no in-place updates, and `math` does not take them. Of some they compute
something else in silence (`y += x` rebinds, so that a second name does not see it); those whose
value is not the plain call's are no witnesses. All others must agree on every gradient.

`WITNESSES` says of how many programs of a module HIPS autograd is a witness at least. Without it a
mistake here, after which the peer refuses everything, would pass for agreement.
"""

from __future__ import annotations

import importlib.util
import itertools
import os
import types
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from adjoint import value_and_grad
from tests.corpus import PROGRAMS, Program
from tests.twin import twin

DOUBLE, SINGLE = 1e-9, 1e-5

# Where the peer's own gradient is wrong: finite differences agree with ours, in test_corpus.py.
WRONG = {
    "array_reductions-masked_loss": "the adjoint of sum forgets where=",
    "containers-dataclass_replaced": "a deep copy of a traced number is a constant",
}

WITNESSES = {
    "aliasing": 9,
    "array_reductions": 5,
    "array_selection": 1,
    "arrays": 29,
    "calls": 14,
    "complex_numbers": 5,
    "containers": 46,
    "control": 38,
    "found_by_fuzzing": 5,
    "index_arrays": 14,
    "iterative": 10,
    "kernels_learning": 4,
    "kernels_linear_algebra": 6,
    "kernels_misc": 4,
    "kernels_physics": 2,
    "kernels_stencils": 2,
    "linear_algebra": 3,
    "lists": 6,
    "models": 2,
    "mutation": 1,
    "precision": 11,
    "real_integrators": 2,
    "real_numerics": 1,
    "real_physics": 1,
    "recursion": 16,
    "scalars": 28,
    "simulations": 4,
    "traps": 17,
}

# Our programs of these take seconds, or compile kernels: `make exhaustive` compares them.
DEAR = {
    "array_shapes": 4,
    "changing_matrices": 3,
    "found_in_real_code": 3,
    "generators": 3,
    "library_calls": 11,
    "special_functions": 4,
}
if "ADJOINT_ALL_CASES" in os.environ:
    WITNESSES |= DEAR

Answer = tuple[Any, tuple]


class Refused(Exception):
    """The peer cannot run the program, or does not compute what it says."""


def under(namespace: types.ModuleType, function: Callable[..., Any]) -> Callable[..., Any]:
    """The function with `namespace` in the place of NumPy."""
    return twin(function, lambda value: namespace if value is np else value)


def sum_of_result(function: Callable[..., Any], namespace: Any) -> Callable[..., Any]:
    """What is differentiated: an array counts as the sum of its elements."""

    def total(*args):
        result = function(*args)
        if isinstance(result, tuple | list | dict):
            raise Refused("several results")
        return namespace.sum(result)

    return total


def from_autograd(program: Program) -> Answer:
    autograd = pytest.importorskip("autograd")
    total = sum_of_result(under(autograd.numpy, program.function), autograd.numpy)
    bars = autograd.grad(total, program.wrt())(*program.args())
    return total(*program.args()), bars


def from_jax(program: Program) -> Answer:
    import jax

    jax.config.update("jax_enable_x64", True)
    total = sum_of_result(under(jax.numpy, program.function), jax.numpy)
    return jax.value_and_grad(total, program.wrt())(*program.args())


def witness(peer: Callable[[Program], Answer], program: Program) -> tuple:
    """The peer's gradients of a program that it runs as NumPy does."""
    try:
        value, bars = peer(program)
    except Exception as error:  # whatever a tracing library meets in code not written for it
        raise Refused(type(error).__name__) from error
    expected = np.sum(program.plain(*program.args()))
    if not np.allclose(value, expected, rtol=DOUBLE if is_double(program) else SINGLE, atol=0):
        raise Refused("another value")
    return bars


def is_double(program: Program) -> bool:
    return all(np.asarray(arg).dtype.name not in ("float32", "complex64") for arg in program.args())


def assert_same_gradients(program: Program, bars: tuple) -> None:
    _, ours = value_and_grad(program.function, argnums=program.wrt(), jit=False)(*program.args())
    tolerance = DOUBLE if is_double(program) else SINGLE
    for got, expected in zip(ours, map(np.asarray, bars), strict=True):
        scale = max(1.0, float(np.max(np.abs(expected), initial=0.0)))
        np.testing.assert_allclose(
            got, expected, rtol=tolerance, atol=tolerance * scale, err_msg=program.name
        )


def compared(peer: Callable[[Program], Answer], programs: list[Program]) -> int:
    """Of how many programs the peer is a witness; all of these agree."""
    agreed = 0
    for program in programs:
        if program.random or program.name in WRONG:
            continue
        try:
            bars = witness(peer, program)
        except Refused:
            continue
        assert_same_gradients(program, bars)
        agreed += 1
    return agreed


def programs_of(module: str) -> list[Program]:
    return [p for name, p in PROGRAMS.items() if name.rpartition("-")[0] == module]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("module", WITNESSES)
def test_hips_autograd_agrees(module):
    assert compared(from_autograd, programs_of(module)) >= WITNESSES[module]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="JAX is not installed")
def test_jax_agrees():
    programs = [p for p in PROGRAMS.values() if p.name.startswith("kernels_")]
    assert compared(from_jax, programs) >= 24


def test_many_programs_have_a_witness():
    assert sum(WITNESSES.values()) >= 250


def test_a_wrong_gradient_is_seen():
    """The comparison itself, on gradients that are off by a millionth."""
    program = PROGRAMS["kernels_learning-mlp"]
    bars = witness(from_autograd, program)
    assert_same_gradients(program, bars)
    off = (*itertools.islice(bars, len(bars) - 1), bars[-1] * (1 + 1e-6))
    with pytest.raises(AssertionError, match="mlp"):
        assert_same_gradients(program, off)
