"""Fresh variable names: readable, sequential, never one that is taken."""

from __future__ import annotations

import keyword
import pkgutil
import re
from collections.abc import Iterable

from adjoint import runtime

# Names that generated code uses itself, those of the modules that it imports among them; a user's
# local or parameter of that name is printed with a number.
# fmt: off
RESERVED = frozenset([
    "abs", "adjoint", "bool", "cmath", "complex", "divmod", "float", "int", "len", "math", "max",
    "min", "np", "numba", "operator", "pow", "primitives", "print", "range", "round", "sum",
    *(module.name for module in pkgutil.iter_modules(runtime.__path__)),
])
# fmt: on
# `stored_1`, `branch_1`, `trips_1` are what the reverse sweep calls its tapes.
_TAPES = frozenset({"stored", "branch", "trips"})


class Names:
    """All variable names of one program.

    Parameters
    ----------
    taken : names that exist already.

    Attributes
    ----------
    temporaries : names made here for values that have no name in the user's source.
    """

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = {*taken, *RESERVED, *keyword.kwlist}
        self._last: dict[str, int] = {}
        self.temporaries: set[str] = set()

    def reserve(self, names: Iterable[str]) -> None:
        """Keep names from being given out."""
        self._taken.update(names)

    def variable(self, name: str) -> str:
        """`name` itself if it is free, else `name_1`, `name_2`, …"""
        if name not in self._taken:
            self._taken.add(name)
            return name
        return self._numbered(name)

    def version(self, name: str) -> str:
        """A further name for the same variable: `x_1`, `x_2`, … for `x`, and for `x_1` too."""
        base = re.sub(r"_\d+$", "", name) if name in self.temporaries else name
        fresh = self._numbered(base)
        if name in self.temporaries:
            self.temporaries.add(fresh)
        return fresh

    def temporary(self, base: str) -> str:
        """A name `base_1`, `base_2`, … for a value that the user did not name."""
        base = base.lower().strip("_")
        name = self._numbered(base if base.isidentifier() and not base.endswith("_bar") else "t")
        self.temporaries.add(name)
        return name

    def result(self, base: str) -> str:
        """A name for what an inlined function returns."""
        name = self.variable("result" if base.endswith("_bar") else base)
        self.temporaries.add(name)
        return name

    def flag(self, name: str) -> str:
        """A name for a boolean that control flow needs: `returned`, then `returned_1`, …"""
        return self.variable(name)

    def _numbered(self, base: str) -> str:
        base = f"{base}_" if base in _TAPES else base
        number = self._last.get(base, 0) + 1
        while f"{base}_{number}" in self._taken:
            number += 1
        self._last[base] = number
        name = f"{base}_{number}"
        self._taken.add(name)
        return name
