"""Loops that add numbers in their order are vectorised as well.

`total += np.exp(x[i])` may not be added up in another order, since that rounds otherwise. LLVM can
compute the terms of several iterations at once all the same and then add them one by one: the same
bits, and all but the additions as fast as in any other loop. It does so where its estimate of the
costs says that it pays, but on x86 only if an option of the whole process asks for it, which is
therefore set only while our functions are optimised.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from llvmlite import binding

OPTION = "--force-ordered-reductions"
VERSIONS = range(15, 23)
"""Of LLVM, which ends the process when it does not know an option."""


@contextmanager
def sums_in_order(codegen: Any) -> Iterator[None]:
    """Have sums vectorised in order; the caller holds Numba's lock for compiling."""
    is_off = codegen.magic_tuple()[0].startswith(("x86", "i686"))
    if not is_off or binding.llvm_version_info[0] not in VERSIONS:
        yield
        return
    binding.set_option("adjoint", f"{OPTION}=true")
    try:
        yield
    finally:
        binding.set_option("adjoint", f"{OPTION}=false")
