"""Classes whose instances are arguments of differentiated functions."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from adjoint import grad, value_and_grad

X = np.array([0.5, 1.5, 2.0])


class Pair(NamedTuple):
    a: Any
    b: Any


class Mode(enum.Enum):
    LINEAR = 1
    SQUARE = 2


@dataclass(frozen=True)
class Layer:
    w: np.ndarray
    bias: float = 0.5
    repeat: int = 2
    kind: str = "tanh"

    @property
    def twice(self) -> float:
        return 2.0 * self.bias

    def apply(self, x: Any) -> Any:
        y = self.w * x + self.bias
        return np.tanh(y) if self.kind == "tanh" else y


class Slotted:
    __slots__ = ("left", "right")

    def __init__(self, left: float, right: float) -> None:
        self.left, self.right = left, right


class Model:
    def __init__(self, w: np.ndarray, rate: float) -> None:
        self.rate = rate
        self.layer = Layer(w)
        self.name = "model"
        self.calls = 0

    def __call__(self, x: Any) -> Any:
        return np.sum(self.layer.apply(x)) * self.rate

    def loss(self, x: Any, scale: float = 1.0) -> Any:
        return (self(x) - 1.0) ** 2 * scale

    @grad
    def of_itself(self, x: Any) -> Any:
        return np.sum(self.layer.w * x) * self.rate

    @value_and_grad(argnums="x")
    def of_x(self, x: Any) -> Any:
        return np.sum(self.layer.w * x) * self.rate

    @staticmethod
    def square(x: float) -> float:
        return x * x

    @classmethod
    def cube(cls, x: float) -> float:
        return x * x * x
