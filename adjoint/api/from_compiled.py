"""Calls out of compiled code: Numba types to structures, and back to a tuple's items.

Compiled code knows tuples and named tuples, flags as numbers, and None; of strings it knows the
literal ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from types import FunctionType
from typing import Any

from numba.core import types
from numba.core.typing.typeof import typeof

from adjoint.api.describe import ArgTypes, Arguments, Description
from adjoint.api.location import definition
from adjoint.api.rebuild import chosen_parts
from adjoint.api.request import Request
from adjoint.errors import TypingFailed
from adjoint.jit.wrapper import Path, Shape
from adjoint.program.structure import Branch, Leaf, Static, Structure

_LEAVES = (types.Number, types.Boolean, types.Array, types.NumPyRandomGeneratorType)


def describe_types(function: FunctionType, names: Sequence[str], arg_types: ArgTypes) -> Arguments:
    """What the arguments of a call out of compiled code look like.

    Raises
    ------
    TypingFailed : a specialisation cannot be made for such an argument.
    """
    walk = _Types(function, names)
    return walk.description.done(
        tuple(walk.parameter(name, type_) for name, type_ in zip(names, arg_types, strict=True))
    )


class _Types:
    def __init__(self, function: FunctionType, names: Sequence[str]) -> None:
        self._function = function
        self.description = Description(function, names, ())

    def parameter(self, name: str, type_: types.Type) -> Structure:
        if isinstance(type_, types.Omitted):
            if not isinstance(typeof(type_.value), types.Number):
                return self.description.parameter(name, type_.value)
            type_ = typeof(type_.value)
        return self._structure(type_, name, name, name)

    def _structure(self, type_: types.Type, name: str, label: str, parameter: str) -> Structure:
        description = self.description
        if isinstance(type_, _LEAVES):
            description.add(type_, label, False)
            return Leaf(name if name == parameter else description.fresh(name))
        if isinstance(type_, types.BaseTuple):
            cls = getattr(type_, "instance_class", tuple)
            keys = getattr(cls, "_fields", tuple(range(len(type_))))
            description.note(cls, len(keys))
            below = [
                self._structure(item, f"{name}_{key}", f"{label}[{key!r}]", parameter)
                for key, item in zip(keys, _items(type_), strict=True)
            ]
            return Branch(cls, keys, tuple(below))
        return description.constant(self._constant(type_, label, parameter))

    def _constant(self, type_: types.Type, label: str, parameter: str) -> Any:
        if isinstance(type_, types.NoneType):
            return None
        if isinstance(type_, types.StringLiteral):
            return type_.literal_value
        if isinstance(type_, types.Dispatcher):
            return type_.dispatcher
        hint = "pass numbers, arrays, or tuples of them; or call the gradient from Python"
        if isinstance(type_, types.UnicodeType):
            hint = "write the string in the call itself, or call the gradient from Python"
        raise TypingFailed(
            f"parameter {label!r} of {self._function.__name__} is of type {type_} in compiled "
            "code, for which no gradient can be made",
            definition(self._function, parameter),
            hint,
        )


def _items(type_: Any) -> tuple[types.Type, ...]:
    """Types of a tuple's items; `UniTuple` holds only one."""
    return tuple(type_)


def leaf_paths(names: Sequence[str], structures: Sequence[Structure]) -> list[Path]:
    """For each leaf, the parameter and the positions that lead to it."""
    return [
        (name, path)
        for name, structure in zip(names, structures, strict=True)
        for path in _paths(structure, ())
    ]


def _paths(structure: Structure, above: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    if isinstance(structure, Leaf):
        yield above
    elif isinstance(structure, Branch):
        for position, child in enumerate(structure.children):
            yield from _paths(child, (*above, position))


def gradient_shape(request: Request, arguments: Arguments) -> Shape:
    """How the bars are put together to gradients."""
    if request.array_seed:
        return 0
    number = count()

    def shape(structure: Structure, floats: Iterator[bool]) -> Shape:
        if isinstance(structure, Static):
            return None
        if isinstance(structure, Leaf):
            return next(number) if next(floats) else None
        return structure.kind, [shape(child, floats) for child in structure.children]

    parts = [
        shape(part.structure, iter(part.floats)) for part in chosen_parts(arguments, request.wrt)
    ]
    return parts[0] if len(parts) == 1 and not request.single else (tuple, parts)
