"""Loops marked `checkpointed`: the same gradients, with a few states in memory."""

import re

import numpy as np
import pytest

from adjoint import checkpointed, grad, value_and_grad
from adjoint.api.options import InvalidMemory
from adjoint.errors import UnsupportedSyntax
from adjoint.runtime import revolve
from adjoint.testing import numeric_gradient


@pytest.fixture
def short_pieces(monkeypatch):
    """Pieces of few steps, where calls need not be worth their while."""
    monkeypatch.setattr(revolve, "_CHEAP", 0)


def logistic(x, r, n):
    for _ in checkpointed(range(n)):
        x = r * x * (1.0 - x)
    return x * r


def heat(u, c, n):
    for _ in checkpointed(range(n)):
        for i in range(1, len(u) - 1):
            u[i] += c * np.sin(u[i]) * (u[i - 1] - 2.0 * u[i] + u[i + 1])
    return np.sum(u * u)


def oscillator(q, p, w, dt):
    energy = 0.0
    for t in checkpointed(range(len(w))):
        p = p - dt * w[t] * np.sin(q)
        q = q + dt * p
        if t % 3 == 1:
            energy = energy + np.sum(p * p)
    return energy + np.sum(q)


def backwards(x, w, first, step):
    last = 0.0
    for t in checkpointed(range(first, 0, step)):
        last = w[t] * x
        x = np.cos(last) + w[0]
    return x + last


def over_items(x, rows):
    for k, row in enumerate(checkpointed(rows)):
        x = x + np.sum(np.tanh(row * x)) * (k + 1)
    return x


def two_loops(x, w, n):
    total = 0.0
    for k in range(3):
        if k != 1:
            for t in checkpointed(range(n)):
                x = np.sin(x * w[k]) + 0.1 * t
                for _ in checkpointed(range(k)):
                    x = x * w[1]
        total += x
    return total


class Body:
    def __init__(self, place, speed):
        self.place = place
        self.speed = speed

    def fall(self, g, dt):
        self.speed += g * dt - 0.1 * self.speed**2 * dt
        self.place += self.speed * dt


def with_an_object(place, g, n):
    body = Body(place, 0.0)
    state = (0.0, place)
    for _ in checkpointed(range(n)):
        body.fall(g, 0.01)
        state = (state[1], body.place * state[0])
    return body.place + state[0]


SCALE = np.array([0.5, 0.25, 0.125])


def complex_state(z, w, n):
    kept = np.zeros(3, dtype=np.complex128)
    for t in checkpointed(range(n)):
        z = z * z * SCALE[t % 3] + w
        kept[t % 3] = kept[t % 3] * 0.5 + z
    return np.sum(np.abs(kept) ** 2)


def last_step_only(x, n):
    for t in checkpointed(range(n)):
        a = x * t
        x = np.exp(-a)
        b = np.array([x, a])
    return b[0] * b[1] + a


def writes_and_reads(u, v, n):
    for t in checkpointed(range(n)):
        u[t % 3] = u[t % 3] * v[(t + 1) % 3] + 0.1
        v[t % 2] += u[2] * 0.01
    return np.sum(u) * v[0]


RNG = np.random.default_rng(7)
CASES = {
    "scalars": (logistic, (0.3, 3.1, 40), (0, 1)),
    "array in place": (heat, (RNG.normal(size=6), 0.1, 25), (0, 1)),
    "arrays assigned": (
        oscillator,
        (RNG.normal(size=2), RNG.normal(size=2), RNG.normal(size=30), 0.1),
        (0, 1, 2, 3),
    ),
    "a step of -2": (backwards, (0.4, RNG.normal(size=20), 19, -2), (0, 1)),
    "items": (over_items, (0.4, RNG.normal(size=(17, 2))), (0, 1)),
    "nested": (two_loops, (0.4, RNG.uniform(0.5, 1.0, size=3), 9), (0, 1)),
    "objects": (with_an_object, (1.5, 9.81, 30), (0, 1)),
    "complex": (complex_state, (0.2 + 0.3j, 0.1 - 0.2j, 20), (0, 1)),
    "what the last step leaves": (last_step_only, (0.7, 12), (0,)),
    "two arrays in place": (writes_and_reads, (RNG.normal(size=3), RNG.normal(size=3), 20), (0, 1)),
}
every_case = pytest.mark.parametrize("case", [pytest.param(c, id=n) for n, c in CASES.items()])


