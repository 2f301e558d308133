"""Trees to text; the only place that knows astor (whose last release predates Python 3.14)."""

from __future__ import annotations

import re
from collections.abc import Sequence

import astor
import gast

from adjoint.program.core import Comment

_MARKER = re.compile(r"^(\s*)__comment__\((\d+)\)$")


def to_text(tree: gast.AST, comments: Sequence[Comment] = ()) -> str:
    """Python text of a tree, with each `__comment__(k)` replaced by the text of comment k."""
    text = astor.to_source(gast.gast_to_ast(tree), pretty_source="".join)
    lines: list[str] = []
    for line in text.splitlines():
        marker = _MARKER.match(line)
        if marker is None:
            lines.append(line.rstrip())
            continue
        comment = comments[int(marker[2])]
        if comment.beside and lines:
            lines[-1] = f"{lines[-1]}  # {comment.text}"
        else:
            lines.append(f"{marker[1]}# {comment.text}")
    return "\n".join(lines) + "\n"
