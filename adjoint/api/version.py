"""What was compiled while the variables outside of the function had certain values."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

from adjoint.api.arguments import require_float
from adjoint.api.describe import ArgTypes, Arguments, describe
from adjoint.api.entry import Entry
from adjoint.api.flatten import flatten
from adjoint.api.from_compiled import describe_types
from adjoint.api.references import References, scan
from adjoint.api.request import Request
from adjoint.api.specialise import specialise
from adjoint.api.watch import unchanged, watch
from adjoint.errors import SpecialisationWarning
from adjoint.jit.door import Door
from adjoint.jit.numba_internals import global_compiler_lock
from adjoint.program.core import Dependency

MANY = 64
"""Specialisations for constants, after which a warning says that each call may make one."""


class Detour(Exception):
    """The door cannot serve this call alone: something comes before or after it."""


class Version:
    """The specialisations of a gradient for one state of the variables outside.

    Parameters
    ----------
    request : the function and what is asked of it.
    references : the variables it may read, and their values.

    Attributes
    ----------
    door : the dispatcher that compiled code calls, and Python code where `direct`.
    direct : whether the door serves calls from Python, so far.
    changed : asks, in a fraction of a microsecond, whether a variable outside was rebound.
    """

    def __init__(self, request: Request, references: References) -> None:
        self._request = request
        self._references = references
        self._dependencies: tuple[Dependency, ...] = ()
        self._entries: dict[Any, Entry] = {}
        self._found: dict[Any, Entry] = {}
        self.door = Door(request.name, request.signature, self._types_for_door, self._supply)
        params = request.signature.parameters.values()
        # The door would fold what `*args` collected once more.
        starred = any(p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in params)
        self.direct = request.jit and not starred
        self.changed = watch(references, ())

    @property
    def latest(self) -> Entry | None:
        """The specialisation that was made last."""
        return next(reversed(self._entries.values()), None)

    def renew(self, references: References) -> bool:
        """Take over equal values in new objects; False if what was compiled is outdated."""
        lost = any(entry.made.unwatched for entry in self._entries.values())
        if lost or not unchanged(self._dependencies):
            return False
        self._references = references
        self.changed = watch(references, self._dependencies)
        for entry in list(self._entries.values()):
            if entry.changed is None:
                entry.read_captures(references)
            else:
                self._renew(entry)
        return True

    def find(self, args: Sequence[Any]) -> tuple[Entry, Sequence[Any]]:
        """Return the specialisation for Python arguments, and their leaves, which it takes."""
        key, leaves = flatten(args)
        entry = self._found.get(key)
        if entry is not None and entry.changed is not None and entry.changed():
            entry = entry if self._renew(entry) else None
        if entry is None:
            entry = self._found[key] = self._entry(self.describe(args))
        return entry, leaves

    def timings(self) -> dict[str, dict[str, float]]:
        """What each stage took, for each specialisation, by what it was made for."""
        found: dict[str, dict[str, float]] = {}
        for entry in self._entries.values():
            arguments = entry.arguments
            pairs = zip(arguments.labels, arguments.types, strict=False)
            name = ", ".join(f"{label}: {type_}" for label, type_ in pairs)
            found[name if name not in found else f"{name} ({len(found) + 1})"] = entry.seconds
        return found

    def describe(self, args: Sequence[Any]) -> Arguments:
        """Look closely at Python arguments, which are refused where they cannot be used."""
        request = self._request
        wrt = [request.names[position] for position in request.positions]
        return describe(request.function, request.names, args, wrt)

    def _entry(self, arguments: Arguments) -> Entry:
        request = self._request
        require_float(request.function, arguments, request.wrt)
        with global_compiler_lock:
            if arguments.key not in self._entries:
                self._entries[arguments.key] = self._made(arguments)
                self._warn_of_many(arguments)
            return self._entries[arguments.key]

    def _made(self, arguments: Arguments) -> Entry:
        references = self._references if arguments.plain else self._scan(arguments)
        made = specialise(self._request, references, arguments)
        entry = Entry(self._request, references, arguments, made)
        made.keep()
        self.direct = self.direct and entry.direct
        if arguments.plain:
            self._dependencies += made.dependencies
            self.changed = watch(self._references, self._dependencies)
        else:
            if made.dependencies or references.places.keys() != self._references.places.keys():
                entry.watch_references()
        return entry

    def _scan(self, arguments: Arguments) -> References:
        request = self._request
        return scan(request.function, dict(zip(request.names, arguments.structures, strict=True)))

    def _renew(self, entry: Entry) -> bool:
        """Whether a specialisation with references of its own is still good; forget it if not."""
        with global_compiler_lock:
            if entry.renew(self._scan(entry.arguments)):
                return True
            self._entries = {k: e for k, e in self._entries.items() if e is not entry}
            self._found = {k: e for k, e in self._found.items() if e is not entry}
            return False

    def _warn_of_many(self, latest: Arguments) -> None:
        count = sum(not entry.arguments.plain for entry in self._entries.values())
        if latest.plain or count != MANY:
            return
        name = self._request.name
        warnings.warn(
            f"{name} has been specialised for {MANY} different constants or structures among its "
            "arguments, and compiles again for each new one: pass the same function object at "
            "every call (a lambda in a loop is a new one each time), numbers as int or float, and "
            "lists of growing length as arrays",
            SpecialisationWarning,
            stacklevel=2,
        )

    def _types_for_door(self, args: tuple[Any, ...]) -> ArgTypes:
        entry, _ = self.find(args)
        if not entry.direct:
            raise Detour
        return entry.arguments.types

    def _supply(self, arg_types: ArgTypes) -> Any:
        request = self._request
        return self._entry(describe_types(request.function, request.names, arg_types)).overload(
            arg_types
        )
