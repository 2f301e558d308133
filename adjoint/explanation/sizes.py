"""The bytes of what holds stored values: in the names of the text, and in the parameters."""

from __future__ import annotations

from numba.core import types
from numba.np.numpy_support import as_dtype

from adjoint.analyses.coverage import single_definitions
from adjoint.emit import expression_text
from adjoint.emit.sizes import bytes_of, grown_arrays, in_words, item_size
from adjoint.program.core import Assign, Expr, Name, Program
from adjoint.program.numbers import element_of
from adjoint.program.walk import names, rewrite, statements


class Sizes:
    """Looks sizes up in a finished adjoint.

    Attributes
    ----------
    made : the first assignment of each variable.
    """

    def __init__(self, adjoint: Program) -> None:
        self.made: dict[str, Assign] = {}
        for stmt in statements(adjoint.body):
            if isinstance(stmt, Assign):
                self.made.setdefault(stmt.target, stmt)
        self._types = adjoint.types or {}
        self._grown = grown_arrays(adjoint)
        self._definitions = single_definitions(adjoint)
        self._parameters = set(adjoint.params)

    def of(self, place: str) -> tuple[str, str]:
        """Bytes in words, and the number as a formula in the parameters, empty if not known."""
        made = self.made[place]
        if place in self._grown:
            return f"{item_size(made.value)} bytes an entry", ""
        size, guarded = bytes_of(made), bytes_of(made, guarded=True)
        if size is None or guarded is None:
            return self._of_variable(place)
        return in_words(expression_text(size), made), self._in_parameters(guarded)

    def _of_variable(self, place: str) -> tuple[str, str]:
        type_ = self._types[place]
        width = str(as_dtype(element_of(type_)).itemsize)
        if isinstance(type_, types.Array):
            return f"{place}.size * {width} bytes", ""
        return f"{width} bytes", width

    def _in_parameters(self, size: Expr) -> str:
        """The expression as text, with variables that are assigned once replaced by values."""

        def change(e: Expr) -> Expr:
            if isinstance(e, Name) and e.id not in self._parameters:
                return self._definitions.get(e.id, e)
            return e

        for _ in range(len(self._definitions) + 1):
            if set(names(size)) <= self._parameters:
                return expression_text(size)
            size = rewrite(size, change)
        return ""
