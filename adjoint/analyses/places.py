"""Where statements stand, and which may run after which."""

from __future__ import annotations

from dataclasses import dataclass

from adjoint.program.core import Block, For, If, Program, Stmt, While
from adjoint.program.walk import blocks


@dataclass(frozen=True)
class BlockKey:
    """A block of the program: the statement it belongs to (None: the body) and which of its."""

    owner: Stmt | None
    slot: int = 0


TOP = BlockKey(None)


@dataclass(frozen=True)
class Place:
    """Position `index` in a block; -1 is before its first statement."""

    block: BlockKey
    index: int


class Places:
    """The place of every statement.

    Attributes
    ----------
    of : place by statement.
    contents : the statements of each block.
    order : textual position by statement.
    """

    def __init__(self, program: Program) -> None:
        self.of: dict[Stmt, Place] = {}
        self.contents: dict[BlockKey, Block] = {}
        self.order: dict[Stmt, int] = {}
        self._enter(program.body, TOP)

    def _enter(self, block: Block, key: BlockKey) -> None:
        self.contents[key] = block
        for index, stmt in enumerate(block):
            self.of[stmt] = Place(key, index)
            self.order[stmt] = len(self.order)
            for slot, inner in enumerate(blocks(stmt)):
                self._enter(inner, BlockKey(stmt, slot))

    def chain(self, place: Place) -> list[Place]:
        """The place and those of the statements around it, innermost first."""
        found = [place]
        while found[-1].block.owner is not None:
            found.append(self.of[found[-1].block.owner])
        return found

    def loops(self, block: BlockKey) -> list[For | While]:
        """The loops around a block, outermost first."""
        around: list[For | While] = []
        while block.owner is not None:
            if isinstance(block.owner, For | While):
                around.append(block.owner)
            block = self.of[block.owner].block
        return around[::-1]

    def within(self, place: Place, block: BlockKey) -> int | None:
        """Index in `block` of the statement that a place is in (or is); None if outside."""
        for around in self.chain(place):
            if around.block == block:
                return around.index
        return None

    def common_block(self, first: BlockKey, second: BlockKey) -> BlockKey:
        """The innermost block that holds both."""
        around = {place.block for place in self.chain(Place(first, 0))}
        for place in self.chain(Place(second, 0)):
            if place.block in around:
                return place.block
        return TOP

    def follows(self, later: Place, earlier: Place, once: frozenset[Stmt] = frozenset()) -> bool:
        """Whether `later` may run after `earlier` has.

        Loops in `once` count as run for one iteration: what matters there is the rest of it.
        """
        common = self.common_block(later.block, earlier.block)
        if any(loop not in once for loop in self.loops(common)):
            return True
        first, second = self.within(earlier, common), self.within(later, common)
        assert first is not None and second is not None
        if first != second:
            return second > first
        # Two branches of one `if`, or one statement.
        owner = self.contents[common][first] if first >= 0 else None
        return not isinstance(owner, If) and later != earlier
