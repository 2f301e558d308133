"""What the steps of a checkpointed loop take and return, for their adjoints."""

from __future__ import annotations

from typing import Any

from numba.core import types

from adjoint.errors import UnsupportedSyntax
from adjoint.program.core import Expr, For, Location, Name
from adjoint.program.functions import Joint, Steps
from adjoint.program.numbers import is_complex, is_float
from adjoint.program.walk import statements

Positions = tuple[int, ...]


class StepsInterface:
    """What steps take and return.

    Attributes
    ----------
    item_of : for each parameter that a step hands on to the next, the item of the result.
    carried_items : such items that have a cotangent.
    stems : a name for each item.
    """

    def __init__(self, joint: Joint) -> None:
        assert joint.steps is not None
        self.joint = joint
        self.steps: Steps = joint.steps
        self.params = joint.body.params
        self.table = dict(joint.body.types or {})
        self.kinds = [self.table[param] for param in self.params]
        carried = (*self.steps.carried, *joint.overwritten)
        self.item_of: dict[int, int] = {}
        for item, param in enumerate(carried):
            if param is not None:
                self._check(item, param)
                self.item_of[param] = item
        self.stems = [
            f"result_{k}" if param is None else self.params[param]
            for k, param in enumerate(carried)
        ]
        floats = [param for param in self.item_of if _has_bar(self.kinds[param])]
        self._carried_floats = tuple(sorted(floats))
        self.carried_items = tuple(sorted(self.item_of[param] for param in floats))

    def _check(self, item: int, param: int) -> None:
        name = self.params[param].removesuffix("_start")
        if param in self.item_of:
            raise UnsupportedSyntax(
                f"`{name}` is written to in a checkpointed loop, and assigned anew",
                self._at(),
                f"write to it only: {name}[:] = …",
            )
        if self.joint.items[item] != self.kinds[param]:
            raise UnsupportedSyntax(
                f"`{name}` is {self.kinds[param]} before a checkpointed loop, and "
                f"{self.joint.items[item]} after it",
                self._at(),
                "give it the same type before the loop, 0.0 instead of 0",
            )

    def _at(self) -> Location | None:
        body = self.joint.body.body
        return next((stmt.at for stmt in statements(body) if isinstance(stmt, For)), None)

    def bounds(self) -> tuple[Expr, Expr, Expr]:
        """Of the range of the loop: start, stop and step."""
        start, stop = self.params[self.steps.start], self.params[self.steps.stop]
        return Name(start), Name(stop), self.steps.step

    def param_of(self, item: int) -> int:
        """The parameter that the next step takes an item for."""
        return next(param for param, own in self.item_of.items() if own == item)

    def active(self, active: Positions) -> Positions:
        """With the state: in the middle of the loop it depends on whatever is active."""
        return tuple(sorted({*active, *self._carried_floats}))

    def with_scalars(self, seeded: Positions) -> Positions:
        """With the numbers of the state, whose cotangent zero costs nothing."""
        scalars = (k for k in self.carried_items if not is_array(self.joint.items[k]))
        return tuple(sorted({*seeded, *scalars}))

    def arrays(self, positions: Positions) -> Positions:
        """Those of arrays."""
        return tuple(k for k in positions if is_array(self.kinds[k]))

    def scalars(self, positions: Positions) -> Positions:
        """Those of numbers."""
        return tuple(k for k in positions if not is_array(self.kinds[k]))

    def totals(self, active: Positions) -> Positions:
        """Numbers that no step changes: their bars are added up over all steps."""
        return tuple(k for k in self.scalars(active) if k not in self.item_of)


def is_array(kind: Any) -> bool:
    return isinstance(kind, types.Array)


def _has_bar(kind: Any) -> bool:
    return is_float(kind) or is_complex(kind)
