"""Float32 results are within 1e-7 of the exact ones, as MXNet's are."""

from __future__ import annotations

import numpy as onp
import pytest

from adjoint import autograd, nd, npx

FUNCTIONS = {
    **{
        name: (getattr(nd, name), getattr(onp, name))
        for name in (
            *("exp", "sin", "cos", "tan", "tanh", "sinh", "cosh", "arctan", "arcsinh", "expm1"),
            *("sqrt", "log", "log1p", "log2", "log10", "cbrt", "square"),
        )
    },
    "power": (lambda x: x**2.5, lambda x: x**2.5),
    "sigmoid": (nd.sigmoid, lambda x: 1 / (1 + onp.exp(-x))),
    "softmax": (
        lambda x: nd.softmax(x, axis=0),
        lambda x: onp.exp(x - x.max()) / onp.exp(x - x.max()).sum(),
    ),
    "softplus": (npx.softplus, lambda x: onp.log1p(onp.exp(x))),
}


def relative_error(actual, exact):
    return onp.max(onp.abs(actual.asnumpy().astype(float) - exact) / onp.abs(exact))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_values(name):
    function, reference = FUNCTIONS[name]
    x = onp.random.default_rng(5).uniform(0.01, 5, 5000).astype(onp.float32)
    assert relative_error(function(nd.array(x)), reference(x.astype(float))) < 1e-7


def test_slopes_of_sine_and_tanh():
    x = nd.array(onp.random.default_rng(5).uniform(0.01, 2, 5000))
    x.attach_grad()
    with autograd.record():
        y = nd.sin(x)
    y.backward()
    assert relative_error(x.grad, onp.cos(x.asnumpy().astype(float))) < 1e-7
