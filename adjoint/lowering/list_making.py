"""What makes a list: displays, slices, copies, sums, repetitions."""

from __future__ import annotations

import operator

import numpy as np

from adjoint.lowering.list_writer import ListWriter
from adjoint.program.core import Call, Const, Expr, Item, Name, Slice
from adjoint.program.primitives import dim, new_list
from adjoint.runtime import lists, shapes

# A part of a list: the list, its first index, and how many items.
Part = tuple[str, Expr, Expr]


def make_list(writer: ListWriter, target: str, value: Expr) -> bool:
    """Write `target = value`; False if there is no translation."""
    match value:
        case Call(function, items) if function is new_list:
            _display(writer, target, items)
        case Item(Name(source), (Slice() as part,)) if part.step in (None, Const(1)):
            _join(writer, target, [_part(writer, source, part)])
        case Name(source):
            _join(writer, target, [_whole(writer, source)])
        case Call(function, (Name(source),)) if function in (list, np.copy):
            if not writer.is_list(value.args[0]):
                return False
            _join(writer, target, [_whole(writer, source)])
        case Call(operator.add, (Name(one), Name(other))):
            _join(writer, target, [_whole(writer, one), _whole(writer, other)])
        case Call(operator.mul, (source, times)) if writer.is_list(source):
            _repeat(writer, target, source, times)
        case Call(operator.mul, (times, source)) if writer.is_list(source):
            _repeat(writer, target, source, times)
        case _:
            return False
    return True


def _display(writer: ListWriter, target: str, items: tuple[Expr, ...]) -> None:
    if target in writer.buffers:
        writer.set_count(target, Const(0))
        for item in items:
            writer.append(target, item)
        return
    writer.allocate(target, (Const(len(items)), *_shape_of_items(writer, target, items)))
    for position, item in enumerate(items):
        writer.put(target, Const(position), item)


def _shape_of_items(writer: ListWriter, target: str, items: tuple[Expr, ...]) -> tuple[Expr, ...]:
    """The one shape of arrays in a display."""
    if not writer.holds_arrays(target):
        return ()
    first, *others = (writer.lengths(item) for item in items if isinstance(item, Name))
    for other in others:
        for lengths in zip(other, first, strict=True):
            writer.define("n", Call(lists.check_item_length, lengths))
    return first


def _whole(writer: ListWriter, source: str) -> Part:
    return source, Const(0), writer.define("n", writer.count[source])


def _part(writer: ListWriter, source: str, part: Slice) -> Part:
    _, start, count = _whole(writer, source)
    stop: Expr = count
    if part.start is not None:
        start = writer.define("start", Call(shapes.slice_start, (part.start, count)))
    if part.stop is not None:
        stop = writer.define("stop", Call(shapes.slice_start, (part.stop, count)))
    length = Call(shapes.slice_length, (start, stop, Const(1)))
    return source, start, writer.define("n", length)


def _join(writer: ListWriter, target: str, parts: list[Part]) -> None:
    """A list of what parts of lists hold."""
    total: Expr = Const(0)
    starts: list[Expr] = []
    for _, _, count in parts:
        starts.append(total)
        total = writer.define("n", Call(operator.add, (total, count)))
    rows = _rows(writer, [source for source, _, _ in parts])
    made = _made(writer, target, (total, *rows))
    for (source, first, count), start in zip(parts, starts, strict=True):
        writer.copy_items(made, start, source, first, count, rows)
    _take_over(writer, target, made, total)


def _rows(writer: ListWriter, sources: list[str]) -> tuple[Expr, ...]:
    """The one shape of the arrays in lists; a list that never held one does not count."""
    ndim = writer.types[sources[0]].ndim
    rows: tuple[Expr, ...] = ()
    for axis in range(1, ndim):
        lengths = [writer.define("n", Call(dim, (Name(s), Const(axis)))) for s in sources]
        room = [writer.define("n", Call(dim, (Name(s), Const(0)))) for s in sources]
        length: Expr = lengths[0]
        for other, its_room in zip(lengths[1:], room[1:], strict=True):
            length = writer.define(
                "n", Call(lists.joined_item_length, (length, room[0], other, its_room))
            )
        rows = (*rows, length)
    return rows


def _repeat(writer: ListWriter, target: str, source: Expr, times: Expr) -> None:
    """`source * times`."""
    assert isinstance(source, Name)
    times = writer.define("n", Call(max, (times, Const(0))))
    _, _, count = _whole(writer, source.id)
    total = writer.define("n", Call(operator.mul, (count, times)))
    rows = writer.lengths(source, 1)
    made = _made(writer, target, (total, *rows))

    def build(index: tuple[Name, ...]) -> None:
        start = writer.define("t", Call(operator.mul, (index[0], count)))
        writer.copy_items(made, start, source.id, Const(0), count, rows)

    writer.loops((times,), build)
    _take_over(writer, target, made, total)


def _made(writer: ListWriter, target: str, shape: tuple[Expr, ...]) -> str:
    """Memory for a new list: its own, or, as the list may be in its parts, another."""
    name = target
    if target in writer.buffers:
        name = writer.fresh("t", writer.types[target]).id
    writer.allocate(name, shape)
    return name


def _take_over(writer: ListWriter, target: str, made: str, total: Expr) -> None:
    """Copy a new list from its memory to the list's buffer."""
    if target != made:
        last = writer.define("t", Call(operator.sub, (total, Const(1))))
        rows = writer.lengths(Name(made), 1)
        writer.make_room(target, last, rows)
        writer.copy_items(target, Const(0), made, Const(0), total, rows)
    if isinstance(writer.count[target], Name):
        writer.set_count(target, total)


def length_of_display(value: Expr) -> Const | None:
    """How many items a display has."""
    is_display = isinstance(value, Call) and value.function is new_list
    return Const(len(value.args)) if isinstance(value, Call) and is_display else None
