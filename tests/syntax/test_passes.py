"""The passes, each on functions written next to what is expected of them."""

# The constructs that a linter would change are the point.
# ruff: noqa: B007, RET504, RET508

import inspect
import textwrap

import pytest

from adjoint.emit import source_of
from adjoint.syntax import parse

CASES = []


def gives(expected):
    """Register a function whose program is printed like `expected`."""

    def register(function):
        CASES.append((function, expected))
        return function

    return register


# --------------------------------------------------------------------------- exits


def guard_becomes_else(x):
    if x > 0:
        result = x * 2.0
    else:
        result = x * 3.0
    return result


@gives(guard_becomes_else)
def guard(x):
    if x > 0:
        y = x
        return y * 2.0
    return x * 3.0


def continue_becomes_branches(x, n):
    s = 0.0
    for i in range(n):
        if not x > i:
            s += x
    return s


@gives(continue_becomes_branches)
def skipping(x, n):
    s = 0.0
    for i in range(n):
        if x > i:
            continue
        s += x
    return s


def break_needs_no_flag(x, n):
    s = x
    for i in range(n):
        if s > i:
            break
        else:
            s += x
    return s


@gives(break_needs_no_flag)
def stopping(x, n):
    s = x
    for i in range(n):
        if s > i:
            break
        s += x
    return s


def return_in_a_loop_needs_one(x, n):
    s = x
    returned = False
    for i in range(n):
        if s > i:
            result = s * 2.0
            returned = True
            break
        else:
            s += x
    if not returned:
        result = s
    return result


@gives(return_in_a_loop_needs_one)
def leaving(x, n):
    s = x
    for i in range(n):
        if s > i:
            return s * 2.0
        s += x
    return s


def else_of_a_loop_needs_one(x, n):
    s = x
    stopped = False
    for i in range(n):
        if s > i:
            stopped = True
            break
        else:
            s += x
    if not stopped:
        s = s * 2.0
    return s


@gives(else_of_a_loop_needs_one)
def loop_with_else(x, n):
    s = x
    for i in range(n):
        if s > i:
            break
        s += x
    else:
        s = s * 2.0
    return s


def endless_loop_needs_none(x):
    k = 0
    while True:
        k += 1
        if k > x:
            result = k
            break
    return result


@gives(endless_loop_needs_none)
def endless(x):
    k = 0
    while True:
        k += 1
        if k > x:
            return k


# --------------------------------------------------------------------------- versions and copies


def straight_lines_have_versions(x):
    t = x + 1.0
    s = t * t
    t_1 = x * 2.0
    s_1 = s + t_1
    return s_1


@gives(straight_lines_have_versions)
def versions(x):
    t = x + 1.0
    s = t * t
    t = x * 2.0
    s = s + t
    return s


def parameters_are_not_assigned(x, n):
    x_1 = x
    for i in range(n):
        x_1 = x_1 * i
    return x_1


@gives(parameters_are_not_assigned)
def parameter(x, n):
    for i in range(n):
        x = x * i
    return x


def counters_are_their_own(n):
    s = 0
    i = 0
    for i_1 in range(n):
        i = i_1
        s += i
    result = s + i
    return result


@gives(counters_are_their_own)
def counter(n):
    s = 0
    i = 0
    for i in range(n):
        s += i
    return s + i


def copies_are_gone(x):
    y = x + 1.0
    result = y * y
    return result


@gives(copies_are_gone)
def copies(x):
    y = x + 1.0
    z = y
    w = z
    a, b = w, z
    return a * b


def swap_needs_a_temporary(x, n):
    a = x
    b = x + 1.0
    for i in range(n):
        t_1 = b
        b = a
        a = t_1
    return a


@gives(swap_needs_a_temporary)
def swap(x, n):
    a, b = x, x + 1.0
    for i in range(n):
        a, b = b, a
    return a


# --------------------------------------------------------------------------- inlining


def square(v):
    w = v * v
    return w


def hygienic(w):
    v = w + 1.0
    w_1 = v * v
    w_2 = w * w
    result = w_1 - w_2
    return result


@gives(hygienic)
def inlined(w):
    v = w + 1.0
    return square(v) - square(w)


def text_of(function, name):
    """Source of an expected function, under another name and with augmented scalars undone."""
    lines = textwrap.dedent(inspect.getsource(function)).splitlines()
    lines = [line for line in lines if line.strip()]
    return "\n".join([lines[0].replace(function.__name__, name), *lines[1:]]) + "\n"


@pytest.mark.parametrize("function, expected", CASES, ids=[f.__name__ for f, _ in CASES])
def test_printed_like(function, expected):
    printed = source_of(parse(function))
    # Tests of an `if` are temporaries in A-normal form; they are folded back to compare.
    assert _folded(printed) == text_of(expected, function.__name__)


def _folded(text):
    lines = text.splitlines()
    for number in range(len(lines) - 1, 0, -1):
        before, line = lines[number - 1].strip(), lines[number]
        name, _, value = before.partition(" = ")
        if name.startswith("t_") and line.strip() in (f"if {name}:", f"if not {name}:"):
            lines[number] = line.replace(name, value)
            del lines[number - 1]
    return "\n".join(lines) + "\n"
