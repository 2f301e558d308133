"""Names, constants, tuples, attributes, subscripts, the walrus, and function displays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gast
import numpy as np

from adjoint.program import primitives
from adjoint.program.core import Call, Const, Expr, Item, Name, Slice
from adjoint.syntax import resolve
from adjoint.syntax.context import Context
from adjoint.syntax.translate import expression, expression_form, values
from adjoint.syntax.values import Closure, Known, Pack, Value

ATTRIBUTES: dict[str, Callable[..., Any]] = {
    "shape": np.shape,
    "ndim": np.ndim,
    "size": np.size,
    "T": np.transpose,
    "dtype": primitives.dtype,
    "real": np.real,
    "imag": np.imag,
}


@expression_form(gast.Name)
def _name(context: Context, node: Any) -> Value:
    return resolve.lookup(context, node.id, node)


@expression_form(gast.Constant)
def _constant(context: Context, node: Any) -> Value:
    return Const(node.value)


@expression_form(gast.Tuple)
def _tuple(context: Context, node: Any) -> Value:
    return Pack(tuple(items(context, node.elts)))


def items(context: Context, nodes: list[Any]) -> list[Value]:
    """Values of a display's or a call's items, with `*tuple` expanded."""
    plain = [node.value if isinstance(node, gast.Starred) else node for node in nodes]
    found: list[Value] = []
    for node, value in zip(nodes, values(context, plain), strict=True):
        if not isinstance(node, gast.Starred):
            found.append(value)
        elif isinstance(value, Pack):
            found.extend(value.items)
        else:
            context.refuse(
                "`*` needs a tuple whose length is known when compiling.",
                node,
                "write the items out",
            )
    return found


def as_tuple(node: Any) -> Any:
    """A list display that nothing can change later, such as an argument, as a tuple display."""
    if not isinstance(node, gast.List | gast.Tuple):
        return node
    elements = [as_tuple(element) for element in node.elts]
    return gast.copy_location(gast.Tuple(elements, gast.Load()), node)


@expression_form(gast.NamedExpr)
def _walrus(context: Context, node: Any) -> Value:
    value = context.as_expr(expression(context, node.value), node.value)
    context.set_variable(node.target.id, value, node)
    return resolve.lookup(context, node.target.id, node)


@expression_form(gast.Lambda)
def _lambda(context: Context, node: Any) -> Value:
    return closure(context, node)


def closure(context: Context, node: Any) -> Closure:
    """A function defined in the program; defaults are evaluated here, as Python does."""
    arguments = node.args
    defaults = tuple(_default(context, default) for default in arguments.defaults)
    keyword_defaults = {
        param.id: _default(context, default)
        for param, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        if default is not None
    }
    return Closure(node, context.frame, defaults, keyword_defaults)


def _default(context: Context, node: Any) -> Value:
    value = expression(context, node)
    if isinstance(value, Known | Closure | Const):
        return value
    return context.temporary(context.as_expr(value, node), node)


# --------------------------------------------------------------------------- attributes


@expression_form(gast.Attribute)
def _attribute(context: Context, node: Any) -> Value:
    value = expression(context, node.value)
    if isinstance(value, Known):
        return resolve.attribute(context, value, node.attr, node)
    if isinstance(value, Const) and isinstance(value.value, type):
        return resolve.attribute(context, Known(value.value, value.value.__name__), node.attr, node)
    function = ATTRIBUTES.get(node.attr)
    if function is None:
        known = ", ".join(f".{name}" for name in ATTRIBUTES)
        context.refuse(
            f"the attribute `.{node.attr}` is not supported.", node, f"attributes are {known}"
        )
    return Call(function, (context.as_atom(value, node.value),))


# --------------------------------------------------------------------------- subscripts


@expression_form(gast.Subscript)
def _subscript(context: Context, node: Any) -> Value:
    value = expression(context, node.value)
    if isinstance(value, Pack):
        found = _packed_item(context, value, node)
        if found is not None:
            return found
    array = context.as_atom(value, node.value)
    return Item(array, index(context, node.slice))


def _packed_item(context: Context, pack: Pack, node: Any) -> Value | None:
    """An item or a slice of a tuple kept apart, if the index is known."""
    part = node.slice
    if isinstance(part, gast.Slice):
        bounds = [None if b is None else expression(context, b) for b in _bounds(part)]
        if any(bound is not None and not isinstance(bound, Const) for bound in bounds):
            return None
        span = slice(*(bound.value if isinstance(bound, Const) else None for bound in bounds))
        return Pack(pack.items[span])
    if not isinstance(part, gast.Constant | gast.UnaryOp | gast.Name | gast.BinOp):
        return None
    probe = context.inner()
    position = expression(probe, part)
    if probe.block or not isinstance(position, Const) or not isinstance(position.value, int):
        return None
    if not -len(pack.items) <= position.value < len(pack.items):
        context.refuse("the index is outside the tuple.", node)
    return pack.items[position.value]


def index(context: Context, node: Any) -> tuple[Expr | Slice, ...]:
    """The parts of `a[…]`: atoms, and slices of atoms."""
    parts = node.elts if isinstance(node, gast.Tuple) else [node]
    flat = [bound for part in parts for bound in _operands(part)]
    found = iter(
        context.as_atom(value, at) for value, at in zip(values(context, flat), flat, strict=True)
    )
    return tuple(_part(part, found) for part in parts)


def _operands(part: Any) -> list[Any]:
    if isinstance(part, gast.Slice):
        return [bound for bound in _bounds(part) if bound is not None]
    return [_fancy(part)]


def _fancy(part: Any) -> Any:
    """A list as an index selects elements; a tuple would not."""
    return _ListIndex(part) if isinstance(part, gast.List) else part


def _part(part: Any, found: Any) -> Expr | Slice:
    if isinstance(part, gast.Slice):
        return Slice(*(None if bound is None else next(found) for bound in _bounds(part)))
    return next(found)


def _bounds(part: Any) -> tuple[Any, Any, Any]:
    return part.lower, part.upper, part.step


class _ListIndex(gast.AST):
    """A list display that stands as an index."""

    def __init__(self, node: Any) -> None:
        super().__init__()
        self.node = node
        self.lineno, self.end_lineno = node.lineno, node.end_lineno
        self.col_offset, self.end_col_offset = node.col_offset, node.end_col_offset


@expression_form(_ListIndex)
def _list_index(context: Context, node: Any) -> Value:
    pack = Pack(tuple(items(context, node.node.elts)))
    return Call(np.array, (context.as_atom(pack, node.node),))


def array_of(context: Context, node: Any) -> Name:
    """The array of a subscript that is stored to, as a name."""
    value = expression(context, node.value)
    array = value if isinstance(value, Pack) else context.as_atom(value, node.value)
    if not isinstance(array, Name):
        context.refuse(
            "an item of a tuple, list or constant is assigned.", node, "use a NumPy array"
        )
    return array
