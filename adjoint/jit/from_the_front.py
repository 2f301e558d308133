"""Indices that are never negative, used without looking.

    for j in range(n - 1, 0, -1):
        a[j] = a[j - 1]            # not a[j - 1 + (n if j - 1 < 0 else 0)]

In Python an index counts from the end if it is negative, which Numba tests at every access. LLVM
leaves the test out if it can tell that the index is not, which it seldom can where a loop counts
down; and a loop with such a test in it is not vectorised, and reloads what it has just stored. So
an index gets an unsigned type if all that it is assigned is 0 or more.
"""

from __future__ import annotations

import operator
from collections import defaultdict
from collections.abc import Mapping
from typing import Any, TypeGuard

from numba.core import types

from adjoint.jit.numba_internals import ir
from adjoint.program.numbers import item_types
from adjoint.runtime import shapes

_LENGTHS = {
    len, shapes.slice_start, shapes.slice_length, shapes.span, shapes.broadcast_length,
    shapes.broadcast_step,
}  # fmt: skip
_ONE_OF_ITS_ARGUMENTS = {min, shapes.broadcast_dim, shapes.check_aligned}


def count_from_the_front(
    blocks: Mapping[int, Any], typemap: Mapping[str, Any], calltypes: dict[Any, Any]
) -> None:
    """Change the signatures of what loads and stores items: an index of 0 or more is unsigned.

    Parameters
    ----------
    blocks : of Numba's representation of a function.
    typemap, calltypes : the type of each variable, and the signature of each operation.
    """
    least = _LeastValues(blocks, typemap)
    for block in blocks.values():
        for stmt in block.body:
            match stmt:
                case ir.SetItem() as operation:
                    index = operation.index
                case ir.Assign(value=ir.Expr(op="getitem") as operation):
                    index = operation.index
                case _:
                    continue
            signature = calltypes.get(operation)
            if signature is not None and isinstance(signature.args[0], types.Array):
                array, kind, *rest = signature.args
                args = (array, least.unsigned(index.name, kind), *rest)
                del calltypes[operation]  # Numba's dictionary takes a key once
                calltypes[operation] = signature.replace(args=args)


class _LeastValues:
    """Of the integers of a function, whatever its arguments are."""

    def __init__(self, blocks: Mapping[int, Any], typemap: Mapping[str, Any]) -> None:
        self._typemap = typemap
        self._values: dict[str, list[Any]] = defaultdict(list)
        self._known: dict[str, int | None] = {}
        for block in blocks.values():
            for assignment in block.find_insts(ir.Assign):
                self._values[assignment.target.name].append(assignment.value)

    def unsigned(self, name: str, kind: Any) -> Any:
        """The type for an index: as it is, or unsigned, axis by axis."""
        if kind == types.intp:
            return types.uintp if self._is_from_the_front(name) else kind
        made = self._only_value(name)
        if not (isinstance(kind, types.BaseTuple) and _is(made, "build_tuple")):
            return kind
        axes = zip(made.items, item_types(kind), strict=True)
        return types.BaseTuple.from_types([self.unsigned(item.name, axis) for item, axis in axes])

    def _is_from_the_front(self, name: str) -> bool:
        least = self._of(name)
        return least is not None and least >= 0

    def _of(self, name: str) -> int | None:
        if name not in self._known:
            self._known[name] = None  # of a variable that depends on itself
            bounds = [self._of_value(value) for value in self._values[name]]
            known = [bound for bound in bounds if bound is not None]
            self._known[name] = min(known) if known and len(known) == len(bounds) else None
        return self._known[name]

    def _of_value(self, value: Any) -> int | None:
        match value:
            case ir.Const(value=int() as number):
                return number
            case ir.Var(name=name):
                return self._of(name)
            case ir.Expr(op="cast"):
                return self._of(value.value.name)
            case ir.Expr(op="binop"):
                return self._of_operation(value.fn, value.lhs.name, value.rhs.name)
            case ir.Expr(op="inplace_binop"):
                return self._of_operation(value.immutable_fn, value.lhs.name, value.rhs.name)
            case ir.Expr(op="pair_first"):
                return self._of_counter(value.value.name)
            case ir.Expr(op="static_getitem"):
                return self._of_item(self._only_value(value.value.name))
            case ir.Expr(op="call"):
                return self._of_call(self._called(value.func.name), [a.name for a in value.args])
        return None

    def _of_item(self, items: Any) -> int | None:
        if _is(items, "getattr") and items.attr == "shape":
            return 0 if isinstance(self._typemap[items.value.name], types.Array) else None
        return None

    def _of_operation(self, function: Any, left: str, right: str) -> int | None:
        first, second = self._of(left), self._of(right)
        if function is operator.sub:
            subtracted = self._constant(right)
            return None if first is None or subtracted is None else first - subtracted
        if first is None or second is None:
            return None
        if function is operator.add:
            return first + second
        return first * second if function is operator.mul and min(first, second) >= 0 else None

    def _of_call(self, function: Any, args: list[str]) -> int | None:
        if function in _LENGTHS:
            return 0
        bounds = [self._of(arg) for arg in args]
        known = [bound for bound in bounds if bound is not None]
        if function is max and len(args) > 1:
            return max(known, default=None)
        if function in _ONE_OF_ITS_ARGUMENTS and len(args) > 1 and len(known) == len(args):
            return min(known)
        return None

    def _of_counter(self, pair: str) -> int | None:
        """The least value of what a loop counts with, from what its iterator is one of."""
        stepped = self._only_value(pair)
        counted = self._through_copies(stepped.value.name) if _is(stepped, "iternext") else None
        loop = self._only_value(counted.value.name) if _is(counted, "getiter") else None
        if not (_is(loop, "call") and self._called(loop.func.name) is range and not loop.kws):
            return None
        bounds = [arg.name for arg in loop.args]
        if len(bounds) < 2:
            return 0
        step = 1 if len(bounds) == 2 else self._constant(bounds[2])
        if not step:
            return None
        if step > 0:
            return self._of(bounds[0])
        last = self._of(bounds[1])
        return None if last is None else last + 1

    def _through_copies(self, name: str) -> Any:
        value = self._only_value(name)
        while isinstance(value, ir.Var):
            value = self._only_value(value.name)
        return value

    def _only_value(self, name: str) -> Any:
        values = self._values[name]
        return values[0] if len(values) == 1 else None

    def _constant(self, name: str) -> int | None:
        value = self._through_copies(name)
        is_number = isinstance(value, ir.Const) and type(value.value) is int
        return value.value if is_number else None

    def _called(self, name: str) -> Any:
        kind = self._typemap[name]
        is_ours = isinstance(kind, types.Dispatcher)
        return kind.dispatcher.py_func if is_ours else getattr(kind, "typing_key", None)


def _is(value: Any, op: str) -> TypeGuard[Any]:
    return isinstance(value, ir.Expr) and value.op == op
