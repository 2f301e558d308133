"""What users call: `grad`, `value_and_grad`, `jacobian`, …, and the objects that they give."""

from adjoint.api.differentiable import Differentiable
from adjoint.api.grad import differentiable, grad, value_and_grad
from adjoint.api.gradient import Gradient
from adjoint.api.jacobian import Jacobian, hessian, jacobian

__all__ = [
    "Differentiable",
    "Gradient",
    "Jacobian",
    "differentiable",
    "grad",
    "hessian",
    "jacobian",
    "value_and_grad",
]
