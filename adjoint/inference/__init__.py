"""Types of a program's variables, from Numba."""

from adjoint.inference.infer import infer

__all__ = ["infer"]
