"""Parallel loops run without threads, in the order that would show a dependence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numba
import pytest

from adjoint.parallel import verdicts
from adjoint.runtime import thread_parts


def backwards(count: int) -> range:
    """What stands for `numba.prange`: the last part first."""
    return range(count - 1, -1, -1)


@contextmanager
def in_many_parts() -> Iterator[None]:
    """However little an iteration does, its loop is cut, and the last part runs first."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(verdicts, "works_hard", lambda block: True)
        patch.setattr(thread_parts, "_LITTLE", 0)
        patch.setattr(numba, "prange", backwards)
        yield
