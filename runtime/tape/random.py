"""Random draws, float32 unless told otherwise; what is drawn is a constant."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np

from adjoint.runtime.tape.tensor import Tensor, raw


class _Generators(threading.local):
    def __init__(self) -> None:
        self.current = np.random.default_rng()


_generators = _Generators()


def seed(seed_state: int, ctx: Any = "all") -> None:
    """Start this thread's draws again from a number."""
    _generators.current = np.random.default_rng(int(seed_state))


def generator() -> np.random.Generator:
    """This thread's source of randomness."""
    return _generators.current


def draw(
    cls: type[Tensor], name: str, parameters: tuple, shape: Any, dtype: Any, default: str
) -> Any:
    """Draw from a distribution of NumPy's generator as an array of class `cls`."""
    values = getattr(generator(), name)(*[raw(p) for p in parameters], size=shape)
    return cls(np.asarray(values, dtype=default if dtype in (None, "None") else dtype))


def shuffle(x: Tensor) -> None:
    """Permute the rows in place."""
    from adjoint.runtime.tape.writing import write

    write(x, slice(None), generator().permutation(x._data))