def fresh(args):
    return tuple(a.copy() if isinstance(a, np.ndarray) else a for a in args)


def same(one, other):
    assert np.array_equal(one, other), (one, other)


@every_case
def test_against_differences_and_the_plain_call(case, short_pieces):
    function, args, argnums = case
    given, plain = fresh(args), fresh(args)
    value, bars = value_and_grad(function, argnums, jit=False, cache=False)(*given)
    assert value == pytest.approx(function(*plain), rel=1e-14)
    for left, expected in zip(given, plain, strict=True):
        same(left, expected)
    for argnum, bar in zip(argnums, bars, strict=True):
        expected = numeric_gradient(function, fresh(args), argnum).gradient
        assert np.allclose(bar, expected, rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize("n", [0, 1, 2, 7, 60, 333])
def test_equal_to_the_unmarked_loop_bit_for_bit(n, short_pieces):
    def without(x, r, n):
        for _ in range(n):
            x = r * x * (1.0 - x)
        return x * r

    options = {"argnums": (0, 1), "jit": False, "cache": False}
    marked, plain = value_and_grad(logistic, **options), value_and_grad(without, **options)
    value, bars = marked(0.3, 3.7, n)
    expected, expected_bars = plain(0.3, 3.7, n)
    assert value == expected
    assert bars[0] == expected_bars[0]
    assert bars[1] == pytest.approx(expected_bars[1], rel=1e-14)


def test_arrays_equal_bit_for_bit(short_pieces):
    def without(u, c, n):
        for _ in range(n):
            for i in range(1, len(u) - 1):
                u[i] += c * np.sin(u[i]) * (u[i - 1] - 2.0 * u[i] + u[i + 1])
        return np.sum(u * u)

    options = {"argnums": (0, 1), "jit": False, "cache": False}
    u = RNG.normal(size=7)
    (_, marked), (_, plain) = (
        value_and_grad(function, **options)(u.copy(), 0.05, 100) for function in (heat, without)
    )
    same(marked[0], plain[0])
    assert marked[1] == plain[1]


def test_a_step_prints_and_raises_once(capsys, short_pieces):
    def loud(x, n):
        for t in checkpointed(range(n)):
            print("step", t)
            if x > 2.0:
                raise ValueError("too large")
            x = x * 1.1
        return x * x

    gradient = grad(loud, jit=False, cache=False)
    gradient(0.1, 9)
    assert capsys.readouterr().out.split() == [w for t in range(9) for w in ("step", str(t))]
    with pytest.raises(ValueError, match="too large"):
        gradient(1.9, 9)


def test_second_derivative(short_pieces):
    def slope(x, r, n):
        return grad(logistic)(x, r, n)

    second = grad(slope, jit=False, cache=False)(0.3, 3.1, 12)
    expected = numeric_gradient(slope, (0.3, 3.1, 12), 0).gradient
    assert second == pytest.approx(float(expected), rel=1e-7)


@pytest.mark.parametrize("steps", [1, 2, 3, 10, 54, 55, 56, 1000, 4999])
@pytest.mark.parametrize("piece", [1, 3, 20])
def test_pieces_cover_the_loop_backwards_with_the_snapshots_there_are(steps, piece):
    kept = revolve.snapshots_for(steps, piece)
    runs, pieces, most = [0] * steps, [], 0

    def reverse(start, stop, snapshots, held):
        nonlocal most
        most = max(most, held)
        if stop - start <= piece:
            pieces.append((start, stop))
            return
        middle = revolve.middle(start, stop, 1, piece, snapshots)
        assert start < middle < stop
        for t in range(start, middle):
            runs[t] += 1
        reverse(middle, stop, snapshots - 1, held + 1)
        reverse(start, middle, snapshots, held)

    reverse(0, steps, kept, 0)
    assert [t for start, stop in reversed(pieces) for t in range(start, stop)] == list(range(steps))
    assert most <= kept + 1
    assert max(runs) <= 2


def test_a_cut_of_a_falling_range():
    middle = revolve.middle(100, 0, -3, 5, 2)
    assert (100 - middle) % 15 == 0
    assert 0 < middle < 100


# ----------------------------------------------------------------- refused


def left_early(x, n):
    for _ in checkpointed(range(n)):
        x = np.sin(x)
        if x < 0.1:
            break
    return x


def returns_inside(x, n):
    for _ in checkpointed(range(n)):
        if x < 0.1:
            return x
        x = np.sin(x)
    return x


def draws(x, n):
    for _ in checkpointed(range(n)):
        x = x + np.random.normal()
    return x * x


def becomes_a_float(x, n):
    s = 0
    for t in checkpointed(range(n)):
        s = s + x * t
    return s


def first_given_inside(x, n):
    for t in checkpointed(range(n)):
        if t == 0:
            y = x
        else:
            y = y * x
        x = x + y
    return x


def written_and_assigned(u, n):
    for _ in checkpointed(range(n)):
        u[0] = u[0] * u[1]
        u = u * 1.5
    return np.sum(u)


def small(x, n):
    for _ in checkpointed(range(n)):
        x = x * 0.5
    return x


def small_inside(x, n):
    for _ in checkpointed(range(n)):
        x = x * np.float32(0.5)
    return x


def known_items(x):
    for w in checkpointed((1.0, 2.0)):
        x = x * w
    return x


REFUSED = {
    left_early: ((0.5, 3), "left before its end"),
    returns_inside: ((0.5, 3), "left before its end"),
    draws: ((0.5, 3), "draws random numbers"),
    becomes_a_float: ((0.5, 3), "0.0 instead of 0"),
    first_given_inside: ((0.5, 3), "`y` may have no value before this checkpointed loop"),
    written_and_assigned: ((np.ones(2), 3), "is written to in a checkpointed loop"),
    small: ((np.float32(0.5), 3), "float32"),
    small_inside: ((0.5, 3), "float32"),
    known_items: ((0.5,), "leave out checkpointed"),
}


@pytest.mark.parametrize("function", [pytest.param(f, id=f.__name__) for f in REFUSED])
def test_refused(function):
    args, words = REFUSED[function]
    with pytest.raises(UnsupportedSyntax) as found:
        grad(function, jit=False, cache=False)(*args)
    text = " ".join(str(found.value).split())
    assert words in text
    assert "test_pieces.py" in text


def test_every_function_of_the_text_has_a_name_of_its_own():
    text = grad(last_step_only, jit=False, cache=False).source(0.7, 12)
    names = re.findall(r"^def (\w+)", text, re.MULTILINE)
    assert len(names) == 6
    assert len(set(names)) == 6


# ----------------------------------------------------------------- a budget


@every_case
def test_the_gradient_within_a_budget_is_the_same(case):
    function, args, argnums = case
    if function in (two_loops, oscillator):  # one loop in another one; lengths broadcast
        with pytest.raises(UnsupportedSyntax, match="is not known before it runs"):
            grad(function, jit=False, cache=False, memory="1kB")(*fresh(args))
        return
    given, plain = fresh(args), fresh(args)
    options = {"argnums": argnums, "jit": False, "cache": False}
    _, bars = value_and_grad(function, **options, memory="1.5 kB")(*given)
    _, expected = value_and_grad(function, **options)(*plain)
    for bar, want in zip((*bars, *given), (*expected, *plain), strict=True):
        same(bar, want)


def test_a_budget_for_less_than_a_step():
    gradient = grad(heat, jit=False, cache=False, memory="100 B")
    with pytest.raises(ValueError, match="holds neither a step nor a state"):
        gradient(np.ones(100), 0.1, 5)


def test_a_budget_without_a_marked_loop():
    with pytest.raises(UnsupportedSyntax, match="there is none"):
        grad(lambda x: x * x, jit=False, cache=False, memory="1GB")(2.0)


@pytest.mark.parametrize("memory", ["much", "-1", "1 XB", True, ""])
def test_no_amount_of_memory(memory):
    with pytest.raises(InvalidMemory, match="200MB"):
        grad(logistic, memory=memory)


# ----------------------------------------------------------------- compiled


@pytest.mark.compiled
def test_compiled_equals_uncompiled():
    """Long enough for several pieces: 65536 bytes of states are one."""
    q, p, w = RNG.normal(size=2), RNG.normal(size=2), 0.1 * RNG.normal(size=9000)
    compiled = value_and_grad(oscillator, (0, 1, 2, 3))(q, p, w, 0.01)
    plain = value_and_grad(oscillator, (0, 1, 2, 3), jit=False)(q, p, w, 0.01)
    assert compiled[0] == pytest.approx(plain[0], rel=1e-9)
    for bar, expected in zip(compiled[1], plain[1], strict=True):
        assert np.allclose(bar, expected, rtol=1e-8)
