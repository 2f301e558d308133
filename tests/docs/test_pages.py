"""Every page of the documentation does what it says: its code runs and prints what is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.pages import blocks, run

DOCS = Path(__file__).resolve().parents[2] / "docs"
# Programs of the compiler's stages, compared with what it gives by `tests/test_docs.py`.
GENERATED = {"how-it-works.md"}
PAGES = [
    page
    for page in sorted(DOCS.glob("*.md"))
    if page.name not in GENERATED and blocks(page.read_text())
]


def lines(text):
    """The lines of an output; what blanks are at their ends cannot be seen on a page."""
    return [line.rstrip() for line in text.strip("\n").splitlines()]


def mismatches(page, file):
    """(first line, what is shown, what is printed) of each block for which they differ."""
    text = page.read_text()
    return [
        (block.line, lines(block.shown or ""), lines(printed))
        for block, printed in zip(blocks(text), run(text, file), strict=True)
        if lines(block.shown or "") != lines(printed)
    ]


@pytest.mark.compiled
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_page_prints_what_it_shows(page, tmp_path):
    assert mismatches(page, tmp_path / f"{page.stem.replace('-', '_')}.py") == []


def test_the_chapter_is_among_the_pages():
    assert "autograd-chapter.md" in [page.name for page in PAGES]


PAGE = """A page.

```python
x = 2
print(x)
```

```text
2
```

Words between.

```python
print(x + 1)
```

```text
{shown}
```

```python
def f():
    raise ValueError
```
"""


@pytest.mark.parametrize(
    "shown, expected", [("3", []), ("4", [(15, ["4"], ["3"])]), ("", [(15, [], ["3"])])]
)
def test_wrong_output_is_found(shown, expected, tmp_path):
    page = tmp_path / "page.md"
    page.write_text(PAGE.format(shown=shown))
    assert mismatches(page, tmp_path / "page.py") == expected


def test_output_that_is_not_shown_is_found(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("```python\nprint(1)\n```\n\nWords.\n\n```text\n1\n```\n")
    assert mismatches(page, tmp_path / "page.py") == [(2, [], ["1"])]


def test_code_stands_on_the_lines_of_the_page(tmp_path):
    text = PAGE.format(shown="3") + "\n```python\nf()\n```\n"
    with pytest.raises(ValueError) as raised:  # noqa: PT011 - raised by the page
        run(text, tmp_path / "page.py")
    number = raised.traceback[-1].lineno + 1
    assert text.splitlines()[number - 1] == "    raise ValueError"
