"""Whether variables outside of a function were rebound: asked at every call, so it is cheap.

Objects are compared by identity. A variable that was bound to an equal object again looks
changed, and the slower comparison of fingerprints finds that it is not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from operator import is_, itemgetter
from types import CellType
from typing import Any

from adjoint.api.references import PLAIN, Place, References
from adjoint.program.core import Dependency

Reader = Callable[[Any], tuple[Any, ...]]


def watch(references: References, dependencies: Sequence[Dependency]) -> Callable[[], bool]:
    """Return a function that says whether any of the variables is another object than it was."""
    tables = tuple(_tables(references.places.values()))

    def changed() -> bool:
        try:
            for read, holder, before in tables:
                if not all(map(is_, read(holder), before)):
                    return True
        except (KeyError, ValueError):  # a variable was deleted
            return True
        return not unchanged(dependencies) if dependencies else False

    return changed


def unchanged(dependencies: Iterable[Dependency]) -> bool:
    """Whether each variable holds what it held, numbers compared with their type and value."""
    return all(_same(dependency.current(), dependency.value) for dependency in dependencies)


def _same(now: object, before: object) -> bool:
    if now is before:
        return True
    return type(now) is type(before) and isinstance(now, PLAIN) and repr(now) == repr(before)


def _tables(places: Iterable[Place]) -> Iterable[tuple[Reader, Any, tuple[Any, ...]]]:
    by_holder: dict[int, list[Place]] = {}
    for place in places:
        by_holder.setdefault(id(place.holder), []).append(place)
    cells = [p for group in by_holder.values() for p in group if isinstance(p.holder, CellType)]
    if cells:
        yield _contents, [p.holder for p in cells], tuple(p.value for p in cells)
    for group in by_holder.values():
        if not isinstance(group[0].holder, CellType):
            # itemgetter gives a tuple only for two keys or more
            group = [*group, *group] if len(group) == 1 else group
            read = itemgetter(*(p.key for p in group))
            yield read, group[0].holder, tuple(p.value for p in group)


def _contents(cells: list[CellType]) -> tuple[Any, ...]:
    return tuple([cell.cell_contents for cell in cells])
