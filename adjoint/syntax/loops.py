"""`for` loops: every one becomes a loop over a range, or is unrolled."""

from __future__ import annotations

import copy
from typing import Any

import gast

from adjoint.program.checkpoint import checkpointed as marks
from adjoint.program.core import Const, For, Name
from adjoint.syntax.assignments import assign_value
from adjoint.syntax.context import Context
from adjoint.syntax.exits import Region, goes_on
from adjoint.syntax.iterations import Iteration, Nest, named_object, nest_or_iteration
from adjoint.syntax.repetition import Loop
from adjoint.syntax.scopes import assigned_names
from adjoint.syntax.translate import statement_form, statements
from adjoint.syntax.values import Pack, Value


@statement_form(gast.For)
def _for(context: Context, node: Any) -> None:
    variables = context.frame.variables
    node, marked = _without_mark(context, node)
    changed = {variables.get(name) for name in assigned_names([node])} | context.unit.held
    found = nest_or_iteration(context, node.iter, changed)
    if isinstance(found, Nest) and (marked or _has_break(node.body)):
        found = found.flat(context, node.iter)
    if isinstance(found, Pack):
        if marked:
            context.refuse(
                "the items of this loop are known one by one when compiling, so there is a copy "
                "of its body for each.",
                node.iter,
                "leave out checkpointed, or loop over a range or an array",
            )
        _unroll(context, node, found)
        return
    loop = Loop(context, node)
    body = loop.body(context)
    if isinstance(found, Nest):
        _nested(context, node, found, loop, body)
        return
    counter = _enter_iteration(body, node, found)
    statements(body, node.body)
    inside = loop.iteration(body)
    at = context.at(node.iter)
    bounds = found.start, found.stop, found.step
    loop.close(context, For(counter, *bounds, inside, at=at, checkpointed=marked))


def _without_mark(context: Context, node: Any) -> tuple[Any, bool]:
    """The loop `for … in checkpointed(steps)` without its mark, and whether it had one."""
    steps, marked = _bare(context, node.iter)
    if not marked:
        return node, False
    unmarked = copy.copy(node)
    unmarked.iter = steps
    return unmarked, True


def _bare(context: Context, node: Any) -> tuple[Any, bool]:
    """What a loop goes through without the mark, which may be inside `enumerate` and the like."""
    called = named_object(context, node.func) if isinstance(node, gast.Call) else None
    if called is marks:
        if len(node.args) != 1 or node.keywords:
            context.refuse("checkpointed takes one argument, what the loop goes through.", node)
        return node.args[0], True
    if not any(called is function for function in (enumerate, zip, reversed)):
        return node, False
    found = [_bare(context, arg) for arg in node.args]
    if not any(marked for _, marked in found):
        return node, False
    unmarked = copy.copy(node)
    unmarked.args = [arg for arg, _ in found]
    return unmarked, True


def _has_break(body: list[Any]) -> bool:
    """Whether a `break` of this loop is in its body."""
    for node in body:
        if isinstance(node, gast.Break):
            return True
        if not isinstance(node, gast.For | gast.While | gast.FunctionDef):
            inner = [n for n in gast.iter_child_nodes(node) if isinstance(n, gast.stmt)]
            if _has_break(inner):
                return True
    return False


def _nested(context: Context, node: Any, nest: Nest, loop: Loop, body: Context) -> None:
    """Loops inside each other, with one body."""
    target = node.target
    own = isinstance(target, gast.Tuple) and len(target.elts) == len(nest.lengths)
    if own and all(isinstance(element, gast.Name) for element in target.elts):
        counters = [body.loop_variable(element.id) for element in target.elts]
    else:
        counters = [body.unit.names.temporary("i") for _ in nest.lengths]
        item = nest.item(body, tuple(map(Name, counters)))
        assign_value(body, target, item, node.iter)
    statements(body, node.body)
    inside = loop.iteration(body)
    at = context.at(node.iter)
    for counter, length in reversed(list(zip(counters, nest.lengths, strict=True))):
        inside = (For(counter, Const(0), length, Const(1), inside, at=at),)
    (outermost,) = inside
    loop.close(context, outermost)


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


def _now(context: Context, pack: Pack, position: int, node: Any) -> Value:
    """The item that a container has when the loop comes to it."""
    assert pack.live is not None
    items = pack.live()
    if len(items) != len(pack.items):
        context.refuse(
            "a list or dict grows or shrinks while a loop goes through it.",
            node.iter,
            "go through a copy: list(…)",
        )
    return items[position]


def _unroll(context: Context, node: Any, pack: Pack) -> None:
    """One copy of the body for each item of a tuple that is known."""
    stopped = context.label("stopped")
    whole = context.inner(leave_loop=stopped)
    reaches_end = True
    for position, item in enumerate(pack.items):
        start = len(whole.block)
        if pack.live is not None:
            item = _now(whole, pack, position, node)
        assign_value(whole, node.target, item, node.iter)
        if isinstance(node.target, gast.Name) and isinstance(item, Const):
            whole.frame.bindings[node.target.id] = item
        skipped = whole.label("skipped")
        once = whole.inner(next_iteration=skipped)
        statements(once, node.body)
        whole.arrive(skipped, goes_on(once.block))
        whole.emit(Region(skipped, once.done()))
        reaches_end = goes_on(whole.block[start:])
        if not reaches_end:
            break
    else:
        once = context.inner()
        statements(once, node.orelse)
        reaches_end = goes_on(once.block)
        whole.emit(*once.block)
    context.arrive(stopped, reaches_end)
    context.emit(Region(stopped, whole.done()))
