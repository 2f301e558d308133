"""Statements, comments and imports of generated text."""

from __future__ import annotations

import ast
import linecache
import math
import operator

import numpy as np
import pytest
from numba import types

from adjoint.emit import entry_points, load, module_of, source_of
from adjoint.program import primitives
from adjoint.program.core import (
    Assign,
    Break,
    Call,
    Comment,
    Const,
    Evaluate,
    For,
    If,
    Item,
    Name,
    Program,
    Raise,
    Return,
    Source,
    Store,
    Tuple,
    While,
)
from adjoint.program.functions import Function
from adjoint.runtime import buffers, shapes
from tests.stages import parsed

X, I, S = Name("x"), Name("i"), Name("s")
SOURCE = Source("nowhere.py", ())
ZERO, ONE = Const(0), Const(1)
F64_1D = types.Array(types.float64, 1, "C")


def program(*body, params=("x",), table=None, name="f"):
    return Program(name, params, body, SOURCE, types=table)


def lines(*body, table=None):
    """The text of statements, without the `def` line and its indentation."""
    text = source_of(program(*body, Return(X), table=table))
    return [line[4:] for line in text.splitlines()[1:-1]]


def plus(left, right):
    return Call(operator.add, (left, right))


@pytest.mark.parametrize(
    "bounds, text",
    [
        ((ZERO, X, ONE), "range(x)"),
        ((ONE, X, ONE), "range(1, x)"),
        ((ZERO, X, Const(2)), "range(0, x, 2)"),
        ((X, Const(-1), Const(-1)), "range(x, -1, -1)"),
        ((ZERO, Call(primitives.dim, (X, ZERO)), ONE), "range(x.shape[0])"),
    ],
)
def test_ranges(bounds, text):
    assert lines(For("i", *bounds, (Assign("s", I),)))[0] == f"for i in {text}:"


def test_empty_blocks_pass():
    assert lines(For("i", ZERO, X, ONE, ())) == ["for i in range(x):", "    pass"]
    assert lines(If(X, ())) == ["if x:", "    pass"]


def test_a_block_of_comments_passes():
    assert lines(If(X, (Comment("nothing to do"),)))[1:] == ["    # nothing to do", "    pass"]


def test_if_with_one_branch_is_written_positively_or_negated():
    assert lines(If(X, (), (Assign("s", ONE),)))[0] == "if not x:"
    assert lines(If(X, (Assign("s", ONE),), ())) == ["if x:", "    s = 1"]


def test_nested_else_is_elif():
    inner = If(S, (Assign("t", ONE),), (Assign("t", ZERO),))
    text = lines(If(X, (Assign("t", Const(2)),), (inner,)))
    assert text == ["if x:", "    t = 2", "elif s:", "    t = 1", "else:", "    t = 0"]


def test_while():
    body = (Assign("s", plus(S, ONE)),)
    test = Call(operator.lt, (S, X))
    assert lines(While((), test, body)) == ["while s < x:", "    s = s + 1"]
    headed = lines(While((Assign("t", test),), Name("t"), body))
    expected = ["while True:", "    t = s < x", "    if not t:", "        break", "    s = s + 1"]
    assert headed == expected


def test_break_raise_and_calls_for_effect():
    stop = If(S, (Break(),))
    assert lines(For("i", ZERO, X, ONE, (stop,)))[1:] == ["    if s:", "        break"]
    assert lines(Raise(ValueError, (Const("no"),))) == ['raise ValueError("no")']
    assert lines(Evaluate(Call(print, (X,)))) == ["print(x)"]


def test_stores():
    assert lines(Store("x", (I,), S)) == ["x[i] = s"]
    assert lines(Store("x", (I, Const(-1)), S)) == ["x[i, -1] = s"]
    assert lines(Store("x", (I,), S, accumulate=True)) == ["x[i] += s"]
    negative = Call(operator.neg, (S,))
    assert lines(Store("x", (I,), negative, accumulate=True)) == ["x[i] -= s"]
    assert lines(Store("x", (Const(Ellipsis),), S)) == ["x[...] = s"]


def test_numbers_are_augmented_and_arrays_rebound():
    """`x = x + e` of an array makes a new one; `x += e` would change what others see."""
    table = {"s": types.float64, "y": F64_1D, "x": F64_1D}
    y = Name("y")
    assert lines(Assign("s", plus(S, X)), table=table) == ["s += x"]
    assert lines(Assign("y", plus(y, X)), table=table) == ["y = y + x"]
    assert lines(Assign("s", plus(X, S)), table=table) == ["s = x + s"]
    # without types nothing is known
    assert lines(Assign("s", plus(S, X))) == ["s = s + x"]


def test_in_place_operators_of_what_may_be_an_array():
    added = Call(operator.iadd, (X, S))
    assert lines(Assign("x", added)) == ["x += s"]
    assert lines(Assign("y", added)) == ["y = x", "y += s"]


@pytest.mark.parametrize("left, right", [(1.0, 2.5), (2.5, 1.0)])
def test_augmented_differences_keep_their_brackets(left, right):
    table = {"s": types.float64, "x": types.float64}
    difference = Call(operator.sub, (X, ONE))
    body = (
        Assign("s", Const(left)),
        Assign("s", Call(operator.sub, (S, difference))),
        Assign("s", Call(operator.truediv, (S, plus(X, ONE)))),
        Return(S),
    )
    assert load(program(*body, table=table))(right) == (left - (right - 1)) / (right + 1)


# ------------------------------------------------------------------------------------- comments


