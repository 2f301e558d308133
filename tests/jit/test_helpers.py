"""What generated code calls of the runtime: the same compiled, and cheap to compile."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
import pytest

from adjoint.runtime import buffers, shapes


@pytest.mark.parametrize("n", range(6))
def test_slices_are_pythons(n: int) -> None:
    for start in range(-9, 9):
        assert shapes.slice_start(start, n) == slice(start, None).indices(n)[0]
        assert shapes.backward_start(start, n) == slice(start, None, -1).indices(n)[0]
        assert shapes.span(n, abs(start)) == len(range(n)[abs(start) :])
        for stop in range(-9, 9):
            for step in (-3, -1, 1, 2):
                expected = len(range(start, stop, step))
                assert shapes.slice_length(start, stop, step) == expected


def _grown(tape: Any, needed: int) -> Any:
    return buffers.reserve(tape, needed)


@pytest.mark.compiled
@pytest.mark.parametrize("shape", [(4,), (4, 2), (4, 2, 3)])
def test_a_tape_that_grows_keeps_what_it_holds(shape: tuple[int, ...]) -> None:
    tape = np.random.default_rng(0).random(shape)
    compiled = numba.njit(_grown)
    for grow in (_grown, compiled):
        assert grow(tape, 4) is tape or np.shares_memory(grow(tape, 4), tape)
        longer = grow(tape, 5)
        assert longer.shape == (8, *shape[1:])
        np.testing.assert_array_equal(longer[:4], tape)


@pytest.mark.compiled
def test_a_growing_tape_compiles_no_text() -> None:
    compiled = numba.njit(_grown)
    compiled.compile((numba.float64[::1], numba.int64))
    assert "unicode" not in compiled.inspect_llvm()[numba.float64[::1], numba.int64]
