"""Each rule of the grammar has a program that breaks it."""

import operator

import pytest

from adjoint.errors import InternalError
from adjoint.program.core import (
    Assign,
    Break,
    Call,
    Const,
    Evaluate,
    For,
    If,
    Item,
    Name,
    Program,
    Raise,
    Return,
    Slice,
    Source,
    Store,
    Tuple,
    While,
)
from adjoint.program.verify import verify

X, Y, ONE, TRUE = Name("x"), Name("y"), Const(1), Const(True)
ADD = Call(operator.add, (X, ONE))
NESTED = Call(operator.add, (ADD, ONE))
RETURN = Return(X)


def program(*body, params=("x",), **others):
    return Program("f", params, body, Source("<test>", ()), **others)


def loop(*body, target="i"):
    return For(target, Const(0), X, ONE, body)


def repeated():
    stmt = Assign("y", ADD)
    return program(stmt, stmt, RETURN)


BROKEN = {
    "last statement has to be a return": program(Assign("y", ADD)),
    "only the last statement is a return": program(If(X, (Return(X),)), RETURN),
    "at two places": repeated(),
    "not a statement": program("y = x", RETURN),
    "block has to be a tuple": program(If(X, [Assign("y", ADD)]), RETURN),
    "parameters have to differ": program(RETURN, params=("x", "x")),
    "captures have to be parameters": program(RETURN, captures={"w": 1}),
    "a parameter is assigned": program(Assign("x", ADD), RETURN),
    "counter is assigned": program(loop(Assign("i", ADD)), RETURN),
    "tail position": program(loop(Break(), Assign("y", ADD)), RETURN),
    "break has to be": program(Break(), RETURN),
    "of an iteration": program(loop(If(X, (Break(),)), Assign("y", ADD)), RETURN),
    "head assigns": program(While((Assign("y", ADD),), Y, (Assign("z", Y),)), RETURN),
    "an atom has": program(Assign("y", NESTED), RETURN),
    "atom has to stand": program(Return(ADD)),
    "atom has to": program(If(ADD, ()), RETURN),
    "has to stand here": program(Store("x", (Slice(ADD, None, None),), ONE), RETURN),
    "to stand here": program(Assign("y", Tuple((ADD,))), RETURN),
    "only a call": program(Evaluate(X), RETURN),
    "only an exception": program(Raise(3), RETURN),
    "has to be callable": program(Assign("y", Call(3, ())), RETURN),
    "not an expression": program(Assign("y", "x"), RETURN),
    "a name has no type": program(Assign("y", ADD), RETURN, types={"x": 1}),
}


@pytest.mark.parametrize("rule", BROKEN)
def test_rule_is_checked(rule):
    with pytest.raises(InternalError, match=rule):
        verify(BROKEN[rule])


GOOD = program(
    Assign("y", Item(X, (ONE, Slice(None, Const(3), None)))),
    Store("x", (ONE,), Y, accumulate=True),
    loop(If(X, (Assign("z", ADD), Break()), (Store("x", (Name("i"),), ONE),))),
    While((Assign("t", ADD),), Name("t"), (While((), TRUE, (Break(),)),)),
    Raise(ValueError, (Const("no"),)),
    RETURN,
)


def test_good_program():
    verify(GOOD)


def test_scalar_dialect_has_no_slices():
    with pytest.raises(InternalError, match="slices"):
        verify(GOOD, dialect="scalar")


def test_folded_expressions_are_good_when_not_strict():
    verify(program(Assign("y", NESTED), Return(Call(operator.neg, (Y,)))), strict=False)
