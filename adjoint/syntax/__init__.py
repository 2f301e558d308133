"""From a Python function to a program in the array dialect of the core language."""

from adjoint.syntax.parse import parse

__all__ = ["parse"]
