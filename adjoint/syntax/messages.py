"""Texts of errors and of `print`: the only place where formatted strings may stand."""

from __future__ import annotations

from typing import Any

import gast

from adjoint.program.core import Const, Name
from adjoint.syntax.context import Context
from adjoint.syntax.translate import atom, expression, expression_form
from adjoint.syntax.values import Value


@expression_form(gast.JoinedStr)
def _formatted(context: Context, node: Any) -> Value:
    """A string whose parts are all known is one: a key, a mode."""
    texts: list[str] = []
    for part in node.values:
        plain = isinstance(part, gast.FormattedValue) and part.conversion == -1
        value = expression(context, part.value if plain else part)
        if not isinstance(value, Const) or (plain and part.format_spec is not None):
            context.refuse(
                "a formatted string of what is known only when running is not supported.",
                node,
                "it may stand in print(), raise and assert only",
            )
        texts.append(f"{value.value}")
    return Const("".join(texts))


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
