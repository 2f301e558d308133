"""What the compiler decided about a function: as data, and in words."""

from adjoint.explanation.build import explanation
from adjoint.explanation.data import Explanation, Loop, Threaded, Value, Variable
from adjoint.explanation.header import header
from adjoint.explanation.measure import measured

__all__ = [
    "Explanation",
    "Loop",
    "Threaded",
    "Value",
    "Variable",
    "explanation",
    "header",
    "measured",
]
