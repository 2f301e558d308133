"""Optimised and plain text of the same adjoint do the same on every corpus program."""

from __future__ import annotations

import numpy as np
import pytest

from adjoint import value_and_grad
from tests.corpus import PROGRAMS
from tests.test_corpus import rounding, seeded


def outcome(entry, *, optimise):
    """Value, gradients, and the arguments afterwards."""
    args = entry.args()
    seeded(entry)
    df = value_and_grad(entry.function, argnums=entry.wrt(), jit=False, optimise=optimise)
    with np.errstate(all="ignore"):
        value, bars = df(*args)
    arrays = [arg for arg in args if not isinstance(arg, np.random.Generator)]
    return [value, *bars, *arrays]


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(PROGRAMS))
def test_polished_equals_plain(name):
    """With nothing reassociated the two agree to a few units in the last place."""
    entry = PROGRAMS[name]
    expected, found = (outcome(entry, optimise=flag) for flag in (False, True))
    for one, other in zip(expected, found, strict=True):
        scale = float(np.max(np.abs(one), initial=1.0)) if np.size(one) else 1.0
        np.testing.assert_allclose(other, one, rtol=rounding(entry), atol=rounding(entry) * scale)
