"""The page of errors: every message that the source can raise is on it, with a cure."""

from __future__ import annotations

import importlib.util
import inspect
import sys
from pathlib import Path

import pytest

from adjoint import errors

PATH = Path(__file__).resolve().parents[2] / "docs" / "make_errors.py"


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("make_errors", PATH)
    module = importlib.util.module_from_spec(spec)
    sys.modules["make_errors"] = module  # its dataclasses look for it there
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def found(script):
    return script.messages(script.read())


def rows(script, found):
    """The rows of the page, message and cure."""
    return [line for line in script.section(found).splitlines() if line.startswith("| ")]


def test_every_message_is_on_the_page(script, found):
    """If this fails because there is a new error: `python docs/make_errors.py`."""
    page = script.PAGE.read_text()
    assert [row for row in rows(script, found) if row not in page] == []


def test_every_message_has_a_cure(script, found):
    """Give the error a hint, or, if it must not have one, an entry in `docs/error_cures.txt`."""
    assert [message for message in found if not script.cure(message)] == []


def test_every_class_is_on_the_page(script):
    page = script.PAGE.read_text()
    classes = [name for name, value in vars(errors).items() if inspect.isclass(value)]
    ours = [name for name in classes if vars(errors)[name].__module__ == errors.__name__]
    assert "OutsideWarning" in ours
    assert [name for name in ours if name not in page] == []


MODULE = """
WORDS = "words of a module"

class Wrong(AdjointError):
    pass

class MoreWrong(Wrong):
    pass

def stop(message, node, hint=""):
    raise Wrong(message, node, hint)

def f(x):
    stop("through a maker", x, f"ask {x}")
    stop(f"what {x} is", x)
    raise MoreWrong("one thing" if x else "another " f"{x} thing", hint="do")

def g(x):
    words = "assigned " + "before"
    raise Wrong(WORDS) if x else Wrong(words, x, "do")
"""


def test_messages_are_found_however_they_are_made(script, tmp_path, monkeypatch):
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "module.py").write_text(MODULE)
    monkeypatch.setattr(script, "ROOT", tmp_path)
    made = {(m.kind, m.text, m.hint) for m in script.messages(script.read(("package",)))}
    assert made == {
        ("Wrong", "through a maker", "ask …"),
        ("Wrong", "what … is", ""),
        ("MoreWrong", "one thing", "do"),
        ("MoreWrong", "another … thing", "do"),
        ("Wrong", "words of a module", ""),
        ("Wrong", "assigned before", "do"),
    }


def test_errors_of_python_are_found(script, tmp_path, monkeypatch):
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "module.py").write_text(
        'def f(x):\n    raise ValueError(f"{x} is empty")\n\ndef g():\n    raise KeyError("k")\n'
    )
    monkeypatch.setattr(script, "ROOT", tmp_path)
    assert script.of_python(script.read(("package",))) == [("ValueError", "… is empty")]
