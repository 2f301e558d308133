"""The functions of a module besides the one it is about: primals and adjoints of callees.

Adjoints are asked for while the reverse sweeps of their callers are written, each for the
arguments that are active there; writing one may ask for others, and for itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from numba.core import types

from adjoint.given import check_given, given_adjoint, noted
from adjoint.joint import silenced
from adjoint.lowering import lower
from adjoint.optimise import combine_loops, polish, settle_lengths, tidy
from adjoint.pieces import Budget, Part, adjoint_of_steps, handing_on, reversal_of_steps
from adjoint.program import primitives
from adjoint.program.core import (
    Assign,
    Block,
    Call,
    Const,
    Evaluate,
    Expr,
    Name,
    Program,
    Return,
    Stmt,
    Tuple,
)
from adjoint.program.functions import Function, Joint, called_functions
from adjoint.program.walk import map_blocks, rewrite, statements
from adjoint.reverse import differentiate_callee
from adjoint.steps import Positions

_Wanted = tuple[Joint, Part, Positions, Positions]


class Callees:
    """Primals and adjoints of all callees of one module.

    Parameters
    ----------
    joints : callees in the array dialect.
    optimise : whether the optional optimisations run.
    memory : bytes that a checkpointed loop may take; None for few, whatever that costs in time.
    """

    def __init__(self, joints: Iterable[Joint], optimise: bool, memory: int | None = None) -> None:
        self._optimise = optimise
        self._memory = memory
        self._lowered: dict[Joint, Program] = {}
        self._silent: dict[Joint, Joint] = {}
        self._adjoints: dict[_Wanted, Function] = {}
        self._asked: list[_Wanted] = []
        self._joints = list(joints)
        for joint in self._joints:
            check_given(joint)
            self._lower(joint)

    def finish(self) -> list[Function]:
        """Write the adjoints that were asked for; they, in the order of asking."""
        while self._asked:
            self._program(self._asked.pop(0))
        for joint, program in self._lowered.items():
            joint.program = noted(joint, polish(program) if self._optimise else program)
        return list(self._adjoints.values())

    def _program(self, wanted: _Wanted) -> Program:
        function = self._adjoints[wanted]
        if function.program is None:
            function.program = self._written(*wanted)
        return function.program

    def _budget(self, joint: Joint) -> Budget | None:
        def swept(active: Positions, seeded: Positions) -> Program:
            self._part(joint, "swept", active, seeded)
            return self._program((joint, "swept", active, seeded))

        return None if self._memory is None else Budget(self._memory, swept)

    def _written(self, joint: Joint, part: Part, active: Positions, seeded: Positions) -> Program:
        if joint.rule is not None:
            return given_adjoint(joint, active, self._optimise)
        silent = self._silenced(joint)
        program = self._lowered[silent]
        if part == "swept" or joint.steps is None:
            if joint.steps is not None:
                program, seeded = handing_on(silent, program, active, seeded)
            independent = tuple(program.params[k] for k in active)
            written = differentiate_callee(program, independent, seeded)
        elif part == "adjoint":
            ask = partial(self._part, joint)
            written = adjoint_of_steps(silent, active, seeded, ask, self._budget(joint))
        else:
            written = reversal_of_steps(silent, active, seeded, partial(self._part, joint))
        return polish(written) if self._optimise else written

    def _lower(self, joint: Joint) -> None:
        """Lower a callee, what it calls before it: then lengths of results are known."""
        if joint in self._lowered:
            return
        self._lowered[joint] = joint.body
        joint.shapes = (
            *(None for _ in joint.results),
            *map(partial(_own_shape, joint), joint.overwritten),
        )
        for called in called_functions(joint.body):
            if isinstance(called, Joint):
                self._lower(called)
        lowered = lower(joint.body)
        if self._optimise:
            lowered = combine_loops(tidy(settle_lengths(lowered)))
        self._lowered[joint] = lowered
        known = len(joint.results)
        found = result_shapes(self._lowered[joint])[:known]
        joint.shapes = (*found, *joint.shapes[known:])
        joint.adjoint = partial(self._adjoint, joint)

    def _adjoint(self, joint: Joint, active: Positions, seeded: Positions) -> Function:
        return self._part(joint, "adjoint", active, seeded)

    def _part(self, joint: Joint, part: Part, active: Positions, seeded: Positions) -> Function:
        key = joint, part, active, seeded
        if key not in self._adjoints:
            program = self._lowered[joint]
            table = program.types or {}
            count = sum(isinstance(table[program.params[k]], types.Array) for k in active)
            first = len(program.params) + 2 * (part == "reversed")  # the length, the snapshots
            self._adjoints[key] = Function(
                f"{joint.name}_{part}",
                writes=frozenset(range(first, first + count)),
                droppable=not count,
                steps=joint.steps,
            )
            self._asked.append(key)
        return self._adjoints[key]

    # ----------------------------------------------------------------- run again without effects

    def _silenced(self, joint: Joint) -> Joint:
        """The callee for a forward sweep that is run again: it prints and raises nothing."""
        if not joint.effects:
            return joint
        if joint not in self._silent:
            silent = replace(joint, name=f"{joint.name}_again", effects=False, droppable=True)
            self._silent[joint] = silent
            program = self._lowered[joint]
            self._lowered[silent] = replace(program, body=self._quiet(silenced(program.body)))
        return self._silent[joint]

    def _quiet(self, block: Block) -> Block:
        def change(expr: Any) -> Any:
            if isinstance(expr, Call) and isinstance(expr.function, Joint):
                return replace(expr, function=self._silenced(expr.function))
            return expr

        def quiet(stmt: Stmt) -> Stmt:
            if isinstance(stmt, Assign):
                return replace(stmt, value=rewrite(stmt.value, change))
            return map_blocks(stmt, self._quiet)

        return tuple(quiet(stmt) for stmt in block if not _calls_for_effect(stmt))


def _calls_for_effect(stmt: Stmt) -> bool:
    return isinstance(stmt, Evaluate) and isinstance(stmt.call.function, Joint)


# --------------------------------------------------------------------------- lengths of results


def _own_shape(joint: Joint, position: int) -> tuple[Expr, ...]:
    """What a callee writes to an argument has the argument's lengths."""
    param = joint.body.params[position]
    ndim = (joint.body.types or {})[param].ndim
    return tuple(Call(primitives.dim, (Name(param), Const(axis))) for axis in range(ndim))


