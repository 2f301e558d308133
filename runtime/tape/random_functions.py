"""Random functions with the parameter names of each namespace."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from adjoint.runtime.tape.array import Array
from adjoint.runtime.tape.classic import NDArray
from adjoint.runtime.tape.random import draw, generator, seed, shuffle
from adjoint.runtime.tape.tensor import raw


def _numpy_like(name: str, *defaults: float) -> Any:
    def function(*parameters: Any, size: Any = None, dtype: Any = None, **named: Any) -> Any:
        ctx_free = {k: v for k, v in named.items() if k not in ("ctx", "out")}
        values = list(parameters) + [
            ctx_free.get(key, default)
            for key, default in list(zip(_KEYS[name], defaults, strict=True))[len(parameters) :]
        ]
        if len(parameters) > len(defaults):
            values, size = list(parameters[: len(defaults)]), parameters[len(defaults)]
        return draw(Array, name, tuple(values), size, dtype, "float32")

    function.__name__ = name
    return function


_KEYS = {
    "normal": ("loc", "scale"),
    "uniform": ("low", "high"),
    "gamma": ("shape", "scale"),
    "beta": ("a", "b"),
    "exponential": ("scale",),
    "laplace": ("loc", "scale"),
    "logistic": ("loc", "scale"),
    "poisson": ("lam",),
}


def _np_randint(low: int, high: int | None = None, size: Any = None, dtype: Any = None) -> Any:
    low, high = (0, low) if high is None else (low, high)
    return draw(Array, "integers", (low, high), size, dtype, "int64")


def _choice(a: Any, size: Any = None, replace: bool = True, p: Any = None) -> Any:
    return Array(generator().choice(raw(a), size=size, replace=replace, p=raw(p)))


numpy_like = SimpleNamespace(
    seed=seed,
    shuffle=shuffle,
    normal=_numpy_like("normal", 0.0, 1.0),
    uniform=_numpy_like("uniform", 0.0, 1.0),
    gamma=_numpy_like("gamma", 1.0, 1.0),
    beta=_numpy_like("beta", 1.0, 1.0),
    exponential=_numpy_like("exponential", 1.0),
    laplace=_numpy_like("laplace", 0.0, 1.0),
    logistic=_numpy_like("logistic", 0.0, 1.0),
    poisson=_numpy_like("poisson", 1.0),
    randint=_np_randint,
    choice=_choice,
    rand=lambda *size: draw(Array, "random", (), size, None, "float32"),
    randn=lambda *size: draw(Array, "standard_normal", (), size, None, "float32"),
    permutation=lambda x: Array(generator().permutation(raw(x))),
)


def _classic(name: str, keys: tuple[str, str]) -> Any:
    def function(
        first: Any = None, second: Any = None, shape: Any = (1,), dtype: Any = None, **named: Any
    ) -> Any:
        first = named.get(keys[0], 0.0 if first is None else first)
        second = named.get(keys[1], 1.0 if second is None else second)
        return draw(NDArray, name, (first, second), shape, dtype, "float32")

    function.__name__ = name
    return function


def _nd_randint(low: int, high: int, shape: Any = (1,), dtype: Any = None, **_: Any) -> Any:
    return draw(NDArray, "integers", (low, high), shape, dtype, "int32")


def _nd_shuffle(data: Any, **_: Any) -> Any:
    return NDArray(generator().permutation(raw(data)))


def _nd_randn(*shape: int, loc: float = 0.0, scale: float = 1.0, dtype: Any = None) -> Any:
    return draw(NDArray, "normal", (loc, scale), shape or (1,), dtype, "float32")


classic = SimpleNamespace(
    seed=seed,
    normal=_classic("normal", ("loc", "scale")),
    uniform=_classic("uniform", ("low", "high")),
    randint=_nd_randint,
    randn=_nd_randn,
    shuffle=_nd_shuffle,
)
