"""Pages whose code runs: blocks of Python, each with the output that is shown after it."""

from __future__ import annotations

import contextlib
import io
import linecache
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_FENCE = re.compile(
    r"^```(?P<language>python|text|output)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True)
class Block:
    """A block of Python on a page.

    Attributes
    ----------
    line : number of its first line on the page.
    code : its text.
    shown : the text of the output block that follows it; None if there is none.
    """

    line: int
    code: str
    shown: str | None


def blocks(page: str) -> list[Block]:
    """The blocks of Python, in order.

    An output block belongs to the Python block before it, if only blank lines are between.
    """
    found: list[Block] = []
    end = 0
    for fence in _FENCE.finditer(page):
        if fence["language"] == "python":
            line = page.count("\n", 0, fence.start("body")) + 1
            found.append(Block(line, fence["body"], None))
        elif found and not page[end : fence.start()].strip():
            found[-1] = Block(found[-1].line, found[-1].code, fence["body"])
        end = fence.end()
    return found


def run(page: str, file: Path) -> list[str]:
    """Run a page's blocks in one namespace; return what each prints.

    Parameters
    ----------
    page : its text.
    file : where the code is written, line by line where it stands on the page: the compiler reads
        the source of functions, and errors name the page's own lines.
    """
    found = blocks(page)
    lines = [""] * (page.count("\n") + 1)
    for block in found:
        code = block.code.splitlines()
        lines[block.line - 1 : block.line - 1 + len(code)] = code
    file.write_text("\n".join(lines) + "\n")
    linecache.checkcache(str(file))
    namespace: dict[str, Any] = {"__name__": file.stem, "__file__": str(file)}
    return [_printed(block, file, namespace) for block in found]


def _printed(block: Block, file: Path, namespace: dict[str, Any]) -> str:
    code = compile("\n" * (block.line - 1) + block.code, str(file), "exec")
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(code, namespace)
    return output.getvalue()
