"""A generated module as a file that needs NumPy and Numba, and nothing of this package."""

from adjoint.standalone.write import standalone

__all__ = ["standalone"]
