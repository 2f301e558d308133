"""The object that `differentiable` gives: a compiled function that brings its adjoint along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from adjoint.api.compiled import Compiled
from adjoint.api.entry import Entry
from adjoint.api.request import Request

if TYPE_CHECKING:
    from adjoint.explanation import Explanation


class Differentiable(Compiled):
    """A function that runs compiled, and is one operation on the tape.

    Has the signature, name and docstring of the function. It can be called from Python, on arrays
    of the tape, from functions compiled by Numba, and from functions that are differentiated.
    Made by `adjoint.differentiable`.
    """

    is_differentiable = True

    def __init__(self, request: Request, recipe: tuple[Any, ...]) -> None:
        bare = replace(request, wrt=(), single=False, value=False, array_seed=True)
        super().__init__(bare, recipe)
        self._adjoints: dict[tuple[int, ...], Compiled] = {(): self}
        # The compiler inlines what an object's `__call__` is: here, the function itself.
        self.__dict__["__call__"] = request.called

    def find_adjoint(
        self, args: tuple[Any, ...], wrt: tuple[int, ...]
    ) -> tuple[Entry, Sequence[Any]]:
        """Return the specialisation whose adjoint gives cotangents of the arguments `wrt`.

        The leaves of the arguments, which it takes, come with it.

        Parameters
        ----------
        args : plain values of all parameters.
        wrt : positions of floats and arrays of floats.
        """
        if wrt not in self._adjoints:
            self._adjoints[wrt] = Compiled(
                replace(self._request, wrt=tuple((i, None) for i in wrt)), self._recipe
            )
        return self._adjoints[wrt].find(args)

    def explain(self, *args: Any, **kwargs: Any) -> Explanation:
        """Return what the compiler decided, with respect to all arguments that are floats.

        Parameters
        ----------
        *args, **kwargs : as for the function, which is not run.
        """
        return super().explain(*args, **kwargs)

    def _to_read(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        values = self._in_order(args, kwargs)
        wrt = tuple(k for k, value in enumerate(values) if _is_float(value))
        return self.find_adjoint(values, wrt)

    def _latest(self) -> Entry | None:
        made = [adjoint for adjoint in self._adjoints.values() if adjoint is not self]
        return made[-1]._latest() if made else None

    def _call_on_tape(self, args: tuple[Any, ...]) -> Any:
        from adjoint.api import on_tape  # it imports the tape, which a compiled call does not need

        return on_tape.call_differentiable(self, args)

    def __repr__(self) -> str:
        return f"differentiable({self._request.function.__qualname__}{self._options()})"


def _is_float(value: object) -> bool:
    is_number = isinstance(value, float | complex | np.inexact)
    return is_number or (isinstance(value, np.ndarray) and value.dtype.kind in "fc")
