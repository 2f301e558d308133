"""Settings of the whole test run: a compile cache of its own, shared by the xdist workers."""

from __future__ import annotations

import os
import shutil
import tempfile

import pytest

_CACHE = "ADJOINT_CACHE_DIR"


def pytest_configure(config: pytest.Config) -> None:
    """Start from an empty cache, unless the caller chose one.

    Set in the controlling process before the workers start, so that they inherit it. The folder is
    private (mode 0700), as the cache demands.
    """
    if _CACHE not in os.environ and not hasattr(config, "workerinput"):
        os.environ[_CACHE] = tempfile.mkdtemp(prefix="adjoint-tests-")
        config.add_cleanup(_drop_cache)


def _drop_cache() -> None:
    shutil.rmtree(os.environ.pop(_CACHE), ignore_errors=True)
