"""Python text as HTML, with a class for each kind of word."""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping
from html import escape

_TOKEN = re.compile(
    r"(?P<comment>#.*)"
    r"|(?P<string>(?:\b[rbfuRBFU]{1,2})?(?:'''(?s:.*?)'''|\"\"\"(?s:.*?)\"\"\""
    r"|'(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\"))"
    r"|(?P<number>\b\d[\w.]*|\.\d[\w]*)"
    r"|(?P<attribute>(?<=\.)[^\W\d]\w*)"
    r"|(?P<name>[^\W\d]\w*)"
)


def highlighted(text: str, classes: Mapping[str, str]) -> list[str]:
    """The lines of a text as HTML.

    Parameters
    ----------
    classes : for names, the class that they get.
    """
    parts: list[str] = []
    end = 0
    for token in _TOKEN.finditer(text):
        parts.append(escape(text[end : token.start()]))
        parts.append(_spans(token[0], _class(token, classes)))
        end = token.end()
    parts.append(escape(text[end:]))
    return "".join(parts).split("\n")


def _class(token: re.Match[str], classes: Mapping[str, str]) -> str:
    kind = token.lastgroup or ""
    if kind == "name":
        return "keyword" if keyword.iskeyword(token[0]) else classes.get(token[0], "")
    return "" if kind == "attribute" else kind


def _spans(text: str, kind: str) -> str:
    """A span on each line of a token."""
    if not kind:
        return escape(text)
    return "\n".join(f'<span class="{kind}">{escape(line)}</span>' for line in text.split("\n"))