def test_comments_stand_where_they_were_put():
    text = source_of(
        program(
            Comment("forward sweep"),
            Assign("s", X),
            Comment("x, line 3", beside=True),
            For("i", ZERO, X, ONE, (Comment("inside"), Assign("s", I))),
            Return(S),
        )
    )
    assert text.splitlines() == [
        "def f(x):",
        "    # forward sweep",
        "    s = x  # x, line 3",
        "    for i in range(x):",
        "        # inside",
        "        s = i",
        "    return s",
    ]


def test_comments_of_several_functions_are_their_own():
    first = program(Comment("first"), Return(X))
    second = program(Comment("second"), Return(X), name="g")
    text = module_of([first, second])
    assert text.index("# first") < text.index("def g") < text.index("# second")


def test_text_that_looks_like_a_comment_is_text():
    body = (Comment("real"), Evaluate(Call(print, (Const("__comment__(0)  # not one"),))))
    assert 'print("__comment__(0)  # not one")' in source_of(program(*body, Return(X)))


# ------------------------------------------------------------------------------------- modules


def imports_of(*exprs):
    body = tuple(Assign("t", expr) for expr in exprs)
    text = module_of([program(*body, Return(X))])
    return [line for line in text.splitlines() if "import" in line]


@pytest.mark.parametrize(
    "expr, expected",
    [
        (Call(operator.add, (X, X)), []),
        (Call(abs, (X,)), []),
        (Call(len, (X,)), []),
        (Call(primitives.dim, (X, ZERO)), []),
        (Call(math.sin, (X,)), ["import math"]),
        (Call(np.sin, (X,)), ["import numpy as np"]),
        (Call(np.linalg.norm, (X,)), ["import numpy as np"]),
        (Call(np.random.normal, ()), ["import numpy as np"]),
        (Const(math.inf), ["import numpy as np"]),
        (Const(-math.inf), ["import numpy as np"]),
        (Const(np.float32), ["import numpy as np"]),
        (Const(np.float32(0.5)), ["import numpy as np"]),
        (Const((1.0, math.nan)), ["import numpy as np"]),
        (Call(shapes.wrap_index, (X, X)), ["from adjoint.runtime import shapes"]),
        (Call(buffers.reserve, (X, X)), ["from adjoint.runtime import buffers"]),
    ],
)
def test_imports(expr, expected):
    assert imports_of(expr) == expected


def test_each_import_once_and_in_order():
    calls = (Call(np.cos, (X,)), Call(math.sin, (X,)), Call(np.sin, (X,)))
    assert imports_of(*calls, Call(shapes.wrap_index, (X, X))) == [
        "import math",
        "import numpy as np",
        "from adjoint.runtime import shapes",
    ]


def test_a_module_runs_on_its_own():
    text = module_of([program(Return(Call(np.sin, (X,))))])
    namespace = {}
    exec(compile(text, "<module>", "exec"), namespace)
    assert namespace["f"](1.0) == np.sin(1.0)


@pytest.mark.parametrize("count", [1, 2])
def test_entry_points(count):
    bars = tuple(Name(f"{p}_bar") for p in "xw"[:count])
    body = [Assign("s", Call(operator.mul, (X, Name("w"))))]
    body += [Assign("x_bar", Call(operator.mul, (Name("w"), Name("s_bar"))))]
    body += [Assign("w_bar", Call(operator.mul, (X, Name("s_bar"))))]
    swept = program(*body, Return(Tuple((S, *bars))), params=("x", "w", "s_bar"), name="f_adjoint")
    gradient, both = entry_points(swept, "f", count)
    assert (gradient.name, both.name) == ("f_gradient", "f_value_and_gradient")
    assert gradient.params == both.params == ("x", "w")
    namespace = {}
    exec(module_of([swept, gradient, both]), namespace)
    expected = 5.0 if count == 1 else (5.0, 3.0)
    assert namespace["f_gradient"](3.0, 5.0) == expected
    assert namespace["f_value_and_gradient"](3.0, 5.0) == (15.0, expected)


def test_functions_of_the_module_are_called_by_name():
    call = Call(Function("g"), (X,))
    assert "import" not in module_of([program(Return(call))])
    assert "return g(x)" in source_of(program(Return(call)))


def test_debuggers_find_the_text():
    function = load(program(Assign("s", plus(X, ONE)), Return(S)))
    code = function.__code__
    assert linecache.getline(code.co_filename, code.co_firstlineno + 1).strip() == "s = x + 1"


def test_no_line_is_longer_than_a_hundred_columns():
    long = Name("a_rather_long_name_of_a_variable")
    total = long
    for _ in range(9):
        total = plus(total, Item(long, (Name("another_rather_long_name"),)))
    body = (Assign("s", total), Return(plus(S, total)))
    text = source_of(program(*body, params=(long.id, "another_rather_long_name")))
    ast.parse(text)
    assert max(map(len, text.splitlines())) <= 100


def test_long_messages_are_broken_between_words():
    message = "lengths differ " * 12
    stop = Raise(ValueError, (Const(message),))
    text = source_of(program(stop, Return(S), params=("s",)))
    assert max(map(len, text.splitlines())) <= 100
    (raised,) = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Raise)]
    assert ast.literal_eval(raised.exc.args[0]) == message


def test_names_of_numpy_are_the_usual_ones():
    def f(x):
        return np.abs(x) + np.divide(x, 2.0) + np.power(x, 2.0) + np.max(x)

    text = source_of(parsed(f))
    assert "np.absolute" not in text
    assert "np.true_divide" not in text
    assert "np.pow(" not in text
    assert "np.amax" not in text
