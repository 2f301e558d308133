"""From a program to its forward and reverse sweep."""

from adjoint.reverse.differentiate import (
    differentiate,
    differentiate_callee,
    differentiate_explained,
    differentiate_items,
)
from adjoint.reverse.findings import Findings

__all__ = [
    "Findings",
    "differentiate",
    "differentiate_callee",
    "differentiate_explained",
    "differentiate_items",
]
