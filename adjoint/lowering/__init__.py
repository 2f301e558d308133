"""Array expressions to explicit loops over scalars, so that differentiation sees only those."""

from adjoint.lowering.lower import lower, lower_as_called
from adjoint.lowering.observed import Sizes, checks

__all__ = ["Sizes", "checks", "lower", "lower_as_called"]
