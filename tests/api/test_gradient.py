"""Calling gradients: results, signatures, errors. The compiler is replaced by hand-written text."""

from __future__ import annotations

import inspect
import pickle
import threading
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numba
import numpy as np
import pytest

from adjoint import grad, value_and_grad
from adjoint.errors import (
    AdjointError,
    ArgumentsOverlap,
    InternalError,
    InvalidArgnums,
    NotDifferentiable,
    SourceNotAvailable,
    TypingFailed,
    UnsupportedSyntax,
)
from adjoint.program.core import Dependency
from tests.api.fake import Fake

scale = 2.5
table = np.array([1.0, 2.0])


def cube(x: float, w: float = 2.0) -> float:
    """Weighted cube."""
    return w * x * x * x


def scaled(x: float) -> float:
    return scale * x


def looked_up(x: float) -> float:
    return x * table[0]


def shifted(x: Any, y: Any) -> Any:
    x[0] = 1.0
    return x[0] * y[0]


@numba.njit
def compiled_cube(x: float, w: float = 2.0) -> float:
    return w * x * x * x


importable = grad(cube, argnums=("x", "w"))
CUBE = Fake("w*x*x*x", x="3.0*w*x*x", w="x*x*x")

both_modes = pytest.mark.parametrize(
    "jit", [pytest.param(True, id="jit"), pytest.param(False, id="python")]
)


@pytest.fixture(autouse=True)
def _compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    CUBE.calls.clear()
    CUBE.install(monkeypatch)


@both_modes
def test_gradient_of_the_chosen_parameters(jit: bool) -> None:
    assert grad(cube, jit=jit, cache=False)(2.0, 3.0) == 36.0
    assert grad(cube, "w", jit=jit, cache=False)(2.0, 3.0) == 8.0
    assert grad(cube, ("w", 0), jit=jit, cache=False)(2.0, 3.0) == (8.0, 36.0)
    assert grad(cube, (-1,), jit=jit, cache=False)(2.0, 3.0) == (8.0,)


@both_modes
def test_value_and_gradient(jit: bool) -> None:
    assert value_and_grad(cube, jit=jit, cache=False)(2.0, 3.0) == (24.0, 36.0)
    assert value_and_grad(cube, ("x",), jit=jit, cache=False)(2.0, 3.0) == (24.0, (36.0,))
    assert value_and_grad(cube, (0, 1), jit=jit, cache=False)(2.0, 3.0) == (24.0, (36.0, 8.0))


@both_modes
def test_scalars_come_back_in_their_own_type(jit: bool) -> None:
    df = grad(cube, (0, 1), jit=jit, cache=False)
    assert [type(bar) for bar in df(np.float64(2.0), 3.0)] == [float, float]
    assert [type(bar) for bar in df(np.float32(2.0), 3.0)] == [np.float32, float]
    value, bar = value_and_grad(cube, jit=jit, cache=False)(np.float32(2.0), np.float32(3.0))
    assert (type(value), type(bar)) == (float, np.float32)


def test_decorators() -> None:
    @grad
    def plain(x: float, w: float) -> float:
        return w * x * x * x

    @value_and_grad(argnums="w", cache=False)
    def with_options(x: float, w: float) -> float:
        return w * x * x * x

    assert plain(2.0, 3.0) == 36.0
    assert with_options(2.0, 3.0) == (24.0, 8.0)
    assert grad(compiled_cube, cache=False)(2.0, 3.0) == 36.0


def test_keywords_and_defaults_work_as_in_the_function() -> None:
    df = grad(cube, cache=False)
    assert df(2.0) == 24.0
    assert df(w=3.0, x=2.0) == 36.0
    assert df.primal(2.0) == 16.0
    assert df.primal(w=3.0, x=2.0) == 24.0
    with pytest.raises(TypeError, match=r"cube\(\) missing a required argument: 'x'"):
        df()
    with pytest.raises(TypeError, match=r"cube\(\) too many positional arguments"):
        df(1.0, 2.0, 3.0)


def test_looks_like_the_function() -> None:
    df = grad(cube, (1, 0), fastmath=True, cache=False)
    assert inspect.signature(df) == inspect.signature(cube)
    assert (df.__name__, df.__doc__, df.__module__) == ("cube", "Weighted cube.", __name__)
    assert df.__wrapped__ is cube
    assert repr(df) == "grad(cube, argnums=('w', 'x'), fastmath=True, cache=False)"


def test_pickles_by_its_function_or_by_its_own_name() -> None:
    again = pickle.loads(pickle.dumps(importable))
    assert again(2.0, 3.0) == (36.0, 8.0)
    assert repr(again) == repr(importable)
    assert pickle.loads(pickle.dumps(named)) is named


@grad
def named(x: float, w: float) -> float:
    return w * x * x * x


def test_source_and_stages_do_not_run_the_function() -> None:
    df = grad(cube, cache=False)
    assert df.source(2.0).startswith("def f_adjoint(x, w, s_bar):")
    assert dict(df.stages(2.0, w=1.0)) == {"syntax": "one", "adjoint": "two"}


