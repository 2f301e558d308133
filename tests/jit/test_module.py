"""Generated modules: executed, compiled, kept as machine code."""

from __future__ import annotations

import linecache
import os
import subprocess
import sys
import traceback
from pathlib import Path

import numpy as np
import pytest
from numba import float64, types

from adjoint.errors import InternalError
from adjoint.jit.module import Module, shared_module

TEXT = """\
import numpy as np

def double(x):
    return helper(x) + x

def helper(x):
    return x

def fails(x):
    return x.missing

def divides(x, y):
    return x / y

def adds(x, y, z):
    return (x + y) - x
"""
pytestmark = pytest.mark.compiled


def _module(tmp_path: Path, name: str = "m", **options: bool) -> Module:
    path = tmp_path / f"{name}.py"
    path.write_text(TEXT)
    return Module(name, TEXT, path, **options)


def test_functions_of_the_module_call_each_other_compiled() -> None:
    module = Module("m", TEXT, None)
    module.compile("double", (float64,))
    assert module.function("double")(2.0) == 4.0
    helper = module.function("double").py_func.__globals__["helper"]
    assert helper.signatures == [(float64,)]
    assert module.function("helper").signatures == []  # nobody called it from Python


def test_errors_are_those_of_numpy() -> None:
    assert Module("m", TEXT, None).function("divides")(1.0, 0.0) == np.inf


@pytest.mark.parametrize("on_disk", [True, False])
def test_plain_python_shows_its_lines(tmp_path: Path, on_disk: bool) -> None:
    module = _module(tmp_path, jit=False) if on_disk else Module("m", TEXT, None, jit=False)
    with pytest.raises(AttributeError) as raised:
        module.function("fails")(1.0)
    last = traceback.extract_tb(raised.value.__traceback__)[-1]
    assert (last.lineno, last.line) == (10, "return x.missing")
    assert linecache.getline(last.filename, 3) == "def double(x):\n"


def test_numbas_refusal_is_our_error() -> None:
    with pytest.raises(InternalError, match=r"fails\(float64\) does not compile") as raised:
        Module("m", TEXT, None).compile("fails", (float64,))
    assert "Traceback" not in str(raised.value)
    assert "this is a bug of adjoint" in str(raised.value)


def test_modules_of_one_text_and_options_are_one() -> None:
    one = shared_module("f", TEXT, None)
    assert shared_module("f", TEXT, None) is one
    assert shared_module("f", TEXT, None, fastmath=True).name == f"{one.name}_fast"
    assert shared_module("f", TEXT + "\n", None) is not one


# ------------------------------------------------------------------------------------ machine code


def _stats(module: Module, name: str) -> tuple[int, int]:
    stats = module.function(name).stats
    return sum(stats.cache_hits.values()), sum(stats.cache_misses.values())


def test_machine_code_is_found_again(tmp_path: Path) -> None:
    first = _module(tmp_path)
    first.compile("double", (float64,))
    assert _stats(first, "double") == (0, 1)
    assert first.function("double").stats.cache_path == str(tmp_path)
    again = _module(tmp_path)
    again.compile("double", (float64,))
    assert _stats(again, "double") == (1, 0)
    assert again.function("double")(2.0) == 4.0
    assert _stats(again, "helper") == (0, 0)  # it came with its caller


def test_each_signature_and_option_has_its_own(tmp_path: Path) -> None:
    _module(tmp_path).compile("adds", (float64,) * 3)
    strided = types.Array(types.float64, 1, "A")
    for module, signature in [
        (_module(tmp_path), (types.float32,) * 3),
        (_module(tmp_path), (strided,) * 3),
        (_module(tmp_path, fastmath=True), (float64,) * 3),
    ]:
        module.compile("adds", signature)
        assert _stats(module, "adds") == (0, 1)
    assert _module(tmp_path).function("adds")(1e30, 1.0, 0.0) == 0.0
    assert _module(tmp_path, fastmath=True).function("adds")(1e30, 1.0, 0.0) == 1.0


@pytest.mark.parametrize("damage", ["truncated", "altered", "empty"])
def test_damaged_machine_code_is_compiled_again(tmp_path: Path, damage: str) -> None:
    _module(tmp_path).compile("double", (float64,))
    (path,) = tmp_path.glob("m.double-*.nbc")
    content = path.read_bytes()
    middle = len(content) // 2
    altered = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
    damaged = {"truncated": content[:-9], "altered": altered, "empty": b""}[damage]
    path.write_bytes(damaged)
    again = _module(tmp_path)
    again.compile("double", (float64,))
    assert _stats(again, "double") == (0, 1)
    assert again.function("double")(2.0) == 4.0
    assert path.read_bytes() != damaged


def test_without_a_path_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Module("m", TEXT, None).compile("double", (float64,))
    assert not list(tmp_path.iterdir())


def test_numbas_own_cache_settings_do_not_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("numba.core.config.CACHE_DIR", str(tmp_path / "elsewhere"))
    (tmp_path / "ours").mkdir()
    _module(tmp_path / "ours").compile("double", (float64,))
    assert not (tmp_path / "elsewhere").exists()
    assert list((tmp_path / "ours").glob("*.nbc"))


LIBRARY = """\
import math
import numpy as np

def uses(x, n):
    if n < 0:
        raise ValueError("negative", n)
    a = np.eye(3) + np.random.rand(3, 3)
    s = np.linalg.solve(a, x).sum() + np.dot(x, x) + math.gamma(x[0]) + x[0] ** x[1]
    return np.sort(x), s - s + math.erf(x[0]), str(n)
"""

LOAD = """\
import sys
from pathlib import Path
import numpy as np
from numba import float64, int64, njit, types
from adjoint.jit.module import Module

path = Path(sys.argv[1])
module = Module("library", path.read_text(), path)
module.compile("uses", (types.Array(float64, 1, "C"), int64))
print(sum(module.function("uses").stats.cache_hits.values()))
print("numba.np.polynomial.polynomial_core" in sys.modules)
print(module.function("uses")(np.ones(3), 5))
try:
    module.function("uses")(np.ones(3), -1)
except ValueError as error:
    print(error.args)
uses = module.function("uses")
print(njit(lambda x: uses(x, 5)[1])(np.ones(3)))
"""


def test_code_is_loaded_without_the_compilers_tables(tmp_path: Path) -> None:
    path = tmp_path / "library.py"
    path.write_text(LIBRARY)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, "-c", LOAD, str(path)]
    lines = [
        subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout
        for _ in range(2)
    ]
    answer = (
        "(array([1., 1., 1.]), 0.8427007929497149, '5')\n('negative', -1)\n0.8427007929497149\n"
    )
    assert lines == [f"0\nTrue\n{answer}", f"1\nFalse\n{answer}"]


def test_code_that_calls_what_is_not_there_is_compiled_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _module(tmp_path).compile("double", (float64,))
    monkeypatch.setattr("adjoint.jit.machine_code.address_of_symbol", lambda name: None)
    again = _module(tmp_path)
    again.compile("double", (float64,))
    assert _stats(again, "double") == (0, 1)
    assert again.function("double")(2.0) == 4.0
