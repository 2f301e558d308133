"""What a corpus program is, and the decorator that registers one."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Program:
    """A function to differentiate, its arguments, and what may be expected of it.

    Attributes
    ----------
    function : the program, as written.
    make : arguments from a random generator; the same ones every time (`args`).
    plain : the same function in plain NumPy, where the program itself cannot be called plainly.
    argnums : what it is differentiated with respect to; None: every float or float array.
    mutates : whether it writes to its arguments.
    sums : whether it writes sums of products to them, which NumPy adds in an order of its own.
    random : whether it draws from `np.random`; then it is seeded before each call.
    compiled : whether it is in the set that is compiled too.
    exact : it uses only + - * / sqrt, abs, min, max, comparisons and integers on floats, so that
        compiled and uncompiled results are equal bit for bit - unless its adjoint adds in any order
        (`unordered.add`), which it may do in sums of library functions and of cotangents.
    step : first step of the finite differences, smaller where a kink or a branch is near.
    tolerance : of the gradient against finite differences, relative to max(1, |gradient|).
    """

    function: Callable[..., Any]
    make: Callable[[np.random.Generator], tuple]
    plain: Callable[..., Any]
    argnums: tuple[int, ...] | None = None
    mutates: bool = False
    sums: bool = False
    random: bool = False
    compiled: bool = False
    exact: bool = False
    step: float = 0.02
    tolerance: float = 1e-8

    @property
    def name(self) -> str:
        return f"{self.function.__module__.rpartition('.')[2]}-{self.function.__name__}"

    def args(self) -> tuple:
        """Fresh arguments, the same at every call."""
        return self.make(np.random.default_rng(zlib.crc32(self.name.encode())))

    def wrt(self) -> tuple[int, ...]:
        """Positions of the arguments it is differentiated with respect to."""
        if self.argnums is not None:
            return self.argnums
        return tuple(i for i, arg in enumerate(self.args()) if _is_float(arg))


def _is_float(arg: Any) -> bool:
    return isinstance(arg, float | complex | np.inexact) or (
        isinstance(arg, np.ndarray) and arg.dtype.kind in "fc"
    )


PROGRAMS: dict[str, Program] = {}


def program(
    make: Callable[[np.random.Generator], tuple], *, plain: Callable[..., Any] | None = None, **kw
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register the decorated function, which stays as it is, with its arguments.

    `make` takes a `numpy.random.Generator` and returns the arguments; the other keywords are
    attributes of `Program`.
    """

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        entry = Program(function, make, plain or function, **kw)
        assert entry.name not in PROGRAMS, f"two programs are called {entry.name}"
        PROGRAMS[entry.name] = entry
        return function

    return register
