"""Programs that had a silently wrong answer once, and are refused until they can be right."""

from __future__ import annotations

import pytest

from tests.fuzz.check import check

VIEW_REBOUND_LATER = """
import numpy as np
def program(x, s):
    v = x[1:]
    v[0] = s
    for i in range(2):
        v = v * x[1:]
    return np.sum(x) + np.sum(v)
"""
WRITE_THROUGH_RESHAPE = """
import numpy as np
def program(A, s):
    B = A.reshape(A.size)
    B[0] = B[0] * s
    return np.sum(A * A)
"""
WRITE_THROUGH_FLIP = """
import numpy as np
def program(x, s):
    y = np.flip(x)
    y[0] = s
    return np.sum(x * x) + np.sum(y * x)
"""


@pytest.mark.parametrize("text", [VIEW_REBOUND_LATER, WRITE_THROUGH_RESHAPE, WRITE_THROUGH_FLIP])
def test_refused_or_right(text: str) -> None:
    outcome = check(text, seed=1)
    assert outcome.kind in ("refused", "right"), outcome.detail
