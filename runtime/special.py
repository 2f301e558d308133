"""`scipy.special` for generated code: importing it tells Numba how to compile the functions."""

from typing import Any

from scipy.special import *  # noqa: F403 - every function, under its own name

from adjoint.runtime.overloads import special as _compiled  # noqa: F401


def __getattr__(name: str) -> Any:
    """SciPy is not annotated; a name that it does not have is an error as elsewhere."""
    raise AttributeError(f"scipy.special has no {name}")
