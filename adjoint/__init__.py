"""A source-to-source differentiating compiler for Python: exact gradients at Numba speed."""

from adjoint.api import Differentiable, Gradient, differentiable, grad, value_and_grad
from adjoint.errors import AdjointError

__all__ = [
    "AdjointError",
    "Differentiable",
    "Gradient",
    "differentiable",
    "grad",
    "value_and_grad",
]
