"""What generated code depends on besides the user's program: versions, and our own sources."""

from __future__ import annotations

import functools
import hashlib
import platform
from pathlib import Path

import llvmlite
import numba
import numpy as np

PACKAGE = Path(__file__).resolve().parent.parent


@functools.cache
def environment() -> str:
    """Return a name for this state of Python, NumPy, Numba and this package's own sources.

    Our sources are hashed instead of a version number, so that a changed rule or kernel never
    meets modules or machine code made before the change.
    """
    state = hashlib.sha256()
    versions = platform.python_version(), np.__version__, numba.__version__, llvmlite.__version__
    state.update(repr((platform.python_implementation(), *versions)).encode())
    for folder in (PACKAGE, PACKAGE / "runtime"):  # the second may be a link, which ** skips
        for path in sorted(folder.glob("**/*.py")):
            state.update(str(path.relative_to(folder)).encode())
            state.update(path.read_bytes())
    return f"{platform.python_implementation().lower()}-{state.hexdigest()[:16]}"
