"""Lists: what they become, and what is refused because a copy would not be the same."""

import numpy as np
import pytest

from adjoint.emit import load, source_of
from adjoint.errors import UnsupportedSyntax
from adjoint.optimise import polish
from adjoint.reverse import differentiate
from adjoint.testing import numeric_gradient
from tests.stages import lowered, reversed_, run

X = np.linspace(0.5, 1.5, 5)


def appended(x):
    items = []
    for i in range(len(x)):
        items.append(x[i] * 2.0)
    s = 0.0
    for j in range(len(items)):
        s += items[j]
    return s


def test_a_list_is_a_buffer_and_a_count():
    text = source_of(polish(lowered(appended, X)))
    assert "items = buffers.with_room(items, items_len)" in text
    assert "items[items_len] = " in text
    assert "items_len += 1" in text


def test_the_counter_of_a_loop_over_its_length_needs_no_check():
    assert "item_index" not in source_of(lowered(appended, X))


def shrinks_in_the_loop(x):
    items = [x[0]]
    items.append(x[1])
    s = 0.0
    for j in range(len(items)):
        s += items[j]
        items.pop()
    return s


def test_an_index_is_checked_where_the_list_may_be_shorter():
    program = lowered(shrinks_in_the_loop, X)
    assert "item_index" in source_of(program)
    with pytest.raises(IndexError, match="list index out of range"):
        run(program, (X,))


def beyond_the_end(x):
    items = [x[0]]
    items.append(x[1])
    return items[len(x)]


def popped_too_often(x):
    items = [x[0]]
    for _ in range(len(x)):
        items.pop()
    return x[0]


def of_several_shapes(x):
    items = []
    for i in range(1, 3):
        items.append(x[:i] * 2.0)
    return items[0][0]


@pytest.mark.parametrize(
    "function, error, words",
    [
        (beyond_the_end, IndexError, "list index out of range"),
        (popped_too_often, IndexError, "pop from empty list"),
        (of_several_shapes, ValueError, "must have the same shape"),
    ],
)
def test_errors_when_running(function, error, words):
    program = lowered(function, X)
    with pytest.raises(error, match=words):
        run(program, (X,))


def written_to_after(x):
    u = x.copy()
    states = []
    for _ in range(3):
        states.append(u)
        u[0] += 1.0
    return states[0][0]


def written_to_in_the_list(x):
    states = []
    for k in range(3):
        states.append(x * k)
    states[1][0] = 2.0
    return states[0][0]


def texts(x):
    words = []
    for _ in range(3):
        words.append("word")
    return x[0] * len(words)


def written_to_before(x):
    u = np.empty(2)
    u[0] = x[0]
    u[1] = x[1] * x[2]
    states = []
    for _ in range(3):
        states.append(u)
        u = u * x[0]
    return states[1][0] * states[2][1]


def test_an_array_may_be_written_to_before_it_is_put_in_a_list():
    found, _ = run(lowered(written_to_before, X), (X,))
    assert found == pytest.approx(written_to_before(X), rel=1e-14)


@pytest.mark.parametrize(
    "function, words, line",
    [
        (written_to_after, "is put in a list and may be written to", "states.append(u)"),
        (written_to_in_the_list, "an array in the list 'states'", "states[1][0] = 2.0"),
        (texts, "list of unicode_type", None),
    ],
)
def test_refused(function, words, line):
    with pytest.raises(UnsupportedSyntax, match=words) as refusal:
        lowered(function, X)
    if line is not None:
        assert line in str(refusal.value)


def grown_and_remade(x):
    s = 0.0
    for k in range(2):
        items = []
        while len(items) < 20:
            items.append(np.sin(x[len(items) % len(x)]) * (k + 1.0))
        for v in items:
            s += v * v / (1.0 + s)
    return s


def test_the_adjoint_can_be_differentiated_again():
    gradient = load(polish(reversed_(grown_and_remade, X)))

    def along(x, direction):
        return np.sum(gradient(x, 1.0)[1] * direction)

    direction = np.cos(np.arange(5.0))
    second = load(differentiate(lowered(along, X, direction), ("x",), False))
    _, found = second(X, direction, 1.0)
    numeric = numeric_gradient(along, (X, direction))
    np.testing.assert_allclose(found, numeric.gradient, rtol=1e-7)
