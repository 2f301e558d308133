"""Write into pages what their code prints: `python docs/make_outputs.py tutorial.md …`.

Each output block that follows a block of Python is replaced. Read the difference before committing.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

DOCS = Path(__file__).resolve().parent
sys.path.insert(0, str(DOCS.parent))  # for the tests' own reader of pages

from tests.docs.pages import blocks, run  # noqa: E402


def filled(text: str, folder: Path, stem: str) -> str:
    """A page's text with the outputs that its code has now."""
    printed = run(text, folder / f"{stem.replace('-', '_')}.py")
    lines = text.splitlines(keepends=True)
    for block, output in reversed(list(zip(blocks(text), printed, strict=True))):
        if block.shown is None:
            continue
        end = block.line + block.code.count("\n")  # the closing fence, counted from 0 below
        start = next(k for k in range(end, len(lines)) if lines[k].startswith("```") and k >= end)
        body = [f"{line.rstrip()}\n" for line in output.strip("\n").splitlines()]
        lines[start + 1 : start + 1 + block.shown.count("\n")] = body
    return "".join(lines)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name in sys.argv[1:]:
            page = DOCS / name
            page.write_text(filled(page.read_text(), Path(folder), page.stem))


if __name__ == "__main__":
    main()
