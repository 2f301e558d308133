"""The cache belongs to one state of our own sources and of the libraries."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numba
import numpy as np
import pytest

from adjoint.jit import environment as module


@pytest.fixture
def name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], str]:
    """The environment's name, computed anew for a package of two files."""
    (tmp_path / "package" / "rules").mkdir(parents=True)
    (tmp_path / "runtime").mkdir()
    (tmp_path / "package" / "runtime").symlink_to(tmp_path / "runtime")
    (tmp_path / "package" / "rules" / "one.py").write_text("x = 1\n")
    (tmp_path / "runtime" / "two.py").write_text("y = 1\n")
    monkeypatch.setattr(module, "PACKAGE", tmp_path / "package")
    return module.environment.__wrapped__


def test_it_is_the_same_for_the_same_sources(name: Callable[[], str]) -> None:
    assert name() == name()


def test_every_source_counts(name: Callable[[], str], tmp_path: Path) -> None:
    names = {name()}
    (tmp_path / "package" / "rules" / "one.py").write_text("x = 2\n")
    names.add(name())
    (tmp_path / "runtime" / "two.py").write_text("y = 2\n")  # behind the link
    names.add(name())
    (tmp_path / "package" / "three.py").touch()
    names.add(name())
    assert len(names) == 4


@pytest.mark.parametrize("library", [np, numba])
def test_versions_count(
    name: Callable[[], str], monkeypatch: pytest.MonkeyPatch, library: object
) -> None:
    before = name()
    monkeypatch.setattr(library, "__version__", "0.0")
    assert name() != before


def test_our_own_package_is_meant() -> None:
    assert (module.PACKAGE / "jit" / "environment.py").samefile(module.__file__)
    assert list((module.PACKAGE / "runtime").glob("*.py"))
