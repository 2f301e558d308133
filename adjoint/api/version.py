"""What was compiled while the variables outside of the function had certain values."""

from __future__ import annotations

from typing import Any

from numba.core import types
from numba.core.typing.typeof import typeof

from adjoint.api.arguments import numba_types, require_float
from adjoint.api.entry import Entry
from adjoint.api.references import References
from adjoint.api.request import Request
from adjoint.api.specialise import ArgTypes, specialise
from adjoint.api.watch import unchanged, watch
from adjoint.jit.door import Door
from adjoint.jit.numba_internals import compute_fingerprint, global_compiler_lock
from adjoint.program.core import Dependency


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
        self._entries: dict[ArgTypes, Entry] = {}
        self._found: dict[tuple[bytes, ...], Entry] = {}
        self.door = Door(request.name, request.signature, self._types_for_door, self._supply)
        self.direct = request.jit
        self.changed = watch(references, ())

    def renew(self, references: References) -> bool:
        """Take over equal values in new objects; False if what was compiled is outdated."""
        lost = any(entry.made.unwatched for entry in self._entries.values())
        if lost or not unchanged(self._dependencies):
            return False
        self._references = references
        self.changed = watch(references, self._dependencies)
        for entry in self._entries.values():
            entry.read_captures(references)
        return True

    def entry(self, args: tuple[Any, ...]) -> Entry:
        """Return the specialisation for Python arguments."""
        try:
            key = tuple(map(compute_fingerprint, args))
        except (NotImplementedError, ValueError):  # types that Numba's C code does not know
            return self._entry(self.types(args))
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = self._entry(self.types(args))
        return found

    def _entry(self, arg_types: ArgTypes) -> Entry:
        with global_compiler_lock:
            if arg_types not in self._entries:
                made = specialise(self._request, self._references, arg_types)
                entry = Entry(self._request, self._references, arg_types, made)
                made.keep()
                self._dependencies += made.dependencies
                self._entries[arg_types] = entry
                self.direct = self.direct and entry.direct
                self.changed = watch(self._references, self._dependencies)
            return self._entries[arg_types]

    def types(self, args: tuple[Any, ...]) -> ArgTypes:
        """Numba's types of Python arguments, which are refused where they cannot be used."""
        request = self._request
        return numba_types(request.function, request.names, args, request.wrt)

    def _types_for_door(self, args: tuple[Any, ...]) -> ArgTypes:
        arg_types = self.types(args)
        if not self._entry(arg_types).direct:
            raise Detour
        return arg_types

    def _supply(self, arg_types: ArgTypes) -> Any:
        request = self._request
        present = tuple(typeof(t.value) if isinstance(t, types.Omitted) else t for t in arg_types)
        require_float(request.function, request.names, present, request.wrt)
        return self._entry(present).overload(arg_types)
