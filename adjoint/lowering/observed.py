"""Lengths that were equal in the calls seen so far, and are taken to be equal in all.

    B[1:-1] = A[2:] - A[:-2]       with len(A) == len(B) at the call: no broadcasting, one index

Whether two lengths are the same number decides how an array expression is written: where that
is not known, NumPy's rule has to be applied at run time, at every element. The lengths in a
program are computed from those of its arguments, so a call tells whether they are equal; the
program made for it starts by checking what it took for granted, and where that does not hold
another one is made (`adjoint.api.version`).

Goes in: what the sizes of the arguments were, call by call. Comes out: which lengths are equal,
and what was assumed for that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from numba.core import types

from adjoint.lowering.builder import computes_lengths, dim
from adjoint.program import primitives
from adjoint.program.core import Call, Const, Evaluate, Expr, Name, Program, Slice, Stmt
from adjoint.program.inequalities import proof
from adjoint.program.linear import Linear
from adjoint.program.walk import assigned, map_blocks, map_operands, rewrite, subexpressions
from adjoint.runtime import shapes

Sizes = Sequence[tuple[int, ...] | int | None]
"""For each parameter the shape of an array, the value of an integer, or neither."""

Assumption = tuple[Expr, Expr]
"""Two lengths in terms of the parameters that are the same number."""


class Observed:
    """The sizes of the arguments in one call or several.

    Parameters
    ----------
    program : the program that was called; the sizes are those of its parameters.
    calls : nothing is assumed if there are none.

    Attributes
    ----------
    asked : whether something could have been assumed.
    assumed : what was, in order.
    """

    def __init__(self, program: Program, calls: Sequence[Sizes]) -> None:
        self._program = program
        self._calls = [dict(_numbers(program, sizes)) for sizes in calls]
        self.asked = False
        self.assumed: list[Assumption] = []

    def same(self, n: Expr, m: Expr) -> bool:
        """Whether two lengths were the same number in all calls; from here on they are.

        They are given in terms of parameters and of what is computed from more than those, which
        is compared by how it is computed.
        """
        self.asked = True
        pairs = self._unified(n, m) if self._calls else None
        if pairs is None:
            return False
        for pair in pairs:
            self._assume(*pair)
        return True

    def representative(self, length: Expr) -> Expr | None:
        """The length of an argument that a length is assumed to be, if any."""
        return next((m for n, m in self.assumed if n == length and self._is_dim(m)), None)

    def prove(self, forms: Sequence[Linear], known: Sequence[Linear]) -> bool:
        """Whether forms are at least zero if lengths that were equal in all calls are; then they
        are from here on.

        Parameters
        ----------
        known : forms that are at least zero.
        """
        sizes = list(size_atoms(self._program))
        if not sizes or _proofs(forms, known, dict.fromkeys(sizes, sizes[0])) is None:
            return False  # whichever lengths are equal
        self.asked = True
        first = self._first_equal(sizes)
        used = _proofs(forms, known, first) if self._calls else None
        if used is None:
            return False
        parts = {part for form in (*forms, *used) for part in _parts(form)}
        # A number may have been taken for a length, which is never negative, of an array elsewhere.
        parts |= {first[part] for part in parts if isinstance(part, Name) and part in first}
        for size, same in self._first_equal([s for s in sizes if s in parts]).items():
            if size != same:
                self._assume(size, same)
        return True

    def _first_equal(self, sizes: Sequence[Expr]) -> dict[Expr, Expr]:
        """For each of these lengths the first one that was equal to it in all calls."""
        first: dict[tuple[int, ...], Expr] = {}
        return {
            size: first.setdefault(tuple(values), size)
            for size in sizes
            if (values := self._values(size)) is not None
        }

    def _assume(self, n: Expr, m: Expr) -> None:
        first, other = sorted((n, m), key=lambda e: _order(self._program, e))
        if (other, first) not in self.assumed and (first, other) not in self.assumed:
            self.assumed.append((other, first))

    def _is_dim(self, expr: Expr) -> bool:
        return _order(self._program, expr) < (len(self._program.params), 0)

    def _unified(self, n: Expr, m: Expr) -> list[Assumption] | None:
        """What has to be equal so that two lengths are; None if they are not, or not known to."""
        if n == m:
            return []
        match n, m:
            case Call(f, left), Call(g, right) if f is g is not primitives.dim:
                if len(left) == len(right):
                    parts = [self._unified(a, b) for a, b in zip(left, right, strict=True)]
                    if all(part is not None for part in parts):
                        return [pair for part in parts for pair in part or ()]
        values = self._values(n)
        if values is None or values != self._values(m):
            return None
        known = [dim_ for dim_ in self._calls[0] if self._values(dim_) == values]
        through = next(filter(self._is_dim, known), n)
        return [(e, through) for e in (n, m) if e != through]

    def _values(self, length: Expr) -> list[int] | None:
        """A length's value in each call, if it depends on nothing but the arguments' sizes."""
        values = [_value(length, numbers) for numbers in self._calls]
        return None if None in values else values  # type: ignore[return-value]


def size_atoms(program: Program) -> Iterator[Expr]:
    """What the sizes of a call say: lengths of arrays, then integers.

    A parameter that the program binds again need not mean what was passed.
    """
    kinds = program.types or {}
    fixed = [name for name in program.params if name not in assigned(program.body)]
    for name in fixed:
        if isinstance(kind := kinds.get(name), types.Array):
            yield from (dim(name, axis) for axis in range(kind.ndim))
    yield from (Name(name) for name in fixed if kinds.get(name) == types.int64)


def _merged(form: Linear, through: Mapping[Expr, Expr]) -> Linear:
    """A form in which several lengths are one."""
    return form.map_atoms(lambda atom: rewrite(atom, lambda e: through.get(e, e)))


def _proofs(
    forms: Sequence[Linear], known: Sequence[Linear], through: Mapping[Expr, Expr]
) -> list[Linear] | None:
    """The known forms that prove others where several lengths are one; None if they do not."""
    merged = [_merged(fact, through) for fact in known]
    found = [proof(_merged(form, through), merged) for form in forms]
    if any(one is None for one in found):
        return None
    used = {id(fact) for one in found for fact in one or ()}
    return [fact for fact, same in zip(known, merged, strict=True) if id(same) in used]


def _parts(form: Linear) -> Iterator[Expr | Slice]:
    for atom in form.terms:
        yield from subexpressions(atom)


def without_doubles(
    program: Program, assumed: Sequence[Assumption], known: Mapping[str, Expr]
) -> Program:
    """Ask one array for a length that several are assumed to have.

    Parameters
    ----------
    known : the lengths of arguments that variables are assumed to be.
    """
    kept: dict[Expr, Expr] = {Name(name): length for name, length in known.items()}
    for pair in assumed:
        first, other = sorted((kept.get(e, e) for e in pair), key=lambda e: _order(program, e))
        if first != other and _order(program, other) < (len(program.params), 0):
            kept = {e: first if to == other else to for e, to in kept.items()} | {other: first}
    if not kept:
        return program

    def change(block: tuple[Stmt, ...]) -> tuple[Stmt, ...]:
        return tuple(
            map_operands(map_blocks(stmt, change), lambda e: rewrite(e, lambda x: kept.get(x, x)))
            for stmt in block
        )

    return replace(program, body=change(program.body))


def checks(assumed: Sequence[Assumption]) -> tuple[Stmt, ...]:
    """Statements that raise `shapes.OtherLengths` where an assumption does not hold."""
    return tuple(Evaluate(Call(shapes.assume_equal, pair)) for pair in assumed)


def _numbers(program: Program, sizes: Sizes) -> Iterator[tuple[Expr, int]]:
    """What is known of a call, by the expression that stands for it.

    A parameter that the program binds again need not mean what was passed.
    """
    kinds, fixed = program.types or {}, set(program.params) - assigned(program.body)
    for name, size in zip(program.params, sizes, strict=False):
        kind = kinds.get(name)
        if isinstance(kind, types.Array) and isinstance(size, tuple) and name in fixed:
            yield from ((dim(name, axis), length) for axis, length in enumerate(size))
        elif isinstance(kind, types.Integer) and isinstance(size, int) and name in fixed:
            yield Name(name), size


def _value(expr: Expr, numbers: Mapping[Expr, int]) -> int | None:
    """A length's value in a call; None if it depends on more than the arguments' sizes."""
    if expr in numbers:
        return numbers[expr]
    match expr:
        case Const(int(value)):
            return value
        case Call(function, args, ()) if computes_lengths(function):
            values = [_value(arg, numbers) for arg in args]
            if any(value is None for value in values):
                return None
            try:
                return int(function(*values))
            except (ValueError, ZeroDivisionError):
                return None
    return None


def _order(program: Program, expr: Expr) -> tuple[int, int]:
    """Position of the array and axis that an expression is the length of; the end for others."""
    match expr:
        case Call(primitives.dim, (Name(name), Const(axis))) if name in program.params:
            return program.params.index(name), axis
    return len(program.params), 0
