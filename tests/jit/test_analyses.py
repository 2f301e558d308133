"""Analyses in less time: the results are Numba's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
import numpy as np
import pytest
from numba.core import analysis, compiler, ir, ir_utils

from adjoint.jit.analyses import define_in_scopes, live_map, quick_analyses
from tests.jit.test_pipeline import loops, partly, straight


def leaves(x: Any, n: int) -> Any:
    if n < 0:
        raise ValueError(n)
    found = (x, n)
    for i in range(n):
        if x[i] > found[1]:
            return x[i:n], {"i": i}, [i, n]
        while n > i:
            n -= 2
            if n == 5:
                break
    print(found)
    return x[:n], None, [n]


FUNCTIONS = [straight, loops, partly, leaves]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_what_lives_where(function: Callable[..., Any]) -> None:
    blocks = compiler.run_frontend(function).blocks
    cfg = analysis.compute_cfg_from_blocks(blocks)
    found = analysis.compute_use_defs(blocks)
    expected = analysis.compute_live_map(cfg, blocks, found.usemap, found.defmap)
    assert live_map(cfg, blocks, found.usemap, found.defmap) == expected


@pytest.mark.parametrize("function", FUNCTIONS)
def test_variables_of_statements(function: Callable[..., Any]) -> None:
    statements = [s for b in compiler.run_frontend(function).blocks.values() for s in b.body]
    expected = [stmt.list_vars() for stmt in statements]
    with quick_analyses():
        assert [stmt.list_vars() for stmt in statements] == expected


@pytest.mark.parametrize("function", FUNCTIONS)
def test_scopes(function: Callable[..., Any]) -> None:
    def with_scopes_of_their_own() -> Any:
        blocks = compiler.run_frontend(function).blocks
        for block in blocks.values():
            block.scope = ir.Scope(parent=None, loc=block.loc)
        return blocks

    one, other = with_scopes_of_their_own(), with_scopes_of_their_own()
    define_in_scopes(one)
    ir_utils.fixup_var_define_in_scope(other)
    for label, block in one.items():
        assert block.scope.localvars._con.keys() == other[label].scope.localvars._con.keys()


def test_numba_has_its_own_again() -> None:
    before = analysis.compute_live_map, ir.Inst._rec_list_vars
    with quick_analyses():
        assert analysis.compute_live_map is live_map
    assert (analysis.compute_live_map, ir.Inst._rec_list_vars) == before
    assert numba.njit(loops)(np.ones(3), 3) == pytest.approx(loops(np.ones(3), 3))
