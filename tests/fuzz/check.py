"""Whether the gradient of a program, given as text, is right."""

from __future__ import annotations

import contextlib
import copy
import itertools
import linecache
import random
import signal
import traceback
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from adjoint import value_and_grad
from adjoint.errors import AdjointError, InternalError
from adjoint.testing import ridders
from tests.fuzz.extended import define as define_extended
from tests.fuzz.extended import extended
from tests.fuzz.scope import PARAMETERS, sizes
from tests.fuzz.writer import Writer

TOLERANCE = 1e-9  # of directional derivatives, relative to their size or 1
ROUNDING = 1e-12
SECONDS = 60.0  # for one program; the usual one takes a fifth of a second
FAILURES = ("crash", "hang", "value", "arguments", "gradient", "tape")
LARGEST = 1e4  # values and derivatives beyond are left out: differences say too little there

_numbers = itertools.count()


@dataclass(frozen=True)
class Outcome:
    """What came of one program.

    Attributes
    ----------
    kind : "right", "refused" (an `AdjointError`), "skipped" (the program does not run, or
        differences say nothing), or one of `FAILURES`: what is wrong.
    detail : the error, or what was expected and what came.
    """

    kind: str
    detail: str = ""

    def alike(self, other: Outcome) -> bool:
        """Whether two failures are of one kind, and two errors of one type."""
        error, other_error = self.detail.partition(":")[0], other.detail.partition(":")[0]
        return self.kind == other.kind and (self.kind != "crash" or error == other_error)

    @property
    def failed(self) -> bool:
        return self.kind in FAILURES


def define(text: str) -> Callable[..., Any]:
    """The function `program` of a text, whose source is registered."""
    filename = f"<fuzz {next(_numbers)}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    namespace: dict[str, Any] = {"__name__": "fuzz"}
    exec(compile(text, filename, "exec"), namespace)
    return namespace["program"]


def arguments(params: tuple[str, ...], seed: int) -> tuple[Any, ...]:
    """Arguments for these parameters, the same ones every time."""
    rng = random.Random(seed)
    size = sizes(seed)
    made: list[Any] = []
    for param in params:
        kind = PARAMETERS[param]
        if kind == "int":
            made.append(rng.randint(0, 3))
        elif kind == "float":
            made.append(rng.uniform(-1.5, 1.5))
        else:
            shape = tuple(size[axis] for axis in kind)
            flat = [rng.uniform(-1.5, 1.5) for _ in range(int(np.prod(shape)))]
            made.append(np.array(flat).reshape(shape))
    return tuple(made)


