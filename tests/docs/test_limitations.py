"""Every row of the page of limitations: what it says is refused is, with the error that it names.

A row may list several things; `CASES` has at least one program for each row, found by a piece of
the row's text.
"""

from __future__ import annotations

import builtins
import re
from pathlib import Path

import pytest

import adjoint.errors
from tests.docs.limited import CASES

PAGE = Path(__file__).parents[2] / "docs" / "limitations.md"


def rows():
    """Cells of the table: what is refused, and the errors."""
    lines = PAGE.read_text().splitlines()
    table = [line for line in lines if line.startswith("| ")][1:]
    return [
        (cells[1].strip(), cells[2]) for cells in (re.split(r"(?<!\\)\|", row) for row in table)
    ]


def row_of(piece):
    """The row that has this text, of which there is one."""
    (found,) = [row for row in rows() if piece in row[0]]
    return found


def errors_of(row):
    """The exception classes that a row names."""
    names = re.findall(r"`(\w+)`", row[1])
    return tuple(getattr(adjoint.errors, name, None) or getattr(builtins, name) for name in names)


def test_every_row_has_a_program():
    pieces = [case.row for case in CASES]
    missing = [row for row, _ in rows() if not any(piece in row for piece in pieces)]
    assert not missing


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_is_refused(case, tmp_path, monkeypatch):
    monkeypatch.setenv("ADJOINT_CACHE_DIR", str(tmp_path))
    with pytest.raises(errors_of(row_of(case.row))):
        case.run()
