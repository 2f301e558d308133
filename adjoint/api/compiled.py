"""What compiled objects have in common: specialisations by argument types, made at a call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from inspect import signature
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from numba.core import types

from adjoint.api.binding import Binding
from adjoint.api.entry import Entry
from adjoint.api.flatten import OnTape
from adjoint.api.location import definition
from adjoint.api.out import call_into
from adjoint.api.references import scan
from adjoint.api.request import Request
from adjoint.api.retelling import FAULTS, MOST, can_be_retold, retold
from adjoint.api.timings import Timings
from adjoint.api.version import Detour, Version
from adjoint.api.wrapping import Wrapping
from adjoint.errors import (
    AdjointError,
    NotDifferentiable,
    SourceNotAvailable,
    TypingFailed,
    UnsupportedSyntax,
)
from adjoint.jit.numba_internals import global_compiler_lock

if TYPE_CHECKING:
    from adjoint.explanation import Explanation
    from adjoint.plan import Plan

Find = Callable[[tuple[Any, ...]], tuple[Entry, Sequence[Any]]]

_SHOWN = (("jit", True), ("fastmath", False), ("cache", True), ("parallel", False))


class Compiled(Wrapping):
    """A function of a generated module, compiled when first called with arguments of new types.

    Parameters
    ----------
    request : the user's function and what is asked of it.
    recipe : a function and arguments that make the object again, for pickle.
    """

    def __init__(self, request: Request, recipe: tuple[Any, ...]) -> None:
        super().__init__(request.called, recipe)
        self._request = request
        self._bound = Binding(request.function, request.first, request.keywords)
        self._code = request.function.__code__
        self._count = len(request.names) if self._bound.in_order else -1
        self._versions: dict[str, Version] = {}
        self._version: Version | None = None
        self._takes_out = request.takes_out
        self._retellings = 0

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return the result at these arguments.

        A derivative is written to the arrays that `out=` names, if it is given, and these returned.
        Arrays of the tape give arrays of the tape; while recording, the call is one operation.
        """
        given = args
        if kwargs or len(args) != self._count:
            if "out" in kwargs and self._takes_out:
                return self._call_into(args, **kwargs)
            args = self._in_order(args, kwargs)
        try:
            version = self._version
            if version is None or version.changed():
                version = self._present_version()
            if not version.direct:
                return version.call(args)
            try:
                return version.entrance(*args)
            except (Detour, ValueError) as error:
                return version.call_besides(args, error)
        except OnTape:
            pass
        except FAULTS as error:
            raise self._retold(error, args, given, kwargs) from None
        except UnsupportedSyntax as error:
            raise error.with_traceback(None)  # noqa: B904 - IPython shows every frame of one
        return self._call_on_tape(args)

    def _call_into(self, args: tuple[Any, ...], /, *, out: Any, **kwargs: Any) -> Any:
        """Return the result, its derivatives in the arrays `out`."""
        if out is None:
            return self(*args, **kwargs)
        values = self._in_order(args, kwargs)
        try:
            return call_into(*self.find(values), out)
        except FAULTS as error:
            raise self._retold(error, values, args, kwargs) from None

    def _call_on_tape(self, args: tuple[Any, ...]) -> Any:
        raise NotImplementedError

    def _retold(self, error: Exception, args: tuple[Any, ...], given: Any, kwargs: Any) -> Any:
        """The error in Python's words, at the user's line, if it can be had."""
        version, request = self._version, self._request
        if version is None or isinstance(error, AdjointError) or self._retellings == MOST:
            return error
        entry, leaves = version.find(args)
        if not can_be_retold(entry, leaves):
            return error
        self._retellings += 1
        return retold(error, request.called, request.function.__code__, given, kwargs)

    def find(self, args: tuple[Any, ...]) -> tuple[Entry, Sequence[Any]]:
        """Return the specialisation for values of all parameters, and their leaves."""
        return self._off_tape(self._present_version().find, args)

    def find_universal(self, args: tuple[Any, ...]) -> tuple[Entry, Sequence[Any]]:
        """Return the specialisation for arguments of any lengths, and their leaves."""
        return self._off_tape(self._present_version().find_universal, args)

    def _off_tape(self, find: Find, args: tuple[Any, ...]) -> tuple[Entry, Sequence[Any]]:
        try:
            return find(args)
        except OnTape:
            name = self._request.name
            raise NotDifferentiable(
                f"an array of the tape is in a container that {name} is called with",
                definition(self._request.function),
                f"pass it as an argument of its own; or `{self._request.tape_call}` runs on the "
                "tape altogether",
            ) from None

    def source(self, *args: Any, **kwargs: Any) -> str:
        """Return the text of the adjoint for arguments of these types.

        Parameters
        ----------
        *args, **kwargs : as for the function, which is not run.
        """
        return self._find(args, kwargs)[0].made.record.source

    def module(self, *args: Any, **kwargs: Any) -> str:
        """Return the text of the whole generated module for arguments of these types.

        Parameters
        ----------
        *args, **kwargs : as for the function, which is not run.
        """
        return self._find(args, kwargs)[0].made.record.module

    def stages(self, *args: Any, **kwargs: Any) -> Mapping[str, str]:
        """Return the text of every program between the function and its adjoint, by stage name.

        Parameters
        ----------
        *args, **kwargs : as for the function, which is not run.
        """
        return self._find(args, kwargs)[0].generated().stages

    def explain(self, *args: Any, **kwargs: Any) -> Explanation:
        """Return what the compiler decided: which variables are active, what is stored, and why.

        Parameters
        ----------
        *args, **kwargs : as for the function, which is not run.
        """
        return explained(*self._to_read(args, kwargs))

    def plan(self, *args: Any, **kwargs: Any) -> Plan:
        """Return what a call with these arguments takes in memory, without calling.

        Parameters
        ----------
        *args, **kwargs : as for the function, which is not run.
        """
        from adjoint.plan import plan  # it imports parts of the compiler

        entry, leaves = self._find(args, kwargs)
        adjoint = entry.generated().programs[1]
        given = (*leaves, *entry.captured)
        return plan(adjoint, (*given, *(None for _ in adjoint.params[len(given) :])))

    def report(self, path: str | PathLike[str], /, *args: Any, **kwargs: Any) -> Path:
        """Write an HTML page with the function beside its adjoint, and what the compiler decided.

        The page is one file, which needs no network.

        Parameters
        ----------
        path : the file to write.
        *args, **kwargs : as for the function, which is not run.

        Returns
        -------
        Path : the file.
        """
        from adjoint.report import page  # it imports the compiler

        entry, leaves = self._to_read(args, kwargs)
        file = Path(path)
        file.write_text(page(entry.generated(), explained(entry, leaves)), encoding="utf-8")
        return file

    @property
    def timings(self) -> Timings:
        """How long each stage of compiling took, for each specialisation made so far."""
        found: dict[str, dict[str, float]] = {}
        for version in self._versions.values():
            found |= version.timings()
        return Timings(found)

    @property
    def _numba_type_(self) -> types.Type:
        if self._request.bound:
            name = self._request.name
            raise TypingFailed(
                f"the gradient of {name} has arguments bound to it, so compiled code cannot call "
                "it",
                hint=f"take the gradient of the plain function {name} and pass all arguments",
            )
        return self._present_version().door._numba_type_

    def _repr_html_(self) -> str:
        """In notebooks: the report on the specialisation that was made last."""
        entry = self._latest()
        if entry is None:
            return f"<code>{escape(repr(self))}</code>: called once, it shows its adjoint here"
        from adjoint.report import framed, page  # it imports the compiler

        made = entry.generated()
        return framed(page(made, made.explanation))

    def _latest(self) -> Entry | None:
        return None if self._version is None else self._version.latest

    def _to_read(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The specialisation whose adjoint is for reading, and its leaves."""
        return self._find(args, kwargs)

    def _options(self) -> str:
        return "".join(
            f", {name}={not default}"
            for name, default in _SHOWN
            if getattr(self._request, name) is not default
        )

    def _find(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Entry, Sequence[Any]]:
        return self.find(self._in_order(args, kwargs))

    def _in_order(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
        if kwargs or len(args) != self._count:
            if self._version is not None and self._version.changed():
                self._present_version()  # the defaults may be others
            return self._bound(args, kwargs)
        return args

    def _present_version(self) -> Version:
        with global_compiler_lock:  # Numba's: a second lock could wait for the first
            if self._version is not None and not self._version.changed():
                return self._version
            self._follow()
            references = scan(self._request.function)
            version = self._versions.get(references.fingerprint)
            if version is None or not version.renew(references):
                version = Version(self._request, references)
                self._versions[references.fingerprint] = version
            self._version = version
            return version

    def _follow(self) -> None:
        """Take over the defaults of a function that was given the code of its new text."""
        request = self._request
        if self._code is request.function.__code__:
            return
        if tuple(signature(request.function).parameters) != request.names:
            raise SourceNotAvailable(
                f"the parameters of {request.name} were changed after its gradient was made",
                definition(request.function),
                "make the gradient again",
            )
        self._bound = Binding(request.function, request.first, request.keywords)
        self._code = request.function.__code__


def explained(entry: Entry, leaves: Sequence[Any]) -> Explanation:
    """What was decided for a specialisation, with the bytes that it takes for these arguments."""
    from adjoint.explanation import measured  # it imports the compiler

    told = entry.generated().explanation
    names = [name for name, _ in told.parameters]
    return measured(told, dict(zip(names, (*leaves, *entry.captured), strict=True)))
