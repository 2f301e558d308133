"""Every form of the functions of shapes and selection: NumPy's value, and a gradient that fits."""

from __future__ import annotations

import numpy as np
import pytest

from tests.expansions.selection_cases import SELECTION
from tests.expansions.shape_cases import SHAPES
from tests.expansions.table import check_gradient, check_value, name_of

CASES = [pytest.param(case, id=name_of(case)) for case in (*SHAPES, *SELECTION)]


@pytest.mark.parametrize("case", CASES)
def test_value(case):
    with np.errstate(all="ignore"):
        check_value(case)


@pytest.mark.parametrize("case", CASES)
def test_gradient(case):
    with np.errstate(all="ignore"):
        check_gradient(case)
