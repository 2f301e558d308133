"""Trees to text; the only place that knows astor (whose last release predates Python 3.14)."""

from __future__ import annotations

import re
from collections.abc import Sequence

import astor
import gast

from adjoint.program.core import Comment

WIDTH = 100
_VALUE = re.compile(r"^(\s*(?:return|if|elif|while|[^()=\"']+? [-+*/@]?=) )(.+?)(:?)$")
_OPERATOR = re.compile(r"[-+*/<>]|and\b|or\b")
_TIGHTNESS = {"<": 1, ">": 1, "+": 2, "-": 2, "*": 3, "/": 3}
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
    lines = _broken(line)
    if max(map(len, lines)) > WIDTH:
        in_brackets = _broken(_VALUE.sub(r"\1(\2)\3", line))
        if max(map(len, in_brackets)) <= WIDTH:
            return in_brackets
    return lines


def _broken(line: str) -> list[str]:
    """The parts of a line that is broken inside the brackets that it has, or else in strings."""
    own = len(line) - len(line.lstrip())
    margin = own + (8 if line.startswith("def ", own) else 4)
    places, in_strings = _break_places(line)
    lines: list[str] = []
    start, indent, opening = 0, 0, ""
    while indent + len(line) - start > WIDTH:
        last = start + WIDTH - indent - len(opening)
        near = [k for k in places if max(start, margin) < k <= last]
        inside = [k for k in in_strings if max(start, margin) < k < last]
        if not near and not inside:
            break
        late = [k for k in near if k > last - WIDTH // 3] or near
        end = min(late, key=lambda k: (places[k], -k)) if near else inside[-1]
        quote = in_strings.get(end, "")
        part = line[start:end] if quote else line[start:end].rstrip()
        lines.append(" " * indent + opening + part + quote)
        start, indent, opening = end, margin, quote
    return [*lines, " " * indent + opening + line[start:]]


def _break_places(line: str) -> tuple[dict[int, int], dict[int, str]]:
    """Columns where a new line may start.

    In brackets, with how tightly what stands on both sides is bound; in strings, with the quote.
    """
    places: dict[int, int] = {}
    in_strings: dict[int, str] = {}
    depth, quote = 0, ""
    for k, char in enumerate(line):
        if quote:
            quote = "" if char == quote and line[k - 1] != "\\" else quote
            if char == " " and depth > 0:
                in_strings[k + 1] = quote
        elif char in "'\"":
            quote = char
        elif char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
        elif char == " " and depth > 0:
            after = _OPERATOR.match(line, k + 1)
            if line[k - 1] == "," or after:
                places[k + 1] = 4 * depth + (_TIGHTNESS.get(after[0], 0) if after else 0)
    return places, in_strings
