"""Expressions to text and back: the text means what the tree meant, and groups as it did."""

from __future__ import annotations

import ast
import inspect
import itertools
import math
import operator

import numpy as np
import pytest

from adjoint.emit import load, source_of
from adjoint.errors import InternalError
from adjoint.program import primitives
from adjoint.program.core import Call, Const, Item, Name, Program, Return, Slice, Source, Tuple
from adjoint.runtime import shapes

A, B, C = Name("a"), Name("b"), Name("c")
SOURCE = Source("nowhere.py", ())
BINARY = (
    operator.add, operator.sub, operator.mul, operator.truediv, operator.floordiv, operator.mod,
    operator.pow, operator.and_, operator.or_, operator.xor, operator.lshift, operator.rshift,
)  # fmt: skip
COMPARISONS = (
    operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne,
)  # fmt: skip
UNARY = (operator.neg, operator.pos, operator.invert, operator.not_)


def program(expr, params=("a", "b", "c")):
    return Program("f", params, (Return(expr),), SOURCE)


def text(expr):
    """The text of an expression alone."""
    return source_of(program(expr)).partition("return ")[2].strip()


def tree(source):
    """Python's own tree of an expression."""
    return ast.dump(ast.parse(source, mode="eval").body)


def call(function, *args):
    return Call(function, args)


def value(expr, *args):
    return load(program(expr))(*args)


# ------------------------------------------------------------------------------------ operators


@pytest.mark.parametrize("function", BINARY, ids=lambda f: f.__name__)
def test_binary_operators(function):
    assert value(call(function, A, B), 7, 2, 0) == function(7, 2)
    assert isinstance(ast.parse(text(call(function, A, B)), mode="eval").body, ast.BinOp)


@pytest.mark.parametrize("outer, inner", list(itertools.product(BINARY, BINARY)))
def test_precedence_and_grouping(outer, inner):
    """`(a · b) ∘ c` and `a ∘ (b · c)` are read back as they were grouped."""
    left = ast.parse(text(call(outer, call(inner, A, B), C)), mode="eval").body
    assert isinstance(left, ast.BinOp)
    assert ast.dump(left.left) == tree(text(call(inner, A, B)))
    right = ast.parse(text(call(outer, A, call(inner, B, C))), mode="eval").body
    assert isinstance(right, ast.BinOp)
    assert ast.dump(right.right) == tree(text(call(inner, B, C)))


@pytest.mark.parametrize("function, inner", list(itertools.product(UNARY, (*BINARY, *COMPARISONS))))
def test_unary_of_binary(function, inner):
    body = ast.parse(text(call(function, call(inner, A, B))), mode="eval").body
    assert isinstance(body, ast.UnaryOp)
    assert ast.dump(body.operand) == tree(text(call(inner, A, B)))


@pytest.mark.parametrize("function, outer", list(itertools.product(UNARY, BINARY)))
def test_binary_of_unary(function, outer):
    for expr, side in (
        (call(outer, call(function, A), B), "left"),
        (call(outer, B, call(function, A)), "right"),
    ):
        body = ast.parse(text(expr), mode="eval").body
        assert isinstance(body, ast.BinOp), text(expr)
        assert isinstance(getattr(body, side), ast.UnaryOp), text(expr)


@pytest.mark.parametrize("function", COMPARISONS, ids=lambda f: f.__name__)
def test_comparisons_do_not_chain(function):
    """`(a < b) < c` and `a < b < c` differ."""
    expr = call(operator.lt, call(function, A, B), C)
    body = ast.parse(text(expr), mode="eval").body
    assert isinstance(body, ast.Compare)
    assert len(body.ops) == 1
    assert value(expr, 3, 2, 1) == (function(3, 2) < 1)


@pytest.mark.parametrize(
    "expr, expected",
    [
        (call(operator.sub, A, call(operator.sub, B, C)), "a - (b - c)"),
        (call(operator.sub, call(operator.sub, A, B), C), "a - b - c"),
        (call(operator.pow, call(operator.neg, A), Const(2)), "(-a) ** 2"),
        (call(operator.neg, call(operator.pow, A, Const(2))), "-a**2"),
        (call(operator.pow, A, call(operator.pow, B, C)), "a**b**c"),
        (call(operator.truediv, A, call(operator.mul, B, C)), "a / (b * c)"),
        (call(operator.mul, A, call(operator.add, B, C)), "a * (b + c)"),
        (call(primitives.dim, A, Const(1)), "a.shape[1]"),
        (call(np.shape, A), "a.shape"),
        (call(np.transpose, A), "a.T"),
        (call(np.sum, A), "np.sum(a)"),
        (Call(np.sum, (A,), (("axis", Const(0)),)), "np.sum(a, axis=0)"),
        (call(np.linalg.norm, A), "np.linalg.norm(a)"),
        (call(np.random.normal, A, B), "np.random.normal(a, b)"),
        (call(math.sin, A), "math.sin(a)"),
        (call(abs, A), "abs(a)"),
        (call(np.abs, A), "np.abs(a)"),
        (call(shapes.wrap_index, A, B), "shapes.wrap_index(a, b)"),
        (Item(A, (B,)), "a[b]"),
        (Item(A, (B, Const(-1))), "a[b, -1]"),
        (Item(A, (Slice(None, None, None),)), "a[:]"),
        (Item(A, (Slice(Const(1), None, None),)), "a[1:]"),
        (Item(A, (Slice(None, None, Const(-1)),)), "a[::-1]"),
        (Item(A, (Slice(B, C, None), Const(None))), "a[b:c, None]"),
        (Item(A, (Const(Ellipsis), Const(0))), "a[..., 0]"),
        (Tuple((A, B)), "a, b"),
    ],
)
def test_text(expr, expected):
    assert tree(text(expr)) == tree(expected)
    assert text(expr).strip("()") == expected.strip("()")


