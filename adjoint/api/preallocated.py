"""A gradient that keeps the memory of its tapes from call to call."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numba.core.typing.typeof import typeof
from numba.np.numpy_support import as_dtype

from adjoint.api.entry import Entry, chain_of
from adjoint.api.location import definition
from adjoint.errors import NotDifferentiable
from adjoint.jit.module import shared_module

if TYPE_CHECKING:
    from adjoint.api.gradient import Gradient


class Preallocated:
    """A gradient for arguments of certain types. Made by `Gradient.preallocate`.

    Each thread has tapes of its own; they are as long as the last call needed, and a call that
    needs other lengths makes new ones.
    """

    def __init__(self, gradient: Gradient, entry: Entry) -> None:
        self._gradient = gradient
        self._first = entry
        self._kept = {entry: _Kept(entry)}

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return what the gradient returns.

        Raises
        ------
        NotDifferentiable : the arguments are of other types than it was made for.
        """
        entry, leaves = self._gradient._find(args, kwargs)
        if entry not in self._kept:
            self._require_known(entry)
            self._kept[entry] = _Kept(entry)
        if entry.shared_arrays(leaves):
            return entry.call(leaves)
        result = self._kept[entry].run(leaves)
        return result if entry.finish is None else entry.finish(result, leaves)

    def _require_known(self, entry: Entry) -> None:
        """Refuse all but what is for the same types, and other lengths."""
        if entry in chain_of(self._first):
            return
        name = entry.request.name
        raise NotDifferentiable(
            f"memory for the gradient of {name} was preallocated for arguments of other types, "
            "or before a variable that it reads was changed",
            definition(entry.request.function),
            "preallocate for these arguments too",
        )


class _Kept:
    """A gradient's function that is passed its tapes, and those of the last call."""

    def __init__(self, entry: Entry) -> None:
        from adjoint.workspace import workspace  # it imports the compiler

        self._entry = entry
        self._own = threading.local()
        request, programs = entry.request, entry.generated().programs
        made = workspace(programs[1], programs[3 if request.value else 2])
        self._types = made.tapes
        name = f"{request.name}_workspace"
        module = shared_module(
            name,
            made.module,
            None,
            jit=request.jit,
            fastmath=request.fastmath,
        )
        if request.jit:
            captured = tuple(map(typeof, entry.captured))
            module.compile(made.name, (*entry.arguments.types, *captured, *made.tapes))
        self._function: Callable[..., Any] = module.function(made.name)

    def run(self, leaves: Sequence[Any]) -> Any:
        """Call it."""
        # Taken away while the call runs, so that a call inside it has none of them.
        tapes = self._own.__dict__.pop("tapes", None)
        if tapes is None:
            tapes = [np.empty((0,) * kind.ndim, as_dtype(kind.dtype)) for kind in self._types]
        result, self._own.tapes = self._function(*leaves, *self._entry.captured, *tapes)
        return result
