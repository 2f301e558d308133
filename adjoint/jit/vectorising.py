"""What LLVM is told about vectorising the loops of our functions.

Sums in order. `total += np.exp(x[i])` may not be added up in another order, since that rounds
otherwise. LLVM can compute the terms of several iterations at once all the same and then add them
one by one: the same bits, and all but the additions as fast as in any other loop. It does so where
its estimate of the costs says that it pays, but on x86 only if asked.

Checks where the loop is. A loop over rows of one array (`a[i, j] -= f * a[k, j]`) is vectorised if
the rows turn out to be different ones. LLVM makes that test once before the loops around, for all
the rows at once, and these overlap nearly always. So it is asked to test before the loop itself.

The options belong to the whole process, therefore they are set only while we optimise.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from llvmlite import binding

IN_ORDER, HOISTED = "--force-ordered-reductions", "--hoist-runtime-checks"
VERSIONS = range(18, 23)
"""Of LLVM, in which there are both: it ends the process when it does not know an option."""


@contextmanager
def vectorising(codegen: Any) -> Iterator[None]:
    """Have loops vectorised as above; the caller holds Numba's lock for compiling."""
    if binding.llvm_version_info[0] not in VERSIONS:
        yield
        return
    is_x86 = codegen.magic_tuple()[0].startswith(("x86", "i686"))  # others add in order unasked
    _set(IN_ORDER, True)
    _set(HOISTED, False)
    try:
        yield
    finally:
        _set(IN_ORDER, not is_x86)
        _set(HOISTED, True)


def _set(option: str, value: bool) -> None:
    binding.set_option("adjoint", f"{option}={str(value).lower()}")
