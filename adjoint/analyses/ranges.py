"""Bounds of integer variables inside loops, as linear forms of values known before the loops."""

from __future__ import annotations

import operator

from adjoint.analyses.places import Place, Places
from adjoint.analyses.versions import Version, Versions
from adjoint.program import primitives
from adjoint.program.core import Assign, Call, Const, Expr, For, Name, Stmt
from adjoint.program.linear import Linear, is_length
from adjoint.program.walk import names
from adjoint.runtime import shapes

Bounds = tuple[Linear, Linear]


class Ranges:
    """Bounds of values inside a nest of loops, valid where the outermost of them starts."""

    def __init__(self, versions: Versions, places: Places, outermost: Stmt) -> None:
        self._versions = versions
        self._places = places
        self._start: Place = places.of[outermost]

    def of_index(self, loop: For) -> Bounds | None:
        """Least and greatest value of a loop's counter, None where they cannot be told."""
        start, stop = self.of(loop.start, loop), self.of(loop.stop, loop)
        if start is None or stop is None or not isinstance(loop.step, Const):
            return None
        one = Linear({}, 1)
        if loop.step.value > 0:
            return start[0], stop[1] + one.scaled(-1)
        return stop[0] + one, start[1]

    def counts_from_the_front(self, loop: For) -> bool:
        """Whether a loop's counter, as an index, means another cell in each iteration.

        A counter of both signs does not: -1 is the last cell too.
        """
        bounds = self.of_index(loop)
        return bounds is not None and bounds[0].is_non_negative()

    def of(self, expr: Expr, stmt: Stmt) -> Bounds | None:
        """Bounds of an operand of a statement."""
        match expr:
            case Const(int() as value):
                return Linear({}, value), Linear({}, value)
            case Call(primitives.dim, (Name(array), _)) if self._is_param(array, stmt):
                return _exactly(expr)
            case Name(id):
                version = self._versions.read[stmt].get(id)
                return None if version is None else self._of_version(version)
            case Call(shapes.slice_length, (start, stop, Const(1))):
                return self._of_slice(start, stop, stmt)
            case Call(function, args):
                inner = [self.of(arg, stmt) for arg in args]
                if any(bounds is None for bounds in inner):
                    return None
                return _combined(function, [bounds for bounds in inner if bounds is not None])
        return None

    def _of_slice(self, start: Expr, stop: Expr, stmt: Stmt) -> Bounds | None:
        """Bounds of a slice's length: of `x[i : i + w]` it is at most w, wherever i is."""
        first, last = self.of(start, stmt), self.of(stop, stmt)
        if first is not None and last is not None:
            if first[0] == first[1] and last[0] == last[1]:
                args = (first[0].expr(), last[0].expr(), Const(1))
                return _exactly(Call(shapes.slice_length, args))
            if first[0].is_non_negative() and first[0] == first[1] and last[1].is_non_negative():
                return Linear({}, 0), last[1]
        width = self._width(self._slice_bound(start, stmt), self._slice_bound(stop, stmt))
        if width is None or width[0] != width[1]:
            return None
        if width[0].is_non_negative():
            return Linear({}, 0), width[0]
        return Linear({}, 0), Linear({Call(max, (width[0].expr(), Const(0))): 1})

    def _slice_bound(self, expr: Expr, stmt: Stmt) -> tuple[Assign, Call] | None:
        """The call that makes a slice's first index or its end, and the statement it is in."""
        made = self._assignment(expr, stmt)
        call = None if made is None else made.value
        if made is None or not isinstance(call, Call) or call.function is not shapes.slice_start:
            return None
        return made, call

    def _width(
        self, start: tuple[Assign, Call] | None, stop: tuple[Assign, Call] | None
    ) -> Bounds | None:
        """Bounds of `w` where a slice of one axis runs from `i` to `i + w`."""
        if start is None or stop is None:
            return None
        (at, made), (until, ended) = start, stop
        (first, length), (last, same) = made.args, ended.args
        end = self._assignment(last, until)
        if end is None or not self._is_same(length, at, same, until):
            return None
        match end.value:
            case Call(operator.add, (base, width)) if self._is_same(first, at, base, end):
                return self.of(width, end)
        return None

    def _is_same(self, expr: Expr, stmt: Stmt, other: Expr, at: Stmt) -> bool:
        """Whether two statements read the same thing."""
        ours, theirs = self._versions.read[stmt], self._versions.read[at]
        return expr == other and all(ours.get(name) is theirs.get(name) for name in names(expr))

    def _assignment(self, expr: Expr, stmt: Stmt) -> Assign | None:
        """The one statement that makes what a statement reads as a variable."""
        version = self._versions.read[stmt].get(expr.id) if isinstance(expr, Name) else None
        made = None if version is None or version.kind != "assign" else version.stmt
        return made if isinstance(made, Assign) else None

    def _is_param(self, array: str, stmt: Stmt) -> bool:
        version = self._versions.read[stmt].get(array)
        return version is not None and version.kind == "param"

    def _of_version(self, version: Version) -> Bounds | None:
        if self._is_known_before(version):
            stmt = version.stmt
            if version.kind == "assign" and isinstance(stmt, Assign) and is_length(stmt.value):
                return self.of(stmt.value, stmt) or _exactly(Name(version.name))
            return _exactly(Name(version.name))
        if version.kind == "index" and isinstance(version.stmt, For):
            return self.of_index(version.stmt)
        if version.kind == "assign" and isinstance(version.stmt, Assign):
            return self.of(version.stmt.value, version.stmt)
        return None

    def _is_known_before(self, version: Version) -> bool:
        """Whether the variable holds this version where the outermost loop starts."""
        if version.kind == "param":
            return True
        index = self._places.within(self._start, version.place.block)
        return index is not None and version.place.index < index


def _exactly(atom: Expr) -> Bounds:
    form = Linear({atom: 1})
    return form, form


def _combined(function: object, args: list[Bounds]) -> Bounds | None:
    if function is shapes.check_aligned:
        return args[0]
    if function is shapes.broadcast_dim and all(low == high for low, high in args):
        (n, _), (m, _) = args
        return _exactly(Call(shapes.broadcast_length, (n.expr(), m.expr())))
    if function is shapes.span and all(low == high for low, high in args):
        (n, _), (count, _) = args
        return _exactly(Call(shapes.span, (n.expr(), count.expr())))
    if function is shapes.slice_start:
        return _of_slice_start(*args)
    if function is operator.add:
        (a, b), (c, d) = args
        return a + c, b + d
    if function is operator.sub:
        (a, b), (c, d) = args
        return a + d.scaled(-1), b + c.scaled(-1)
    if function is operator.mul:
        for (low, high), (factor, other) in (args, args[::-1]):
            if factor == other and not factor.terms and factor.constant >= 0:
                return low.scaled(factor.constant), high.scaled(factor.constant)
    return None


def _of_slice_start(bound: Bounds, length: Bounds) -> Bounds | None:
    """Bounds of a slice's first index or end: no more than where it was asked for."""
    (n, same), (low, high) = length, bound
    if n != same:
        return None
    if low == high:
        return _exactly(Call(shapes.slice_start, (low.expr(), n.expr())))
    if not (low.is_non_negative() and n.is_non_negative()):
        return None
    over = high + n.scaled(-1)
    if not high.is_non_negative() and (over.terms or over.constant > 0):
        return None
    return Linear({}, 0), high if high.is_non_negative() else n
