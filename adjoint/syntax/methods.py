"""Methods of arrays as the functions of the same meaning."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from adjoint.program import draws, primitives
from adjoint.program.core import Call, Const
from adjoint.syntax.columns import grow
from adjoint.syntax.context import Context
from adjoint.syntax.values import Pack, Value

if TYPE_CHECKING:
    from adjoint.syntax.calls import Arguments

# fmt: off
_SAME_NAME = (
    "all", "any", "argmax", "argmin", "argsort", "choose", "clip", "conj", "copy", "cumprod",
    "cumsum", "diagonal", "dot", "imag", "max", "mean", "min", "nonzero", "prod", "put",
    "ravel", "real", "repeat", "round", "searchsorted", "squeeze", "std", "sum",
    "swapaxes", "take", "trace", "var",
)
# fmt: on
METHODS: dict[str, Callable[..., Any]] = {
    **{name: getattr(np, name) for name in _SAME_NAME},
    "conjugate": np.conj,
    "astype": primitives.astype,
    "norm": np.linalg.norm,
    "item": primitives.item,
    "asscalar": primitives.item,
    "reshape": np.reshape,
    "transpose": np.transpose,
    "flatten": np.ndarray.flatten,
    "sort": np.ndarray.sort,
    "fill": np.ndarray.fill,
    "compress": np.ndarray.compress,
    "tolist": np.ndarray.tolist,
}
_OF_NUMBERS = {"reshape", "transpose"}


def as_function(
    name: str, array: Value, positional: tuple[Value, ...]
) -> tuple[Callable[..., Any] | None, tuple[Value, ...]]:
    """The function that a method is, and its positional arguments.

    `a.reshape(2, 3)` is `np.reshape(a, (2, 3))`.
    """
    if name in _OF_NUMBERS and len(positional) > 1:
        positional = (Pack(positional),)
    return METHODS.get(name), (array, *positional)


def method(context: Context, name: str, array: Any, args: Arguments, node: Any) -> Value:
    """The value of `array.name(*args)`."""
    handler = _SPECIAL.get(name)
    if handler is not None:
        return handler(context, array, args, node)
    if name in draws.METHODS:
        return _draw(context, name, array, args, node)
    function = METHODS.get(name)
    if function is None:
        context.refuse(
            f"the method `.{name}()` is not supported.",
            node.func,
            "call a NumPy function instead" if not hasattr(list, name) else "use a NumPy array",
        )
    if function is primitives.item and args.positional:
        context.refuse("`.item()` with an index is not supported.", node, "write `a[index]`")
    positional = tuple(context.as_atom(arg, node) for arg in args.positional)
    keywords = tuple((key, context.as_atom(arg, node)) for key, arg in args.keywords.items())
    return Call(function, (array, *positional), keywords)


def _draw(context: Context, name: str, generator: Any, args: Arguments, node: Any) -> Value:
    """`g.normal(mu, sigma)` of a random generator; arrays have no methods of these names."""
    if name == "shuffle":
        context.refuse(
            "`.shuffle()` changes an array in place, which is not followed yet.",
            node.func,
            "draw a permutation of the indices, `g.permutation(n)`, and index with it",
        )
    positional = tuple(context.as_atom(arg, node) for arg in args.positional)
    keywords = tuple((key, context.as_atom(arg, node)) for key, arg in args.keywords.items())
    return Call(draws.draw(name), (generator, *positional), keywords)


def _append(context: Context, items: Any, args: Arguments, node: Any) -> Value:
    """Of a list whose length is known only when running."""
    (value,) = args.positional
    grow(context, items, value, node)
    return Const(None)


def _pop(context: Context, items: Any, args: Arguments, node: Any) -> Value:
    if args.positional:
        context.refuse("`.pop()` of an index is supported for lists of known length.", node)
    return context.temporary(Call(primitives.pop, (items,)), node)


_SPECIAL: dict[str, Callable[..., Value]] = {
    "append": _append,
    "pop": _pop,
}