def check(text: str, seed: int) -> Outcome:
    """Compare the gradient with differences in extended precision along two directions."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            function = define(text)
    except (SyntaxError, NameError, KeyError) as error:
        return Outcome("skipped", repr(error))
    code = function.__code__
    args = arguments(code.co_varnames[: code.co_argcount], seed)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return _check(function, define_extended(text), args, random.Random(seed))


def _check(
    function: Callable[..., Any],
    precise: Callable[..., Any],
    args: tuple[Any, ...],
    rng: random.Random,
) -> Outcome:
    after = copy.deepcopy(args)
    try:
        expected = function(*after)
    except Exception as error:
        return Outcome("skipped", repr(error))
    if not isinstance(expected, float | np.ndarray) or not np.all(np.abs(expected) < LARGEST):
        return Outcome("skipped", f"value {expected}")
    wrt = tuple(k for k, arg in enumerate(args) if not isinstance(arg, int))
    ours = copy.deepcopy(args)
    try:
        value, bars = value_and_grad(function, argnums=wrt, jit=False, cache=False)(*ours)
    except InternalError as error:
        return Outcome("crash", f"{type(error).__name__}: {error}")
    except AdjointError as error:
        return Outcome("refused", f"{type(error).__name__}: {error}")
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        return Outcome("crash", f"{type(error).__name__}: {error} ({where.name}: {where.line})")
    if not np.allclose(value, expected, rtol=ROUNDING, atol=ROUNDING):
        return Outcome("value", f"expected {expected}, got {value}")
    for got, want in zip(ours, after, strict=True):
        if not np.allclose(got, want, rtol=ROUNDING, atol=ROUNDING, equal_nan=True):
            return Outcome("arguments", f"expected {want}, got {got}")
    outcome = _directions(precise, args, wrt, bars, rng)
    return outcome if outcome.failed else _tape(function, args, wrt, bars) or outcome


def _tape(
    function: Callable[..., Any], args: tuple[Any, ...], wrt: tuple[int, ...], bars: tuple[Any, ...]
) -> Outcome | None:
    """What the tape says, if it can run the program and says something else."""
    try:
        _, others = value_and_grad(function, argnums=wrt, mode="tape")(*copy.deepcopy(args))
    except (AdjointError, TypeError):  # writes in place, numbers that leave the tape
        return None
    for got, other in zip(bars, others, strict=True):
        scale = max(1.0, float(np.max(np.abs(other), initial=0.0)))
        if not np.allclose(got, other, rtol=0.0, atol=TOLERANCE * scale, equal_nan=True):
            return Outcome("tape", f"{got}, but the tape says {other}")
    return Outcome("right")


def _directions(
    precise: Callable[..., Any],
    args: tuple[Any, ...],
    wrt: tuple[int, ...],
    bars: tuple[Any, ...],
    rng: random.Random,
) -> Outcome:
    for _ in range(2):
        direction = {k: _random_like(args[k], rng) for k in wrt}

        def along(h: float, direction: dict[int, Any] = direction) -> float:
            moved = [extended(arg) for arg in args]
            for k, towards in direction.items():
                moved[k] = moved[k] + np.longdouble(h) * towards
            return np.sum(precise(*moved))

        got = sum(float(np.sum(bar * direction[k])) for k, bar in zip(wrt, bars, strict=True))
        outcome = _compare(along, got)
        if outcome is not None:
            return outcome
    return Outcome("right")


def _random_like(arg: Any, rng: random.Random) -> Any:
    """A number for a number, an array for an array."""
    if not isinstance(arg, np.ndarray):
        return rng.uniform(-1.0, 1.0)
    return np.array([rng.uniform(-1.0, 1.0) for _ in range(arg.size)]).reshape(arg.shape)


def _compare(along: Callable[[float], float], got: float) -> Outcome | None:
    """None where the derivatives agree; a step small enough for no branch to change is tried."""
    try:
        for step in (2e-2, 1e-3, 1e-4):
            slope, error = ridders(along, step)
            if np.isfinite(got) and abs(got - slope) <= TOLERANCE * max(1.0, abs(slope)):
                return None
        if not abs(slope) < LARGEST or not error < TOLERANCE * max(1.0, abs(slope)):
            return Outcome("skipped", f"differences {slope} ± {error}")
        h = 1e-6
        middle = along(0.0)
        right, left = (along(h) - middle) / h, (middle - along(-h)) / h
    except Exception as failure:
        return Outcome("skipped", repr(failure))
    if abs(right - left) > 1e-3 * max(1.0, abs(slope)):
        return Outcome("skipped", "kink")
    return Outcome("gradient", f"expected {slope} ± {error}, got {got}")


def check_seed(seed: int, most: int = 16) -> tuple[str, Outcome]:
    """Write and check the program of a seed, of up to about `most` statements."""
    text = Writer(seed, most).text()
    try:
        with time_limit(SECONDS):
            return text, check(text, seed)
    except TimeLimit:
        return text, Outcome("hang", f"no answer in {SECONDS:g} s")


def still_fails(outcome: Outcome, seed: int) -> Callable[[str], bool]:
    """What `shrink` asks of a smaller program: that it fails in the same way, and soon."""

    def fails(text: str) -> bool:
        try:
            with time_limit(5.0):
                return check(text, seed).alike(outcome)
        except TimeLimit:  # a program without its counter never ends
            return False
        except Exception:  # whatever else it does
            return False

    return fails


class TimeLimit(BaseException):
    """Raised out of what takes too long; no `except Exception` on the way stops it."""


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise `TimeLimit` inside a block that does not end in that time."""

    def stop(*_: object) -> None:
        raise TimeLimit

    before = signal.signal(signal.SIGALRM, stop)
    # Again and again: what is raised while Python disposes of an object goes nowhere.
    signal.setitimer(signal.ITIMER_REAL, seconds, 0.5)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)
