"""The cache across processes: what is found again, what is not trusted, what is never written."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from adjoint import grad, value_and_grad
from adjoint.errors import InternalError, UnsafeCache
from adjoint.jit import folder
from tests.api.fake import Fake

pytestmark = pytest.mark.compiled
ROOT = Path(__file__).parents[2]

# Its own sources are part of the cache's key (test_environment.py); here they may be edited.
FIXED = """\
import adjoint.jit.folder
adjoint.jit.folder.environment = lambda: "fixed"
"""

PROGRAM = (
    FIXED
    + """\
import json, sys, time
import numpy as np
import adjoint
from tests.api.fake import Fake
import adjoint.pipeline

fake = adjoint.pipeline.generate = Fake(
    "scale*x*table[0]", x="scale*table[0]", constants=("scale",), captures=("table",))
scale = {scale}
table = np.array({table})

def helper(x):
    return {helper}

@adjoint.grad
def f(x):
    return scale * helper(x) * table[0]

start = time.perf_counter()
answer = f(3.0)
elapsed = time.perf_counter() - start
(entry,) = f._version._entries.values()
stats = entry.module.function("f_gradient").stats
hits, misses = sum(stats.cache_hits.values()), sum(stats.cache_misses.values())
print(json.dumps(dict(answer=answer, generated=len(fake.calls), hits=hits, misses=misses,
                      seconds=elapsed, path=entry.module.path and str(entry.module.path))))
"""
)


class Program:
    """A script that is run in processes of its own."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.cache = path.parent / "cache"

    def start(self, scale: Any = 2.0, table: Any = (1.0, 2.0), helper: str = "x") -> Any:
        filled = PROGRAM.format(scale=repr(scale), table=list(table), helper=helper)
        if not self.path.exists() or self.path.read_text() != filled:
            self.path.write_text(filled)
        return self.process()

    def process(self) -> subprocess.Popen[str]:
        environment = {**os.environ, folder.VARIABLE: str(self.cache), "PYTHONPATH": str(ROOT)}
        command = [sys.executable, str(self.path)]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, env=environment, stdout=pipe, stderr=pipe, text=True)

    def run(self, **variables: Any) -> dict[str, Any]:
        return self.result(self.start(**variables))

    def result(self, process: subprocess.Popen[str]) -> dict[str, Any]:
        return json.loads(self.output(process))

    @staticmethod
    def output(process: subprocess.Popen[str]) -> str:
        out, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
        return out


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path / "program.py")


def test_a_second_process_neither_generates_nor_compiles(program: Program) -> None:
    first, second = program.run(), program.run()
    assert (first["generated"], first["hits"], first["misses"]) == (1, 0, 1)
    assert (second["generated"], second["hits"], second["misses"]) == (0, 1, 0)
    assert first["answer"] == second["answer"] == 2.0
    assert first["path"] == second["path"]
    assert str(program.cache) in first["path"]


def test_what_the_function_reads_is_part_of_the_key(program: Program) -> None:
    assert program.run()["answer"] == 2.0
    assert program.run(scale=7)["answer"] == 7.0
    assert program.run(scale=7)["generated"] == 0
    assert program.run(helper="x * 1")["generated"] == 1
    other_array = program.run(table=(5.0, 2.0))
    assert (other_array["answer"], other_array["generated"]) == (10.0, 0)  # read when called
    assert program.run(table=(1, 2))["generated"] == 1  # of another type


def test_processes_that_compile_at_once(program: Program) -> None:
    program.path.write_text("")
    results = [program.result(p) for p in [program.start() for _ in range(3)]]
    assert [r["answer"] for r in results] == [2.0] * 3
    assert not list(program.cache.rglob("*.tmp"))
    assert program.run()["hits"] == 1


@pytest.mark.parametrize("pattern", ["*.py", "*.record", "*.nbc"])
def test_a_damaged_cache_is_made_again(program: Program, pattern: str) -> None:
    program.run()
    damaged = list(program.cache.rglob(pattern))
    assert damaged
    for path in damaged:
        path.write_bytes(path.read_bytes()[:-20] + b"raise SystemExit(1)\n")
    again = program.run()
    assert again["answer"] == 2.0
    assert again["generated"] == (pattern != "*.nbc")
    assert again["misses"] == (pattern == "*.nbc")  # the text is the same, so its code still is
    assert program.run()["hits"] == 1


