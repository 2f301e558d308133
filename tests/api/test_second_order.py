"""Derivatives of gradients: compiled gradients inside functions that are differentiated."""

from __future__ import annotations

import copy
import linecache
from collections import namedtuple
from typing import Any

import numpy as np
import pytest

from adjoint import grad, value_and_grad
from adjoint.errors import AdjointError, NotDifferentiable, UnsupportedSyntax
from adjoint.testing import check_grads, numeric_gradient, ridders
from tests.corpus import PROGRAMS

X = np.array([0.3, -1.2, 0.5])
V = np.array([0.1, 0.2, -0.4])
DATA = np.array([1.0, 2.0, 3.0])
MATRIX = np.array([[3.0, 1.0, 0.0], [1.0, 4.0, 0.2], [0.0, 0.2, 5.0]])
Point = namedtuple("Point", "a b")


def quartic(x):
    return x**4 + np.sin(x)


def rosenbrock(x):
    s = 0.0
    for i in range(len(x) - 1):
        s += 100.0 * (x[i + 1] - x[i] ** 2) ** 2 + (1.0 - x[i]) ** 2
    return s


def weighted(x, y):
    return np.sum(x * x * y) + y**3


def relaxed(x, n):
    k = 0
    while abs(x * x - 2.0) > 1e-3 and k < n:
        x = x - (x * x - 2.0) / (2.0 * x) * 0.5
        k += 1
    return x


def running(x):
    for i in range(1, len(x)):
        x[i] *= x[i - 1]
    return x[-1] ** 2


def positive(x):
    kept = []
    for i in range(len(x)):
        if x[i] > 0:
            kept.append(x[i] ** 2)
    s = 0.0
    for item in kept:
        s += item * item
    return s


def captured(x):
    return np.sum(np.exp(x * DATA))


def solved(b, a):
    return np.sum(np.linalg.solve(a, b) ** 3)


def factorised(a):
    return np.sum(np.linalg.cholesky(a) ** 2)


def recursive(x, n):
    if n == 0:
        return x
    return np.sin(recursive(x, n - 1)) * x


def applied(function, x):
    return function(x) ** 2


def with_mode(**options):
    """Gradients that run as plain Python: what they compute does not depend on compiling."""
    return {"jit": False, "cache": False, **options}


