"""Eigenvalues of real matrices where they are real, as Numba has them.

NumPy's result is complex or not as the eigenvalues are; a compiled function has one type of result.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba.extending import register_jitable


@register_jitable
def real_eig(a: Any) -> Any:
    """Eigenvalues and vectors of a real matrix.

    Raises
    ------
    ValueError : some eigenvalues are complex; compiled, in Numba's words.
    """
    w, v = np.linalg.eig(a)
    if np.iscomplexobj(w):
        raise ValueError("eigenvalues of a real matrix are complex: write np.linalg.eig(a + 0j)")
    return w, v
