"""Arguments that are containers: the gradient has the same structure, in every mode."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numba
import numpy as np
import pytest

from adjoint import grad, value_and_grad
from adjoint.errors import ArgumentsOverlap, InvalidArgnums, NotDifferentiable, TypingFailed
from adjoint.testing import check_grads, numeric_gradient
from tests.api.models import Layer, Model, Pair, Slotted, X


def of_pair(p: Any) -> Any:
    return p.a * p.b**2


def of_nested(p: Any) -> Any:
    first, (second, factor) = p
    return np.sum(first * second) * factor


def of_dict(p: Any) -> Any:
    return np.sum(p["w"] ** 2) * p["b"]


def of_layers(layers: Any, x: Any) -> Any:
    s = 0.0
    for w, b in layers:
        s += np.sum(np.sin(w * x)) * b
    return s


def of_layer(layer: Any, x: Any) -> Any:
    return np.sum(layer.apply(x)) * layer.twice * layer.repeat


def of_model(model: Any, x: Any) -> Any:
    return model.loss(x) + model.layer.bias


def of_slots(p: Any) -> Any:
    return p.left * np.sin(p.right)


def of_namespace(p: Any) -> Any:
    return p.rate * np.sum(p.w)


CASES: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "named tuple": (of_pair, (Pair(1.5, 2.0),)),
    "nested tuple": (of_nested, ((X, (X + 1.0, 2.0)),)),
    "dict": (of_dict, ({"w": X, "b": 2.0},)),
    "list of tuples": (of_layers, ([(X, 2.0), (X * 2.0, 3.0)], 0.7)),
    "dataclass": (of_layer, (Layer(X), 0.7)),
    "object": (of_model, (Model(X, 0.3), X * 0.1)),
    "slots": (of_slots, (Slotted(1.5, 0.5),)),
    "namespace": (of_namespace, (SimpleNamespace(rate=2.0, w=X),)),
}


@pytest.mark.parametrize("name", CASES)
def test_every_mode_agrees(name: str) -> None:
    function, args = CASES[name]
    check_grads(function, args, modes=("python", "tape", "numeric"))


@pytest.mark.compiled
@pytest.mark.parametrize("name", CASES)
def test_compiled(name: str) -> None:
    function, args = CASES[name]
    check_grads(function, args, modes=("compiled", "tape"))


@pytest.mark.parametrize("mode", ["compiled", "tape"])
def test_the_gradient_has_the_structure_of_the_argument(mode: Any) -> None:
    options = {"mode": mode} if mode == "tape" else {"jit": False}
    pair = grad(of_pair, **options)(Pair(1.5, 2.0))
    assert type(pair) is Pair
    assert pair == (4.0, 6.0)
    made = grad(of_dict, **options)({"b": 2.0, "w": X})
    assert list(made) == ["b", "w"]
    layers = grad(of_layers, **options)([(X, 2.0), (X, 3.0)], 0.7)
    assert type(layers) is list
    assert [type(layer) for layer in layers] == [tuple, tuple]
    layer = grad(of_layer, **options)(Layer(X), 0.7)
    assert type(layer) is Layer
    assert (layer.repeat, layer.kind) == (None, None)  # no gradient
    assert layer.w.shape == X.shape
    model, x_bar = grad(of_model, (0, 1), **options)(Model(X, 0.3), X)
    assert type(model) is Model
    assert (model.name, model.calls) == (None, None)
    assert type(model.layer) is Layer
    assert x_bar.shape == X.shape


def test_integers_have_no_gradient_and_may_be_used() -> None:
    bars = grad(lambda p: p[0] ** p[1] * p[2][1], jit=False)((3.0, 2, np.array([5, 7])))
    assert bars == (42.0, None, None)


def test_value_and_single() -> None:
    value, (bar,) = value_and_grad(of_pair, (0,), jit=False)(Pair(1.5, 2.0))
    assert (value, bar) == (6.0, Pair(4.0, 6.0))


def test_nothing_to_differentiate() -> None:
    df = grad(lambda p, x: x * p[0], jit=False)
    with pytest.raises(NotDifferentiable, match="'p', which is a tuple without a float"):
        df((1, 2), 3.0)
    with pytest.raises(NotDifferentiable, match="no float"):
        grad(lambda p, x: x, mode="tape")((), 3.0)


def test_each_structure_is_a_specialisation_of_its_own() -> None:
    df = grad(lambda p: sum(x * x for x in p), jit=False)
    assert df((1.0, 2.0)) == (2.0, 4.0)
    assert df((1.0, 2.0, 3.0)) == (2.0, 4.0, 6.0)
    assert df([1.0]) == [2.0]


def test_order_of_a_dict_counts() -> None:
    def first(p: Any) -> Any:
        value, _ = p.values()
        return 2.0 * value

    df = grad(first, jit=False)
    assert df({"a": 1.0, "b": 1.0}) == {"a": 2.0, "b": 0.0}
    assert df({"b": 1.0, "a": 1.0}) == {"b": 2.0, "a": 0.0}


def test_a_changed_method_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    df = grad(of_model, jit=False)
    before = df(Model(X, 0.3), X).rate
    monkeypatch.setattr(Model, "loss", lambda self, x: self.rate * 7.0)
    assert df(Model(X, 0.3), X).rate == 7.0
    monkeypatch.undo()
    assert df(Model(X, 0.3), X).rate == before


def test_arrays_in_containers_are_written_to() -> None:
    def f(p: Any) -> Any:
        p["y"][0] = p["x"] * 2.0
        return p["y"][0] * p["x"]

    y = np.zeros(2)
    assert grad(f, jit=False)({"x": 3.0, "y": y})["x"] == 12.0
    assert y[0] == 6.0
    with pytest.raises(ArgumentsOverlap, match=r"p\['y'\].*p\['z'\]"):
        grad(f, jit=False)({"x": 3.0, "y": y, "z": y[:1]})


def test_what_cannot_be_taken_apart() -> None:
    knot: list[Any] = [1.0]
    knot.append(knot)
    with pytest.raises(TypingFailed, match="holds itself"):
        grad(lambda p: p[0])(knot)
    with pytest.raises(NotDifferentiable, match=r"OrderedDict.*\n.*\n.*\n.*\nhint: pass a dict"):
        grad(of_dict)(OrderedDict(w=X, b=2.0))
    with pytest.raises(TypingFailed, match="hold 300 numbers"):
        grad(lambda p: p[0])([1.0] * 300)


def test_in_compiled_code() -> None:
    df = grad(lambda p: p[0] * p[1] ** 2, cache=False)
    named = value_and_grad(of_pair, cache=False)

    @numba.njit
    def caller(a: float, b: float) -> Any:
        return df((a, b)), named(Pair(a, b))

    assert caller(1.5, 2.0) == ((4.0, 6.0), (6.0, Pair(4.0, 6.0)))


def test_numeric_gradient_of_a_container() -> None:
    numeric = numeric_gradient(of_dict, ({"w": X, "b": 2.0, "n": 3},))
    assert numeric.gradient["w"] == pytest.approx(4.0 * X)
    assert numeric.gradient["n"] is None
    assert numeric.error["b"] < 1e-8


# ------------------------------------------------------------- any number of arguments


def product(x: Any, *xs: Any, k: float = 2.0, **options: Any) -> Any:
    for y in xs:
        x = x * y
    return x * k * options["z"]


@pytest.mark.parametrize("options", [{"jit": False}, {"mode": "tape"}])
def test_collected_arguments(options: Any) -> None:
    args, kwargs = (2.0, 3.0, 4.0), {"z": 1.5}
    df = grad(product, (0, 1, 2, "z", "k"), **options)
    assert df(*args, **kwargs) == (36.0, 24.0, 18.0, 48.0, 36.0)
    assert grad(product, ("xs", "options"), **options)(*args, **kwargs) == (
        (24.0, 18.0),
        {"z": 48.0},
    )
    assert grad(product, 1, **options)(2.0, 3.0, z=1.0) == 4.0
    with pytest.raises(InvalidArgnums):
        grad(product, 1, **options)(2.0, z=1.0)
