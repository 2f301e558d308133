"""Neighbouring `if`s with the same test made one.

if big:                      t_bar = 0.0
    s += t * t               if big:
t_bar = 0.0             →        s += t * t
if big:                          t_bar = 2.0 * t * s_bar
    t_bar = 2.0 * t * s_bar

An iteration that is reversed right after it has run tests everything twice.
"""

from __future__ import annotations

from dataclasses import replace

from adjoint.optimise.fuse_loops import heading_apart, may_move_before
from adjoint.program.core import Block, If, Name, Program, Stmt
from adjoint.program.walk import assigned, map_blocks, with_merged


def join_tests(program: Program) -> Program:
    """Join neighbours with nothing between them but what may as well stand before them."""
    body = _block(program.body)
    return program if body is program.body else replace(program, body=body)


def _block(block: Block) -> Block:
    done: list[Stmt] = []
    for stmt in block:
        at = next((k for k in reversed(range(len(done))) if isinstance(done[k], If)), None)
        joined = None if at is None else _joined(done[at], done[at + 1 :], stmt)
        if at is None or joined is None:
            done.append(stmt)
        else:
            between, heading = heading_apart(done[at + 1 :])
            done[at:] = [*between, joined, *heading]
    done = [map_blocks(stmt, _block) for stmt in done]
    same = len(done) == len(block) and all(a is b for a, b in zip(done, block, strict=True))
    return block if same else tuple(done)


def _joined(first: Stmt, between: list[Stmt], second: Stmt) -> If | None:
    """One `if` for two; None if the test may be another one at the second."""
    if not (isinstance(first, If) and isinstance(second, If) and first.test == second.test):
        return None
    test = first.test
    if not isinstance(test, Name) or test.id in assigned((first, *between)):
        return None
    if not all(may_move_before(stmt, first) for stmt in between):
        return None
    body, orelse = (*first.body, *second.body), (*first.orelse, *second.orelse)
    reverse = first.reverse and second.reverse
    return with_merged(replace(first, body=body, orelse=orelse, reverse=reverse), second)
