"""Library functions written down in Python: they are inlined like a user's own.

Such a function needs no rule and no lowering of its own, and what it does can be read in the
generated adjoint. It has the parameters of the function that it stands for, and is written for any
types: tests of `ndim`, `dtype`, `isinstance` and of constant arguments are settled when
compiling, `for … in tuple(range(x.ndim))` is unrolled, `x[index]` takes a tuple of slices.
In its own body the function is the library's. What needs more of Python, on constants alone, is a
function marked `settled`.
"""

from adjoint.expansions.registry import (
    expands_call,
    expansion_of,
    is_settled,
    is_stand_in,
    original,
    stand_in,
)

__all__ = [
    "expands_call",
    "expansion_of",
    "is_settled",
    "is_stand_in",
    "original",
    "stand_in",
]