def result_shapes(program: Program) -> tuple[tuple[Expr, ...] | None, ...]:
    """Lengths of each item of a lowered program's result, in terms of its parameters."""
    *_, last = program.body
    assert isinstance(last, Return)
    items = last.value.items if isinstance(last.value, Tuple) else (last.value,)
    return tuple(_shape(item, program) for item in items)


def _shape(item: Expr, program: Program) -> tuple[Expr, ...] | None:
    made = _definition(item, program)
    if not isinstance(made, Call) or made.function not in (np.empty, np.zeros, np.ones):
        return None
    size = made.args[0]
    lengths = [
        _in_parameters(n, program) for n in (size.items if isinstance(size, Tuple) else (size,))
    ]
    known = tuple(length for length in lengths if length is not None)
    return known if len(known) == len(lengths) else None


def _in_parameters(length: Expr, program: Program) -> Expr | None:
    """A length as a constant, a parameter, or a parameter's length."""
    match length:
        case Const():
            return length
        case Call(primitives.dim, (Name(array), _)) if array in program.params:
            return length
        case Name(id) if id in program.params:
            return length
        case Name():
            made = _definition(length, program)
            return None if made is None else _in_parameters(made, program)
    return None


def _definition(expr: Expr, program: Program) -> Expr | None:
    """The value of the only assignment of a variable."""
    if not isinstance(expr, Name):
        return None
    found = [
        stmt.value
        for stmt in statements(program.body)
        if isinstance(stmt, Assign) and stmt.target == expr.id
    ]
    return found[0] if len(found) == 1 else None
