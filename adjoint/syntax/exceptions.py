"""`try`: exceptions that the program raises itself become jumps to their handlers.

Compiled code cannot tell an exception of the machine - a division by zero, an index out of range -
so handlers for those are refused; what a library function raises is not caught, it leaves the
program. A `finally` block is translated at each place where control leaves.
"""

from __future__ import annotations

import math
from typing import Any

import gast

from adjoint.program.core import Assign, Block, Call
from adjoint.program.walk import statements as all_statements
from adjoint.syntax.context import Context
from adjoint.syntax.exits import Region, flattened, goes_on
from adjoint.syntax.translate import expression, statement_form, statements
from adjoint.syntax.units import Finalizer, Handler
from adjoint.syntax.values import Conflict, Known, Pack

_OF_THE_MACHINE = (ArithmeticError, IndexError)
_TOTAL = (
    math.fabs,
    math.floor,
    math.ceil,
    math.copysign,
    math.erf,
    math.erfc,
    math.atan,
    math.atan2,
)


@statement_form(gast.Try)
def _try(context: Context, node: Any) -> None:
    done = context.label("done")
    finalizers = context.finalizers
    if node.finalbody:
        finally_ = Finalizer(context.frame, lambda place: statements(place, node.finalbody))
        finalizers = (*finalizers, finally_)
    whole = context.inner(finalizers=finalizers)
    handlers = tuple(
        Handler(_exceptions(context, clause), whole.label("caught")) for clause in node.handlers
    )
    body = whole.inner(handlers=(*handlers, *context.handlers))
    statements(body, node.body)
    for clause, handler in zip(node.handlers, handlers, strict=True):
        _check(context, clause, handler, body.done())
    block = list(body.block)
    if goes_on(block):
        after = whole.inner()
        statements(after, node.orelse)
        if goes_on(after.block):
            after.jump(done, node)
        block += after.block
    for clause, handler in zip(node.handlers, handlers, strict=True):
        block = [Region(handler.label, tuple(block))]
        if handler.label.states:
            whole.block = block
            whole.arrive(handler.label, goes_on=False)
            block += _handled(whole, clause, done)
    context.emit(Region(done, tuple(block)))
    context.arrive(done, goes_on=False)


def _handled(whole: Context, clause: Any, done: Any) -> Block:
    """What an `except` clause does."""
    inner = whole.inner()
    if clause.name is not None:
        inner.frame.bindings[clause.name.id] = Conflict()
    statements(inner, clause.body)
    if goes_on(inner.block):
        inner.jump(done, clause)
    return inner.done()


def _exceptions(context: Context, clause: Any) -> tuple[type[BaseException], ...]:
    if clause.type is None:
        return (BaseException,)
    value = expression(context, clause.type)
    found = value.items if isinstance(value, Pack) else (value,)
    classes = tuple(item.value for item in found if isinstance(item, Known))
    if len(classes) != len(found) or not all(isinstance(c, type) for c in classes):
        context.refuse("only exception classes can be caught.", clause.type)
    return classes


def _check(context: Context, clause: Any, handler: Handler, body: Block) -> None:
    """Refuse to catch what compiled code does not raise."""
    if any(issubclass(kind, _OF_THE_MACHINE) or kind is LookupError for kind in handler.exceptions):
        context.refuse(
            "compiled code does not raise this exception: it divides as NumPy does, and does not "
            "check indices.",
            clause,
            "test for the condition instead",
        )
    if not any(issubclass(ValueError, kind) for kind in handler.exceptions):
        return
    for stmt in all_statements(flattened(body)):
        call = stmt.value if isinstance(stmt, Assign) else None
        if isinstance(call, Call) and _may_raise(call.function):
            context.refuse(
                f"`math.{call.function.__name__}` raises ValueError in Python and gives nan in "
                "compiled code, so it cannot be caught.",
                clause,
                "test for the condition instead, or use NumPy's function and test for nan",
            )


def _may_raise(function: Any) -> bool:
    return getattr(function, "__module__", None) == "math" and function not in _TOTAL
