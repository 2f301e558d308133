"""The tape holds real numbers: what would pass through complex ones is refused."""

from __future__ import annotations

import numpy as onp
import pytest

from adjoint import autograd, np
from adjoint.errors import AdjointError, NotDifferentiable


@pytest.mark.parametrize(
    "function",
    [
        lambda x: onp.abs(x * onp.array([1j, 2.0])).sum(),
        lambda x: (x * onp.complex128(1j) * onp.complex128(1j)).sum(),
        lambda x: onp.abs(x * 1j).sum(),
        lambda x: onp.abs(1j * x).sum(),
        lambda x: onp.real(onp.exp(x * onp.array([1j, 2.0]))).sum(),
    ],
)
def test_a_gradient_through_complex_numbers_is_refused(function):
    x = np.array([0.3, 0.4])
    x.attach_grad()

    def gradient():
        with autograd.record():
            y = function(x)
        y.backward()

    with pytest.raises(AdjointError):
        gradient()


def test_a_complex_array_is_no_variable():
    z = np.array([1j, 2.0], dtype=complex)
    with pytest.raises(NotDifferentiable, match="complex") as raised:
        z.attach_grad()
    assert "compile it" in raised.value.hint
