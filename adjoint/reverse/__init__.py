"""From a program to its forward and reverse sweep."""

from adjoint.reverse.differentiate import differentiate, differentiate_callee

__all__ = ["differentiate", "differentiate_callee"]
