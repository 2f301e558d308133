"""Types of a program's variables, from Numba."""

from adjoint.inference.infer import infer
from adjoint.inference.promotion import promoted
from adjoint.inference.signatures import infer_all

__all__ = ["infer", "infer_all", "promoted"]
