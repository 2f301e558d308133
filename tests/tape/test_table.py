"""The whole table of rules on the tape: every rule can be differentiated again.

The cases are those of the rules' own tests. The derivative of the gradient, by `create_graph`, is
compared with differences of the gradient.
"""

from __future__ import annotations

import operator

import numpy as np
import pytest

from adjoint import autograd
from adjoint.autograd import MXNetError
from adjoint.runtime.tape.array import Array
from tests.rules.array_cases import ARRAY_CASES, SYMMETRIC
from tests.rules.numeric import directional
from tests.rules.test_array_rules import label, leaves, rebuild

pytestmark = pytest.mark.filterwarnings("ignore:invalid value encountered")

# An operator in place is refused for members of a graph, and NumPy's conversions leave the tape.
OTHERS = (operator.imatmul, np.array, np.asarray, np.ascontiguousarray, np.asfortranarray)
CASES = [case for case in ARRAY_CASES if case[0] not in OTHERS]


def results(z):
    return [y for y in z if isinstance(y, Array)] if isinstance(z, tuple | list) else [z]


def gradient_along(case, arrays, directions, second):
    """<gradient, directions> of a weighted result; with `second` its derivative along them."""
    function, args, keywords = case
    random = np.random.default_rng(1)
    variables = [Array(np.array(a, float)) for a in arrays]
    for variable in variables:
        variable.attach_grad()
    with autograd.record():
        z = function(*rebuild(args, iter(variables)), **keywords)
        heads = [y * random.normal(size=y.shape) for y in results(z)]
        seeds = [Array(np.ones(y.shape)) for y in heads]
        firsts = autograd.grad(heads, variables, seeds, create_graph=True)
        total = sum((first * d).sum() for first, d in zip(firsts, directions, strict=True))
    if not second:
        return total.item()
    try:
        total.backward()
    except MXNetError:
        return 0.0  # the function is linear: its gradient is a constant
    return sum(
        float(np.sum(v.grad.asnumpy() * d)) for v, d in zip(variables, directions, strict=True)
    )


def check(case, symmetric):
    arrays = leaves(case[1])
    directions = [np.random.default_rng(i).normal(size=np.shape(a)) for i, a in enumerate(arrays)]
    if symmetric:
        directions = [d + np.swapaxes(d, -1, -2) for d in directions]

    def along(distance):
        moved = [a + distance * d for a, d in zip(arrays, directions, strict=True)]
        return gradient_along(case, moved, directions, False)

    slope = float(directional(along, (0.0,), (0,), (1.0,), step=2e-4))
    actual = gradient_along(case, arrays, directions, True)
    assert actual == pytest.approx(slope, rel=2e-5, abs=2e-5)


@pytest.mark.parametrize("case", CASES, ids=label)
def test_second_order(case):
    check(case, symmetric=False)


@pytest.mark.parametrize("case", SYMMETRIC, ids=label)
def test_second_order_of_symmetric_matrices(case):
    check(case, symmetric=True)
