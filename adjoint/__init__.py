"""A source-to-source differentiating compiler for Python: exact gradients at Numba speed."""

from adjoint.api import Differentiable, Gradient, differentiable, grad, value_and_grad
from adjoint.errors import AdjointError
from adjoint.program.checkpoint import checkpoint

__all__ = [
    "AdjointError",
    "Differentiable",
    "Gradient",
    "checkpoint",
    "differentiable",
    "grad",
    "value_and_grad",
]
