"""The parts of Numba that its documentation does not promise, in one place.

This is the list to look through when a new Numba misbehaves. They are typed `Any`, because
Numba carries a `py.typed` marker but declares none of these attributes.
"""

from __future__ import annotations

from typing import Any

from numba import _dispatcher
from numba.core import caching, compiler, compiler_lock, config, registry, serialize, sigutils
from numba.np.ufunc import parallel

CPUDispatcher: Any = registry.CPUDispatcher
"""What `njit` returns; `compile`, `overloads`, `_insert`, `_cache`, `get_call_template`."""

CompileResult: Any = compiler.CompileResult
"""What compiling gives; `_reduce` and `_rebuild` take it to disk and back."""

Cache: Any = caching._Cache
"""The interface of a dispatcher's `_cache`."""

global_compiler_lock: Any = compiler_lock.global_compiler_lock
compute_fingerprint: Any = _dispatcher.compute_fingerprint
"""A few bytes that are equal for equal types of arguments, computed in C."""

dumps: Any = serialize.dumps
launch_threads: Any = parallel._launch_threads
"""Starts the pool of threads, whose functions machine code with `prange` calls."""

normalize_signature: Any = sigutils.normalize_signature
settings: Any = config
