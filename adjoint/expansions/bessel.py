"""NumPy's Bessel function."""

from __future__ import annotations

from typing import Any

from adjoint.expansions.registry import expands
from adjoint.runtime import special


@expands("numpy.i0")
def i0(x: Any) -> Any:
    """`np.i0`: SciPy's compiles."""
    return special.i0(x)
