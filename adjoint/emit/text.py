"""Trees to text; the only place that knows astor (whose last release predates Python 3.14)."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import astor
import gast
from astor.string_repr import pretty_string

from adjoint.program.core import Comment, Stmt

WIDTH = 100
_NOTHING: Mapping[gast.AST, Stmt] = MappingProxyType({})
_VALUE = re.compile(r"^(\s*(?:return|if|elif|while|[^()=\"']+? [-+*/@]?=) )(.+?)(:?)$")
_OPERATOR = re.compile(r"[-+*/<>]|and\b|or\b")
_TIGHTNESS = {"<": 1, ">": 1, "+": 2, "-": 2, "*": 3, "/": 3}
# Formatters write a power of plain names and numbers without spaces.
_POWER = re.compile(r"(?<![\w.)\]])([a-zA-Z_]\w*|\d+(?:\.\d*)?) \*\* (-?[\w.]+)(?![\w.(\[])")
_MARKER = re.compile(r"^(\s*)__comment__\((\d+)\)$")


def to_text(tree: gast.AST, comments: Sequence[Comment] = ()) -> str:
    """Python text of a tree, with each `__comment__(k)` replaced by the text of comment k."""
    return "".join(f"{line}\n" for line, _ in to_lines(tree, comments))


def to_lines(
    tree: gast.AST, comments: Sequence[Comment] = (), of: Mapping[gast.AST, Stmt] = _NOTHING
) -> list[tuple[str, Stmt | None]]:
    """The lines of the text, each with the statement that it is of, as far as `of` knows it."""
    text = _source(tree)
    origins = _origins(tree, text, of) if of else {}
    lines: list[tuple[str, Stmt | None]] = []
    for number, line in enumerate(text.splitlines(), 1):
        marker = _MARKER.match(line)
        if marker is None:
            lines.append((_with_tight_powers(line.rstrip()), origins.get(number)))
        else:
            _add_comment(lines, comments[int(marker[2])], marker[1])
    return [(part, origin) for line, origin in lines for part in wrapped(line)]


def _origins(tree: gast.AST, text: str, of: Mapping[gast.AST, Stmt]) -> dict[int, Stmt]:
    """The statements by the lines that they start at: those of the text, in the tree's order."""
    pairs = zip(_statements(tree), _statements(ast.parse(text)), strict=True)
    return {parsed.lineno: of[node] for node, parsed in pairs if node in of}


def _statements(tree: Any) -> Iterator[Any]:
    """The statements of a block and of those inside them."""
    for node in (*tree.body, *getattr(tree, "orelse", ())):
        yield node
        if hasattr(node, "body"):
            yield from _statements(node)


def _with_tight_powers(line: str) -> str:
    if '"' in line or "'" in line:
        return line  # it may be text
    once = _POWER.sub(r"\1**\2", line)
    return _POWER.sub(r"\1**\2", once)  # a ** b ** c


def _source(tree: gast.AST) -> str:
    plain = gast.gast_to_ast(tree)
    return str(astor.to_source(plain, pretty_string=_quoted, pretty_source="".join))


def _quoted(value: str, embedded: object, line: str, *rest: Any, **options: Any) -> str:
    """A string in double quotes; a docstring, which starts its line, in three of them."""
    if not line.strip():
        return str(pretty_string(value, embedded, line, *rest, **options))
    text = repr(value)
    return f'"{text[1:-1]}"' if text[0] == "'" and '"' not in value else text


def statement_text(trees: list[gast.AST]) -> str:
    """Python text of statements, not wrapped."""
    return _source(gast.Module(trees, [])).strip()


def tree_text(tree: gast.AST) -> str:
    """Python text of an expression."""
    text = statement_text([gast.Expr(tree)])
    return text[1:-1] if text.startswith("(") and _closes_last(text) else text


def _closes_last(text: str) -> bool:
    """Whether the bracket that a text starts with is closed at its end."""
    depth = 0
    for k, char in enumerate(text):
        depth += (char == "(") - (char == ")")
        if depth == 0:
            return k == len(text) - 1
    return False


def _add_comment(lines: list[tuple[str, Stmt | None]], comment: Comment, indent: str) -> None:
    """Put a comment at the end of the last line, or on a line of its own if that gets long."""
    above = _comment_lines(comment.text, indent)
    if not (comment.beside and lines):
        lines += [(line, comment) for line in above]
        return
    last, origin = lines[-1]
    together = f"{last}  # {comment.text}"
    if len(together) <= WIDTH:
        lines[-1] = together, origin
    else:
        lines[-1:] = [*((line, origin) for line in above), lines[-1]]


def _comment_lines(text: str, indent: str) -> list[str]:
    """A comment on lines of its own."""
    return textwrap.wrap(text, WIDTH, initial_indent=f"{indent}# ", subsequent_indent=f"{indent}# ")


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