def test_each_tuple_of_types_is_generated_once() -> None:
    df = grad(cube, cache=False)
    df(2.0, 3.0), df(4.0, 5.0), df(2.0, 3), df(2.0, 4)
    assert CUBE.calls == [("float64", "float64"), ("float64", "int64")]


def test_threads_compile_once() -> None:
    df = grad(cube, cache=False)
    start = threading.Barrier(4)
    results: list[float] = []

    def work() -> None:
        start.wait()
        results.append(df(2.0, 3.0))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [36.0] * 4
    assert len(CUBE.calls) == 1


def _layouts() -> dict[str, np.ndarray]:
    readonly = np.array([[1.0, 2.0], [3.0, 4.0]])
    readonly.flags.writeable = False
    return {
        "C": np.array([[1.0, 2.0], [3.0, 4.0]]),
        "Fortran": np.asfortranarray([[1.0, 2.0], [3.0, 4.0]]),
        "strided": np.arange(16.0).reshape(4, 4)[::2, ::2],
        "readonly": readonly,
        "float32": np.array([[1.0, 2.0]], dtype=np.float32),
        "empty": np.empty((0, 3)),
        "0-d": np.array(3.0),
    }


@both_modes
@pytest.mark.parametrize("layout", _layouts())
def test_an_array_gives_an_ordinary_array(
    layout: str, jit: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    x = _layouts()[layout]
    Fake("np.sum(x)", x="np.ones_like(x)").install(monkeypatch)
    bar = grad(lambda x: x.sum(), jit=jit, cache=False)(x)
    assert (bar.dtype, bar.shape) == (x.dtype, x.shape)
    assert bar.flags.writeable
    assert (bar == 1.0).all()


# ------------------------------------------------------------------------------ outside variables


@both_modes
def test_a_changed_global_changes_the_answer(jit: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = Fake("scale*x", x="scale*1.0", constants=("scale",)).install(monkeypatch)
    df = grad(scaled, jit=jit, cache=False)
    assert df(1.0) == 2.5
    monkeypatch.setitem(globals(), "scale", 7)
    assert df(1.0) == 7.0
    monkeypatch.setitem(globals(), "scale", 5.0 / 2.0)
    assert df(1.0) == 2.5
    assert len(fake.calls) == 2  # the first version was kept


def test_equal_numbers_of_another_type_are_another_value(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = Fake("scale*x", x="scale*1.0", constants=("scale",)).install(monkeypatch)
    monkeypatch.setitem(globals(), "scale", 1)
    df = grad(scaled, cache=False)
    df(1.0)
    monkeypatch.setitem(globals(), "scale", True)
    df(1.0)
    assert len(fake.calls) == 2


def test_closure_variables_are_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    Fake("rate*x", x="rate*1.0", constants=("rate",)).install(monkeypatch)
    rate = 2.0

    def f(x: float) -> float:
        return rate * x

    df = grad(f, cache=False)
    assert df(1.0) == 2.0
    rate = 3.0
    assert df(1.0) == 3.0


def test_a_changed_callee_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = Fake("x", x="1.0").install(monkeypatch)

    helper = lambda x: 2 * scaled(x)
    df = grad(lambda x: -helper(x), cache=False)
    df(1.0)
    monkeypatch.setitem(globals(), "scale", 3.0)  # read by the callee's callee
    df(1.0)
    helper = lambda x: x  # read through the closure
    df(1.0)
    assert len(fake.calls) == 3


@both_modes
def test_captured_arrays_are_read_at_every_call(jit: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = Fake("x*table[0]", x="table[0]", captures=("table",)).install(monkeypatch)
    monkeypatch.setitem(globals(), "table", np.array([1.0, 2.0]))
    df = value_and_grad(looked_up, jit=jit, cache=False)
    assert df(2.0) == (2.0, 1.0)
    table[0] = 5.0
    assert df(2.0) == (10.0, 5.0)
    assert df.primal(2.0) == 10.0
    monkeypatch.setitem(globals(), "table", np.array([7.0]))
    assert df(2.0) == (14.0, 7.0)
    assert len(fake.calls) == 1
    monkeypatch.setitem(globals(), "table", np.array([7.0], dtype=np.float32))
    assert df(2.0) == (14.0, 7.0)
    assert len(fake.calls) == 2


def test_captured_arrays_that_no_variable_holds_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    pair = (np.array([1.0]), np.array([2.0]))
    fake = Fake("x*table[0]", x="table[0]", captures=("table",))

    def generate(*args: Any, **options: Any) -> Any:
        captures = {"table": pair[1]}
        dependencies = (Dependency("pair", pair, lambda: pair),)
        return replace(fake(*args, **options), captures=captures, dependencies=dependencies)

    monkeypatch.setattr("adjoint.pipeline.generate", generate)
    df = grad(lambda x: x * pair[1][0], cache=False)
    assert df(3.0) == 2.0
    pair[1][0] = 4.0
    assert df(3.0) == 4.0
    pair = (pair[0], np.array([5.0]))  # of the same types, so the same program
    assert df(3.0) == 5.0


def test_attributes_of_objects_are_asked_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    config = SimpleNamespace(rate=2.0)

    def generate(function: Any, *args: Any, **options: Any) -> Any:
        made = Fake("x", x=repr(config.rate))(function, *args, **options)
        rate = Dependency("config.rate", config.rate, lambda: config.rate)
        return replace(made, dependencies=(rate,))

    monkeypatch.setattr("adjoint.pipeline.generate", generate)
    df = grad(lambda x: x * config.rate, cache=False)
    assert df(3.0) == 2.0
    config.rate = 7.0
    assert df(3.0) == 7.0


# ---------------------------------------------------------------------------------------- errors


@pytest.mark.parametrize(
    "arg, kind, way_out",
    [
        (2, "int64", "2.0 instead of 2"),
        (True, "bool", "2.0 instead of 2"),
        (np.arange(3), "array(int64, 1d, C)", "astype(np.float64)"),
        ((1, 2), "tuple without a float in it", "NumPy array"),
        ([], "list without a float in it", "NumPy array"),
        ({}, "dict without a float in it", "NumPy array"),
        ({1.0}, "set", "NumPy array"),
        (None, "NoneType", "NumPy array"),
        ("full", "str", "leave it out"),
        (np.zeros((1, 1)).view(np.matrix), "matrix", "NumPy array"),
        (object(), "object", "NumPy array"),
        (np.array([None]), "NumPy array of object", "NumPy array"),
        (1 << 80, "int", "64 bits"),
    ],
)
def test_only_floats_have_a_gradient(arg: Any, kind: str, way_out: str) -> None:
    df = grad(cube, cache=False)
    with pytest.raises(NotDifferentiable) as raised:
        df(arg)
    text = str(raised.value)
    assert "'x'" in text
    assert kind in text
    assert way_out in text
    assert "def cube(x: float" in text
    assert text.splitlines()[3].index("^") == text.splitlines()[2].index("x: float")
    assert CUBE.calls == []


def test_other_arguments_may_be_integers_but_not_objects() -> None:
    assert grad(cube, cache=False)(2.0, True) == 12.0
    with pytest.raises(TypingFailed, match="'w' of cube is a NumPy array of object"):
        grad(cube, cache=False)(2.0, np.array([None]))


@both_modes
def test_overlapping_arguments(jit: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    text = {"x": "np.zeros_like(x)", "y": "np.ones_like(y)"}
    Fake("x[0]*y[0]", before="x[0] = 1.0", mutated=(0,), **text).install(monkeypatch)
    df = grad(shifted, ("x", "y"), jit=jit, cache=False)
    memory = np.zeros(10)
    apart = memory[::2], memory[::-2][::-1][1:]
    for x, y in [(memory, memory[:]), (memory[:5], memory[4:]), apart]:
        overlap = np.shares_memory(x, y)
        memory[:] = 0.0
        if not overlap:
            df(x, y)
            continue
        with pytest.raises(ArgumentsOverlap, match="writes to 'x', which shares memory with 'y'"):
            df(x, y)
        assert (memory == 0.0).all()  # refused before it ran
    df(memory[::2], memory[1::2])
    assert memory[0] == 1.0


def test_overlap_is_allowed_where_nothing_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    Fake("x[0]*y[0]", x="y*1.0", y="x*1.0").install(monkeypatch)
    x = np.ones(2)
    grad(lambda x, y: x[0] * y[0], cache=False)(x, x)


def test_numba_refusing_generated_code_is_our_error(monkeypatch: pytest.MonkeyPatch) -> None:
    Fake("x", x="x.no_such_attribute").install(monkeypatch)
    df = grad(cube, cache=False)
    with pytest.raises(InternalError, match=r"f_gradient\(float64, float64\)") as raised:
        df(2.0)
    assert raised.value.__cause__ is None
    assert raised.value.__suppress_context__
    assert isinstance(raised.value.numba_error, numba.core.errors.TypingError)
    CUBE.install(monkeypatch)
    assert df(2.0) == 24.0  # nothing was kept of the failure


def test_an_error_of_the_compiler_passes_through(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise UnsupportedSyntax("no such statement")

    monkeypatch.setattr("adjoint.pipeline.generate", refuse)
    with pytest.raises(UnsupportedSyntax, match="no such statement"):
        grad(cube, cache=False)(2.0)


def test_what_is_not_a_python_function() -> None:
    with pytest.raises(SourceNotAvailable, match="sin is not a Python function"):
        grad(np.sin)
    with pytest.raises(InvalidArgnums, match="so -1 is none"):
        grad(lambda *xs: xs[0], -1)
    assert issubclass(SourceNotAvailable, AdjointError)
