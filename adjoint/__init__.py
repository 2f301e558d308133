"""A source-to-source differentiating compiler for Python: exact gradients at Numba speed."""

from adjoint.api import (
    Differentiable,
    Gradient,
    Jacobian,
    differentiable,
    grad,
    hessian,
    jacobian,
    value_and_grad,
)
from adjoint.api.custom_rules import vjp_rule
from adjoint.errors import AdjointError
from adjoint.program.checkpoint import checkpoint, checkpointed
from adjoint.runtime.stopping import stop_gradient

__all__ = [
    "AdjointError",
    "Differentiable",
    "Gradient",
    "Jacobian",
    "checkpoint",
    "checkpointed",
    "differentiable",
    "grad",
    "hessian",
    "jacobian",
    "stop_gradient",
    "value_and_grad",
    "vjp_rule",
]
