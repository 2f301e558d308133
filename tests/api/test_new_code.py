"""Functions whose code is exchanged, as IPython's autoreload does: no stale gradients."""

from __future__ import annotations

import linecache
from types import FunctionType

import pytest

from adjoint import grad
from adjoint.errors import SourceNotAvailable

FILE = "<reloaded>"


def load(text: str) -> dict[str, FunctionType]:
    """The functions of a text whose source is registered."""
    linecache.cache[FILE] = (len(text), None, text.splitlines(keepends=True), FILE)
    namespace: dict[str, FunctionType] = {}
    exec(compile(text, FILE, "exec"), namespace)
    return namespace


def reload(old: dict[str, FunctionType], text: str) -> None:
    """Give functions the code and the defaults of a new text."""
    for name, new in load(text).items():
        if isinstance(new, FunctionType):
            old[name].__code__ = new.__code__
            old[name].__defaults__ = new.__defaults__


def test_the_gradient_is_that_of_the_new_text() -> None:
    module = load("def f(x):\n    return x**2\n")
    gradient = grad(module["f"], jit=False, cache=False)
    assert gradient(3.0) == 6.0
    reload(module, "\n\ndef f(x):\n    return x**3\n")
    assert gradient(3.0) == 27.0


def test_callees_count() -> None:
    text = "def g(x):\n    return x**2\n\ndef f(x):\n    return g(x) + x\n"
    module = load(text)
    gradient = grad(module["f"], jit=False, cache=False)
    assert gradient(3.0) == 7.0
    reload(module, text.replace("x**2", "x**3"))
    assert gradient(3.0) == 28.0
    reload(module, text)
    assert gradient(3.0) == 7.0


def test_new_defaults_are_taken_over() -> None:
    text = "def f(x, k=2.0):\n    return k * x\n"
    module = load(text)
    gradient = grad(module["f"], jit=False, cache=False)
    assert gradient(3.0) == 2.0
    reload(module, text.replace("k=2.0", "k=5.0"))
    assert gradient(3.0) == 5.0


def test_other_parameters_are_refused() -> None:
    module = load("def f(x):\n    return x**2\n")
    gradient = grad(module["f"], jit=False, cache=False)
    assert gradient(3.0) == 6.0
    reload(module, "def f(k, x):\n    return k * x\n")
    with pytest.raises(SourceNotAvailable, match="the parameters of f were changed"):
        gradient(3.0)
