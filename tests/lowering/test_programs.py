"""A lowered program does what NumPy does: results, dtypes, shapes, and what arguments become."""

import numpy as np
import pytest

from adjoint.optimise import polish, tidy
from adjoint.program.verify import verify
from tests.lowering.programs import CASES
from tests.stages import lowered, run

POINTS = [
    pytest.param(function, args, id=f"{function.__name__}-{k}")
    for function, arguments in CASES
    for k, args in enumerate(arguments)
]
# Loops add one after the other, NumPy pairwise: a few units in the last place apart.
ROUNDING = {np.dtype(np.float32): 2e-6, np.dtype(np.float64): 1e-13}


def assert_same(found, expected):
    """The same number of the same type, or array of the same shape and dtype."""
    assert np.shape(found) == np.shape(expected)
    assert np.asarray(found).dtype == np.asarray(expected).dtype
    rounding = ROUNDING.get(np.asarray(expected).dtype, 0.0)
    scale = float(np.nanmax(np.abs(expected), initial=0.0)) if np.all(np.isfinite(expected)) else 0
    np.testing.assert_allclose(found, expected, rtol=rounding, atol=rounding * scale)


def test_there_are_enough_programs():
    assert len(CASES) >= 90


@pytest.mark.parametrize("function, args", POINTS)
def test_as_numpy(function, args):
    expected, left = run(function, args)
    program = lowered(function, *args)
    polished = polish(program)
    for form in (program, tidy(program), polished):
        verify(form, "scalar", strict=form is not polished)
        found, found_left = run(form, args)
        assert_same(found, expected)
        for one, other in zip(found_left, left, strict=True):
            assert_same(one, other)
