"""What translation finds out only after it has gone on without knowing it.

A list is taken for a value with a length of its own until it grows in a loop; an object for a value
until an attribute is assigned. Then a fact is noted and translation starts again; facts are only
added, so that comes to an end.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NoReturn

from adjoint.errors import InternalError
from adjoint.syntax.values import Pack, Site


class Reconsider(Exception):
    """A new fact: translate again from the start."""


@dataclass(eq=False)
class Facts:
    """Facts about the places where containers are made.

    Attributes
    ----------
    changed : sites of containers that are changed in place.
    growing : sites of lists whose length is known only when running.
    columns : what the items of such lists look like, where they are no numbers or arrays.
    varying : sites, with a key, of items that a loop changes, so that they are no constants in it.
    """

    changed: set[Site] = field(default_factory=set)
    growing: set[Site] = field(default_factory=set)
    columns: dict[Site, Pack] = field(default_factory=dict)
    varying: set[tuple[Site, Any]] = field(default_factory=set)

    def learn(self, known: set[Any], new: Iterable[Any]) -> NoReturn:
        """Add facts to one of the sets, and start again."""
        before = len(known)
        known.update(new)
        if len(known) == before:
            raise InternalError("translation would start again without having learnt anything")
        raise Reconsider
