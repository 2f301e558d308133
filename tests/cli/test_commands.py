"""The commands: what they print, their exit codes, and that mistakes get no traceback."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from adjoint.cli import main


def test_show_prints_the_adjoint(call):
    code, out, _ = call("show", "model.py:smooth", "--types", "f8[:], f8, i8")
    assert code == 0
    assert out.startswith("def smooth_adjoint(u, k, steps, ")
    assert "# adjoint of line 11" in out
    assert "# what line 11 overwrites in u" in out


def test_show_takes_a_module_by_its_name(call):
    assert call("show", "model:line", "-t", "f8[::1], f8")[1].startswith("def line_adjoint(")


@pytest.mark.parametrize(
    "stage, expected",
    [
        ("syntax", "len_1 = len(x)"),
        ("inference", "x: array(float64, 1d, C)"),
        ("module", "# Adjoint of line, which model.py defines in line 15."),
    ],
)
def test_show_prints_other_stages(call, stage, expected):
    code, out, _ = call("show", "model.py:line", "-t", "f8[::1], f8", "--stage", stage)
    assert code == 0
    assert expected in out


def test_show_differentiates_by_what_is_asked_for(call):
    _, out, _ = call("show", "model.py:line", "-t", "f8[:], f8", "--wrt", "w")
    assert "w_bar" in out
    assert "x_bar" not in out


@pytest.mark.parametrize("name, result", [("decorated", "x"), ("operation", "x")])
def test_gradients_and_operations_stand_for_their_functions(call, name, result):
    code, out, _ = call("show", f"model.py:{name}", "--args", "2.0")
    assert code == 0
    assert f"def {name}_adjoint({result}, " in out


def test_args_may_use_names_of_the_module(call):
    code, out, _ = call("show", "model.py:weighted", "--args", "WEIGHTS[::2] * 2, ")
    assert (code, out) != (0, "")


def test_args_may_end_with_a_comma(call):
    code, out, _ = call("show", "model.py:line", "--args", "np.ones(3), 0.5,")
    assert code == 0
    assert "def line_adjoint" in out


def test_explain_prints_what_was_decided(call):
    code, out, _ = call("explain", "model.py:smooth", "-a", "np.ones(10), 0.1, 4")
    assert code == 0
    assert "int64 has no derivative" in out
    assert "stored_1" in out
    assert "together 256 B" in out  # four steps of eight cells, eight bytes each
    assert "fused" in out


def test_explain_gives_data(call):
    _, out, _ = call("explain", "model.py:smooth", "-a", "np.ones(5), 0.1, 3", "--json")
    told = json.loads(out)
    (kept,) = (value for value in told["values"] if value["how"] == "stored")
    assert kept["bytes"] == 3 * 3 * 8
    assert {loop["line"]: loop["fused"] for loop in told["loops"]} == {
        9: False,
        10: False,
        12: True,
    }


def test_emit_prints_the_file(call):
    code, out, _ = call("emit", "model.py:line", "-t", "f8[:], f8")
    assert code == 0
    assert "import adjoint" not in out
    assert 'if __name__ == "__main__":' in out


@pytest.mark.compiled
def test_emit_writes_a_file_that_tests_itself(call, tmp_path):
    file = tmp_path / "line_adjoint.py"
    code, out, _ = call("emit", "model.py:line", "-t", "f8[:], f8", "-o", str(file))
    assert code == 0
    assert "line_adjoint.py" in out
    run = [sys.executable, "-I", "-c", f"import sys; sys.modules['adjoint'] = None; "
           f"import runpy; runpy.run_path({str(file)!r}, run_name='__main__')"]  # fmt: skip
    done = subprocess.run(run, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "differences" in done.stdout


@pytest.mark.compiled
def test_check_agrees(call):
    code, out, _ = call("check", "model.py:line", "-t", "f8[::1], f8")
    assert code == 0
    assert out.count("agrees") == 3


@pytest.mark.compiled
def test_check_says_what_the_tape_cannot_run(call):
    code, out, _ = call("check", "model.py:smooth", "-t", "f8[::1], f8, i8")
    assert code == 0
    assert "cannot run it: TapeError" in out


@pytest.mark.compiled
def test_check_finds_what_disagrees(call):
    code, out, _ = call("check", "model.py:fickle", "--args", "2.0")
    assert code == 1
    assert "disagrees" in out


@pytest.mark.compiled
def test_bench_prints_medians_and_leaves_arguments_alone(call):
    code, out, _ = call("bench", "model.py:smooth", "-a", "np.ones(9), 0.1, 3", "--seconds", "0.01")
    assert code == 0
    assert "value and gradient" in out


def test_cache(call, tmp_path):
    assert "nothing yet" in call("cache", "info")[1]
    folder = tmp_path / "cache"
    folder.mkdir(mode=0o700)
    (folder / "energy.py").write_text("x" * 1500)
    assert "1.5 kB, 1 generated modules" in call("cache", "info")[1].replace("\n", " ")
    assert call("cache", "clear", "--yes")[0] == 0
    assert not folder.exists()
    assert "nothing to delete" in call("cache", "clear")[1]


def test_help_has_examples(call):
    for command in ("show", "emit", "check", "explain", "bench"):
        code, out, _ = call(command, "--help")
        assert code == 0
        assert f"adjoint {command} model.py:" in out


TYPES = ("--types", "f8[:], f8")


@pytest.mark.parametrize(
    "arguments, code, words",
    [
        (("show", "model.py:lien", *TYPES), 2, ("model.py has no 'lien'", "did you mean line?")),
        (("show", "nowhere.py:line", *TYPES), 2, ("there is no file nowhere.py",)),
        (("show", "nowhere:line", *TYPES), 2, ("there is no module 'nowhere'",)),
        (("show", "broken.py:f", *TYPES), 2, ("importing broken.py fails: ZeroDivisionError",)),
        (("show", "model.py", *TYPES), 2, ("does not name a function",)),
        (("show", "model.py:WEIGHTS", *TYPES), 2, ("is no function", "ndarray")),
        (("show", "model.py:line"), 2, ("--types or by --args",)),
        (("show", "model.py:line", "-t", "g8"), 2, ("--types 'g8' is not understood", "g8")),
        (("show", "model.py:line", "-t", "f8[:"), 2, ("is not understood",)),
        (("show", "model.py:line", "-t", "3, f8"), 2, ("3 is no type",)),
        (("show", "model.py:line", "-t", "f8"), 2, ("lists 1", "(x, w)")),
        (("show", "model.py:line", "-t", "f8[:], unicode_type"), 2, ("give values by --args",)),
        (("show", "model.py:line", "-a", "np.onse(3), 2.0"), 2, ("AttributeError",)),
        (("show", "model.py:line", "-a", "np.ones(3)"), 2, ("--args lists 1", "(x, w)")),
        (("show", "model.py:line", "-a", "np.ones(3), 2.0, 3"), 2, ("--args lists 3", "(x, w)")),
        (("show", "model.py:Kind", "-t", "f8"), 2, ("is no function", "a class")),
        (("show", "leaves.py:f", "-t", "f8"), 2, ("importing leaves.py fails: SystemExit",)),
        (("bench", "model.py:refused", "-t", "f8"), 1, ("return open(x)", "^^^^")),
        (("check", "model.py:line", *TYPES, "--rtol", "-1"), 2, ("--rtol",)),
        (("show", "model.py:line", *TYPES, "-w", "y"), 2, ("--wrt y", "x, w")),
        (("show", "model.py:line", *TYPES, "-s", "x"), 2, ("--stage x", "lowering")),
        (("show", "model.py:line", "-t", "i8[:], i8"), 2, ("no argument is a float",)),
        (("show", "model.py:refused", "-t", "f8"), 1, ("line 31", "return open(x)", "^^^^")),
        (("emit", "model.py:definite", "-t", "f8[:,:]"), 2, ("LinAlgError", "--args")),
        (("emit", "model.py:line", *TYPES, "-o", "no/such/f.py"), 2, ("cannot be written",)),
        (("frobnicate",), 2, ("frobnicate",)),
    ],
)
def test_mistakes_get_a_line(call, arguments, code, words):
    given, out, err = call(*arguments)
    assert given == code
    assert all(word in err for word in words), err
    assert "Traceback" not in err + out


def test_the_script_is_the_command_line():
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())
    module, _, name = project["project"]["scripts"]["adjoint"].partition(":")
    assert getattr(importlib.import_module(module), name) is main


def test_the_module_can_be_executed():
    done = subprocess.run(
        [sys.executable, "-m", "adjoint", "--version"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "COLUMNS": "100"},
    )
    assert done.stdout.startswith("adjoint ")
