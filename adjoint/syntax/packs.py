"""Containers in variables: each number or array in them has a variable of its own.

    p = (a + b, 2 * a)          p_0 = a + b
    q = p[0] * p[1]       →     p_1 = 2 * a
                                q = p_0 * p_1

What is no number - None, a string, a function - stays known and has no variable. The variables are
named after the container's and the way to the item, so a container that is assigned on several
paths, or in a loop, has the same ones everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from adjoint.program.core import Const, Name
from adjoint.syntax.values import (
    EXPRESSIONS,
    Pack,
    Path,
    Value,
    is_number,
)

if TYPE_CHECKING:
    from adjoint.syntax.context import Context


def flat(value: Value, path: Path = ()) -> Iterator[tuple[Path, Value]]:
    """What is in a container, nested ones included, with the keys that lead there."""
    if isinstance(value, Pack):
        for key, item in zip(value.keys, value.items, strict=True):
            yield from flat(item, (*path, key))
    else:
        yield path, value


def snapshot(context: Context, value: Value, node: Any) -> Value:
    """The value as it is now, whatever is assigned later."""
    if isinstance(value, Pack):
        return value.like(snapshot(context, item, node) for item in value.items)
    return context.temporary(value, node) if isinstance(value, Name) else value


def keep(
    context: Context,
    value: Value,
    variable: Callable[[Path], str],
    node: Any,
    constant: Callable[[Path], bool] = lambda path: True,
) -> Value:
    """Assign what is in a container to its variables; the container in terms of these.

    Parameters
    ----------
    variable : the variable for an item.
    constant : whether an item that is a constant here may be taken for one from now on.
    """
    found = dict(flat(value))
    own = {variable(path): path for path, item in found.items() if is_number(item)}
    for path, item in found.items():  # `p = (p[1], p[0])`: read all before any is assigned
        if isinstance(item, Name) and own.get(item.id, path) != path:
            found[path] = context.temporary(item, node)
        elif isinstance(item, EXPRESSIONS) and not isinstance(item, Const | Name):
            found[path] = context.as_atom(item, node)
    return _assigned(context, value, found, variable, node, constant, ())


def _assigned(
    context: Context,
    value: Value,
    found: dict[Path, Value],
    variable: Callable[[Path], str],
    node: Any,
    constant: Callable[[Path], bool],
    path: Path,
) -> Value:
    if isinstance(value, Pack):
        pairs = zip(value.keys, value.items, strict=True)
        return value.like(
            _assigned(context, item, found, variable, node, constant, (*path, key))
            for key, item in pairs
        )
    item = found[path]
    if not is_number(item):
        return item
    target = variable(path)
    context.assign(target, context.as_expr(item, node), node)
    return item if isinstance(item, Const) and constant(path) else Name(target)
