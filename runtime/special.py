"""`scipy.special` for generated code: importing it tells Numba how to compile the functions."""

from scipy.special import *  # noqa: F403 - every function, under its own name

from adjoint.runtime.overloads import special as _compiled  # noqa: F401
