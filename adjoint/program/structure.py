"""What an argument looks like from outside: numbers and arrays, constants, and containers of them.

The edge (`api`) describes each argument by one of these, the front-end takes it apart by them, and
the gradient is put together by them again. Containers leave no trace in a program: every `Leaf` is
a parameter of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Leaf:
    """A number, an array or a random generator: the parameter `name` of the program."""

    name: str


@dataclass(frozen=True, eq=False)
class Static:
    """A value that the specialisation is made for: None, a string, a flag, a function, a dtype."""

    value: object


@dataclass(frozen=True)
class Branch:
    """A container.

    Attributes
    ----------
    kind : `tuple`, `list`, `dict`, a named tuple's class, a dataclass or another class whose
        instances keep their attributes in `__dict__`.
    keys : positions of a tuple or list, keys of a dict, names of fields or attributes.
    children : what is there, one for each key.
    """

    kind: type
    keys: tuple[object, ...]
    children: tuple[Structure, ...]


Structure = Leaf | Static | Branch


def kinds(structure: Structure) -> Iterator[type]:
    """The kinds of the containers, outer ones first."""
    if isinstance(structure, Branch):
        yield structure.kind
        for child in structure.children:
            yield from kinds(child)


def leaves(structure: Structure) -> Iterator[Leaf]:
    """The leaves, in order."""
    if isinstance(structure, Leaf):
        yield structure
    elif isinstance(structure, Branch):
        for child in structure.children:
            yield from leaves(child)
