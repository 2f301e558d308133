"""Containers made again with other leaves: gradients in the structure of their arguments."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from numba.core import types

from adjoint.api.argnums import Chosen
from adjoint.api.describe import Arguments
from adjoint.api.kinds import Role, is_sparse, kind
from adjoint.errors import InvalidArgnums
from adjoint.program import numbers
from adjoint.program.structure import Branch, Leaf, Static, Structure, leaves

Build = Callable[[Sequence[Any]], Any]
"""From leaves, in order, to a container."""


def is_float(type_: types.Type) -> bool:
    """Whether a leaf of the type has a gradient."""
    return numbers.is_float(type_) or numbers.is_complex(type_)


@dataclass(frozen=True)
class Part:
    """What a gradient is asked with respect to: an argument, or one of those that `*xs` collects.

    Attributes
    ----------
    structure : what it looks like.
    first : position of its first leaf.
    floats : for each of its leaves, whether it has a gradient.
    """

    structure: Structure
    first: int
    floats: tuple[bool, ...]

    def positions(self) -> Iterator[int]:
        """Positions of the leaves that have a gradient."""
        return (self.first + k for k, is_one in enumerate(self.floats) if is_one)


def chosen_parts(arguments: Arguments, wrt: Sequence[Chosen]) -> list[Part]:
    """The parts of the arguments that `wrt` says.

    Raises
    ------
    InvalidArgnums : there are not so many arguments, or none of that name.
    """
    return [_part(arguments, position, key) for position, key in wrt]


def _part(arguments: Arguments, position: int, key: int | str | None) -> Part:
    structure = arguments.structures[position]
    first = arguments.parameters.index(position) if position in arguments.parameters else 0
    if key is not None:
        assert isinstance(structure, Branch)
        if key not in structure.keys:
            raise InvalidArgnums(
                f"argnums asks for the argument {arguments.names[position]}[{key!r}], "
                "which the call does not give"
            )
        index = structure.keys.index(key)
        first += sum(_count(child) for child in structure.children[:index])
        structure = structure.children[index]
    count = _count(structure)
    found = arguments.types[first : first + count]
    return Part(structure, first, tuple(is_float(type_) for type_ in found))


def _count(structure: Structure) -> int:
    return sum(1 for _ in leaves(structure))


def gradient_builder(
    structure: Structure,
    floats: Iterator[bool],
    number: Iterator[int],
    place: Iterator[int],
    *,
    whole: bool = False,
) -> Build:
    """Return what puts bars together as the structure has them, None where there is no gradient.

    What it returns takes the bars and behind them all leaves of the arguments: the pattern of a
    sparse matrix is its gradient's too.

    Parameters
    ----------
    floats : for each leaf of the structure, whether it has a gradient.
    number : gives the position of the next bar.
    place : gives the position of the next leaf, counted from the end.
    whole : whether leaves without a gradient are what they are in the argument.
    """
    if isinstance(structure, Leaf):
        own = next(place)
        if next(floats):
            return _bar(next(number))
        return _bar(own) if whole else _nothing
    if not isinstance(structure, Branch):
        return _nothing
    whole = whole or is_sparse(structure.kind)
    below = [
        gradient_builder(child, floats, number, place, whole=whole) for child in structure.children
    ]
    return container(structure.kind, structure.keys, below)


def split(value: Any, found: list[Any]) -> Structure:
    """Take a value apart: its leaves go to `found`, and are named after their positions there."""
    role = kind(type(value))
    if role in (Role.NUMBER, Role.ARRAY, Role.TAPE):
        found.append(value)
        return Leaf(str(len(found) - 1))
    if isinstance(role, Role):
        return Static(value)
    _, children = role.open(value)
    below = tuple(split(child, found) for child in children)
    return Branch(type(value), role.keys(value), below)


def builder(structure: Structure) -> Build:
    """Return what makes the structure again; the names of its leaves are positions of values."""
    if isinstance(structure, Leaf):
        return _bar(int(structure.name))
    if isinstance(structure, Static):
        return _constant(structure.value)
    below = [builder(child) for child in structure.children]
    return container(structure.kind, structure.keys, below)


def container(kind: type, keys: tuple[Any, ...], children: Sequence[Build]) -> Build:
    """Return what makes a container of a class, without calling its `__init__`."""
    if issubclass(kind, tuple):
        if kind is tuple:
            return lambda bars: tuple([child(bars) for child in children])
        return lambda bars: tuple.__new__(kind, [child(bars) for child in children])
    if kind is list:
        return lambda bars: [child(bars) for child in children]
    if kind is dict:
        pairs = list(zip(keys, children, strict=True))
        return lambda bars: {key: child(bars) for key, child in pairs}

    if is_sparse(kind):
        return _sparse(kind, "row" in keys, children)

    def build(bars: Sequence[Any]) -> Any:
        made: Any = SimpleNamespace() if kind is SimpleNamespace else object.__new__(kind)
        for key, child in zip(keys, children, strict=True):
            object.__setattr__(made, key, child(bars))  # also of a frozen dataclass
        return made

    return build


def _sparse(kind: Any, by_element: bool, children: Sequence[Build]) -> Build:
    """Return what makes a sparse matrix: its numbers, what says where they are, its shape."""

    def build(bars: Sequence[Any]) -> Any:
        data, first, second, shape = (child(bars) for child in children)
        arrays = (data, (first, second)) if by_element else (data, first, second)
        return kind(arrays, shape=shape)

    return build


def _bar(number: int) -> Build:
    return lambda bars: bars[number]


def _constant(value: Any) -> Build:
    return lambda bars: value


def _nothing(bars: Sequence[Any]) -> None:
    return None
