"""From a program to its forward and reverse sweep."""

from adjoint.reverse.differentiate import differentiate

__all__ = ["differentiate"]
