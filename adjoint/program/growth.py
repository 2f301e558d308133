"""Arrays that grow in place: `x = with_room(x, …)`, in the core language a call for its effect.

Such a call changes neither what the array holds nor, for the analyses, which array it is: it is no
assignment. Only its first axis is longer.
"""

from __future__ import annotations

from adjoint.program.core import Block, Evaluate, Name, Stmt
from adjoint.program.walk import statements
from adjoint.runtime import buffers, lists, stopping, unordered

GROWING = frozenset({buffers.reserve, buffers.with_room, buffers.with_room_for})
# Functions of generated code that stay calls when it is differentiated again.
KNOWN = GROWING | {
    stopping.stop_gradient,
    unordered.add,
    lists.item_index,
    lists.last_index,
    lists.check_item_length,
    lists.joined_item_length,
}


def growing(stmt: Stmt) -> str | None:
    """The array that a statement makes longer, if it is such a statement."""
    if isinstance(stmt, Evaluate) and stmt.call.function in GROWING:
        array = stmt.call.args[0]
        assert isinstance(array, Name)
        return array.id
    return None


def grown(block: Block) -> set[str]:
    """Arrays that the block may make longer."""
    return {array for stmt in statements(block) if (array := growing(stmt)) is not None}
