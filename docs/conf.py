"""Sphinx settings; pages are executed when they are built, so that they show what comes out."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))  # for `make_outputs`

from make_outputs import filled

project = "adjoint"
author = "the adjoint authors"
copyright = "2026, the adjoint authors"
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
html_theme = "furo"
exclude_patterns = ["_build"]
nb_execution_mode = "off"  # the pages are Markdown with plain fences, which any viewer shows
suppress_warnings = ["myst.xref_missing"]  # links to folders of code; tests/test_docs.py checks all


def execute(app: Any, page: str, source: list[str]) -> None:
    """Run a page's Python, and put what it prints in the place of the outputs it shows."""
    if page != "how-it-works":  # programs of the compiler's stages, written by a script
        with tempfile.TemporaryDirectory() as folder:
            source[0] = filled(source[0], Path(folder), page)


def setup(app: Any) -> None:
    """Sphinx's entry."""
    app.connect("source-read", execute)
