"""The comment at the top of a generated module: what it is the adjoint of, and what it keeps."""

from __future__ import annotations

import textwrap
from pathlib import PurePath

from adjoint.explanation.data import Explanation, Value
from adjoint.reverse.wording import lines

_WIDTH = 98  # of a line without its `# `


def header(explanation: Explanation) -> str:
    """Comment lines, and an empty one."""
    file = PurePath(explanation.filename).name
    params = ", ".join(f"{name}: {type_}" for name, type_ in explanation.parameters)
    about = f"Adjoint of {explanation.function}, which {file} defines in line {explanation.line}."
    text = [
        *textwrap.wrap(about, _WIDTH),
        "",
        *_wrapped(f"{explanation.function}({params}) -> {explanation.result}", "    "),
    ]
    if explanation.stored:
        text += ["", "The forward sweep stores for the reverse sweep:", ""]
        for value in explanation.stored:
            text += _wrapped(_stored(value), "    ")
    return "".join(f"# {line}".rstrip() + "\n" for line in text) + "\n"


def _stored(value: Value) -> str:
    read_by = f", for the adjoint of {lines(value.read_by)}" if value.read_by else ""
    return f"{value.place}: {value.content}{read_by}; {value.size}"


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent="    ", subsequent_indent=f"    {indent}")
