"""Adjoints of calls that stay calls: the callee's own adjoint runs it again and reverses that.

    y = f(a, x)          →          a_bar += f_adjoint(a, x, x_bar, y_bar)

Cotangents of scalar arguments are returned; those of arrays are added to the arrays' bars, so that
the price of a call is that of what it touches, not of the whole arrays it is given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from numba.core import types

from adjoint.errors import NoRule
from adjoint.program.core import Assign, Call, Const, Evaluate, Expr, Item, Name
from adjoint.program.functions import Joint
from adjoint.reverse.result_items import clear_bar, result_variables

if TYPE_CHECKING:
    from adjoint.reverse.generate import ReverseSweep


def joint_call_adjoint(sweep: ReverseSweep, stmt: Assign, call: Call) -> None:
    """Emit the adjoint of `target = f(…)`."""
    joint = call.function
    assert isinstance(joint, Joint)
    facts = sweep.facts
    items = [name for name, _ in result_variables(stmt, sweep)]
    seeded = {k: n for k, n in enumerate(items) if n is not None and sweep.has_bar(n)}
    wanted = tuple(k for k, arg in enumerate(call.args) if sweep._is_active(arg))
    if not seeded or not wanted:
        return
    _require_cotangents(joint, wanted, stmt)
    seeds = [sweep.bars.name(name) for name in seeded.values()]
    sweep.bars.live.difference_update(seeded.values())
    given = tuple(_operand(sweep, arg, stmt) for arg in call.args)
    arrays = [k for k in wanted if isinstance(facts.types[call.args[k].id], types.Array)]  # type: ignore[union-attr]
    bars = [sweep.bars.name(call.args[k].id) for k in arrays]  # type: ignore[union-attr]
    adjoint = Call(joint.adjoint(wanted, tuple(seeded)), (*given, *bars, *seeds))
    _add(sweep, [call.args[k] for k in wanted if k not in arrays], adjoint)
    for name in seeded.values():
        clear_bar(sweep, name, stmt)


def _require_cotangents(joint: Joint, wanted: tuple[int, ...], stmt: Assign) -> None:
    """Refuse a derivative that the user's rule of a function does not give."""
    if joint.rule is None:
        return
    name = joint.rule.origin.function.__name__
    left_out = [joint.body.params[k] for k in wanted if k not in joint.rule.positions]
    if left_out:
        raise NoRule(
            f"the rule of `{name}` gives no cotangent for {', '.join(left_out)}",
            stmt.at,
            "have it return one, zeros where the result does not depend on it; or pass "
            "stop_gradient(...) of the argument",
        )


def _operand(sweep: ReverseSweep, arg: Expr, stmt: Assign) -> Expr:
    is_array = isinstance(arg, Name) and isinstance(sweep.facts.types[arg.id], types.Array)
    return sweep.array_operand(arg, stmt) if is_array else sweep.operand(arg, stmt)


def _add(sweep: ReverseSweep, scalars: list[Expr], adjoint: Call) -> None:
    """Add the cotangents that an adjoint returns to the bars of scalar arguments."""
    if not scalars:
        sweep.emit(Evaluate(adjoint))
        return
    kinds = [sweep.facts.types[arg.id] for arg in scalars]  # type: ignore[union-attr]
    if len(scalars) == 1:
        stem = f"{scalars[0].id}_bar"  # type: ignore[union-attr]
        returned = sweep.fresh(stem, kinds[0])
        sweep.emit(Assign(returned.id, adjoint))
        sweep.contribute(scalars[0], returned)
        return
    whole = sweep.fresh("bars", types.BaseTuple.from_types(kinds))
    sweep.emit(Assign(whole.id, adjoint))
    for k, (arg, kind) in enumerate(zip(scalars, kinds, strict=True)):
        item = sweep.fresh(f"{arg.id}_bar", kind)  # type: ignore[union-attr]
        sweep.emit(Assign(item.id, Item(whole, (Const(k),))))
        sweep.contribute(arg, item)
