"""Errors of the tape, with MXNet's texts so that code which reads them keeps working."""

from __future__ import annotations

from adjoint.errors import AdjointError

NOT_IN_GRAPH = (
    "Cannot differentiate node because it is not in a computational graph. You need to set "
    "is_recording to true or use autograd.record() to save computational graphs for backward. If "
    "you want to differentiate the same graph twice, you need to pass retain_graph=True to "
    "backward."
)
NO_VARIABLES = "There are no inputs in computation graph that require gradients."
IN_GRAPH_WRITE = (
    "Assigning to NDArrays that are already in a computational graph will cause undefined behavior "
    "when evaluating gradients. Please call backward first to clear the graph or do this out side "
    "of a record section. Also note that you cannot use inplace operations like +=, *=, "
    "relu(x, out=x), y[idx]=x, etc inside a record section."
)
RECORDED_WRITE = (
    "Inplace operations (+=, -=, x[:]=, etc) are not supported when recording with autograd."
)
MUTATED = (
    "A value that the gradient needs was changed in place after it was recorded, so the recorded "
    "value is lost. Call backward before changing it, or change a copy."
)
COMPLEX = "the tape holds real numbers, and this gradient passes through complex ones"
COMPLEX_HINT = "compile it, `adjoint.grad(f)`, or compute with real and imaginary parts"


class TapeError(AdjointError, RuntimeError):
    """The tape was used in a way that has no gradient; MXNet's `MXNetError`."""
