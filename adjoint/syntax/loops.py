"""`for` loops: every one becomes a loop over a range, or is unrolled."""

from __future__ import annotations

from typing import Any

import gast

from adjoint.program.core import For, Name
from adjoint.syntax.assignments import assign_value
from adjoint.syntax.context import Context
from adjoint.syntax.control import close_loop, enter_loop
from adjoint.syntax.exits import Label, Region, goes_on
from adjoint.syntax.iterations import Iteration, iteration
from adjoint.syntax.scopes import assigned_names
from adjoint.syntax.translate import statement_form, statements
from adjoint.syntax.values import Pack


@statement_form(gast.For)
def _for(context: Context, node: Any) -> None:
    variables = context.frame.variables
    found = iteration(context, node.iter, {variables.get(name) for name in assigned_names([node])})
    if isinstance(found, Pack):
        _unroll(context, node, found)
        return
    enter_loop(context, [node])
    body = context.inner(leave_loop=Label("stopped"), next_iteration=Label("skipped"))
    with context.alternative():
        counter = _enter_iteration(body, node, found)
        statements(body, node.body)
    assert body.next_iteration is not None
    inside = (Region(body.next_iteration, body.done()),)
    at = context.at(node.iter)
    loop = For(counter, found.start, found.stop, found.step, inside, at=at)
    close_loop(context, body, loop, node)


def _enter_iteration(body: Context, node: Any, found: Iteration) -> str:
    """Assign the loop's target; the name of the counter, the user's own where there is one."""
    target = node.target
    if found.item is None and isinstance(target, gast.Name):
        return body.loop_variable(target.id)
    second = found.paired_with
    if second is not None and _is_pair(target):
        counter = body.loop_variable(target.elts[0].id)
        assign_value(body, target.elts[1], second(body, Name(counter)), node.iter)
        return counter
    counter = body.unit.names.temporary("i")
    item = Name(counter) if found.item is None else found.item(body, Name(counter))
    assign_value(body, target, item, node.iter)
    return counter


def _is_pair(target: Any) -> bool:
    pair = isinstance(target, gast.Tuple) and len(target.elts) == 2
    return pair and isinstance(target.elts[0], gast.Name)


def _unroll(context: Context, node: Any, pack: Pack) -> None:
    """One copy of the body for each item of a tuple that is known."""
    stopped = Label("stopped")
    whole = context.inner(leave_loop=stopped)
    for item in pack.items:
        start = len(whole.block)
        assign_value(whole, node.target, item, node.iter)
        skipped = Label("skipped")
        once = whole.inner(next_iteration=skipped)
        statements(once, node.body)
        whole.emit(Region(skipped, once.done()))
        if not goes_on(whole.block[start:]):
            break
    else:
        once = context.inner()
        statements(once, node.orelse)
        whole.emit(*once.block)
    context.emit(Region(stopped, whole.done()))
