"""Programs that are refused, one or more for each row of the page of limitations."""

from __future__ import annotations

import collections
import dataclasses
from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from scipy import linalg, sparse, special, stats

import adjoint
from adjoint import autograd, grad, nd

VECTOR = np.array([0.5, 1.5, 2.5])
MATRIX = np.array([[2.0, 0.5], [0.5, 1.0]])


@dataclasses.dataclass(frozen=True)
class Case:
    """A call that is refused.

    Attributes
    ----------
    row : a piece of the row's text.
    """

    row: str
    name: str
    run: Callable[[], Any]


CASES: list[Case] = []


def refused(row: str, *args: Any, **options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Register a function whose gradient at these arguments is refused."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        def run() -> Any:
            return grad(function, jit=False, cache=False, **options)(*args)

        CASES.append(Case(row, function.__name__, run))
        return function

    return register


def fails(row: str) -> Callable[[Callable[[], Any]], Any]:
    """Register a function that fails when it is called."""

    def register(function: Callable[[], Any]) -> Callable[[], Any]:
        CASES.append(Case(row, function.__name__, function))
        return function

    return register


# --------------------------------------------------------------------------- calls


@refused("a loop marked `checkpointed` that", 1.5, 3)
def checkpointed_loop_left_early(x, n):
    for _ in adjoint.checkpointed(range(n)):
        x = np.sin(x)
        if x < 0.1:
            break
    return x


@refused("a budget, `memory=`", 1.5, 3, memory="1GB")
def budget_without_a_loop(x, n):
    return x**n


@refused("a loop marked `checkpointed` that", np.ones(2), 3)
def checkpointed_loop_that_writes_and_assigns(u, n):
    for _ in adjoint.checkpointed(range(n)):
        u[0] = u[0] * u[1]
        u = u * 1.5
    return np.sum(u)


def noisy(x, n):
    return x if n == 0 else noisy(x * np.random.normal(), n - 1)


@refused("a recursive function", 1.5, 3)
def recursion_that_draws(x, n):
    return noisy(x, n)


def endless(x):
    return endless(x) + 1.0


@refused("a recursive function", 1.5)
def recursion_without_end(x):
    return endless(x)


optional = np.vectorize(lambda x: x * x, otypes=[float])


@refused("`vectorize` with signatures", VECTOR)
def vectorize_with_options(x):
    return np.sum(optional(x))


# --------------------------------------------------------------------------- statements


@refused("`except` of", VECTOR, 1)
def catches_an_index(x, k):
    try:
        return x[k]
    except IndexError:
        return 0.0


@refused("`with` (but", 1.5)
def opens_a_file(x):
    with open("file"):
        return x


@refused("`with` (but", 1.5)
def has_a_class(x):
    class Local:
        pass

    return x


@refused("a dict whose keys", 1.5)
def key_when_running(x):
    table = {x: 1.0}
    return table[x]


@refused("a dict whose keys", 1.5)
def length_of_a_set(x):
    return x * len({x, 2.0})


@refused("a name that is one list, dict", 1.5, 0.5)
def one_of_two_dicts(x, y):
    one, other = {"a": x}, {"a": y}
    either = one if x > y else other
    either["a"] += 1.0
    return one["a"] * other["a"]


@refused("of the caller", {"a": 1.5})
def changes_an_argument(options):
    options["a"] = options["a"] * 2.0
    return options["a"]


@refused("grows while a loop", 1.5)
def grows_meanwhile(x):
    items = [x, 2.0]
    for item in items:
        if len(items) < 4:
            items.append(item)
    return sum(items)


@refused("an integer first", 1.5)
def integer_first(x):
    s = 0
    total = 0.0
    for _ in range(3):
        if isinstance(s, int):
            total += x
        s += 0.5
    return total * s


# --------------------------------------------------------------------------- lists


@refused("of anything but numbers, arrays", VECTOR)
def slice_with_a_step(x):
    items = [v * v for v in x]
    items.append(x[0])
    return sum(items[::2])


@refused("once it is in a list", VECTOR)
def written_to_in_a_list(x):
    states = []
    work = x * 1.0
    for _ in range(len(x)):
        states.append(work)
        work[0] = work[0] * 2.0
    return np.sum(states[0])


@refused("two names for lists", VECTOR)
def two_lists(x):
    old = [x[0]]
    new = [x[1]]
    for v in x:
        new.append(v)
        if v > 1.0:
            old = new
    old.append(x[2])
    return new[-1] * len(new)


@refused("different shapes", VECTOR)
def rows_of_different_shapes(x):
    rows = []
    for k in range(1, len(x)):
        rows.append(x[:k] * 2.0)
    return np.sum(rows[1])


# --------------------------------------------------------------------------- arrays


@refused("axis is known only", MATRIX, 1)
def axis_when_running(a, k):
    return np.sum(np.sum(a, axis=k) ** 2)


@refused("`np.negative.at`", VECTOR)
def negated_in_place(x):
    y = x * 1.0
    np.negative.at(y, [0])
    return np.sum(y)


@refused("a ufunc with `where`", MATRIX)
def items_by_a_star(a):
    return np.sum(np.vstack([*a]) ** 2)


@refused("a ufunc with `where`", VECTOR)
def roots_where_positive(x):
    return np.sum(np.sqrt(x, where=x > 0))


@refused("a ufunc with `where`", MATRIX)
def ravelled_as_it_lies(a):
    return a.ravel(order="A")[1]


@refused("numbers of sections", MATRIX, 3)
def sections_when_running(a, n):
    return np.sum(np.split(a, n)[0] ** 2)


@refused("numbers of sections", MATRIX)
def squeezed_without_axis(a):
    return np.sum(np.squeeze(a[None]) ** 2)


@refused("numbers of sections", VECTOR)
def padded_by_means(x):
    return np.sum(np.pad(x, 1, mode="mean") ** 2)


@refused("a view or a copy", MATRIX)
def written_through_ravel(a):
    b = a * 1.0
    b.T.ravel()[0] = 1.0
    flat = b.T.ravel()
    flat[0] = a[0, 0] ** 2
    return np.sum(b)


@refused("a name bound to different arrays", VECTOR)
def alias_of_either(x):
    a, b = x * 1.0, x * 2.0
    c = a if x[0] > 0.0 else b
    c[0] = x[1] ** 2
    return a[0] * b[0]


@refused("may end without `return`", 1.5)
def returns_a_tuple(x):
    return x, x


@refused("may end without `return`", 1.5)
def returns_sometimes(x):
    if x > 0:
        return x
    return None


@refused("whose source is not Python", VECTOR)
def uses_a_queue(x):
    last = collections.deque(maxlen=2)
    return x[0] * len(last)


@refused("whose eigenvalues are complex", np.array([[0.0, 1.0], [-1.0, 0.0]]))
def eigenvalues_of_a_rotation(a):
    return np.sum(np.linalg.eigvals(a) ** 3)


@refused("depends on the phases", MATRIX * np.eye(2) + 0j)
def a_phase(a):
    return np.sum(np.linalg.eigh(a)[1].imag)


@refused("of real numbers and `np.poly` of complex ones", VECTOR)
def zeros_of_a_real_polynomial(p):
    return np.sum(np.roots(p).real)


@refused("whose number of columns", MATRIX)
def histogram_of_points(a):
    return np.sum(np.histogramdd(a, 2)[0])


@refused("whose number of columns", VECTOR)
def fit_with_covariance(x):
    return np.sum(np.polyfit(x, x * x, 1, cov=True)[0])


@refused("whose number of columns", MATRIX)
def lists_of_lists(a):
    return a.tolist()[0][1]


@refused("`float()` of a variable that is a bool", VECTOR)
def float_of_a_flag(x):
    flag = np.any(x > 1.0)
    return x[0] * float(flag)


@refused("the last vectors of the full", MATRIX[:1])
def full_svd(a):
    return np.sum(np.linalg.svd(a)[0] ** 3)


# --------------------------------------------------------------------------- numbers


@refused("a complex result", 1.5 + 2.0j)
def complex_result(z):
    return z * z


@refused("`np.sign` of a complex", 1.5 + 2.0j)
def sign_of_a_complex_number(z):
    return np.sign(z).real


@fails("complex numbers on the tape")
def complex_on_the_tape():
    return grad(lambda z: abs(z * z), mode="tape")(1.5 + 2.0j)


# --------------------------------------------------------------------------- randomness


@refused("`g.shuffle(x)`", VECTOR, np.random.default_rng(0))
def shuffled(x, g):
    y = x * 1.0
    g.shuffle(y)
    return y[0]


GENERATOR = np.random.default_rng(0)


def noise(x):
    return x * GENERATOR.normal()


@fails("a captured random generator")
def captured_generator_in_compiled_code():
    gradient = grad(noise, cache=False)

    @numba.njit
    def call(x):
        return gradient(x)

    return call(1.5)


# --------------------------------------------------------------------------- arguments


@refused("more than 256 numbers", [1.5] * 300)
def very_many(items):
    return sum(items)


@refused("derived from `list`", 1.5, collections.OrderedDict(a=1.5))
def ordered(x, options):
    return options["a"] * x


@fails("inside a container given to a compiled")
def tape_array_in_a_tuple():
    value = adjoint.differentiable(lambda pair: pair[0] * pair[1])
    x = nd.array([1.5])
    x.attach_grad()
    with autograd.record():
        return value((x, 2.0))


class Line:
    def __init__(self, slope):
        self.slope = slope

    def at(self, x):
        return self.slope * x


@fails("a gradient with bound arguments")
def bound_method_in_compiled_code():
    gradient = grad(Line(2.0).at, cache=False)

    @numba.njit
    def call(x):
        return gradient(x)

    return call(1.5)


@fails("share memory but are not the same")
def overlapping():
    def shifted(x, y):
        x[0] = y[1] * 2.0
        return np.sum(x * y)

    whole = np.arange(4.0)
    return grad(shifted, jit=False, cache=False)(whole[:3], whole[1:])


@refused("None at first and a number later", VECTOR)
def truth_of_a_number_or_none(x):
    last, total = None, 0.0
    for v in x:
        if last:
            total += last * v
        last = v
    return total


@refused("one that is None or an array", VECTOR)
def array_or_none(x):
    last, total = None, 0.0
    for i in range(2):
        y = x * (1.0 + i)
        if last is not None:
            total += np.sum(y * last)
        last = y
    return total


# --------------------------------------------------------------------------- special functions


@refused("the order of a Bessel function", 1.5)
def order_of_a_bessel_function(v):
    return special.jv(v, 0.5)


@refused("the order of a Bessel function", 1.5)
def error_function_of_a_complex_number(x):
    return abs(special.erf(x * 1j))


SPARSE = sparse.csr_array(MATRIX)


@refused("sparse matrices: sums", SPARSE)
def sum_of_sparse_matrices(a):
    return np.sum((a + a) @ VECTOR[:2])


@refused("sparse matrices: sums", SPARSE.tolil())
def other_sparse_format(a):
    return np.sum(a @ VECTOR[:2])


@refused("that have no formula here", VECTOR)
def moment_of_a_frozen_distribution(x):
    return stats.norm(x[0], 1.0).mean()


@refused("vectors of `eigh`", MATRIX)
def vectors_of_another_algorithm(a):
    return np.sum(linalg.eigh(a)[1] ** 3)


@refused("`einsum` with `dtype`", MATRIX)
def einsum_in_another_type(a):
    return np.einsum("ij->", a, dtype=np.float32)


@refused("`einsum` with `dtype`", MATRIX)
def diagonal_by_einsum_written_to(a):
    d = np.einsum("ii->i", a)
    d[:] = 0.0
    return np.sum(a)


@refused("methods of quantiles other than", VECTOR)
def quantile_of_weibull(x):
    return np.quantile(x, 0.3, method="weibull")


@refused("the maximum over a mask without", VECTOR)
def maximum_of_the_positive(x):
    return np.max(x, where=x > 0.0)


@refused("`np.bitwise_count`", VECTOR)
def number_of_bits(x):
    return np.sum(x * np.bitwise_count(np.array([1, 2, 3])))


# --------------------------------------------------------------------------- gradients in functions


def shifted(x, y):
    x[0] = y[1] * x[0]
    return np.sum(x * y)


WRITING = grad(shifted, jit=False, cache=False)


@refused("the gradient of a method, of a `functools.partial`", VECTOR)
def gradient_of_an_inner_function_with_defaults(x):
    def inner(y, scale=2.0):
        return np.sum(scale * y * x)

    return np.sum(grad(inner)(x))


@refused("there, a gradient that writes to its arguments", VECTOR)
def gradient_of_a_function_that_writes(x):
    return np.sum(WRITING(x, x))


def with_two_results(x):
    return x, x


@adjoint.vjp_rule(with_two_results)
def with_two_results_rule(z, x, z_bar):
    x_bar = z_bar
    return (x_bar,)


@refused("a function with a rule by `vjp_rule`", 1.0)
def rule_of_two_results(x):
    a, b = with_two_results(x)
    return a * b


def _pair(x):
    return np.array([x[0] * x[1], x[1]])


_pair_slopes = adjoint.jacobian(_pair)


@refused("a Jacobian in a function that is differentiated", VECTOR)
def jacobian_within(x):
    return np.sum(_pair_slopes(x))


@fails("a Jacobian in a function that is differentiated")
def jacobian_of_a_jacobian():
    return adjoint.jacobian(_pair_slopes)


_slope = grad(lambda x: np.sum(x**3), jit=False)


@refused("`out=` of a derivative by a container", VECTOR)
def out_within(x):
    slope = np.empty(3)
    _slope(x, out=slope)
    return np.sum(slope)


@fails("`out=` of a derivative by a container")
def out_of_a_list():
    return grad(lambda p: p[0] * p[1], jit=False)([1.0, 2.0], out=np.empty(2))


@fails("a Jacobian in a function that is differentiated")
def gradient_of_a_jacobian():
    return grad(_pair_slopes)
