"""Array expressions to explicit loops over scalars, so that differentiation sees only those."""

from adjoint.lowering.lower import lower

__all__ = ["lower"]