WITH_THE_COMPILER = (
    FIXED
    + """\
import sys
import numpy as np
from adjoint import value_and_grad

scale = 2.0
table = np.array([1.0, 2.0])

def helper(x):
    return scale * x * x

def energy(x, w):
    s = 0.0
    for i in range(len(x)):
        s += helper(x[i]) * w * table[i] + np.sin(0.0)
    return s

print(value_and_grad(energy, argnums=("x", "w"))(np.array([1.0, 3.0]), 0.5))
print("adjoint.pipeline" in sys.modules)
"""
)


def test_a_filled_cache_does_not_even_import_the_compiler(program: Program) -> None:
    program.path.write_text(WITH_THE_COMPILER)
    first, second = (program.output(program.process()) for _ in range(2))
    assert first == "(19.0, (array([ 2., 12.]), 38.0))\nTrue\n"
    assert second == "(19.0, (array([ 2., 12.]), 38.0))\nFalse\n"


# ----------------------------------------------------------------------------- in this process


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(folder.VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture(autouse=True)
def fake(monkeypatch: pytest.MonkeyPatch) -> Fake:
    return Fake("x*x", x="2.0*x").install(monkeypatch)


def square(x: float) -> float:
    return x * x


def _files(cache: Path) -> set[str]:
    return {path.name for path in cache.rglob("*") if path.is_file()}


def _suffixes(cache: Path) -> set[str]:
    return {Path(name).suffix for name in _files(cache)}


def test_grad_and_value_and_grad_share_a_module(cache: Path, fake: Fake) -> None:
    assert grad(square)(3.0) == 6.0
    assert value_and_grad(square)(3.0) == (9.0, 6.0)
    assert len(fake.calls) == 1
    assert len(list(cache.rglob("*.py"))) == 1
    assert _suffixes(cache) == {".py", ".record", ".nbc"}


def test_options_that_change_the_text_have_their_own(cache: Path, fake: Fake) -> None:
    grad(square)(3.0)
    grad(square, optimise=False)(3.0)
    grad(square)(np.float32(3.0))
    grad(square, fastmath=True)(3.0)
    assert len(fake.calls) == 3


def test_cache_false_writes_nothing(cache: Path) -> None:
    assert grad(square, cache=False)(3.0) == 6.0
    assert grad(square, cache=False, jit=False)(3.0) == 6.0
    assert not cache.exists()


def test_plain_python_runs_the_file_in_the_cache(cache: Path) -> None:
    df = grad(square, jit=False)
    assert df(3.0) == 6.0
    (path,) = cache.rglob("*.py")
    (entry,) = df._version._entries.values()
    assert entry.function.__code__.co_filename == str(path)
    assert _suffixes(cache) == {".py", ".record"}


def test_stages_are_generated_again_for_what_came_from_the_cache(cache: Path, fake: Fake) -> None:
    grad(square)(3.0)
    df = grad(square)
    assert df.source(3.0).startswith("def f_adjoint(x, s_bar):")
    assert len(fake.calls) == 1
    assert dict(df.stages(3.0)) == {"syntax": "one", "adjoint": "two"}
    assert len(fake.calls) == 2


def test_an_object_only_this_process_knows_keeps_the_record_out(cache: Path, fake: Fake) -> None:
    known_here = object()

    def f(x: float) -> float:
        return x * x if known_here else x

    assert grad(f)(3.0) == 6.0
    assert _suffixes(cache) == {".py", ".nbc"}  # machine code is still reused
    assert grad(f)(3.0) == 6.0
    assert len(fake.calls) == 2


def test_an_error_leaves_the_cache_as_it_was(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    grad(square)(3.0)
    before = _files(cache)
    Fake("x*x", x="x.no_such_attribute").install(monkeypatch)
    with pytest.raises(InternalError):
        grad(lambda x: x * x)(3.0)
    assert _files(cache) == before


def test_numbas_switch_for_debugging_is_obeyed(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("numba.core.config.DISABLE_JIT", 1)
    assert grad(square)(3.0) == 6.0
    assert _suffixes(cache) == {".py", ".record"}


def test_a_folder_others_may_write_to_is_refused(cache: Path) -> None:
    cache.mkdir()
    cache.chmod(0o777)
    with pytest.raises(UnsafeCache, match="may be written to by others"):
        grad(square)(3.0)
    assert not list(cache.iterdir())


def test_a_cache_that_cannot_be_written_is_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv(folder.VARIABLE, str(tmp_path / "file" / "cache"))
    with pytest.warns(RuntimeWarning, match="cannot write to its cache"):
        assert grad(square)(3.0) == 6.0
