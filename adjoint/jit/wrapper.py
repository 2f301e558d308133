"""A compiled function as compiled code calls it: captured arrays filled in, results arranged.

Numba gives code that is called from compiled code no place for hidden arguments, so there they
are constants, as every global array is to Numba. The wrapper names its parameters because an
omitted default cannot pass through `*args`.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Any

from adjoint.jit.numba_internals import CPUDispatcher

Path = tuple[str, tuple[int, ...]]
"""A parameter and the positions that lead to an item in it."""

Shape = Any
"""Position of a bar, None for what has no gradient, or `(class of tuple, shapes of its items)`."""


def freeze(
    dispatcher: Any,
    names: Sequence[str],
    passed: Sequence[Path],
    captures: Mapping[str, Any],
    gradient: Shape,
    *,
    value: bool,
    out: Sequence[tuple[int, ...]] | None = None,
) -> Any:
    """Return a dispatcher that takes `names` alone.

    Parameters
    ----------
    dispatcher : takes `passed` and then the captured arrays.
    captures : captured arrays by parameter name.
    gradient : how the bars that `dispatcher` returns are to be arranged.
    value : whether `dispatcher` returns a pair of value and gradient.
    out : positions that lead to items in one parameter more, which follow the captured arrays;
        None if there is no such parameter.
    """
    count = _count(gradient)
    extra = _apart("out", {*names, *captures, dispatcher.__name__})
    arguments = [*(_item(name, path) for name, path in passed), *map(_load, captures)]
    arguments += [_item(extra, path) for path in out or ()]
    called = ast.Call(_load(dispatcher.__name__), arguments, [])
    namespace = {dispatcher.__name__: dispatcher, **captures}
    body: list[ast.stmt] = [ast.Return(called)]
    if gradient != 0 and gradient != (tuple, list(range(max(count, 2)))):
        bars = [_item("bars", (k,)) if count > 1 else _load("bars") for k in range(count)]
        arranged = _arranged(gradient, bars, namespace)
        if value:
            target: ast.expr = ast.Tuple([_store("value"), _store("bars")], ast.Store())
            arranged = ast.Tuple([_load("value"), arranged], ast.Load())
        else:
            target = _store("bars")
        body = [ast.Assign([target], called), ast.Return(arranged)]
    names = names if out is None else (*names, extra)
    exec(compile(_module(names, body), "<adjoint>", "exec"), namespace)
    return CPUDispatcher(namespace["frozen"], targetoptions=dispatcher.targetoptions)


def _apart(name: str, used: set[str]) -> str:
    while name in used:
        name += "_"
    return name


def _count(shape: Shape) -> int:
    if isinstance(shape, tuple):
        return sum(map(_count, shape[1]))
    return shape is not None


def _arranged(shape: Shape, bars: Sequence[ast.expr], namespace: dict[str, Any]) -> ast.expr:
    if shape is None:
        return ast.Constant(None)
    if not isinstance(shape, tuple):
        return bars[shape]
    kind, below = shape
    items = [_arranged(item, bars, namespace) for item in below]
    if kind is tuple:
        return ast.Tuple(items, ast.Load())
    name = f"class_{len(namespace)}"
    namespace[name] = kind
    return ast.Call(_load(name), items, [])


def _item(name: str, path: Sequence[int]) -> ast.expr:
    item: ast.expr = _load(name)
    for position in path:
        item = ast.Subscript(item, ast.Constant(position), ast.Load())
    return item


def _module(names: Sequence[str], body: list[ast.stmt]) -> ast.Module:
    arguments = ast.arguments([], [ast.arg(n) for n in names], None, [], [], None, [])
    function = ast.FunctionDef("frozen", arguments, body, [], None, None)
    return ast.fix_missing_locations(ast.Module([function], []))


def _load(name: str) -> ast.expr:
    return ast.Name(name, ast.Load())


def _store(name: str) -> ast.expr:
    return ast.Name(name, ast.Store())
