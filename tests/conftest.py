"""Settings of the whole test run: a compile cache of its own, shared by the xdist workers."""

from __future__ import annotations

import os
import shutil
import tempfile
import zlib

import pytest

_CACHE = "ADJOINT_CACHE_DIR"
_ALL = "ADJOINT_ALL_CASES"

# Modules with many alike cases, and of how many one stays in `make quick`.
_SAMPLED = {
    "test_corpus.py": 90,
    "test_fuzz.py": 25,
    "test_shapes.py": 70,
    "test_reductions.py": 60,
    "test_special_functions.py": 20,
    "test_linear_algebra.py": 90,
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
    "test_peers.py": 80,
    "test_further.py": 30,
    "test_plan.py": 6,
    "test_pieces.py": 8,
    "test_signals.py": 6,
    "test_lines.py": 6,
    "test_parallelise.py": 5,
    "test_sparse.py": 6,
    "test_passes.py": 3,
    "test_aliasing.py": 3,
    "test_bad_input.py": 4,
    "test_generators.py": 3,
    "test_constants.py": 3,
    "test_gradient.py": 3,
    "test_commands.py": 3,
    "test_lengths.py": 60,
    "test_out.py": 30,
    "test_extrema.py": 6,
}


def pytest_configure(config: pytest.Config) -> None:
    """Start from an empty cache, unless the caller chose one.

    Set in the controlling process before the workers start, so that they inherit it. The folder is
    private (mode 0700), as the cache demands.
    """
    if _CACHE not in os.environ and not hasattr(config, "workerinput"):
        os.environ[_CACHE] = tempfile.mkdtemp(prefix="adjoint-tests-")
        config.add_cleanup(_drop_cache)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave a part of large tables to `make exhaustive`, most of them out of `make quick`."""
    left_out: list[pytest.Item] = []
    for item in items:
        number = zlib.crc32(item.nodeid.encode())
        one_in = _SAMPLED.get(item.path.name)
        if one_in is not None and number % one_in:
            item.add_marker(pytest.mark.slow)
        if _ALL not in os.environ and number % _one_in(item):
            left_out.append(item)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        gone = {id(item) for item in left_out}
        items[:] = [item for item in items if id(item) not in gone]


def _one_in(item: pytest.Item) -> int:
    """Of how many such cases one is run by `make test`; the choice is the same every time."""
    if item.path.parent.name == "expansions" or item.path.name == "test_properties.py":
        return 4
    if item.path.name == "test_corpus.py" and item.get_closest_marker("compiled"):
        return 3
    if item.path.parent.name == "optimise" and item.path.name == "test_corpus.py":
        return 3
    return 1


def _drop_cache() -> None:
    shutil.rmtree(os.environ.pop(_CACHE), ignore_errors=True)
