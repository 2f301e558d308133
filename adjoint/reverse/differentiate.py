"""The adjoint of a program in the scalar dialect: of the ways to write it, what stores least."""

from __future__ import annotations

from dataclasses import replace

from adjoint.analyses.counters import reversible_counters
from adjoint.program.core import For, Program
from adjoint.program.walk import stored
from adjoint.reverse.assembly import Assembly, Choices, NotFusible, Task
from adjoint.reverse.facts import facts_of, restorable
from adjoint.reverse.findings import Findings
from adjoint.reverse.fusion import why_dependent


def differentiate(program: Program, independent: tuple[str, ...], array_seed: bool) -> Program:
    """The adjoint of a typed program in the scalar dialect.

    Parameters
    ----------
    independent : parameters to differentiate with respect to.
    array_seed : whether the cotangent of an array result is an array; otherwise it is a number,
        the cotangent of each element.

    Returns
    -------
    Program
        `f_adjoint(*params, result_bar) -> (result, *bars)`.
    """
    return differentiate_explained(program, independent, array_seed)[0]


def differentiate_explained(
    program: Program, independent: tuple[str, ...], array_seed: bool
) -> tuple[Program, Findings]:
    """As `differentiate`, with what was decided on the way."""
    return _differentiated(Task(facts_of(program, independent), independent, array_seed))


def differentiate_items(program: Program, independent: tuple[str, ...]) -> tuple[Program, Findings]:
    """The Jacobian of a typed program in the scalar dialect, with what was decided on the way.

    Returns
    -------
    Program
        `f_jacobian(*params) -> jacobians`: of each independent parameter an array of the shape of
        the result and then the parameter's, or its gradient if the result is a number.
    """
    return _differentiated(Task(facts_of(program, independent), independent, True, items=True))


def differentiate_callee(
    program: Program, independent: tuple[str, ...], seeded: tuple[int, ...]
) -> Program:
    """The adjoint of a function that stays a call, for the reverse sweeps of its callers.

    Parameters
    ----------
    independent : parameters with a bar.
    seeded : positions of the items of its result that have a cotangent.

    Returns
    -------
    Program
        `f_adjoint(*params, *bars of independent arrays, *cotangents) -> bars of the scalars`:
        what the arrays get is added to their bars.
    """
    return _differentiated(Task(facts_of(program, independent), independent, True, seeded))[0]


def _differentiated(task: Task) -> tuple[Program, Findings]:
    outermost = [stmt for stmt in task.facts.program.body if isinstance(stmt, For)]
    reasons = {loop: why_dependent(loop, task.facts) for loop in outermost}
    if task.items:
        reasons = {loop: reasons[loop] or "it is reversed for each item" for loop in outermost}
    fused = frozenset(loop for loop, why in reasons.items() if not why)
    dependent = {loop: why for loop, why in reasons.items() if why}
    while True:
        try:
            assembly = _cheapest(task, fused)
            return assembly.program(), assembly.findings(dependent)
        except NotFusible as refusal:
            fused -= {refusal.loop}


def _cheapest(task: Task, fused: frozenset[For]) -> Assembly:
    """Take, one after the other, the choices that store less than without them."""
    best = Assembly(task, Choices(fused))
    for counter in reversible_counters(task.facts.program, task.facts.places):
        undone = (*best.choices.undone, counter)
        best = _cheaper(best, Assembly(task, replace(best.choices, undone=undone)))
    written_in_fused = {array for loop in fused for array in stored(loop.body)}
    for array in restorable(task.facts):
        if array not in written_in_fused:
            restored = best.choices.restored | {array}
            best = _cheaper(best, Assembly(task, replace(best.choices, restored=restored)))
    return best


def _cheaper(best: Assembly, other: Assembly) -> Assembly:
    return other if other.cost < best.cost else best
