"""Activity: which variables carry a derivative, varied (depending on an input) and useful."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from numba.core import types

from adjoint.program.core import Assign, Call, Expr, Item, Name, Program, Return, Store, Tuple
from adjoint.program.numbers import is_complex, is_float, item_types
from adjoint.program.walk import names, statements

# Of the operands of a call by position and keyword: which ones carry a derivative to the result.
Differentiable = Callable[[Call], tuple[Expr, ...]]


def _carries(type_: Any) -> bool:
    """Whether a value, or an item of what a call returned, may have a derivative."""
    items = item_types(type_) if isinstance(type_, types.BaseTuple) else (type_,)
    return any(is_float(item) or is_complex(item) for item in items)


def active_variables(
    program: Program, independent: frozenset[str], differentiable: Differentiable
) -> frozenset[str]:
    """Variables that depend on an independent one and that the result depends on.

    Names have few definitions (`syntax` renames), so that a fact a name is enough.
    """
    varied, useful = varied_and_useful(program, independent, differentiable)
    return varied & useful


def varied_and_useful(
    program: Program, independent: frozenset[str], differentiable: Differentiable
) -> tuple[frozenset[str], frozenset[str]]:
    """Variables that depend on an independent one, and those that the result depends on."""
    table = program.types or {}
    floats = {name for name, type_ in table.items() if _carries(type_)}
    forward: dict[str, set[str]] = defaultdict(set)
    results: set[str] = set()
    for stmt in statements(program.body):
        match stmt:
            case Assign(target, value):
                _edges(forward, value, target, differentiable)
            case Store(array, _, value):
                _edges(forward, value, array, differentiable)
            case Return(result):
                results.update(names(result))
    backward: dict[str, set[str]] = defaultdict(set)
    for source, targets in forward.items():
        for target in targets:
            backward[target].add(source)
    varied = _reached(set(independent), forward, floats)
    return frozenset(varied), frozenset(_reached(results, backward, floats))


def _edges(
    forward: dict[str, set[str]], value: Expr, target: str, differentiable: Differentiable
) -> None:
    for source in _sources(value, differentiable):
        forward[source].add(target)


def _sources(value: Expr, differentiable: Differentiable) -> set[str]:
    match value:
        case Name(id):
            return {id}
        case Item(base, _):
            return set(names(base))
        case Tuple(items):
            return {name for item in items for name in names(item)}
        case Call():
            return {name for arg in differentiable(value) for name in names(arg)}
    return set()


def _reached(start: set[str], edges: dict[str, set[str]], floats: set[str]) -> set[str]:
    reached = start & floats
    work = list(reached)
    while work:
        for name in edges[work.pop()]:
            if name in floats and name not in reached:
                reached.add(name)
                work.append(name)
    return reached
