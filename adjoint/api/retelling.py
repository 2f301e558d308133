"""Errors that compiled code finds, in Python's words and at the user's line.

Machine code knows neither lengths nor lines when it raises. So the function itself is run once
more, in Python, with the arguments of the call: it fails where the compiled one did, as NumPy
fails. That is only done where it changes nothing but the error: where the function writes to no
argument, prints nothing and draws nothing. It is not waited for longer than for a moment, nor done
for ever: a caller who catches the errors of many calls does not read them.
"""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Callable, Sequence
from types import CodeType, FrameType
from typing import Any

import numpy as np

from adjoint.api.entry import Entry

FAULTS = (ValueError, IndexError)
"""Classes of the errors that the shapes and contents of arrays give rise to."""

MOST = 20
"""Errors of one compiled function that are told again."""

_PATIENCE = 0.5  # seconds
_EFFECTS = ("print(", "np.random.")


class _TooLong(BaseException):
    """The function runs longer than one waits for an error."""


def retold(
    error: BaseException, function: Callable[..., Any], plain: CodeType, args: Any, kwargs: Any
) -> BaseException:
    """The error of a plain call, if it has one too; else the one of the compiled call.

    Parameters
    ----------
    plain : code of the Python function in `function`, in whose file time is looked at.
    """
    before = sys.gettrace()
    if before is not None:  # a debugger or a measurement is at work
        return error
    sys.settrace(_watch(plain, time.monotonic() + _PATIENCE))
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            function(*args, **kwargs)
    except FAULTS as found:
        below = found.__traceback__
        return found.with_traceback(None if below is None else below.tb_next)
    except (Exception, _TooLong):  # whatever else stands in its way, there is an error already
        return error
    finally:
        sys.settrace(before)
    return error


def can_be_retold(entry: Entry, leaves: Sequence[Any]) -> bool:
    """Whether to run the function once more changes nothing."""
    record = entry.made.record
    if record.mutated or any(effect in record.module for effect in _EFFECTS):
        return False
    return not any(isinstance(v, np.random.Generator) for v in (*leaves, *entry.captured))


def _watch(plain: CodeType, deadline: float) -> Callable[..., Any]:
    def at_line(frame: FrameType, event: str, arg: Any) -> Any:
        if time.monotonic() > deadline:
            raise _TooLong
        return at_line

    def at_call(frame: FrameType, event: str, arg: Any) -> Any:
        return at_line if frame.f_code.co_filename == plain.co_filename else None

    return at_call
