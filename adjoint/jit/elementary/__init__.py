"""exp, log, tanh … as machine code that loops over arrays run several at a time.

Numba has elementary functions compiled into calls of the C library, one number at a time. Here are
others, written once for any number of lanes, and what puts them into the LLVM modules of generated
functions: there LLVM's loop vectoriser takes for a call in a loop one for all lanes.
"""

from adjoint.jit.elementary.library import define, defined, take, taken

__all__ = ["define", "defined", "take", "taken"]
