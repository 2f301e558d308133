"""What users call: `grad`, `value_and_grad`, and the object they give."""

from adjoint.api.grad import grad, value_and_grad
from adjoint.api.gradient import Gradient

__all__ = ["Gradient", "grad", "value_and_grad"]