def check(function, *args, argnum=0, tolerance=1e-7):
    got = grad(function, argnum, **with_mode())(*copy.deepcopy(args))
    numeric = numeric_gradient(function, args, argnum)
    assert np.max(numeric.error) < tolerance * 10
    np.testing.assert_allclose(got, numeric.gradient, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize(
    "function, args",
    [
        (quartic, (1.3,)),
        (rosenbrock, (X,)),
        (relaxed, (3.0, 20)),
        (running, (X,)),
        (positive, (X,)),
        (captured, (X,)),
        (solved, (X, MATRIX)),
        (factorised, (MATRIX,)),
        (recursive, (1.2, 4)),
    ],
)
def test_grad_of_grad(function, args):
    check(grad(function, **with_mode()), *args)


def test_third_derivative():
    third = grad(grad(grad(quartic, **with_mode()), **with_mode()), **with_mode())
    assert abs(third(1.3) - (24.0 * 1.3 - np.cos(1.3))) < 1e-12


def test_mixed_derivative():
    check(grad(solved, 0, **with_mode()), X, MATRIX, argnum=1)


slope = grad(rosenbrock, **with_mode())
both = grad(weighted, (0, 1), **with_mode())
with_value = value_and_grad(weighted, "y", **with_mode())
one_in_tuple = grad(weighted, (0,), **with_mode())
of_function = grad(applied, 1, **with_mode())
of_tuple = grad(lambda p: p[0] ** 2 * p[1] ** 3, **with_mode())
of_dict = grad(lambda p: p["a"] ** 2 * p["b"] ** 3, **with_mode())
of_named = grad(lambda p: p.a**2 * p.b**3, **with_mode())
on_tape = grad(weighted, mode="tape")


def gradient_norm(x):
    return np.sum(slope(x) ** 2)


def hessian_vector(x):
    return np.dot(grad(rosenbrock, jit=False)(x), V)


def descent(x):
    for _ in range(4):
        x = x - 0.001 * slope(x)
    return np.sum(x)


def of_both(x, y):
    a, b = both(x, y)
    return np.sum(a * a) + b * b


def value_times_slope(x, y):
    value, b = with_value(x, y=y)
    return value * b


def first_of_tuple(x, y):
    (a,) = one_in_tuple(x, y)
    return np.sum(a * a)


def in_containers(a, b):
    d = of_tuple((a, b))
    e = of_dict({"a": a, "b": b})
    f = of_named(Point(a, b))
    return d[0] * d[1] + e["a"] * e["b"] ** 2 + f.a * f.b


def of_functions(x):
    return of_function(np.sin, x) * of_function(quartic, x)


@pytest.mark.parametrize("function", [gradient_norm, hessian_vector, descent])
def test_gradient_called_in_a_function(function):
    check(function, X)


@pytest.mark.parametrize("function", [of_both, value_times_slope, first_of_tuple])
@pytest.mark.parametrize("argnum", [0, 1])
def test_results_come_as_the_gradient_promises(function, argnum):
    check(function, X, 0.7, argnum=argnum)


@pytest.mark.parametrize("argnum", [0, 1])
def test_containers(argnum):
    check(in_containers, 1.2, 0.7, argnum=argnum)


def test_functions_as_arguments():
    check(of_functions, 1.2)


SECOND = (
    "arrays-elementwise_arithmetic",
    "calls-call_that_returns_a_tuple",
    "calls-quadrature_of_a_lambda",
    "complex_numbers-smooth_escape_count",
    "containers-nested_tuples_exchanged",
    "control-branch_on_an_overwritten_value",
    "control-elif_chain",
    "index_arrays-rows_and_columns",
    "iterative-newton_on_keplers_equation",
    "iterative-secant_method",
    "library_calls-solve_a_vector",
    "linear_algebra-cholesky_in_place",
    "lists-appended_on_a_condition",
    "models-hmm_forward",
    "mutation-shift_in_place",
    "recursion-power_by_squaring",
    "scalars-arithmetic",
    "simulations-runge_kutta_4",
    "traps-store_at_a_computed_index",
)


@pytest.mark.slow
@pytest.mark.parametrize("name", SECOND)
def test_corpus(name):
    """Hessian times vector: the derivative of the gradient along a direction, by differences."""
    program = PROGRAMS[name]
    wrt, args = program.wrt(), program.args()
    draw = np.random.default_rng(0)
    first, second = ([_direction(draw, args[i]) for i in wrt] for _ in range(2))
    gradient = grad(program.function, wrt, **with_mode())
    is_array = [isinstance(args[i], np.ndarray) for i in wrt]
    product = _product(gradient, len(args), tuple(first), is_array)
    bars = grad(product, wrt, **with_mode())(*copy.deepcopy(args))
    got = sum(np.sum(bar * w) for bar, w in zip(bars, second, strict=True))

    def along(shift: float) -> float:
        moved = list(copy.deepcopy(args))
        for i, w in zip(wrt, second, strict=True):
            moved[i] = args[i] + shift * w
            if not isinstance(args[i], np.ndarray):
                moved[i] = float(moved[i])
        return float(sum(np.sum(b * v) for b, v in zip(gradient(*moved), first, strict=True)))

    expected, error = ridders(along, program.step / 5)
    assert error < 1e-5 * max(1.0, abs(expected))
    assert abs(got - expected) < 1e-6 * max(1.0, abs(expected))


def _direction(draw: np.random.Generator, arg: Any) -> Any:
    drawn = draw.standard_normal(np.shape(arg))
    return drawn if isinstance(arg, np.ndarray) else float(drawn)


def _product(gradient: Any, count: int, directions: tuple[Any, ...], is_array: list[bool]) -> Any:
    """`lambda a0, a1: Σ gradient(a0, a1)[k] · directions[k]`, with text to be read."""
    params = ", ".join(f"a{k}" for k in range(count))
    terms = " + ".join(
        f"np.sum(bars[{k}] * directions[{k}])" if array else f"bars[{k}] * directions[{k}]"
        for k, array in enumerate(is_array)
    )
    text = f"def product({params}):\n    bars = gradient({params})\n    return {terms}\n"
    name = f"<product of {gradient!r}>"
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    namespace = {"np": np, "gradient": gradient, "directions": directions}
    exec(compile(text, name, "exec"), namespace)
    return namespace["product"]


@pytest.mark.compiled
def test_compiled():
    hessian = grad(grad(rosenbrock))
    plain = grad(grad(rosenbrock, jit=False), jit=False)
    np.testing.assert_allclose(hessian(X), plain(X), rtol=1e-13)


def test_second_order_of_every_mode():
    check_grads(weighted, (X, 0.7), modes=("python", "tape", "numeric"), order=2)
    check_grads(rosenbrock, (X,), modes=("python", "numeric"), order=2)


# --------------------------------------------------------------------------- what is refused


def line_of(error: AdjointError) -> str:
    assert error.at is not None
    assert error.at.source.filename == __file__
    return error.at.source.line(error.at.line)


def test_gradient_on_the_tape():
    def function(x, y):
        return np.sum(on_tape(x, y))

    with pytest.raises(NotDifferentiable, match="runs on the tape") as caught:
        grad(function, **with_mode())(X, 0.7)
    assert "on_tape(x, y)" in line_of(caught.value)


def test_gradient_of_an_inner_function_that_calls_another_one():
    def function(x):
        def twice(y):
            return y * x

        def inner(y):
            return twice(y) * x

        return grad(inner)(x)

    with pytest.raises(UnsupportedSyntax, match="defined here") as caught:
        grad(function, **with_mode())(1.0)
    assert "grad(inner)" in line_of(caught.value)


def test_gradient_of_an_inner_function_with_defaults():
    def function(x):
        return grad(lambda y, z=2.0: x * y * z)(x)

    with pytest.raises(UnsupportedSyntax, match="plain parameters"):
        grad(function, **with_mode())(1.0)


def test_wrong_number_of_arguments():
    with pytest.raises(UnsupportedSyntax, match="too many") as caught:
        grad(lambda x: np.sum(slope(x, x)), **with_mode())(X)
    assert "slope(x, x)" in line_of(caught.value)


def test_writes_to_an_array_that_may_be_two_arguments():
    def shifting(x, y):
        x[0] = y[1] * x[0]
        return np.sum(x * y)

    inner = grad(shifting, **with_mode())

    def function(x):
        return np.sum(inner(x, x))

    with pytest.raises(UnsupportedSyntax, match="same array") as caught:
        grad(function, **with_mode())(X.copy())
    assert "inner(x, x)" in line_of(caught.value)


def test_bound_arguments():
    class Model:
        def cost(self, x):
            return x * x

    with pytest.raises(NotDifferentiable, match="bound to it") as caught:
        grad(grad(Model().cost))
    assert "def cost" in line_of(caught.value)


@pytest.mark.compiled
def test_gradient_of_one_argument_that_a_star_collects():
    def function(*xs):
        return np.sum(np.sin(xs[0]))

    (got,) = grad(function, (0,), cache=False)(X)
    np.testing.assert_allclose(got, np.cos(X), rtol=1e-15)
