"""What has been computed before is not computed again: loops and branches, arrays and variables.

    low = x[0]                              low = x[0]
    for i in range(n):                      for i in range(n):
        low = min(low, x[i])                    low = min(low, x[i])
    lowest = x[0]                      →
    for j in range(n):
        lowest = min(lowest, x[j])
    return y - low + lowest                 return y - low + low

Library functions that are written down as loops repeat what others have computed, as the variance
does with the mean. `propagate` sees to single expressions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from adjoint.analyses.liveness import live_after
from adjoint.analyses.sharing import is_scalar, sharing
from adjoint.analyses.touches import touches
from adjoint.analyses.value_numbers import ValueNumbers, changed_by
from adjoint.program.core import (
    Assign,
    Block,
    Const,
    For,
    If,
    Name,
    Program,
    Return,
    Stmt,
    Store,
    While,
)
from adjoint.program.walk import (
    assigned,
    map_blocks,
    map_operands,
    names,
    operands,
    statements,
    stored,
    substitute,
)


def remove_repeats(program: Program) -> Program:
    """The program with one variable, and one array, for what is computed again."""
    shared = frozenset(sharing(program))
    numbers = ValueNumbers(program.params, program.types or {}, shared)
    body = _Repeats(program).block(program.body, numbers, {})
    return program if body is program.body else replace(program, body=body)


class _Repeats:
    def __init__(self, program: Program) -> None:
        self._types = program.types or {}
        self._live = live_after(program)
        self._uses = _uses(program.body)
        self._bound = Counter(s.target for s in statements(program.body) if isinstance(s, Assign))

    def block(self, block: Block, numbers: ValueNumbers, renamed: dict[str, str]) -> Block:
        """The block without repeats; `numbers` is updated to what holds after it.

        Parameters
        ----------
        renamed : arrays that another one stands for.
        """
        done: list[Stmt] = []
        for index, stmt in enumerate(block):
            kept = self._inside(stmt, numbers, renamed)
            instead = self._instead(block, index, numbers, numbers.note(stmt))
            if instead is None:
                done.append(_with_names(kept, renamed))
                continue
            for name, same in instead.items():
                if is_scalar(self._types.get(name)):
                    done.append(Assign(name, Name(same), at=stmt.at, reverse=stmt.reverse))
                else:
                    renamed = {**renamed, name: renamed.get(same, same)}
        same_block = len(done) == len(block) and all(
            a is b for a, b in zip(done, block, strict=True)
        )
        return block if same_block else tuple(done)

    def _inside(self, stmt: Stmt, numbers: ValueNumbers, renamed: dict[str, str]) -> Stmt:
        again = isinstance(stmt, For | While)

        def change(inner: Block) -> Block:
            around = (stmt,) if again else ()
            return self.block(inner, numbers.inside(around), renamed)

        return map_blocks(stmt, change)

    def _instead(
        self, block: Block, index: int, numbers: ValueNumbers, is_repeated: bool
    ) -> dict[str, str] | None:
        """For what a statement computes, what holds it already; None if the statement is needed."""
        stmt = block[index]
        if isinstance(stmt, Assign):
            if isinstance(stmt.value, Name | Const) or stmt.target not in self._live[stmt]:
                return None
        elif not (is_repeated and isinstance(stmt, For | If)):
            return None
        found: dict[str, str] = {}
        for name in sorted((assigned((stmt,)) | stored((stmt,))) & self._live[stmt]):
            same = numbers.holder(name)
            if same is None:
                return None
            is_number = is_scalar(self._types.get(name))
            if not is_number and not self._may_stand_for(same, name, block, index):
                return None
            found[name] = same
        return found

    def _may_stand_for(self, same: str, name: str, block: Block, index: int) -> bool:
        """Whether after a statement in a block one array may be read in the place of another.

        It is made and used up in this block, and neither changes again.
        """
        if not self._bound[name] == self._bound[same] == 1:
            return False
        made = next(
            (k for k, s in enumerate(block) if isinstance(s, Assign) and s.target == name), None
        )
        if made is None or made > index or _uses(block[made:])[name] != self._uses[name]:
            return False
        rest = block[index + 1 :]
        returned = tuple(last for last in rest[-1:] if isinstance(last, Return))
        is_given = any(touch.index is None for touch in touches(returned, name))
        return {name, same}.isdisjoint(changed_by(rest)) and not is_given


def _uses(block: Block) -> Counter[str]:
    """How often names are read or stored to."""
    return Counter(_used(block))


def _used(block: Block) -> Iterator[str]:
    for stmt in statements(block):
        for expr in operands(stmt):
            yield from names(expr)
        if isinstance(stmt, Store):
            yield stmt.array


def _with_names(stmt: Stmt, renamed: dict[str, str]) -> Stmt:
    if not renamed:
        return stmt
    mapping = {name: Name(other) for name, other in renamed.items()}
    return map_operands(stmt, lambda e: substitute(e, mapping))
