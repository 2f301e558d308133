"""The functions that files get in place of SciPy's give what SciPy's give."""

from __future__ import annotations

import inspect

import numba
import numpy as np
import pytest
import scipy.special

from adjoint.standalone import special

NAMES = [
    name
    for name, function in inspect.getmembers(special, inspect.isfunction)
    if function.__module__ == special.__name__
]
POINTS = np.array(
    [*(-700.0, -30.0, -3.7, -1.5, -1.0, -0.25, -0.0, 0.0, 1e-9, 0.3, 0.5, 0.65, 1.0, 1.2, 2.0)]
    + [*(4.0, 7.75, 31.0, 150.5, 700.0, np.inf, -np.inf, np.nan)]
)
INSIDE = np.array([-3.7, -1.5, -0.25, 0.3, 0.5, 1.2, 2.0, 7.75, 31.0])
# At poles and infinities SciPy chooses between inf and nan in its own way.
POLES = {"gamma", "gammaln", "loggamma", "rgamma", "psi", "betaln"}


def test_every_function_is_one_of_scipys():
    assert all(isinstance(getattr(scipy.special, name), np.ufunc) for name in NAMES)


@pytest.mark.compiled
@pytest.mark.parametrize("name", NAMES)
def test_values_are_scipys(name):
    expected, plain = getattr(scipy.special, name), getattr(special, name)
    function = numba.njit(error_model="numpy")(plain)
    points = INSIDE if name in POLES else POINTS
    if expected.nin == 1:
        pairs = [(x,) for x in points]
    else:
        pairs = [(x, y) for x in points for y in points]
    with np.errstate(all="ignore"):
        for pair in pairs:
            wanted = expected(*pair)
            if name == "betaln" and not np.isfinite(wanted):
                continue
            np.testing.assert_allclose(
                function(*pair), wanted, rtol=2e-13, atol=1e-300, err_msg=f"{name}{pair}"
            )
