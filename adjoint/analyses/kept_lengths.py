"""Lengths that never change, of names that are bound to one array after the other too.

    p = np.zeros(n)
    for _ in range(steps):
        m = p.shape[0]                        # m is n, in every iteration:
        q = np.empty(shapes.broadcast_dim(n, m))
        p = q                                 # so q, and what p means next, has length n as well

A length of `p` depends on `m`, and `m` on a length of `p`. So what is sought is found by induction:
at first nothing is known against any name keeping its lengths; each binding then says what length
it gives, in terms of what never changes; where two bindings differ, the name changes, and all that
was built on it is looked at again, until nothing moves.

Goes in: a program in the scalar dialect. Comes out: for integer expressions and for the lengths of
arrays, linear forms of parameters, of lengths of parameters, and of variables that the outermost
block assigns once. Where one of these is known, the expression has that value whenever it has one
at all: what raises, as two lengths that do not fit do, raises all the same.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numba.core import types

from adjoint.analyses.call_shapes import Lengths, lengths_of_call
from adjoint.analyses.coverage import single_definitions
from adjoint.analyses.memory import Memory
from adjoint.analyses.places import TOP, Places
from adjoint.program.core import Assign, Call, Const, Expr, For, Name, Program, Tuple
from adjoint.program.growth import grown
from adjoint.program.linear import Linear
from adjoint.program.primitives import dim
from adjoint.program.walk import assigned, statements
from adjoint.runtime import shapes


class _Unseen:
    """What a length is before any binding has been looked at: anything still fits."""


_UNSEEN = _Unseen()
_Value = Linear | _Unseen | None  # None: it changes, or is not known

_CHECKS = (shapes.check_aligned, shapes.check_unchanged, shapes.check_items)
_PURE = {
    *(shapes.broadcast_step, shapes.slice_start, shapes.slice_length, shapes.span),
    *(shapes.backward_start, shapes.slice_first, shapes.slice_end, shapes.slice_bound),
    *(shapes.wrap_index, operator.floordiv, operator.mod, operator.mul, max, min),
}
_LENGTHS = (dim, shapes.broadcast_dim, shapes.broadcast_length, shapes.span, shapes.slice_length)


class KeptLengths:
    """Looks up what integer expressions and lengths always are."""

    def __init__(self, program: Program, places: Places, memory: Memory) -> None:
        self._memory = memory
        self._types: Mapping[str, Any] = program.types or {}
        self._definitions = single_definitions(program)
        self._bound = assigned(program.body)
        self._params = set(program.params) - self._bound
        self._once = {
            stmt.target
            for stmt in statements(program.body)
            if isinstance(stmt, Assign) and places.of[stmt].block == TOP
        }
        self._counters = {s.target for s in statements(program.body) if isinstance(s, For)}
        self._arrays: dict[str, tuple[_Value, ...] | None] = dict.fromkeys(grown(program.body))
        self._known: dict[str, _Value] = {}
        self._asked: set[str] = set()
        while self._improve():
            self._known = {}

    def of(self, expr: Expr) -> Linear | None:
        """What an integer expression always is; None if it changes or is not known."""
        found = self._of(expr)
        return found if isinstance(found, Linear) else None

    def lengths(self, array: str) -> tuple[Linear, ...] | None:
        """The lengths that all arrays have which a name is bound to; None if one is not known."""
        found = self._lengths(array)
        known = tuple(length for length in found or () if isinstance(length, Linear))
        return known if found is not None and len(known) == len(found) else None

    # ----------------------------------------------------------------- arrays

    def _improve(self) -> bool:
        """Look at every binding with what is known so far; False if that says nothing new."""
        before = dict(self._arrays)
        for name, bindings in self._memory.bindings.items():
            for made in bindings:
                old = self._lengths(name)
                if old is not None:
                    self._arrays[name] = _met(old, self._made(made))
        return self._arrays != before

    def _lengths(self, array: str) -> tuple[_Value, ...] | None:
        if array in self._arrays:
            return self._arrays[array]
        ndim = self._types[array].ndim
        if array in self._params:
            return tuple(Linear({Call(dim, (Name(array), Const(k))): 1}) for k in range(ndim))
        return (_UNSEEN,) * ndim if self._memory.bindings.get(array) else None

    def _made(self, made: Assign) -> tuple[_Value, ...] | None:
        """Lengths of the array that a statement binds."""
        if isinstance(made.value, Name):
            return self._lengths(made.value.id)
        if made.target in self._memory.params:
            return None  # a parameter that is bound anew had a length before
        item, call = self._memory.taken_from(made)
        if call is None or not isinstance(call.value, Call):
            return None
        if call.value.function in (np.empty, np.zeros, np.ones):
            size = call.value.args[0]
            return tuple(map(self._of, size.items if isinstance(size, Tuple) else (size,)))
        found = lengths_of_call(call.value, item, call, self._operand(call))
        return None if found is None else tuple(self._of(length) for length, _ in found)

    def _operand(self, call: Assign) -> Callable[[Expr], Lengths | None]:
        def of(array: Expr) -> Lengths | None:
            ndim = getattr(self._types.get(getattr(array, "id", "")), "ndim", 0)
            return [(Call(dim, (array, Const(k))), call) for k in range(ndim)]

        return of

    # ----------------------------------------------------------------- integers

    def _of(self, expr: Expr) -> _Value:
        match expr:
            case Const(int() as value) if not isinstance(value, bool):
                return Linear({}, value)
            case Name(id):
                return self._variable(id)
            case Call(function, (Name(array), Const(axis))) if function is dim:
                lengths = self._lengths(array)
                return None if lengths is None else lengths[axis]
            case Call(function, args, ()):
                return self._call(function, list(map(self._of, args)))
        return None

    def _variable(self, name: str) -> _Value:
        if self._types.get(name) != types.int64 or name in self._counters:
            return None
        if name in self._params:
            return Linear({Name(name): 1})
        if name not in self._definitions or name in self._memory.params:
            return None
        if name not in self._known:
            if name in self._asked:
                return None
            self._asked.add(name)
            found = self._of(self._definitions[name])
            self._asked.discard(name)
            if found is None and name in self._once:
                found = Linear({Name(name): 1})
            self._known[name] = found
        return self._known[name]

    def _call(self, function: Callable[..., Any], args: list[_Value]) -> _Value:
        if function in _CHECKS:
            return args[0] if args[0] is not None else args[1]
        if any(arg is None for arg in args):
            return None
        forms = [arg for arg in args if isinstance(arg, Linear)]
        if len(forms) < len(args):
            return _UNSEEN
        return computed(function, forms)


def computed(function: Callable[..., Any], args: list[Linear]) -> Linear | None:
    """The value of a function of integers whose arguments are known."""
    found = _arithmetic(function, args) or _of_shapes(function, args)
    if found is not None:
        return found
    if function not in _PURE and function is not shapes.broadcast_dim:
        return None
    return Linear({Call(function, tuple(arg.expr() for arg in args)): 1})


def _arithmetic(function: Callable[..., Any], args: list[Linear]) -> Linear | None:
    match args:
        case [one] if function is operator.neg:
            return one.scaled(-1)
        case [one] if function in (operator.pos, int):
            return one
        case [one, other] if function is operator.add:
            return one + other
        case [one, other] if function is operator.sub:
            return one + other.scaled(-1)
        case [one, other] if function is operator.mul and not one.terms:
            return other.scaled(one.constant)
        case [one, other] if function is operator.mul and not other.terms:
            return one.scaled(other.constant)
    return None


def _of_shapes(function: Callable[..., Any], args: list[Linear]) -> Linear | None:
    match args:
        case [n, m] if function is shapes.broadcast_dim:
            if n == m or m == Linear({}, 1):
                return n
            return m if n == Linear({}, 1) else None
        case [n, length] if function is shapes.broadcast_step:
            return Linear({}, 1) if n == length else None
        case [bound, n] if function is shapes.slice_start:
            inside = is_at_least_zero(bound) and is_at_least_zero(n + bound.scaled(-1))
            return bound if inside else None
        case [start, stop, step] if function is shapes.slice_length:
            count = stop + start.scaled(-1)
            return count if step == Linear({}, 1) and is_at_least_zero(count) else None
        case [n, least] if function is max and least == Linear({}, 0):
            return n if is_at_least_zero(n) else None
    return None


def is_at_least_zero(form: Linear) -> bool:
    """Whether a form is at least zero for sure: a sum of lengths."""
    lengths = all(c > 0 and _is_length(atom) for atom, c in form.terms.items())
    return lengths and form.constant >= 0


def _is_length(atom: Expr) -> bool:
    return isinstance(atom, Call) and atom.function in _LENGTHS


def _met(old: tuple[_Value, ...], new: tuple[_Value, ...] | None) -> tuple[_Value, ...] | None:
    """What two bindings of a name have in common; None if nothing."""
    if new is None or len(new) != len(old):
        return None
    both = tuple(
        a if b is _UNSEEN else b if a is _UNSEEN else a if a == b else None
        for a, b in zip(old, new, strict=True)
    )
    return both if any(length is not None for length in both) else None
