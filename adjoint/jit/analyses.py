"""Numba's analyses of a function, the same results in less time.

Numba looks for the lifetime of every variable after each of its passes, in sets of names that it
unites block by block until nothing changes, and asks for every block and every variable whether the
scope that all blocks share knows it. In generated functions, which have hundreds of blocks and
thousands of variables, that took a third of the time. `quick_analyses` puts the functions of this
module in the place of Numba's while a generated function is compiled.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import Any

from adjoint.jit.numba_internals import analysis, ir, untyped

Blocks = dict[int, Any]


@contextmanager
def quick_analyses() -> Iterator[None]:
    """Have Numba use these functions; the caller holds its lock for compiling."""
    with ExitStack() as stack:
        stack.enter_context(_in_place(analysis, "compute_live_map", live_map))
        stack.enter_context(_in_place(untyped, "fixup_var_define_in_scope", define_in_scopes))
        stack.enter_context(_in_place(ir.Inst, "_rec_list_vars", _listed))
        yield


@contextmanager
def _in_place(owner: Any, name: str, function: Any) -> Iterator[None]:
    before = getattr(owner, name)
    setattr(owner, name, function)
    try:
        yield
    finally:
        setattr(owner, name, before)


def live_map(cfg: Any, blocks: Blocks, used: Any, defined: Any) -> dict[int, set[str]]:
    """Variables that live at the entry of each block.

    They are used there or later, before they are defined, and something before may define them.
    """
    reach, bits = _reaching(cfg, blocks, used, defined)
    before = {label: [other for other, _ in cfg.predecessors(label)] for label in blocks}
    live = {label: set(used[label]) for label in blocks}
    for label in blocks:
        for name in used[label]:
            bit = bits[name]
            todo = [label]
            while todo:
                for other in before[todo.pop()]:
                    if name in live[other] or name in defined[other] or not reach[other] & bit:
                        continue
                    live[other].add(name)
                    todo.append(other)
    return live


def _reaching(
    cfg: Any, blocks: Blocks, used: Any, defined: Any
) -> tuple[dict[int, int], dict[str, int]]:
    """Variables named in a block or before it, as a number with a bit for each."""
    bits: dict[str, int] = {}
    reach: dict[int, int] = {}
    for label in blocks:
        reach[label] = 0
        for name in (*used[label], *defined[label]):
            reach[label] |= bits.setdefault(name, 1 << len(bits))
    after = {label: [other for other, _ in cfg.successors(label)] for label in blocks}
    todo = list(blocks)
    while todo:
        label = todo.pop()
        for other in after[label]:
            united = reach[other] | reach[label]
            if united != reach[other]:
                reach[other] = united
                todo.append(other)
    return reach, bits


def define_in_scopes(blocks: Blocks) -> None:
    """Have every scope know all variables that the function names."""
    named: dict[str, Any] = {}
    for block in blocks.values():
        for stmt in block.body:
            for variable in stmt.list_vars():
                named.setdefault(variable.name, variable)
    for scope in {id(block.scope): block.scope for block in blocks.values()}.values():
        for name, variable in named.items():
            if name not in scope.localvars:
                scope.localvars.define(name, variable)


def _listed(self: Any, value: Any) -> list[Any]:
    """The variables in a part of a statement."""
    found: list[Any] = []
    _list(value, found)
    return found


def _list(value: Any, found: list[Any]) -> None:
    kind: Any = type(value)
    if kind is ir.Var:
        found.append(value)
    elif kind is ir.Expr:
        for part in value._kws.values():
            _list(part, found)
    elif _may_hold_variables(kind):
        if isinstance(value, ir.Inst):
            found += value.list_vars()
        else:
            for part in value.values() if isinstance(value, dict) else value:
                _list(part, found)


@cache
def _may_hold_variables(kind: Any) -> bool:
    return issubclass(kind, ir.Inst | list | tuple | dict)
