"""What Python and IPython print of an error: the user's frames, the line, the caret."""

from __future__ import annotations

import traceback

import pytest

from adjoint import grad
from adjoint.errors import AdjointError, NoRule, UnsupportedSyntax


def opened(x):
    with open("nothing") as _:
        return x * x


def reads(x):
    return x * float(input())


def error_of(function):
    with pytest.raises(AdjointError) as raised:
        grad(function, jit=False, cache=False)(2.0)
    return raised.value


def test_a_syntax_error_is_shown_as_python_shows_its_own():
    error = error_of(opened)
    assert type(error) is UnsupportedSyntax
    rows = traceback.format_exception_only(error)
    assert f"line {opened.__code__.co_firstlineno + 1}" in rows[0]
    assert 'with open("nothing") as _:' in rows[1]
    assert "^" in rows[2]
    assert "this `with` is not supported" in rows[-1]
    assert error.hint in rows[-1]


def test_a_syntax_error_has_no_frames_of_the_compiler():
    """IPython shows all frames of one, whatever the error asks for."""
    frames = traceback.extract_tb(error_of(opened).__traceback__)
    assert [frame.name for frame in frames] == ["error_of", "__call__"]


def test_the_message_follows_a_changed_hint():
    error = UnsupportedSyntax("no", hint="a")
    error.hint = "b"
    assert error.msg == "no\nhint: b"
    assert str(error) == "no\nhint: b"


def test_notebooks_show_the_caret_and_no_frame_of_the_compiler():
    error = error_of(reads)
    rows = error._render_traceback_()
    assert rows[-1] == f"{type(error).__name__}: {error}"
    assert "^^^" in rows[-1]
    assert not any("/adjoint/syntax/" in row or "/adjoint/api/" in row for row in rows)


def test_frames_of_the_user_are_kept():
    def deeper():
        raise NoRule("no rule")

    def run_cell():
        deeper()

    with pytest.raises(NoRule) as raised:
        run_cell()
    shown = "".join(raised.value._render_traceback_())
    assert "in run_cell" in shown
    assert "in deeper" in shown
    assert shown.endswith("NoRule: no rule")
