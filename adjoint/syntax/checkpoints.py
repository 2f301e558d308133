"""Loops marked `checkpointed` become calls of a function that makes some of their steps.

    for t in checkpointed(range(n)):             x = f_steps(x, r, 0, n)
        x = r * x * (1 - x)               →
                                             def f_steps(x_start, r, start, stop):
                                                 x = x_start
                                                 for t in range(start, stop):
                                                     x = r * x * (1 - x)
                                                 return x

Such a function stays a call: its adjoint runs it again on what it was given, and for this one in
pieces (`adjoint.pieces`). Its arguments are all that the steps read from outside and all that one
step hands on to the next; it returns this and what is read after the loop. What the steps write to
arrays is written to its arguments, as by any function.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from adjoint.errors import UnsupportedSyntax
from adjoint.program.core import (
    Assign,
    Block,
    Break,
    Call,
    Const,
    Evaluate,
    Expr,
    For,
    If,
    Item,
    Name,
    Program,
    Return,
    Stmt,
    Store,
    Tuple,
    While,
)
from adjoint.program.exposure import upward_exposed
from adjoint.program.functions import Function, Steps
from adjoint.program.walk import assigned, blocks, names, operands, statements
from adjoint.syntax.names import Names


def split_off_checkpointed(program: Program, fresh: Names) -> Program:
    """The program with a call in the place of each marked loop.

    Raises
    ------
    UnsupportedSyntax : the loop may be left early, or a variable may have no value at its start.
    """
    if not any(isinstance(s, For) and s.checkpointed for s in statements(program.body)):
        return program
    body = _Splitting(program, fresh).block(program.body, set(program.params))
    return replace(program, body=body)


class _Splitting:
    def __init__(self, program: Program, fresh: Names) -> None:
        self._program = program
        self._fresh = fresh
        self._reads = _reads(program.body)

    def block(self, block: Block, bound: set[str]) -> Block:
        """The block, of whose variables `bound` have a value; more have one after it."""
        return tuple(new for stmt in block for new in self._statement(stmt, bound))

    def _statement(self, stmt: Stmt, bound: set[str]) -> tuple[Stmt, ...]:
        match stmt:
            case Assign(target):
                bound.add(target)
            case If(_, body, orelse):
                one, other = set(bound), set(bound)
                stmt = replace(stmt, body=self.block(body, one), orelse=self.block(orelse, other))
                bound |= one & other
            case While(head, _, body):
                inner = set(bound)
                stmt = replace(stmt, head=self.block(head, inner), body=self.block(body, inner))
            case For(target, body=body):
                outside = self._reads - _reads(body)
                stmt = replace(stmt, body=self.block(body, bound | {target}))
                if stmt.checkpointed:
                    return self._call(stmt, outside, bound)
        return (stmt,)

    def _call(self, loop: For, outside: Counter[str], bound: set[str]) -> tuple[Stmt, ...]:
        if _leaves(loop.body):
            raise UnsupportedSyntax(
                "a checkpointed loop is left before its end: which steps there are must be known "
                "when it begins",
                loop.at,
                "make all steps, and choose with `if` what they do; or leave out checkpointed",
            )
        inside = {loop.target} | assigned(loop.body)
        exposed = upward_exposed(loop.body) - {loop.target}
        results = sorted(inside & (outside.keys() | exposed))
        self._require_values(loop, exposed, results, bound)
        inputs = sorted(exposed | (set(results) & bound))
        return self._calling(loop, self._function(loop, inside, inputs, results), inputs, results)

    def _require_values(
        self, loop: For, exposed: set[str], results: list[str], bound: set[str]
    ) -> None:
        """What the function takes has a value at the call; if there is no step, it returns that."""
        before = assigned(self._program.body) - bound
        elsewhere = Counter(_targets(self._program.body)) - Counter(_targets((loop,)))
        missing = sorted(exposed - bound) + [n for n in results if n in before and elsewhere[n]]
        if missing:
            raise UnsupportedSyntax(
                f"`{missing[0]}` may have no value before this checkpointed loop",
                loop.at,
                f"assign `{missing[0]}` before the loop, on every path",
            )

    def _function(
        self, loop: For, inside: set[str], inputs: list[str], results: list[str]
    ) -> Function:
        fresh = self._fresh
        params = [fresh.variable(f"{v}_start") if v in inside else v for v in inputs]
        start, stop = fresh.variable("start"), fresh.variable("stop")
        step = loop.step if isinstance(loop.step, Const) else Name(fresh.variable("step"))
        further = (start, stop) if isinstance(step, Const) else (start, stop, step.id)
        own = replace(loop, start=Name(start), stop=Name(stop), step=step, checkpointed=False)
        returned: Expr = Const(None)
        body: list[Stmt] = [
            Assign(v, Name(p), at=loop.at) for v, p in zip(inputs, params, strict=True) if v != p
        ]
        body.append(own)
        if len(results) == 1:
            returned = Name(results[0])
        elif results:
            returned = Name(fresh.temporary("after"))
            body.append(Assign(returned.id, Tuple(tuple(map(Name, results))), at=loop.at))
        name = f"{self._program.name}_steps"
        made = Program(
            name=name,
            params=(*params, *further),
            body=(*body, Return(returned, at=loop.at)),
            source=self._program.source,
        )
        carried = tuple(inputs.index(v) if v in inputs else None for v in results)
        steps = Steps(len(params), len(params) + 1, step, carried)
        return Function(name, made, steps=steps)

    def _calling(
        self, loop: For, function: Function, inputs: list[str], results: list[str]
    ) -> tuple[Stmt, ...]:
        bounds = (loop.start, loop.stop)
        if not isinstance(loop.step, Const):
            bounds = (*bounds, loop.step)  # type: ignore[assignment]
        call = Call(function, (*map(Name, inputs), *bounds))
        if not results:
            return (Evaluate(call, at=loop.at),)
        if len(results) == 1:
            return (Assign(results[0], call, at=loop.at),)
        whole = self._fresh.temporary("after")
        taken = [
            Assign(v, Item(Name(whole), (Const(k),)), at=loop.at) for k, v in enumerate(results)
        ]
        return (Assign(whole, call, at=loop.at), *taken)


def _leaves(block: Block) -> bool:
    """Whether a `break` in the body of a loop leaves that loop."""
    return any(
        isinstance(stmt, Break)
        or (not isinstance(stmt, For | While) and any(map(_leaves, blocks(stmt))))
        for stmt in block
    )


def _reads(block: Block) -> Counter[str]:
    """How often variables are read; storing to an array reads it."""
    found: Counter[str] = Counter()
    for stmt in statements(block):
        for expr in operands(stmt):
            found.update(names(expr))
        if isinstance(stmt, Store):
            found[stmt.array] += 1
    return found


def _targets(block: Block) -> list[str]:
    return [stmt.target for stmt in statements(block) if isinstance(stmt, Assign | For)]
