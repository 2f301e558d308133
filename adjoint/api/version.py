"""What was compiled while the variables outside of the function had certain values."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from adjoint.api.arguments import require_float
from adjoint.api.describe import ArgTypes, Arguments, describe
from adjoint.api.entry import Entry, chain_of
from adjoint.api.flatten import flatten
from adjoint.api.from_compiled import describe_types
from adjoint.api.references import References, scan
from adjoint.api.request import Request
from adjoint.api.sizes import has_arrays, sizes_of
from adjoint.api.specialise import specialise
from adjoint.api.watch import unchanged, watch
from adjoint.errors import InternalError, SpecialisationWarning
from adjoint.jit.door import Door
from adjoint.jit.numba_internals import global_compiler_lock
from adjoint.program.core import Dependency
from adjoint.runtime.shapes import OtherLengths

MANY = 64
"""Specialisations for constants, after which a warning says that each call may make one."""

MOST_RELATIONS = 3
"""How many specialisations are made for relations between lengths, before one for any lengths."""


OUT = inspect.Parameter("out", inspect.Parameter.POSITIONAL_OR_KEYWORD, default=None)
"""The parameter for arrays that derivatives are written to."""


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
    door : the dispatcher that compiled code calls; it takes arguments of any lengths.
    entrance : the one that Python code calls where `direct`; it raises `OtherLengths` for arguments
        whose lengths are not related as in the first call with such types.
    direct : whether the entrance serves calls from Python, so far.
    changed : asks, in a fraction of a microsecond, whether a variable outside was rebound.
    """

    def __init__(self, request: Request, references: References) -> None:
        self._request = request
        self._references = references
        self._dependencies: tuple[Dependency, ...] = ()
        self._entries: dict[Any, Entry] = {}
        self._found: dict[Any, Entry] = {}
        params = request.signature.parameters.values()
        more = OUT if request.takes_out and all(p.kind <= OUT.kind for p in params) else None
        self.door = Door(request.name, request.signature, self._types_for_door, self._supply, more)
        self.entrance = self._new_entrance()
        # The door would fold what `*args` collected once more.
        starred = any(p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in params)
        self.direct = request.jit and not starred
        self.changed = watch(references, ())

    @property
    def latest(self) -> Entry | None:
        """The specialisation that was made last."""
        *_, last = None, *chain_of(next(reversed(self._entries.values()), None))
        return last

    def renew(self, references: References) -> bool:
        """Take over equal values in new objects; False if what was compiled is outdated."""
        lost = any(entry.made.unwatched for entry in self._all())
        if lost or not unchanged(self._dependencies):
            return False
        self._references = references
        self.changed = watch(references, self._dependencies)
        for entry in list(self._all()):
            if entry.changed is None:
                entry.read_captures(references)
            else:
                self._renew(entry)
        return True

    def find(self, args: Sequence[Any]) -> tuple[Entry, Sequence[Any]]:
        """Return the specialisation for Python arguments, and their leaves, which it takes."""
        entry, leaves = self.find_first(args)
        return self.fitting(entry, leaves), leaves

    def find_first(self, args: Sequence[Any]) -> tuple[Entry, Sequence[Any]]:
        """As `find`, the first that was made for such types: it may be for other lengths."""
        key, leaves = flatten(args)
        entry = self._found.get(key)
        if entry is not None and entry.changed is not None and entry.changed():
            entry = entry if self._renew(entry) else None
        if entry is None:
            entry = self._found[key] = self._entry(self._as_called(args, leaves))
        return entry, leaves

    def fitting(self, entry: Entry, leaves: Sequence[Any]) -> Entry:
        """Return this specialisation, or the next wider one that is for a call's lengths."""
        while not entry.fits(leaves):
            entry = entry.wider or self._widened(entry, leaves)
        return entry

    def call(self, args: Sequence[Any]) -> Any:
        """Return the result for Python arguments."""
        entry, leaves = self.find_first(args)
        try:
            return entry.call(leaves)
        except OtherLengths:
            return self.call_wider(entry, leaves)

    def call_besides(self, args: Sequence[Any], refusal: Exception) -> Any:
        """Return the result for Python arguments with which the entrance has raised an error."""
        if isinstance(refusal, OtherLengths):
            return self.call_wider(*self.find_first(args))
        # Numba's C code does not take an empty list.
        if not isinstance(refusal, Detour) and self.describe(args).plain:
            raise refusal
        return self.call(args)

    def call_wider(self, entry: Entry, leaves: Sequence[Any]) -> Any:
        """Call the next wider specialisation that is for a call's lengths, which this one refused.

        It refuses others before it does anything.
        """
        while True:
            entry = entry.wider or self._widened(entry, leaves)
            try:
                return entry.call(leaves)
            except OtherLengths:
                if entry.fits(leaves):
                    raise

    def find_universal(self, args: Sequence[Any]) -> tuple[Entry, Sequence[Any]]:
        """Return the specialisation for Python arguments of any lengths, and their leaves."""
        return self._entry(self.describe(args)), flatten(args)[1]

    def timings(self) -> dict[str, dict[str, float]]:
        """What each stage took, for each specialisation, by what it was made for."""
        found: dict[str, dict[str, float]] = {}
        for entry in dict.fromkeys(self._all()):
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

    def _as_called(self, args: Sequence[Any], leaves: Sequence[Any]) -> Arguments:
        sizes = sizes_of(leaves)
        calls = (sizes,) if has_arrays(sizes) else ()
        return replace(self.describe(args), calls=calls)

    def _all(self) -> Iterator[Entry]:
        """Every specialisation, those for more lengths too."""
        for entry in self._entries.values():
            yield from chain_of(entry)

    def _widened(self, entry: Entry, leaves: Sequence[Any]) -> Entry:
        """Make the specialisation for calls that no other one is for.

        It assumes only what holds in this call and in those before, so there are only so many; each
        stays for the calls that it is for.
        """
        with global_compiler_lock:
            if entry.wider is not None:  # another thread was here
                return entry.wider
            sizes = sizes_of((*leaves, *entry.captured))
            seen = tuple(c for c in entry.arguments.calls if c != sizes[: len(c)])
            calls = (*seen, sizes) if len(seen) < MOST_RELATIONS else ()
            arguments = replace(entry.arguments, calls=calls)
            wider = self._made(arguments) if calls else self._entry(arguments)
            if not wider.fits(leaves):  # what the cache folder had was for other lengths
                wider = self._made(arguments, fresh=True)
            entry.wider = wider
            return wider

    def _entry(self, arguments: Arguments) -> Entry:
        request = self._request
        require_float(request.function, arguments, request.wrt)
        with global_compiler_lock:
            found = self._entries.get(arguments.key)
            if found is None:
                found = self._entries.get(replace(arguments, calls=()).key)
                known = found is not None and found.made.record.universal
                if found is None or not known:
                    found = self._made(arguments)
                self._entries[arguments.key] = found
                if found.made.record.universal:
                    self._entries[replace(arguments, calls=()).key] = found
                if not known:
                    self._warn_of_many(arguments)
            return found

    def _made(self, arguments: Arguments, fresh: bool = False) -> Entry:
        references = self._references if arguments.plain else self._scan(arguments)
        made = specialise(self._request, references, arguments, fresh)
        entry = Entry(self._request, references, arguments, made)
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
            if all(one.renew(self._scan(one.arguments)) for one in chain_of(entry)):
                return True
            self._forget(entry)
            return False

    def _forget(self, entry: Entry) -> None:
        self._entries = {k: e for k, e in self._entries.items() if e is not entry}
        self._found = {k: e for k, e in self._found.items() if e is not entry}

    def _warn_of_many(self, latest: Arguments) -> None:
        entries = set(self._entries.values())
        count = sum(not entry.arguments.plain for entry in entries)
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
        return self.describe(args).types

    def _supply(self, arg_types: ArgTypes) -> Any:
        request = self._request
        given = arg_types[: len(request.names)]
        entry = self._entry(describe_types(request.function, request.names, given))
        if len(given) < len(arg_types):
            return entry.overload_into(given, arg_types[-1])
        return entry.overload(arg_types)

    def _new_entrance(self) -> Door:
        entered: dict[ArgTypes, Entry] = {}

        def types_of(args: tuple[Any, ...]) -> ArgTypes:
            entry, _ = self.find_first(args)
            if not entry.direct:
                raise Detour
            entered[entry.arguments.types] = entry
            return entry.arguments.types

        def supply(arg_types: ArgTypes) -> Any:
            entry = entered.pop(arg_types)
            try:
                return entry.overload(arg_types)
            except InternalError:
                self._forget(entry)
                raise

        return Door(self._request.name, self._request.signature, types_of, supply)
