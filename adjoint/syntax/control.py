"""`if`, `while`, and the statements that leave them."""

from __future__ import annotations

import operator
from typing import Any

import gast

from adjoint.program.core import Call, Const, If, Raise, Stmt, While
from adjoint.syntax.columns import as_test
from adjoint.syntax.context import Context
from adjoint.syntax.exits import Jump, Region, goes_on
from adjoint.syntax.messages import message_parts
from adjoint.syntax.repetition import Loop
from adjoint.syntax.scopes import own_nodes
from adjoint.syntax.translate import expression, statement_form, statements
from adjoint.syntax.values import Known, truth


@statement_form(gast.If)
def _if(context: Context, node: Any) -> None:
    """A test that is known when compiling leaves only the branch that is taken."""
    value = expression(context, node.test)
    known = truth(value)
    if known is not None:
        statements(context, node.body if known else node.orelse)
        return
    test = as_test(context, value, node.test)
    blocks, ends = [], []
    for branch in (node.body, node.orelse):
        inner = context.inner()
        with context.alternative() as end:
            statements(inner, branch)
        blocks.append(inner.done())
        if goes_on(inner.block):
            ends.append(end)
    context.merge(*ends)
    if any(blocks):
        context.emit(If(test, *blocks, at=context.at(node.test)))


@statement_form(gast.While)
def _while(context: Context, node: Any) -> None:
    """`head` computes the test; one that binds names goes into the body, as other code reads it."""
    loop = Loop(context, node)
    exhausted = context.label("finished")
    test_context = context.inner()
    test = as_test(test_context, expression(test_context, node.test), node.test)
    if any(isinstance(n, gast.NamedExpr) for n in own_nodes([node.test])):
        leave: Stmt = Jump(exhausted, at=context.at(node.test))
        checked = (*test_context.block, If(test, (), (leave,), at=context.at(node.test)))
        head: tuple[Stmt, ...] = ()
        test = Const(True)
    else:
        head, checked = test_context.done(), ()
    if test == Const(False):
        statements(context, node.orelse)
        return
    body = loop.body(context)
    body.emit(*checked)
    statements(body, node.body)
    iteration = loop.iteration(body)
    stmt = While(head, test, iteration, at=context.at(node.test))
    loop.close(context, Region(exhausted, (stmt,)))


@statement_form(gast.Break)
def _break(context: Context, node: Any) -> None:
    assert context.leave_loop is not None
    context.jump(context.leave_loop, node)


@statement_form(gast.Continue)
def _continue(context: Context, node: Any) -> None:
    assert context.next_iteration is not None
    context.jump(context.next_iteration, node)


# --------------------------------------------------------------------------- errors


@statement_form(gast.Assert)
def _assert(context: Context, node: Any) -> None:
    value = expression(context, node.test)
    known = truth(value)
    if known is True:
        return
    inner = context.inner()
    with context.alternative():
        args = () if node.msg is None else tuple(message_parts(inner, node.msg))
        throw(inner, AssertionError, args, node)
    if known is False:
        context.emit(*inner.block)
        return
    test = as_test(context, value, node.test)
    failed = context.temporary(Call(operator.not_, (test,)), node.test)
    context.emit(If(failed, inner.done(), at=context.at(node.test)))


@statement_form(gast.Raise)
def _raise(context: Context, node: Any) -> None:
    if node.exc is None:
        context.refuse("`raise` without an exception is not supported.", node)
    is_call = isinstance(node.exc, gast.Call)
    kind = expression(context, node.exc.func if is_call else node.exc)
    exception = kind.value if isinstance(kind, Known) else None
    if not (isinstance(exception, type) and issubclass(exception, BaseException)):
        context.refuse("only exception classes can be raised.", node.exc)
    args: list[Any] = []
    for arg in node.exc.args if is_call else ():
        args.extend(message_parts(context, arg))
    throw(context, exception, tuple(args), node)


def throw(
    context: Context, exception: type[BaseException], args: tuple[Any, ...], node: Any
) -> None:
    """Raise an exception: to the handler that is known to catch it, or out of the program."""
    for handler in context.handlers:
        if issubclass(exception, handler.exceptions):
            context.jump(handler.label, node)
            return
    context.run_finalizers(0)
    context.emit(Raise(exception, args, at=context.at(node)))
