"""What users call: `grad`, `value_and_grad`, `differentiable`, and the objects they give."""

from adjoint.api.differentiable import Differentiable
from adjoint.api.grad import differentiable, grad, value_and_grad
from adjoint.api.gradient import Gradient

__all__ = ["Differentiable", "Gradient", "differentiable", "grad", "value_and_grad"]
