"""Independent outermost loops of an adjoint run by several threads."""

from adjoint.parallel.parallelise import in_threads, parallelise
from adjoint.parallel.verdicts import ArrayVerdict, LoopVerdict

__all__ = ["ArrayVerdict", "LoopVerdict", "in_threads", "parallelise"]
