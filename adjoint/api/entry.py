"""One specialisation of a gradient: functions for one tuple of argument types."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numba.core import types
from numba.core.typing.typeof import typeof

from adjoint.api.arguments import require_disjoint
from adjoint.api.describe import ArgTypes, Arguments
from adjoint.api.finish import finisher, plain_number
from adjoint.api.from_compiled import gradient_shape, leaf_paths
from adjoint.api.out import kinds_of, paths, require_kinds, require_leaves
from adjoint.api.references import References
from adjoint.api.request import Request
from adjoint.api.specialise import Specialisation, regenerate, specialise
from adjoint.api.watch import unchanged, watch
from adjoint.errors import TypingFailed
from adjoint.jit.module import compile_overload, shared_module
from adjoint.jit.wrapper import freeze
from adjoint.program.merge import representative
from adjoint.program.stopwatch import Stopwatch
from adjoint.runtime.shapes import OtherLengths

if TYPE_CHECKING:
    from adjoint.pipeline import Generated


class Entry:
    """A specialisation that can be called.

    Attributes
    ----------
    captured : the captured arrays, which follow the user's arguments in every call.
    finish : turns what compiled code returns into what the user is promised; None if it is.
    seconds : what each stage of the compiler took, Numba included.
    changed : asks whether a variable was rebound that only this specialisation reads: those of
        functions and objects among the arguments; None if there are none of its own.
    written : of one that writes to arrays of the caller, the functions by the types of these.
    wider : the specialisation for calls with lengths that this one does not fit, if there was one.
    """

    def __init__(
        self,
        request: Request,
        references: References,
        arguments: Arguments,
        made: Specialisation,
    ) -> None:
        self.request = request
        self.references = references
        self.arguments = arguments
        self.made = made
        self.module = shared_module(
            made.record.name,
            made.record.module,
            made.path,
            jit=request.jit,
            fastmath=request.fastmath,
            inline=request.into,
        )
        self.seconds = dict(made.seconds)
        self.changed: Callable[[], bool] | None = None
        self.wider: Entry | None = None
        self.captured = self.read_captures(references)
        self._pairs = self._array_pairs()
        self.finish = finisher(request, arguments)
        self._fits = self._check_of_lengths()
        self._frozen: list[Any] = []
        self._primal: Callable[..., Any] | None = None
        self._adjoint: Callable[..., Any] | None = None
        self._generated: Generated | None = None
        self.written: dict[Any, Callable[..., Any]] = {}
        self._writer: Entry | None = None
        self._merged: dict[tuple[tuple[int, int], ...], Entry] = {}

    @cached_property
    def function(self) -> Callable[..., Any]:
        """What a call runs. It is compiled when it is needed, not to read the adjoint."""
        function = self.compiled(self.request.role)
        self.made.keep()
        return function

    def prepare(self) -> None:
        """Compile what a call runs, and leave the module in the cache folder if that went well."""
        _ = self.function

    @property
    def direct(self) -> bool:
        """Whether a call needs nothing but the compiled function."""
        simple = self.arguments.plain and not self.arguments.python
        return simple and not self.captured and not self._pairs and self.finish is None

    def read_captures(self, references: References) -> tuple[Any, ...]:
        """Read the captured arrays again; their types are the same, the arrays may not be."""
        self.captured = tuple(
            self.made.unwatched[name] if name in self.made.unwatched else references.value(path)
            for name, path in self.made.record.captures
        )
        return self.captured

    def watch_references(self) -> None:
        """Let `changed` ask for the variables that this specialisation may read."""
        self.changed = watch(self.references, self.made.dependencies)

    def renew(self, references: References) -> bool:
        """Take over equal values in new objects; False if what was compiled is outdated."""
        same = references.fingerprint == self.references.fingerprint
        if not same or self.made.unwatched or not unchanged(self.made.dependencies):
            return False
        self.references = references
        self.read_captures(references)
        self.watch_references()
        return True

    def call(self, leaves: Sequence[Any]) -> Any:
        """Call from Python, with all that a call needs."""
        if self._pairs and (same := self._same_arrays((*leaves, *self.captured))):
            return self._for_same_arrays(same).call(leaves)
        result = self.function(*leaves, *self.captured)
        return result if self.finish is None else self.finish(result, leaves)

    def writer(self, leaves: Sequence[Any]) -> Entry:
        """The specialisation for a call from Python that writes to arrays of the caller."""
        if self._pairs and (same := self._same_arrays((*leaves, *self.captured))):
            return self._for_same_arrays(same).writer(leaves)
        writer = self._into()
        if not writer.fits(leaves):  # what the cache folder had was for other lengths
            writer = self._into(fresh=True)
        return writer

    def fits(self, leaves: Sequence[Any]) -> bool:
        """Whether a call has the lengths that this specialisation takes for granted."""
        if self._fits is None:
            return True
        try:
            self._fits(*leaves, *self.captured)
        except OtherLengths:
            return False
        return True

    def shared_arrays(self, leaves: Sequence[Any]) -> bool:
        """Whether one array, which is written to, is passed for two parameters."""
        return bool(self._pairs and self._same_arrays((*leaves, *self.captured)))

    def call_primal(self, leaves: Sequence[Any]) -> Any:
        """Call the function itself, compiled."""
        if self._pairs and (same := self._same_arrays((*leaves, *self.captured))):
            return self._for_same_arrays(same).call_primal(leaves)
        if self._primal is None:
            self._primal = self.compiled("primal")
        return plain_number(self._primal(*leaves, *self.captured))

    def call_adjoint(
        self, leaves: Sequence[Any], captured: tuple[Any, ...], result_bar: Any
    ) -> tuple[Any, ...]:
        """Return the cotangents of the arguments asked for, from that of the result.

        Parameters
        ----------
        leaves : the user's arguments; those in `made.record.mutated` are written to.
        captured : the captured arrays, as they were when the value was computed.
        result_bar : a float for a float, an array of its shape for an array.
        """
        if self._adjoint is None:
            self._adjoint = self.compiled("adjoint", typeof(result_bar))
        bars: tuple[Any, ...] = self._adjoint(*leaves, *captured, result_bar)[1:]
        return bars

    def compiled(self, role: str, *further: types.Type) -> Callable[..., Any]:
        """Return a function of the module, compiled for these types unless jit is off.

        `further` are the types of parameters after the captured arrays.
        """
        name = self.made.record.functions[role]
        if self.request.jit:
            clock = Stopwatch()
            captured = tuple(map(typeof, self.captured))
            self.module.compile(name, (*self.arguments.types, *captured, *further))
            clock.lap("jit")
            self.seconds["jit"] = self.seconds.get("jit", 0.0) + clock.seconds["jit"]
        return self.module.function(name)

    def overload(self, arg_types: ArgTypes) -> Any:
        """Machine code for a call out of compiled code, captured arrays frozen.

        `arg_types` are those of the parameters, as Numba has them: defaults marked as omitted,
        containers whole.
        """
        self._require_callable()
        self.prepare()
        name = self.made.record.functions[self.request.role]
        if self.arguments.plain and not self.captured and not self.request.single:
            return self.module.compile(name, arg_types)
        return self._frozen_overload(arg_types)

    def overload_into(self, arg_types: ArgTypes, out: types.Type) -> Any:
        """As `overload`, for a call that says what the derivatives are written to."""
        self._require_callable()
        if isinstance(out, types.NoneType):
            self.prepare()
            return self._frozen_overload((*arg_types, out), ())
        writer = self._into()
        kinds = kinds_of(self.request, out)
        require_kinds(writer.request, self.arguments, writer.made.record.axes, kinds)
        writer.made.keep()
        return writer._frozen_overload((*arg_types, out), paths(self.request, kinds))

    def _require_callable(self) -> None:
        """Refuse what has no machine code that others can call."""
        if not self.request.jit:
            raise TypingFailed(
                f"the gradient of {self.request.name} was made with jit=False, "
                "so compiled code cannot call it",
                hint="leave out jit=False, or run the caller as Python (NUMBA_DISABLE_JIT=1)",
            )
        if any(isinstance(value, np.random.Generator) for value in self.captured):
            raise TypingFailed(
                f"{self.request.name} draws from a generator that it captures, and compiled code "
                "has no place to keep one",
                hint="pass the generator as an argument",
            )

    def _frozen_overload(
        self, arg_types: ArgTypes, out: Sequence[tuple[int, ...]] | None = None
    ) -> Any:
        """Machine code of a function that takes the parameters, and then `out` if there is one."""
        names = [name for name, _ in self.made.record.captures]
        frozen = freeze(
            self.module.function(self.made.record.functions[self.request.role]),
            self.request.names,
            leaf_paths(self.request.names, self.arguments.structures),
            dict(zip(names, self.captured, strict=True)),
            gradient_shape(self.request, self.arguments),
            value=self.request.value,
            out=out,
        )
        self._frozen.append(frozen)  # a dispatcher takes its machine code with it when it goes
        return compile_overload(frozen, arg_types)

    def generated(self) -> Generated:
        """Return everything the compiler gives, which the cache folder does not keep."""
        if self._generated is None:
            self._generated = regenerate(self.request, self.arguments)
        return self._generated

    def _into(self, fresh: bool = False) -> Entry:
        """The specialisation that writes to arrays of the caller."""
        if self._writer is None or fresh:
            request = replace(self.request, into=True)
            require_leaves(request, self.arguments)
            made = specialise(request, self.references, self.arguments, fresh)
            self._writer = Entry(request, self.references, self.arguments, made)
        self._writer.captured = self.captured
        return self._writer

    def _same_arrays(self, everything: tuple[Any, ...]) -> tuple[tuple[int, int], ...]:
        """Pairs of positions at which there is the same array, which is written to.

        Raises
        ------
        ArgumentsOverlap : arrays that are not the same share memory.
        """
        first: dict[int, int] = {}
        for written, other in self._pairs:
            if everything[written] is everything[other]:
                group = [k for k, value in enumerate(everything) if value is everything[other]]
                first |= dict.fromkeys(group[1:], group[0])
            elif np.may_share_memory(everything[written], everything[other]):
                captures = tuple(name for name, _ in self.made.record.captures)
                labels = self.arguments.labels + captures
                require_disjoint(self.request.function, labels, everything, written, other)
        return tuple((kept, k) for k, kept in sorted(first.items()))

    def _for_same_arrays(self, same: tuple[tuple[int, int], ...]) -> Entry:
        """The specialisation for calls that have the same array at these positions."""
        if same not in self._merged:
            arguments = replace(self.arguments, same=same, calls=())
            made = specialise(self.request, self.references, arguments)
            self._merged[same] = Entry(self.request, self.references, arguments, made)
        entry = self._merged[same]
        entry.captured = self.captured
        return entry

    def _check_of_lengths(self) -> Callable[..., Any] | None:
        """The generated function that raises `OtherLengths`, as plain Python."""
        if not self.made.record.fits:
            return None
        function = self.module.function(self.made.record.fits)
        return getattr(function, "py_func", function)

    def _array_pairs(self) -> tuple[tuple[int, int], ...]:
        kinds = (*self.arguments.types, *map(typeof, self.captured))
        arrays = [i for i, kind in enumerate(kinds) if isinstance(kind, types.Array)]
        written = [i for i in self.made.record.mutated if i in arrays]
        pairs = {(min(i, j), max(i, j)): (i, j) for i in written for j in arrays if i != j}
        own = [representative(k, self.arguments.same) for k in range(len(kinds))]
        return tuple((i, j) for i, j in pairs.values() if own[i] != own[j])


def chain_of(entry: Entry | None) -> Iterator[Entry]:
    """A specialisation and those for more and more lengths that were made after it."""
    while entry is not None:
        yield entry
        entry = entry.wider
