"""Texts of errors and of `print`: the only place where formatted strings may stand."""

from __future__ import annotations

from typing import Any

import gast

from adjoint.program.core import Const, Name
from adjoint.syntax.context import Context
from adjoint.syntax.translate import atom


def message_parts(context: Context, node: Any) -> list[Const | Name]:
    """The argument, or the parts of a formatted string, one argument each.

    Compiled code cannot format numbers, so texts and values stay apart.
    """
    if not isinstance(node, gast.JoinedStr):
        return [atom(context, node)]
    parts = [
        atom(context, part.value if isinstance(part, gast.FormattedValue) else part)
        for part in node.values
    ]
    return parts or [Const("")]
