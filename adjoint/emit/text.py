"""Trees to text; the only place that knows astor (whose last release predates Python 3.14)."""

from __future__ import annotations

import re
from collections.abc import Sequence

import astor
import gast

from adjoint.program.core import Comment

WIDTH = 100
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
        _add_comment(lines, comment, marker[1])
    return "\n".join(part for line in lines for part in wrapped(line)) + "\n"


def _add_comment(lines: list[str], comment: Comment, indent: str) -> None:
    """Put a comment at the end of the last line, or on a line of its own if that gets long."""
    if comment.beside and lines:
        together = f"{lines[-1]}  # {comment.text}"
        if len(together) <= WIDTH:
            lines[-1] = together
            return
        lines.insert(len(lines) - 1, f"{indent}# {comment.text}")
        return
    lines.append(f"{indent}# {comment.text}")


def wrapped(line: str) -> list[str]:
    """A line broken inside brackets, after commas and before operators, to `WIDTH` columns."""
    if len(line) <= WIDTH or line.lstrip().startswith("#"):
        return [line]
    places = [k for k in _break_places(line) if k <= WIDTH]
    if not places:
        return [line]
    indent = " " * (len(line) - len(line.lstrip()) + 4)
    if line[len(indent) - 4 :].startswith("def "):
        indent += "    "
    head, rest = line[: places[-1]].rstrip(), indent + line[places[-1] :].lstrip()
    if len(rest) >= len(line):
        return [line]
    return [head, *wrapped_rest(rest, len(indent))]


def wrapped_rest(rest: str, margin: int) -> list[str]:
    """Further lines of a broken line; they are inside its brackets all along."""
    if len(rest) <= WIDTH:
        return [rest]
    places = [k for k in _break_places("(" + rest) if margin + 1 < k <= WIDTH + 1]
    if not places:
        return [rest]
    cut = places[-1] - 1
    return [rest[:cut].rstrip(), *wrapped_rest(" " * margin + rest[cut:].lstrip(), margin)]


def _break_places(line: str) -> list[int]:
    """Columns inside brackets, outside strings, where a new line may start."""
    places: list[int] = []
    depth, quote = 0, ""
    for k, char in enumerate(line):
        if quote:
            quote = "" if char == quote and line[k - 1] != "\\" else quote
        elif char in "'\"":
            quote = char
        elif char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
        elif char == " " and depth > 0 and (line[k - 1] == "," or line[k + 1] in "+-*/<>"):
            places.append(k + 1)
    return places
