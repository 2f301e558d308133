"""One specialisation of a gradient: functions for one tuple of argument types."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numba.core import types
from numba.core.typing.typeof import typeof

from adjoint.api.arguments import require_disjoint
from adjoint.api.references import References
from adjoint.api.request import Request
from adjoint.api.specialise import ArgTypes, Specialisation, regenerate
from adjoint.errors import TypingFailed
from adjoint.jit.module import compile_overload, shared_module
from adjoint.jit.wrapper import freeze

if TYPE_CHECKING:
    from adjoint.pipeline import Generated

Convert = Callable[[Any], Any]


class Entry:
    """A specialisation that can be called.

    Attributes
    ----------
    captured : the captured arrays, which follow the user's arguments in every call.
    finish : turns what compiled code returns into what the user is promised; None if it is.
    """

    def __init__(
        self,
        request: Request,
        references: References,
        arg_types: ArgTypes,
        made: Specialisation,
    ) -> None:
        self.request = request
        self.arg_types = arg_types
        self.made = made
        self.module = shared_module(
            made.record.name,
            made.record.module,
            made.path,
            jit=request.jit,
            fastmath=request.fastmath,
        )
        self.captured = self.read_captures(references)
        self._pairs = self._array_pairs()
        self.finish = finisher(request, arg_types)
        self.function = self.compiled(request.role)
        self._frozen: list[Any] = []
        self._primal: Callable[..., Any] | None = None
        self._adjoint: Callable[..., Any] | None = None
        self._generated: Generated | None = None

    @property
    def direct(self) -> bool:
        """Whether a call needs nothing but the compiled function."""
        return not self.captured and not self._pairs and self.finish is None

    def read_captures(self, references: References) -> tuple[Any, ...]:
        """Read the captured arrays again; their types are the same, the arrays may not be."""
        self.captured = tuple(
            self.made.unwatched[name] if name in self.made.unwatched else references.value(path)
            for name, path in self.made.record.captures
        )
        return self.captured

    def call(self, args: tuple[Any, ...]) -> Any:
        """Call from Python, with all that a call needs."""
        if self._pairs:
            self._check_overlap(args + self.captured)
        result = self.function(*args, *self.captured)
        return result if self.finish is None else self.finish(result)

    def call_primal(self, args: tuple[Any, ...]) -> Any:
        """Call the function itself, compiled."""
        if self._primal is None:
            self._primal = self.compiled("primal")
        return _plain(self._primal(*args, *self.captured))

    def call_adjoint(
        self, args: tuple[Any, ...], captured: tuple[Any, ...], result_bar: Any
    ) -> tuple[Any, ...]:
        """Return the cotangents of the arguments asked for, from that of the result.

        Parameters
        ----------
        args : the user's arguments; those in `made.record.mutated` are written to.
        captured : the captured arrays, as they were when the value was computed.
        result_bar : a float for a float, an array of its shape for an array.
        """
        if self._adjoint is None:
            self._adjoint = self.compiled("adjoint", typeof(result_bar))
        bars: tuple[Any, ...] = self._adjoint(*args, *captured, result_bar)[1:]
        return bars

    def compiled(self, role: str, *further: types.Type) -> Callable[..., Any]:
        """Return a function of the module, compiled for these types unless jit is off.

        `further` are the types of parameters after the captured arrays.
        """
        name = self.made.record.functions[role]
        if self.request.jit:
            captured = tuple(map(typeof, self.captured))
            self.module.compile(name, (*self.arg_types, *captured, *further))
        return self.module.function(name)

    def overload(self, arg_types: ArgTypes) -> Any:
        """Machine code for a call out of compiled code, captured arrays frozen.

        `arg_types` are those of the entry, but for defaults, which Numba marks as omitted.
        """
        name = self.made.record.functions[self.request.role]
        if not self.request.jit:
            raise TypingFailed(
                f"the gradient of {self.request.name} was made with jit=False, "
                "so compiled code cannot call it",
                hint="leave out jit=False, or run the caller as Python (NUMBA_DISABLE_JIT=1)",
            )
        if not self.captured and not self.request.single:
            return self.module.compile(name, arg_types)
        names = [name for name, _ in self.made.record.captures]
        frozen = freeze(
            self.module.function(name),
            self.request.names,
            dict(zip(names, self.captured, strict=True)),
            value=self.request.value,
            single=self.request.single,
        )
        self._frozen.append(frozen)  # a dispatcher takes its machine code with it when it goes
        return compile_overload(frozen, arg_types)

    def generated(self) -> Generated:
        """Return everything the compiler gives, which the cache folder does not keep."""
        if self._generated is None:
            self._generated = regenerate(self.request, self.arg_types)
        return self._generated

    def _check_overlap(self, everything: tuple[Any, ...]) -> None:
        for written, other in self._pairs:
            if np.may_share_memory(everything[written], everything[other]):
                names = self.request.names + tuple(name for name, _ in self.made.record.captures)
                require_disjoint(self.request.function, names, everything, written, other)

    def _array_pairs(self) -> tuple[tuple[int, int], ...]:
        kinds = (*self.arg_types, *map(typeof, self.captured))
        arrays = [i for i, kind in enumerate(kinds) if isinstance(kind, types.Array)]
        written = [i for i in self.made.record.mutated if i in arrays]
        pairs = {(min(i, j), max(i, j)): (i, j) for i in written for j in arrays if i != j}
        return tuple(pairs.values())


def finisher(request: Request, arg_types: ArgTypes) -> Convert | None:
    """What is left to do to a result: Numba returns a Python float for float32, a tuple of one
    is not in a tuple, and plain Python returns NumPy's scalars."""
    if request.array_seed:
        return None if request.jit else _plain
    converts = tuple(_converter(arg_types[i], request.jit) for i in request.wrt)
    if not any(converts) and not request.single and request.jit:
        return None
    gradient = _gradient_finisher(converts, request.single)
    if not request.value:
        return gradient
    return lambda pair: (_plain(pair[0]), gradient(pair[1]))


def _gradient_finisher(converts: tuple[Convert | None, ...], single: bool) -> Convert:
    if len(converts) > 1:
        return lambda bars: tuple(
            bar if convert is None else convert(bar)
            for convert, bar in zip(converts, bars, strict=True)
        )
    convert = converts[0] or _same
    return (lambda bar: (convert(bar),)) if single else convert


def _converter(kind: types.Type, jit: bool) -> Convert | None:
    if kind == types.float32:
        return np.float32
    return float if kind == types.float64 and not jit else None


def _same(value: Any) -> Any:
    return value


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.floating) else value
