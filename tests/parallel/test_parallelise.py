"""Gradients by loops in parts: against the serial ones, in any order of the parts."""

from __future__ import annotations

from itertools import pairwise

import numba
import numpy as np
import pytest

from adjoint import grad, value_and_grad
from adjoint.api.options import InvalidMode
from adjoint.api.standalone import stand_alone
from adjoint.runtime import thread_parts
from tests.adbench import data
from tests.adbench.gmm import gmm_loops
from tests.corpus import PROGRAMS
from tests.parallel.test_verdicts import SERIAL, energy
from tests.parallel.threads import in_many_parts

MANY = 3000  # points for which threads are started


def points(n, d):
    rng = np.random.default_rng(1)
    return rng.normal(size=(n, d)), rng.normal(size=d)


def mixture(n, d, k):
    rng = np.random.default_rng(2)
    icf = 0.3 * rng.normal(size=(k, d * (d + 1) // 2))
    return rng.normal(size=k), rng.normal(size=(k, d)), icf, rng.normal(size=(n, d)), 1.0, 0


def swept(function, args, argnums, parallel, **options):
    options = {"jit": False, "cache": False, **options}
    return value_and_grad(function, argnums, parallel=parallel, **options)(*args)


def assert_near(result, expected, tolerance=1e-12):
    (value, bars), (expected_value, expected_bars) = result, expected
    assert value == pytest.approx(expected_value, rel=tolerance)
    for bar, wanted in zip(bars, expected_bars, strict=True):
        np.testing.assert_allclose(
            bar, wanted, atol=tolerance * max(1.0, np.max(np.abs(wanted), initial=0.0))
        )


def bits(result):
    value, bars = result
    return [np.float64(value).tobytes(), *(bar.tobytes() for bar in bars)]


@pytest.mark.parametrize("optimise", [True, False])
@pytest.mark.parametrize("n", [0, 1, 7, 200])
def test_parts_in_any_order(n, optimise):
    args = points(n, 3)
    with in_many_parts():
        got = swept(energy, args, (0, 1), True, optimise=optimise)
    assert_near(got, swept(energy, args, (0, 1), False))


def test_gmm():
    args = mixture(150, 3, 4)
    with in_many_parts():
        got = swept(gmm_loops, args, (0, 1, 2), True)
    assert_near(got, swept(gmm_loops, args, (0, 1, 2), False))


@pytest.mark.skipif(not data.available(), reason=f"the ADBench data are not at {data.FOLDER}")
def test_gmm_against_the_reference():
    with in_many_parts():
        value, bars = swept(gmm_loops, data.gmm("gmm_test"), (0, 1, 2), True)
    expected = data.reference("gmm_test")
    assert value == pytest.approx(expected["value"], rel=1e-11)
    np.testing.assert_allclose(
        np.concatenate([bar.ravel() for bar in bars]), expected["gradient"], rtol=1e-8, atol=1e-8
    )


@pytest.mark.parametrize("name", ["readable-energy", "calls-call_in_a_loop"])
def test_corpus(name):
    program = PROGRAMS[name]
    with in_many_parts():
        got = swept(program.function, program.args(), program.wrt(), True)
    assert_near(got, swept(program.function, program.args(), program.wrt(), False))


@pytest.mark.parametrize("case", SERIAL[:4], ids=[case[0].__name__ for case in SERIAL[:4]])
def test_serial_loops_stay_as_they_are(case):
    function, args, _ = case
    with in_many_parts():
        (value, bar), (expected, wanted) = (
            swept(function, args, 0, parallel) for parallel in (True, False)
        )
    assert value == expected
    np.testing.assert_array_equal(bar, wanted)


def histogram(x, y, n):
    """Cells that any iteration may add to, of every kind of number."""
    sums = np.zeros(3)
    narrow = np.float32(0.0)
    turned = 0j
    for i in range(n - 1, -1, -1):
        for j in range(2):
            sums[(i + j) % 3] += x[i] * x[i]
        narrow += y[i] * y[i]
        turned += complex(x[i], 2.0 * x[i]) ** 2
    return sums[0] + 2.0 * sums[1] - sums[2] + narrow + turned.real + turned.imag


def test_sums_have_the_types_of_what_they_are_added_to():
    args = np.linspace(0.1, 1.0, 40), np.linspace(0.1, 1.0, 40).astype(np.float32), 40
    with in_many_parts():
        got = swept(histogram, args, (0, 1), True)
    assert_near(got, swept(histogram, args, (0, 1), False), 1e-6)
    assert got[1][1].dtype == np.float32


def test_the_memory_of_parts_is_bounded():
    assert thread_parts.parts(0, 1000, 1, 100, 0) == 64
    assert thread_parts.parts(0, 1000, 1, 100, 10_000_000) == 6
    assert thread_parts.parts(0, 1000, 1, 100, 10**12) == 1
    assert thread_parts.parts(0, 40, 1, 1000, 0) == 40
    assert thread_parts.parts(0, 40, 1, 2, 0) == 1  # too little to do
    assert thread_parts.parts(5, 5, 1, 2, 0) == 0


@pytest.mark.parametrize("bounds", [(0, 100, 1), (99, -1, -1), (3, 50, 4), (50, 2, -7), (4, 4, 1)])
@pytest.mark.parametrize("count", [1, 3, 64])
def test_parts_are_all_iterations_once(bounds, count):
    start, stop, step = bounds
    edges = [thread_parts.bound(*bounds, part, count) for part in range(count + 1)]
    pieces = [range(*pair, step) for pair in pairwise(edges)]
    assert [i for piece in pieces for i in piece] == list(range(start, stop, step))
    assert thread_parts.trips(*bounds) == len(range(start, stop, step))


def test_the_private_memory_is_planned():
    planned = value_and_grad(energy, (0, 1), jit=False, cache=False, parallel=True).plan(
        *points(MANY, 8)
    )
    assert not planned.unknown
    assert {"w_bar_parts": (64, 8)}.items() <= {
        a.name: a.shape for a in planned.allocations
    }.items()


def test_differentiated_again():
    """The gradient of a gradient is of the serial text."""

    args = points(5, 3)
    first = grad(energy, 1, jit=False, cache=False, parallel=True)
    plain = grad(energy, 1, jit=False, cache=False)

    def through(w, x):
        return np.sum(first(x, w))

    def through_plain(w, x):
        return np.sum(plain(x, w))

    np.testing.assert_array_equal(
        grad(through, jit=False, cache=False)(args[1], args[0]),
        grad(through_plain, jit=False, cache=False)(args[1], args[0]),
    )


def test_tape_mode_compiles_nothing():
    with pytest.raises(InvalidMode, match="parallel=True is about compiling"):
        grad(energy, mode="tape", parallel=True)


def test_shown():
    assert repr(grad(energy, parallel=True)).endswith("parallel=True)")


def test_standalone_files_have_the_option():
    gradient = value_and_grad(energy, (0, 1), jit=False, cache=False, parallel=True)
    text = stand_alone(gradient, points(5, 3))
    assert text.count("parallel=True") == 1
    assert "adjoint.runtime" not in text


# ----------------------------------------------------------------------------- compiled


def exact(x, w):
    s = 0.0
    for i in range(x.shape[0]):
        t = 0.0
        for j in range(x.shape[1]):
            t += x[i, j] * w[j]
        s += t * t * x[i, 0] / (1.0 + np.sum(w * w))
    return s


@pytest.mark.compiled
def test_equal_with_any_number_of_threads():
    args = points(MANY, 5)
    threads = numba.get_num_threads()
    gradient = value_and_grad(exact, (0, 1), parallel=True)
    expected = bits(swept(exact, args, (0, 1), True))
    try:
        for count in (1, min(2, threads), 1, min(2, threads)):
            numba.set_num_threads(count)
            assert bits(gradient(*args)) == expected
    finally:
        numba.set_num_threads(threads)
    assert_near(gradient(*args), swept(exact, args, (0, 1), False))


def stacked(x, w):
    s = 0.0
    for i in range(x.shape[0]):
        s += np.sum(np.sin(x[i] * w))
    return s


@pytest.mark.compiled
def test_an_error_in_a_thread_is_raised():
    gradient = value_and_grad(stacked, (0, 1), parallel=True)
    x, w = points(20_000, 5)
    with pytest.raises(ValueError, match="broadcast"):
        gradient(x, w[:4])
    assert gradient(x, w)[0] == pytest.approx(np.sum(np.sin(x * w)))
