"""Every array rule by random inner products: <bar, direction> = <z_bar, slope along direction>."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

from adjoint.rules import registered, rule_for
from tests.rules.array_cases import ARRAY_CASES, SYMMETRIC
from tests.rules.numeric import directional, floating


def rule_call(function, args, keywords):
    """The rule of a call as `adjoint(z, z_bar) -> bars`, with its differentiable names."""
    rule = rule_for(function)
    assert rule is not None, f"no rule for {function}"
    signature = inspect.signature(rule.adjoint)

    def adjoint(z, z_bar):
        bound = signature.bind(z, *args, **keywords, **{rule.result_bar: z_bar})
        bound.apply_defaults()
        returned = rule.adjoint(*bound.args, **bound.kwargs)
        return dict(zip(rule.differentiable, returned, strict=True))

    bound = signature.bind_partial(None, *args, **keywords)
    return adjoint, {n: bound.arguments.get(n) for n in rule.differentiable}


def leaves(value):
    """The float arrays in an argument or result."""
    if isinstance(value, tuple | list):
        return [leaf for item in value for leaf in leaves(item)]
    return [value] if floating(value) else []


def rebuild(value, replacements):
    """The argument with its float arrays replaced, in order."""
    if isinstance(value, tuple | list):
        return type(value)(rebuild(item, replacements) for item in value)
    return next(replacements) if floating(value) else value


def flat(value):
    """All elements of a result or cotangent in one vector."""
    if isinstance(value, tuple | list):
        return np.concatenate([flat(item) for item in value]) if value else np.zeros(0)
    return np.ravel(np.asarray(value, dtype=float))


def check(function, args, keywords, symmetric=False):
    random = np.random.default_rng(0)
    z = function(*args, **keywords)
    z_bar = (
        tuple(map(random_like(random), z))
        if isinstance(z, tuple | list)
        else (random_like(random)(z))
    )
    adjoint, differentiable = rule_call(function, args, keywords)
    bars = adjoint(z, z_bar)
    inputs = leaves(args)
    directions = [random.normal(size=np.shape(x)) for x in inputs]
    if symmetric:
        directions = [d + np.swapaxes(d, -1, -2) for d in directions]

    def along(distance):
        moved = (x + distance * d for x, d in zip(inputs, directions, strict=True))
        return flat(function(*rebuild(args, moved), **keywords))

    slope = directional(along, (0.0,), (0,), (1.0,), step=5e-4)
    expected = flat(z_bar) @ slope
    order = {id(x): d for x, d in zip(inputs, directions, strict=True)}
    actual = 0.0
    for name, value in differentiable.items():
        if not leaves(value):
            continue  # left out, or integers: its cotangent goes nowhere
        for x, bar in zip(leaves(value), leaves(bars[name]), strict=True):
            assert np.shape(bar) == np.shape(x), name
            actual += np.sum(bar * order[id(x)])
    assert actual == pytest.approx(expected, rel=2e-7, abs=2e-7), (actual, expected)


def random_like(random):
    return lambda z: random.normal(size=np.shape(z))


def test_every_array_rule_has_cases():
    covered = {case[0] for case in ARRAY_CASES + SYMMETRIC}
    own = {f: rule for f, rule in registered().items() if _is_ours(rule)}
    assert not {f for f, rule in own.items() if not rule.broadcasts} - covered


def _is_ours(rule):
    """Whether a rule is one of the table, and not one that a test has given."""
    return rule.adjoint.__module__.startswith("adjoint.rules")


def label(case):
    function, args, keywords = case
    shapes = [np.shape(x) for x in leaves(args)]
    return f"{function.__name__}{shapes}{keywords}".replace(" ", "")


@pytest.mark.parametrize("case", ARRAY_CASES, ids=label)
def test_array_rule_agrees_with_differences(case):
    check(*case)


@pytest.mark.parametrize("case", SYMMETRIC, ids=label)
def test_rule_of_a_symmetric_matrix_agrees_with_differences(case):
    check(*case, symmetric=True)
