"""Settings of the whole test run: a compile cache of its own, shared by the xdist workers."""

from __future__ import annotations

import os
import shutil
import tempfile
import zlib

import pytest

_CACHE = "ADJOINT_CACHE_DIR"

# Modules with many alike cases, and of how many one stays in `make quick`.
_SAMPLED = {
    "test_corpus.py": 12,
    "test_fuzz.py": 25,
    "test_shapes.py": 12,
    "test_reductions.py": 12,
    "test_special_functions.py": 20,
    "test_linear_algebra.py": 12,
    "test_refused.py": 6,
    "test_user_rules.py": 4,
    "test_second_order.py": 6,
    "test_storage.py": 6,
    "test_array_programs.py": 8,
    "test_programs.py": 4,
    "test_random_containers.py": 6,
    "test_limitations.py": 6,
    "test_elementwise.py": 4,
    "test_complex_rules.py": 4,
}


def pytest_configure(config: pytest.Config) -> None:
    """Start from an empty cache, unless the caller chose one.

    Set in the controlling process before the workers start, so that they inherit it. The folder is
    private (mode 0700), as the cache demands.
    """
    if _CACHE not in os.environ and not hasattr(config, "workerinput"):
        os.environ[_CACHE] = tempfile.mkdtemp(prefix="adjoint-tests-")
        config.add_cleanup(_drop_cache)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Call most of the cases of large tables slow: a sample of them is enough for `make quick`."""
    for item in items:
        one_in = _SAMPLED.get(item.path.name)
        if one_in is not None and zlib.crc32(item.nodeid.encode()) % one_in:
            item.add_marker(pytest.mark.slow)


def _drop_cache() -> None:
    shutil.rmtree(os.environ.pop(_CACHE), ignore_errors=True)
