"""What the wheel holds: every package listed, every layer named, nothing machine-specific."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def _packages_on_disk() -> set[str]:
    """Dotted names of the folders that hold Python files, `runtime/` as `adjoint.runtime`."""
    found = {"adjoint"}
    for path in (ROOT / "adjoint").rglob("*.py"):
        if not path.is_relative_to(ROOT / "adjoint" / "runtime"):
            found.add(".".join(path.parent.relative_to(ROOT).parts))
    for path in (ROOT / "runtime").rglob("*.py"):
        found.add(".".join(("adjoint", *path.parent.relative_to(ROOT).parts)))
    return found


def test_every_package_is_listed_and_every_listed_one_exists():
    assert set(PYPROJECT["tool"]["setuptools"]["packages"]) == _packages_on_disk()


def test_every_file_that_is_no_module_is_listed():
    """Style sheets and scripts are read from the package, and no import would miss them."""
    listed = PYPROJECT["tool"]["setuptools"]["package-data"]
    found = {
        (".".join(path.parent.relative_to(ROOT).parts), path.name)
        for kind in ("*.css", "*.js", "*.html", "py.typed")
        for path in (ROOT / "adjoint").rglob(kind)
    }
    assert found == {(package, name) for package, names in listed.items() for name in names}


def test_every_package_is_regular():
    """A folder without `__init__.py` works when editable and is missing from the wheel."""
    for package in _packages_on_disk():
        folder = ROOT.joinpath(*package.split("."))  # adjoint/runtime is the symlink
        assert (folder / "__init__.py").is_file(), f"{package} has no __init__.py"


def test_runtime_is_reached_through_the_symlink():
    link = ROOT / "adjoint" / "runtime"
    assert link.is_symlink()
    assert link.readlink() == Path("../runtime")


def test_layers_name_every_package():
    """A package that no layer names could import anything, unnoticed."""
    contract = PYPROJECT["tool"]["importlinter"]["contracts"][0]
    layers = {name for layer in contract["layers"] for name in re.findall(r"\w+", layer)}
    top_level = {name.split(".")[1] for name in _packages_on_disk() if "." in name}
    assert top_level - layers == {"runtime"}  # the leaf of its own contract


@pytest.mark.parametrize("file", ["README.md", "Makefile", ".ci/run", "LICENSE"])
def test_no_path_of_one_machine(file):
    text = (ROOT / file).read_text()
    assert not re.search(r"(?<![\w.])/(?:home|root|work|Users)/", text)


def test_readme_names_the_two_commands():
    text = (ROOT / "README.md").read_text()
    assert "`make demo`" in text
    assert "`make test`" in text
