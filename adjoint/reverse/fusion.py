"""Loops whose iterations can be reversed one by one, right after each has run forward.

    for i in range(n):                 for i in range(n):
        t = np.sin(x[i]) * w               t = np.sin(x[i]) * w
        s += t * t                   →     s += t * t
                                           t_bar = 2.0 * t * s_bar
                                           …

What the reverse of an iteration reads is then still in its variables, and nothing needs a tape over
the iterations. It is possible if no derivative passes between iterations, and the bars of what the
loop produces are known before the loop: it may only add to scalars, and what happens to these
after the loop must be linear, with coefficients that are known before it.
"""

from __future__ import annotations

from dataclasses import replace

from numba.core import types

from adjoint.analyses.coverage import is_work_array
from adjoint.analyses.places import TOP
from adjoint.analyses.sums import only_summed
from adjoint.program.core import (
    Assign,
    Block,
    Evaluate,
    For,
    Raise,
    Stmt,
)
from adjoint.program.walk import assigned, names, read, statements, stored
from adjoint.reverse.facts import Facts
from adjoint.reverse.tapes import leaves_early


def sums(loop: For, facts: Facts) -> set[str]:
    """Active scalars of an outer scope that the loop assigns."""
    return {
        name
        for name in assigned(loop.body) & facts.active
        if not isinstance(facts.types[name], types.Array) and facts.scopes[name] == TOP
    }


def why_dependent(loop: For, facts: Facts) -> str:
    """Why an outermost loop cannot be reversed iteration by iteration, a clause; empty if it can.

    The way out of the loop is checked by `seeds`.
    """
    if leaves_early(loop):
        return "it can be left early"
    if any(isinstance(s, Raise | Evaluate) for s in statements(loop.body)):
        return "it prints, raises or has another effect"
    for name in sorted(assigned(loop.body)):
        if _is_outer_array(name, facts):
            return f"it binds the array {name}, which is looked at outside"
    index = facts.places.of[loop].index
    after = facts.program.body[index + 1 :]
    for name in sorted(_active_scalars(loop, facts) & assigned(after)):
        return f"{name} is assigned again after it"
    for name in sorted(_active_arrays(loop, facts) & (stored(after) | assigned(after))):
        return f"{name}, which it reads, is written to after it"
    for name in sorted(sums(loop, facts)):
        if not only_summed(name, loop):
            return f"{name} passes from one iteration to the next, and is not only added to"
    for array in sorted(stored(loop.body)):
        if not _is_harmless(array, loop, facts):
            return f"it writes to the array {array}, which carries a derivative out of an iteration"
    return ""


def _is_outer_array(name: str, facts: Facts) -> bool:
    """Whether a name is bound to arrays whose values are looked at outside the loop."""
    is_array = isinstance(facts.types.get(name), types.Array)
    return is_array and name in facts.active and facts.scopes[name] == TOP


def _active_scalars(loop: For, facts: Facts) -> set[str]:
    inside = read((loop,)) | assigned((loop,))
    return {
        name
        for name in inside & facts.active
        if not isinstance(facts.types[name], types.Array) and facts.scopes[name] == TOP
    }


def _active_arrays(loop: For, facts: Facts) -> set[str]:
    """Arrays whose bars the reverse of the loop adds to: later writes must not look at them yet."""
    return {
        name
        for name in read((loop,)) & facts.active
        if isinstance(facts.types[name], types.Array) and facts.scopes[name] == TOP
    }


def _is_harmless(array: str, loop: For, facts: Facts) -> bool:
    """Whether writes to an array pass no derivative between iterations or out of the loop."""
    if facts.scopes[array] != TOP or array not in facts.active:
        return True
    return is_work_array(array, loop, facts.program, facts.places, facts.memory)


def seeds(reverse_of_rest: Block, wanted: set[str], known: set[str]) -> list[Stmt] | None:
    """The part of later reverse code that computes the bars `wanted`, to be run before a loop.

    Parameters
    ----------
    reverse_of_rest : the reverse of what follows the loop, in the order it runs.
    known : names that have their final value before the loop.

    Returns
    -------
    list or None : None if the bars need more than scalar assignments from known names.
    """
    needed = set(wanted)
    kept: list[Stmt] = []
    for stmt in reversed(reverse_of_rest):
        if isinstance(stmt, Assign) and stmt.target in needed:
            needed.discard(stmt.target)
            needed.update(name for name in names(stmt.value))
            kept.append(replace(stmt))  # a statement of its own, at this place
        elif needed & (assigned((stmt,)) | stored((stmt,))):
            return None
    return kept[::-1] if needed <= known else None
