"""From a Python function to a program in the array dialect of the core language."""

from adjoint.syntax.parse import parse
from adjoint.syntax.questions import Questions

__all__ = ["Questions", "parse"]
