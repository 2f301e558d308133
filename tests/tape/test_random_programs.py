"""Random programs: the tape against HIPS autograd, an independent implementation."""

from __future__ import annotations

import autograd as hips
import autograd.numpy as hips_np
import numpy as onp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adjoint import autograd, np

UNARY = ("sin", "tanh", "exp", "square", "negative", "arctan")
BINARY = ("add", "subtract", "multiply", "maximum")
SHAPED = ("row", "column", "transpose", "total", "dot", "flip")

step = st.tuples(st.sampled_from(UNARY + BINARY + SHAPED), st.integers(0, 30), st.integers(0, 30))


def run(xp, program, x, y):
    """Values are (3, 3), rows, columns or numbers, so that broadcasting happens everywhere."""
    values = [x, y, x[0], y[:, 1:2]]
    for name, i, j in program:
        a, b = values[i % len(values)], values[j % len(values)]
        if name in UNARY:
            z = getattr(xp, name)(0.3 * a)
        elif name in BINARY:
            z = getattr(xp, name)(a, 0.7 * b)
        elif name == "total":
            z = xp.sum(a) * 0.1
        elif a.ndim == 0:
            z = a * 0.5
        elif name == "row":
            z = a[0] * 1.1
        elif name == "column":
            z = xp.sum(a, axis=-1, keepdims=True) * 0.2
        elif name == "transpose":
            z = a.T
        elif name == "flip":
            z = a[::-1]
        else:
            z = xp.dot(a, x[: a.shape[-1]]) * 0.3
        values.append(z)
    return sum(xp.sum(v) * (0.5 + 0.1 * k) for k, v in enumerate(values))


@pytest.mark.filterwarnings("ignore:overflow")
@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(step, min_size=1, max_size=12), st.integers(0, 1000))
def test_gradients_agree(program, seed):
    random = onp.random.default_rng(seed)
    x, y = random.normal(size=(2, 3, 3)) * 0.5
    expected = hips.grad(lambda xy: run(hips_np, program, xy[0], xy[1]))((x, y))
    variables = [np.array(x, dtype="float64"), np.array(y, dtype="float64")]
    for variable in variables:
        variable.attach_grad()
    with autograd.record():
        total = run(np, program, *variables)
    total.backward()
    for variable, slope in zip(variables, expected, strict=True):
        assert onp.allclose(variable.grad.asnumpy(), slope, rtol=1e-10, atol=1e-10)
