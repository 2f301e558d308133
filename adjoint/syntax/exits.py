"""Jumps out of regions to structured control flow: `break`, `continue`, early `return`.

Translation marks a region of statements with a `Label` and writes each exit as a `Jump` to the
end of a region: `return` to the end of the function's, `continue` to the end of the iteration's,
`break` to the end of the region around the loop (which holds the loop's `else` too). `structure`
removes regions and jumps:

    if a:            if a:
        jump end  →      pass
    rest             else:
                         rest

What follows a branch that may leave moves into the branch that goes on, so nothing has to be
remembered. Only where control can come from two places - out of a loop, or out of one of two
branches that both go on - a flag says which:

    for …:           returned = False
        if a:        for …:
            jump →       if a:
        b                    returned = True
    rest                     break
                         else:
                             b
                     if not returned:
                         rest
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from adjoint.program.core import (
    Assign,
    Block,
    Break,
    Comment,
    Const,
    For,
    If,
    Name,
    Raise,
    Return,
    Stmt,
    While,
)
from adjoint.program.walk import map_blocks
from adjoint.syntax.names import Names

TRUE, FALSE = Const(True), Const(False)


@dataclass(eq=False)
class Label:
    """The end of a region. `flag` is the base name of the variable that says it was jumped to.

    `states` is what translation knows at each of the jumps about `frame`, the call that the region
    is in; `depth` is the number of `finally` blocks around it.
    """

    flag: str
    frame: Any = None
    depth: int = 0
    variable: str | None = None
    states: list[Any] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class Jump(Stmt):
    """Go to the end of the region of `label`. `flagged`: its flag is set already."""

    label: Label
    flagged: bool = False


@dataclass(frozen=True, eq=False)
class Region(Stmt):
    """Statements that a `Jump` can leave."""

    label: Label
    body: Block


def structure(block: Block, names: Names) -> Block:
    """The block without regions and jumps."""
    return _Structurer(names).run(block, _Place())


def leaves_outside(block: Block) -> bool:
    """Whether a jump in the block goes to the end of a region that is not in it."""
    return bool(_exits(block))


def flattened(block: Iterable[Stmt]) -> Block:
    """The block without regions and exits: what is assigned and read, wherever control goes."""
    found: list[Stmt] = []
    for stmt in block:
        match stmt:
            case Region(_, body):
                found.extend(flattened(body))
            case Jump() | Break() | Raise() | Comment():
                pass
            case While(head, _, body):
                found.extend((*flattened(head), If(TRUE, flattened(body))))
            case _:
                found.append(map_blocks(stmt, flattened))
    return tuple(found)


def goes_on(block: Iterable[Stmt]) -> bool:
    """Whether control can reach the end of the block."""
    return _flow(block)[0]


def _exits(block: Iterable[Stmt]) -> dict[Label, None]:
    """Labels outside the block that it jumps to, in textual order."""
    return _flow(block)[1]


def _flow(block: Iterable[Stmt]) -> tuple[bool, dict[Label, None]]:
    """Whether control can reach the end of the block, and where else it can go."""
    exits: dict[Label, None] = {}
    for stmt in block:
        goes_on, found = _flow_of(stmt)
        exits.update(found)
        if not goes_on:
            return False, exits
    return True, exits


def _flow_of(stmt: Stmt) -> tuple[bool, dict[Label, None]]:
    match stmt:
        case Jump(label):
            return False, {label: None}
        case Raise() | Break() | Return():
            return False, {}
        case If(_, body, orelse):
            (one, exits), (other, more) = _flow(body), _flow(orelse)
            return one or other, exits | more
        case Region(label, body):
            reaches_end, exits = _flow(body)
            outside = {other: None for other in exits if other is not label}
            return reaches_end or label in exits, outside
        case For(body=body):
            return True, _exits(body)
        case While(_, test, body):
            return test != TRUE or _breaks(body), _exits(body)
    return True, {}


def _breaks(block: Iterable[Stmt]) -> bool:
    """Whether a `Break` of the innermost loop around the block is in it."""
    for stmt in block:
        if isinstance(stmt, Break):
            return True
        if isinstance(stmt, If) and (_breaks(stmt.body) or _breaks(stmt.orelse)):
            return True
    return False


@dataclass(frozen=True)
class _Place:
    """Where a block stands.

    Attributes
    ----------
    ends_here : labels whose regions end exactly where the block ends.
    may_break : whether the block is in tail position of a loop's iteration.
    unflagged : labels that a `break` reaches without a flag.
    cleared : labels whose flag is known to be False here.
    """

    ends_here: frozenset[Label] = frozenset()
    may_break: bool = False
    unflagged: frozenset[Label] = frozenset()
    cleared: frozenset[Label] = field(default=frozenset())


class _Structurer:
    def __init__(self, names: Names) -> None:
        self.names = names

    def run(self, stmts: Block, place: _Place) -> Block:
        """The statements without regions and jumps, for a block at `place`."""
        out: list[Stmt] = []
        for position, stmt in enumerate(stmts):
            rest = stmts[position + 1 :]
            match stmt:
                case Jump():
                    return (*out, *self._jump(stmt, place))
                case Region(label, body) if label not in _exits(body):
                    return (*out, *self.run((*body, *rest), place))
                case Region():
                    return (*out, *self._region(stmt, rest, place))
                case If() if _exits((stmt,)):
                    return (*out, *self._if(stmt, rest, place))
                case For() | While():
                    if _exits((stmt,)):
                        return (*out, *self._loop(stmt, rest, place))
                    out.append(self._inside(stmt))
                case If():
                    out.append(self._inside(stmt))
                case _:
                    out.append(stmt)
            if not goes_on((stmt,)):
                return tuple(out)
        return tuple(out)

    def _inside(self, stmt: Stmt) -> Stmt:
        """Structure the blocks of a statement that nothing leaves."""
        nowhere = _Place()
        match stmt:
            case If(_, body, orelse):
                return replace(stmt, body=self.run(body, nowhere), orelse=self.run(orelse, nowhere))
            case For(body=body):
                return replace(stmt, body=self.run(body, nowhere))
            case While(head, _, body):
                return replace(stmt, head=self.run(head, nowhere), body=self.run(body, nowhere))
        return stmt

    def _jump(self, jump: Jump, place: _Place) -> Block:
        if jump.label in place.ends_here:
            return ()
        needs_flag = not jump.flagged and not (place.may_break and jump.label in place.unflagged)
        flag = (Assign(self._flag(jump.label), TRUE, at=jump.at),) if needs_flag else ()
        return (*flag, Break(at=jump.at)) if place.may_break else flag

    def _region(self, region: Region, rest: Block, place: _Place) -> Block:
        if not rest:
            ends = place.ends_here | {region.label}
            return self.run(region.body, replace(place, ends_here=ends))
        exits = [label for label in _exits(region.body) if label is not region.label]
        cleared = place.cleared.union(exits)
        body = self.run(region.body, _Place(frozenset({region.label}), cleared=cleared))
        return (*self._clear(exits, place), *body, *self.run(_guard(exits, rest), place))

    def _if(self, stmt: If, rest: Block, place: _Place) -> Block:
        """An `if` that may leave: what follows goes into the branch that goes on, if only one does.

        With both going on, each exit sets its flag and what follows is guarded.
        """
        body_goes_on, orelse_goes_on = goes_on(stmt.body), goes_on(stmt.orelse)
        if not rest or not (body_goes_on and orelse_goes_on):
            body = (*stmt.body, *rest) if body_goes_on else stmt.body
            orelse = (*stmt.orelse, *rest) if orelse_goes_on else stmt.orelse
            return _tidy(replace(stmt, body=self.run(body, place), orelse=self.run(orelse, place)))
        exits = list(_exits((stmt,)))
        inside = _Place(cleared=place.cleared.union(exits))
        flagged = replace(
            stmt, body=self.run(stmt.body, inside), orelse=self.run(stmt.orelse, inside)
        )
        return (*self._clear(exits, place), flagged, *self.run(_guard(exits, rest), place))

    def _loop(self, stmt: For | While, rest: Block, place: _Place) -> Block:
        """A loop that is left by jumps: each becomes a `break`, with a flag where control after
        the loop has to know why it ended."""
        exits = list(_exits((stmt,)))
        if goes_on((stmt,)):
            unflagged = frozenset() if rest else place.ends_here
        else:  # `while True`: where it ends for none of the other reasons, it is the last one
            rest = (Jump(exits[-1]),)
            unflagged = frozenset(exits[-1:])
        needed = [label for label in exits if label not in unflagged]
        inside = _Place(may_break=True, unflagged=unflagged, cleared=place.cleared.union(needed))
        loop: Stmt = replace(stmt, body=self.run(stmt.body, inside))
        if isinstance(loop, While):
            loop = replace(loop, head=self.run(loop.head, _Place()))
        return (*self._clear(needed, place), loop, *self.run(_guard(needed, rest), place))

    def _clear(self, labels: list[Label], place: _Place) -> Block:
        """Set the flags of the labels to False before a statement that may set them."""
        return tuple(
            Assign(self._flag(label), FALSE) for label in labels if label not in place.cleared
        )

    def _flag(self, label: Label) -> str:
        if label.variable is None:
            label.variable = self.names.flag(label.flag)
        return label.variable


def _guard(labels: list[Label], rest: Block) -> Block:
    """`if flag: jump` for each label, and `rest` if none was jumped to."""
    for label in reversed(labels):
        assert label.variable is not None
        rest = (If(Name(label.variable), (Jump(label, flagged=True),), rest),)
    return rest


def _tidy(stmt: If) -> Block:
    return (stmt,) if stmt.body or stmt.orelse else ()
