"""The documentation says what is so: generated sections, links, the README's example."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import linecache
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import adjoint
from adjoint import plot, testing

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def load_script(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_worked_example_is_up_to_date():
    """If this fails because the compiler changed: `python docs/make_how_it_works.py`."""
    script = load_script(ROOT / "docs" / "make_how_it_works.py")
    assert script.PAGE.read_text() == script.page_with(script.section())


def test_coverage_is_up_to_date():
    """If this fails because more is differentiated: `python docs/make_coverage.py`.

    In a process of its own: here tests may have registered rules.
    """
    script = load_script(ROOT / "docs" / "make_coverage.py")
    code = "import runpy, sys; sys.stdout.write(runpy.run_path(sys.argv[1])['page']())"
    command = [sys.executable, "-c", code, str(ROOT / "docs" / "make_coverage.py")]
    run = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    assert script.PAGE.read_text() == run.stdout


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#\s]+)\)", page.read_text()):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def test_every_public_name_is_on_the_page_of_the_api():
    page = (ROOT / "docs" / "api.md").read_text()
    documented = set(re.findall(r"^\.\. auto\w+:: (adjoint[\w.]*)$", page, re.MULTILINE))
    public = {f"{m.__name__}.{name}" for m in (adjoint, testing, plot) for name in m.__all__}
    assert public <= documented


def test_pages_are_executed_when_they_are_built():
    """Sphinx gives each page's text to `execute`, in a list of one."""
    conf = load_script(ROOT / "docs" / "conf.py")
    for page, output in (("some-page", "3"), ("how-it-works", "2")):
        source = ["```python\nprint(1 + 2)\n```\n\n```text\n2\n```\n"]
        conf.execute(None, page, source)
        assert source == [f"```python\nprint(1 + 2)\n```\n\n```text\n{output}\n```\n"]


@pytest.mark.compiled
def test_readme_example_prints_what_it_says(tmp_path):
    text = (ROOT / "README.md").read_text()
    code = re.search(r"```python\n(.*?)```", text, re.DOTALL).group(1)
    expected = re.search(r"```\n\n```\n(.*?)```", text, re.DOTALL).group(1)
    file = tmp_path / "readme_example.py"
    file.write_text(code)  # the compiler reads the source from the file
    linecache.checkcache()
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        script = load_script(file)
    assert printed.getvalue() == expected
    shown = re.search(r"```text\n(def .*?)```", text, re.DOTALL).group(1)
    assert script.energy.source(np.ones(3), 3.0).strip() == shown.strip()
