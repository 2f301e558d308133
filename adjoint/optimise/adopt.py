"""A product that would be copied to an array of zeros takes that array's place.

x_bar = np.zeros_like(x)
...                                        ...
x_bar_1 = np.dot(z_bar, y.T)               x_bar = np.dot(z_bar, y.T)
for i in range(x_bar.shape[0]):       →
    for j in range(x_bar.shape[1]):
        x_bar[i, j] = x_bar_1[i, j]

The bar of an operand of a product is as large as the product that is added to it. What a user wrote
need not be, so only what belongs to the reverse sweep is changed.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
from numba.core import types

from adjoint.analyses.sharing import sharing
from adjoint.program.core import Assign, Block, Call, Const, For, Item, Name, Program, Stmt, Store
from adjoint.program.primitives import dim
from adjoint.program.walk import map_blocks, read, statements

_ZEROS = (np.zeros, np.zeros_like)


def adopt_products(program: Program) -> Program:
    """The program with products that are not copied to the bars that they are."""
    body = _Adopted(program).block(program.body)
    return program if body is program.body else replace(program, body=body)


class _Adopted:
    def __init__(self, program: Program) -> None:
        self._table = program.types or {}
        self._sharing = sharing(program)
        self._bound = Counter(
            stmt.target for stmt in statements(program.body) if isinstance(stmt, Assign | For)
        )
        self._body = program.body

    def block(self, block: Block) -> Block:
        done: list[Stmt] = []
        for stmt in block:
            done.append(map_blocks(stmt, self.block))
            self._adopt(done)
        return block if all(a is b for a, b in zip(done, block, strict=False)) else tuple(done)

    def _adopt(self, done: list[Stmt]) -> None:
        """Change the end of a block, if it is such a copy."""
        copied = _copied(done[-1])
        if copied is None:
            return
        bar, product = copied
        made, computed = _assigning(done, bar), _assigning(done, product)
        if made is None or computed is None or made > computed:
            return
        one, other = done[made], done[computed]
        assert isinstance(one, Assign) and isinstance(other, Assign)
        if not (self._is_new(one, other) and self._is_alone(done, made, product)):
            return
        done[computed] = replace(other, target=bar)
        del done[-1], done[made]

    def _is_new(self, made: Assign, computed: Assign) -> bool:
        """Whether zeros are made, and a product of matrices of the same type."""
        zeros = isinstance(made.value, Call) and made.value.function in _ZEROS
        product = isinstance(computed.value, Call) and computed.value.function is np.dot
        type_ = self._table.get(made.target)
        matrix = isinstance(type_, types.Array) and type_ == self._table.get(computed.target)
        return zeros and product and matrix and computed.reverse

    def _is_alone(self, done: list[Stmt], made: int, product: str) -> bool:
        """Whether nothing else names the product, or the zeros before it is copied."""
        first = done[made]
        assert isinstance(first, Assign)
        bar = first.target
        if self._bound[bar] > 1 or self._bound[product] > 1:
            return False
        if bar in self._sharing or product in self._sharing:
            return False
        naming = [s for s in statements(self._body) if product in _named(s)]
        return bar not in read(tuple(done[made + 1 : -1])) and len(naming) == 1


def _named(stmt: Stmt) -> set[str]:
    """Names that a statement itself reads."""
    return read((map_blocks(stmt, lambda _: ()),))


def _assigning(done: list[Stmt], name: str) -> int | None:
    """Where in a block a variable is assigned."""
    for index, stmt in enumerate(done):
        if isinstance(stmt, Assign) and stmt.target == name:
            return index
    return None


def _copied(stmt: Stmt) -> tuple[str, str] | None:
    """The two arrays, if this copies all elements of the one to the other, the first."""
    match stmt:
        case For(i, Const(0), rows, Const(1), (For(j, Const(0), columns, Const(1), (inner,)),)):
            match inner:
                case Store(bar, (Name(a), Name(b)), Item(Name(product), (Name(c), Name(d)))):
                    whole = rows == _length(bar, 0) and columns == _length(bar, 1)
                    same = (a, b) == (c, d) == (i, j) and i != j and bar != product
                    if whole and same and not inner.accumulate and inner.reverse:
                        return bar, product
    return None


def _length(array: str, axis: int) -> Call:
    return Call(dim, (Name(array), Const(axis)))
