"""Values of the forward sweep that the reverse sweep reads, and where it reads them.

While the reverse sweep is generated, a primal value is a placeholder: which name holds it, and
whether it stands, is recomputed or stored, is decided when all reads are known (`retrieval`).
"""

from __future__ import annotations

from adjoint.analyses.contents import outermost_unchanging, since
from adjoint.analyses.places import BlockKey, Place, Places
from adjoint.analyses.versions import Version, Versions
from adjoint.program import primitives
from adjoint.program.core import Call, Expr, For, Name, Slice, Stmt
from adjoint.program.walk import rewrite, subexpressions


def is_length(expr: Expr | Slice) -> bool:
    """Whether an expression asks an array for a length: no read of the array's content."""
    return isinstance(expr, Call) and expr.function is primitives.dim


class Needs:
    """Registry of placeholders.

    Attributes
    ----------
    uses : for each needed version, the places of the statements whose adjoint reads it.
    """

    def __init__(self, versions: Versions, places: Places) -> None:
        self.uses: dict[Version, set[Place]] = {}
        self.versions = versions
        self.places = places
        self._placeholder: dict[Version, str] = {}
        self._by_placeholder: dict[str, Version] = {}
        self._made: dict[tuple[Stmt, str, str, int], Version] = {}

    def version(self, version: Version, at: Place) -> Name:
        """The placeholder of a version, read by the adjoint of the statement at a place."""
        if version not in self._placeholder:
            self._placeholder[version] = f"@{len(self._placeholder)}"
            self._by_placeholder[self._placeholder[version]] = version
        self.uses.setdefault(version, set()).add(at)
        return Name(self._placeholder[version])

    def operand(self, expr: Expr | Slice, stmt: Stmt) -> Expr:
        """An operand of a statement with its variables as placeholders."""
        read, at = self.versions.read[stmt], self.places.of[stmt]
        lengths_of = {
            e.args[0] for e in subexpressions(expr) if isinstance(e, Call) and is_length(e)
        }

        def change(e: Expr) -> Expr:
            if isinstance(e, Name) and e.id in read and e not in lengths_of:
                return self.version(read[e.id], at)
            return e

        return rewrite(expr, change)

    def made(self, kind: str, name: str, stmt: Stmt, place: Place, axis: int = 0) -> Version:
        """A value that is no variable: a loop's trips, a cell's content, a length."""
        return self._make((stmt, kind, name, axis), place)

    def _make(
        self, key: tuple[Stmt, str, str, int], place: Place, reader: Stmt | None = None
    ) -> Version:
        stmt, kind, name, axis = key
        if key not in self._made:
            made = Version(name, kind, stmt, place, axis, reader)  # type: ignore[arg-type]
            self._made[key] = made
        return self._made[key]

    def content(self, array: str, stmt: Stmt) -> Version:
        """What an array holds when a statement reads it, from where on it has held that."""
        pointer = self.versions.read[stmt].get(array)
        start = stmt
        if pointer is not None and pointer not in self.versions.maybe_unbound:
            start = since(outermost_unchanging(stmt, array, self.places), array, self.places)
        return self._make((start, "array", array, 0), self.places.of[start], stmt)

    def of_placeholder(self, name: str) -> Version | None:
        """The version behind a placeholder; None for ordinary names."""
        return self._by_placeholder.get(name)

    def use_index(self, version: Version, use: Place) -> int:
        """Position, in the version's own block, of the statement whose adjoint reads it."""
        index = self.places.within(use, version.place.block)
        assert index is not None, f"{version.name} is read outside its block"
        return index

    def index_placeholder(self, loop: For) -> Name:
        """The placeholder of a loop's counter in its reverse loop."""
        version = next(
            v for v in self.versions.by_name[loop.target] if v.stmt is loop and v.kind == "index"
        )
        return self.version(version, Place(BlockKey(loop), -1))
