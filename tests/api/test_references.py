"""What a function reads: found, fingerprinted, watched."""

from __future__ import annotations

import math
import types
from collections.abc import Callable
from typing import Any

import numba
import numpy as np
import pytest

from adjoint import grad
from adjoint.api.references import References, scan
from adjoint.api.watch import watch
from adjoint.program.core import Dependency

settings = types.ModuleType("settings")
settings.rate = 2.0  # type: ignore[attr-defined]
settings.unused = 1.0  # type: ignore[attr-defined]
scale = 2.5
table = np.arange(4.0)
handle: Any = 1


def inner(x: float) -> float:
    return scale * x


@numba.njit
def compiled(x: float) -> float:
    return inner(x)


def outer(x: float) -> float:
    return compiled(x) * settings.rate * math.pi + np.sin(table[0])  # type: ignore[attr-defined]


def reads_handle(x: float) -> float:
    return x if handle else -x


def _fingerprint(function: Callable[..., Any]) -> str:
    return scan(function).fingerprint  # type: ignore[arg-type]


def test_places_by_path() -> None:
    found = scan(outer)
    assert set(found.places) == {
        *(".compiled", ".compiled.inner", ".compiled.inner.scale"),
        *(".settings", ".settings.rate", ".math", ".np", ".table"),
    }
    assert found.value(".compiled.inner.scale") == 2.5
    assert found.portable


def test_known_variables_are_told_from_others_by_name_and_object() -> None:
    found = scan(outer)
    assert found.know("scale", scale)
    assert found.know("settings.rate", settings.rate)  # type: ignore[attr-defined]
    assert found.know("math.pi", math.pi)
    assert found.know("np.sin", np.sin)
    assert not found.know("config.scale", scale)  # another variable that holds the same object
    assert not found.know("scale", 3.5)
    place = found.place_of("table", table)
    assert place is not None
    assert place.path == ".table"


def test_the_fingerprint_is_that_of_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    before = _fingerprint(outer)
    assert _fingerprint(outer) == before
    monkeypatch.setattr(settings, "unused", 5.0)
    monkeypatch.setitem(globals(), "table", np.zeros(9))
    assert _fingerprint(outer) == before
    for holder, name, value in [
        (globals(), "scale", 2.0),
        (globals(), "table", np.zeros((2, 2))),
        (globals(), "table", np.zeros(9, dtype=np.float32)),
        (globals(), "table", np.zeros(9)[::2]),
        (vars(settings), "rate", 2),
        (globals(), "inner", lambda x: x),
    ]:
        with monkeypatch.context() as patch:
            patch.setitem(holder, name, value)
            assert _fingerprint(outer) != before
    assert _fingerprint(outer) == before


def test_zeros_and_types_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    values = [0, False, 0.0, -0.0, np.float32(0), None, (0,), (0.0,), "0", math.nan, np.dtype("f4")]
    prints = set()
    for value in values:
        monkeypatch.setitem(globals(), "handle", value)
        prints.add(_fingerprint(reads_handle))
    assert len(prints) == len(values)


@pytest.mark.parametrize("value", [object(), [1.0], {"a": 1}, np.ma.array([1.0])])
def test_objects_of_this_process_have_no_portable_fingerprint(
    value: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(globals(), "handle", value)
    assert not scan(reads_handle).portable


def test_defaults_of_callees_and_options_of_gradients_count(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def with_default(x: float, w: float = 1.0, *, k: float = 2.0) -> float:
        return x * w * k

    prints = set()
    for defaults, keywords in [((1.0,), {"k": 2.0}), ((3.0,), {"k": 2.0}), ((1.0,), {"k": 4.0})]:
        with_default.__defaults__, with_default.__kwdefaults__ = defaults, keywords
        monkeypatch.setitem(globals(), "handle", with_default)
        prints.add(_fingerprint(reads_handle))
    for gradient in (grad(inner), grad(inner, fastmath=True), grad(compiled)):
        monkeypatch.setitem(globals(), "handle", gradient)
        prints.add(_fingerprint(reads_handle))
    assert len(prints) == 6


def test_functions_that_call_each_other() -> None:
    def even(n: float) -> bool:
        return n == 0 or odd(n - 1)

    def odd(n: float) -> bool:
        return n != 0 and even(n - 1)

    assert {".odd", ".odd.even"} <= set(scan(even).places)


def test_code_without_source_is_not_portable() -> None:
    namespace: dict[str, Any] = {}
    exec("def f(x): return x", namespace)
    assert not scan(namespace["f"]).portable


# ------------------------------------------------------------------------------------------ watch


def _watching(function: Callable[..., Any]) -> Callable[[], bool]:
    return watch(scan(function), ())  # type: ignore[arg-type]


def test_nothing_outside_never_changes() -> None:
    assert not _watching(lambda x: x)()


def test_a_rebound_variable_is_seen_and_its_return_too(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = _watching(outer)
    assert not changed()
    for holder, name in [(globals(), "scale"), (vars(settings), "rate"), (globals(), "inner")]:
        with monkeypatch.context() as patch:
            patch.setitem(holder, name, None)
            assert changed()
        assert not changed()


def test_new_code_of_a_function_is_a_change(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = _watching(outer)
    monkeypatch.setattr(inner, "__code__", (lambda x: -x).__code__)
    assert changed()


def test_contents_of_arrays_are_not_watched() -> None:
    changed = _watching(outer)
    table[1] += 1.0
    assert not changed()


def test_a_deleted_variable_is_a_change(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = _watching(outer)
    monkeypatch.delitem(globals(), "scale")
    assert changed()


def test_a_deleted_closure_variable_is_a_change() -> None:
    rate = 1.0
    changed = _watching(lambda x: rate * x)  # noqa: F821  # deleted below
    assert not changed()
    del rate
    assert changed()


def test_what_no_variable_holds_is_asked_itself() -> None:
    values = [2.0]
    none = References({}, {}, (), "", True)
    changed = watch(none, [Dependency("config.rate", values[0], lambda: values[0])])
    assert not changed()
    values[0] = 4.0 / 2.0  # equal, another object
    assert not changed()
    values[0] = 2  # type: ignore[call-overload]
    assert changed()


def test_a_method_of_a_ufunc_is_the_same_at_each_access() -> None:
    """It is a new object each time: each call would compile again."""
    operation = np.add

    def table(x: Any) -> Any:
        return np.sum(operation.outer(x, x))

    df = grad(table, jit=False)
    x = np.array([1.0, 2.0])
    first, _ = df.find((x,))
    again, _ = df.find((x,))
    assert again is first
    assert first.made.path is not None  # it is kept on disk too
    assert df(x) == pytest.approx([4.0, 4.0])
    operation = np.multiply
    assert df(x) == pytest.approx([6.0, 6.0])
