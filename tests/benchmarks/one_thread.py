"""Import this first: one thread for Numba, the BLAS libraries, PyTorch and XLA alike.

The libraries read their settings when they are loaded. XLA's pool heeds none of them, but takes its
size from the processors that the process may run on, so it is bound to one.
"""

from __future__ import annotations

import os

for _name in ("OMP", "OPENBLAS", "MKL", "NUMBA"):
    os.environ[f"{_name}_NUM_THREADS"] = "1"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"
if hasattr(os, "sched_setaffinity"):
    _processors = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {_processors[os.getpid() % len(_processors)]})