@pytest.mark.parametrize("x, y, z", list(itertools.product((0, 1), repeat=3)))
def test_conditions(x, y, z):
    both, either = primitives.logical_and, primitives.logical_or
    assert value(call(both, A, call(either, B, C)), x, y, z) == (x and (y or z))
    assert value(call(either, call(both, A, B), C), x, y, z) == ((x and y) or z)
    assert value(call(both, call(operator.not_, A), B), x, y, z) == (not x and y)
    assert value(call(operator.not_, call(both, A, B)), x, y, z) == (not (x and y))


@pytest.mark.parametrize("x", [0, 1])
def test_choices_inside_formulas(x):
    chosen = call(primitives.select, A, B, C)
    assert value(call(operator.mul, chosen, Const(10)), x, 2, 3) == (20 if x else 30)
    assert value(call(operator.mul, Const(10), chosen), x, 2, 3) == (20 if x else 30)
    assert value(call(operator.neg, chosen), x, 2, 3) == (-2 if x else -3)
    nested = call(primitives.select, A, B, call(primitives.select, B, C, A))
    assert value(nested, x, 2, 3) == (2 if x else 3)
    tested = call(primitives.select, call(primitives.select, A, B, C), A, C)
    assert value(tested, x, 0, 5) == (5 if x else x)


def test_items_of_expressions():
    assert value(Item(call(operator.add, A, B), (Const(0),)), np.ones(2), 1.0, 0) == 2.0
    assert value(Item(Tuple((A, B)), (Const(1),)), 1, 2, 3) == 2
    assert value(call(primitives.dim, call(operator.mul, A, B), Const(0)), np.ones(4), 2, 0) == 4


def test_tuple_of_one():
    assert value(Tuple((A,)), 1, 2, 3) == (1,)
    assert value(call(np.zeros, Tuple((A,))), 2, 0, 0).shape == (2,)


# ------------------------------------------------------------------------------------ constants


@pytest.mark.parametrize(
    "constant",
    [
        0, 1, -1, 10**20, True, False, 0.0, 0.1, 1e-300, 1e300, 5e-324, 1 / 3, -2.5, 123456789.123,
        "text", "it's", None, Ellipsis, 1j, (1, 2.5), (), math.inf, -math.inf,
        np.float32(0.1), np.float64(0.1), np.int64(-3), np.int32(7), np.uint64(3), np.bool_(True),
    ],
    ids=repr,
)  # fmt: skip
def test_constants_come_back(constant):
    found = value(Const(constant), 0, 0, 0)
    plain = constant.item() if isinstance(constant, np.float64 | np.int64 | np.bool_) else constant
    assert found == plain
    assert type(found) is type(plain)


def test_nan():
    assert math.isnan(value(Const(math.nan), 0, 0, 0))
    assert math.isnan(value(Const(np.float32(math.nan)), 0, 0, 0))
    assert value(Const(np.float32(-math.inf)), 0, 0, 0) == -math.inf


def test_negative_zero_keeps_its_sign():
    assert math.copysign(1.0, value(Const(-0.0), 0, 0, 0)) == -1.0


@pytest.mark.parametrize("base", [-2.0, -2, -math.inf, np.float32(-2.0)])
def test_negative_constants_as_operands(base):
    assert value(call(operator.pow, Const(base), Const(2)), 0, 0, 0) == base**2
    assert value(call(operator.sub, A, Const(base)), 1, 0, 0) == 1 - base
    assert value(call(operator.neg, Const(base)), 0, 0, 0) == -base
    assert value(call(operator.pow, A, Const(base)), 2.0, 0, 0) == 2.0**base


@pytest.mark.parametrize("type_", [np.float32, np.float64, np.int64, np.bool_, float, int])
def test_types_as_values(type_):
    assert value(Const(type_), 0, 0, 0) is type_


def test_a_type_that_numba_takes_for_a_dtype_in_numpys_name_only():
    assert value(Const(bool), 0, 0, 0) is np.bool_


@pytest.mark.parametrize("dtype", [np.dtype(np.float32), np.dtype(np.int64), np.dtype(bool)])
def test_dtypes_as_values(dtype):
    assert np.dtype(value(Const(dtype), 0, 0, 0)) == dtype


def test_what_no_import_reaches_is_a_bug_of_ours():
    def local(x):
        return x

    with pytest.raises(InternalError, match="cannot refer to"):
        text(call(local, A))
    with pytest.raises(InternalError, match="no literal"):
        text(Const(object()))


@pytest.mark.parametrize("name", ["lt", "add", "getitem", "is_", "is_not"])
def test_operators_of_the_module_need_no_import(name):
    function = getattr(operator, name)
    if name != "getitem":
        assert "operator" not in text(call(function, A, B))
    assert inspect.isbuiltin(function)
