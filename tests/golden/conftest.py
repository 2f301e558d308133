"""The option that rewrites the golden files."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--update-goldens`, for runs of this folder."""
    parser.addoption("--update-goldens", action="store_true", help="rewrite tests/golden/adjoints")
