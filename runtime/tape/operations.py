"""Calling a function on tensors: compute it with NumPy and, while recording, add a node.

`call` is the general way, for any function of the table of rules. `array` has shortcuts for
operators, which are what a tape's speed is measured by.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from adjoint.errors import NoRule
from adjoint.rules import Rule, is_piecewise_constant, rule_for
from adjoint.runtime.tape.accurate import ROUNDED
from adjoint.runtime.tape.node import Guard, Node, Part
from adjoint.runtime.tape.pullbacks import Pullback, cut
from adjoint.runtime.tape.state import state
from adjoint.runtime.tape.tensor import Tensor, raw, settle, tensors

Function = Callable[..., Any]

#: Arguments that change how a result is computed or stored, not what it is.
_HARMLESS = frozenset(
    ("dtype", "casting", "order", "subok", "optimize", "kind", "stable", "copy", "rcond", "rtol")
)


class Operation:
    """A function of the table, ready to be called and recorded."""

    __slots__ = (
        *(
            "_cuts",
            "_defaults",
            "_variadic",
            "closed",
            "forward",
            "function",
            "params",
            "places",
            "rule",
        ),
    )

    def __init__(self, function: Function, rule: Rule) -> None:
        self.function = function
        self.forward: Function = ROUNDED.get(function, function)
        self.rule = rule
        self.params = rule.params
        parameters = list(inspect.signature(rule.adjoint).parameters.values())[1:-1]
        # A required argument that is missing has made NumPy raise before anything is bound.
        self._defaults = [None if p.default is p.empty else p.default for p in parameters]
        variadic = [i for i, p in enumerate(parameters) if p.kind is p.VAR_POSITIONAL]
        self._variadic = variadic[0] if variadic else None
        self.places = tuple(self.params.index(name) for name in rule.differentiable)
        self.closed = tuple(self.params.index(name) for name in rule.without)
        self._cuts: dict[tuple[int, ...], Pullback] = {}

    def bind(self, args: tuple, kwargs: dict[str, Any]) -> list[Any]:
        """The value of each of the rule's parameters in a call."""
        values = list(self._defaults)
        if self._variadic is not None and len(args) > self._variadic:
            args = (*args[: self._variadic], args[self._variadic :])
        if len(args) > len(values):
            raise self._unsupported("that many positional arguments")
        values[: len(args)] = args
        for key, value in kwargs.items():
            if key in self.params:
                values[self.params.index(key)] = value
            elif key not in _HARMLESS and value is not None and value is not np._NoValue:
                raise self._unsupported(f"the argument {key!r}")
        return values

    def _unsupported(self, what: str) -> NoRule:
        return NoRule(
            f"the rule of {name_of(self.function)} does not cover {what}",
            hint="call it outside autograd.record(), or without that argument",
        )

    def cut(self, wanted: tuple[int, ...]) -> Pullback:
        """The pullback for some of the arguments."""
        found = self._cuts.get(wanted)
        if found is None:
            found = self._cuts[wanted] = cut(self.rule, wanted)
        return found


class Flat:
    """The pullback of a piecewise constant operation: its inputs are reached, by nothing."""

    __slots__ = ()


FLAT = Flat()


class Routed:
    """A pullback with sequences among its arguments, or several results.

    Attributes
    ----------
    routes : for each input of the node, which cotangent it gets, and which item of it (or None).
    results : shape and dtype of each result; empty if there is one.
    """

    __slots__ = ("pullback", "results", "routes")

    def __init__(
        self, pullback: Pullback, routes: tuple[tuple[int, int | None], ...], result: Any
    ) -> None:
        self.pullback = pullback
        self.routes = routes
        several = isinstance(result, tuple | list)
        self.results = [(r.shape, r.dtype) for r in result] if several else []

    def call(self, *values: Any) -> list[Any]:
        """One cotangent for each input of the node."""
        bars = self.pullback.call(*values)
        return [bars[k] if item is None else bars[k][item] for k, item in self.routes]


_operations: dict[Function, Operation] = {}


def operation(function: Function) -> Operation | None:
    """The operation of a function, or None if it has no rule."""
    found = _operations.get(function)
    if found is None:
        rule = rule_for(function)
        if rule is None:
            return None
        found = _operations[function] = Operation(function, rule)
    return found


def forget(function: Function) -> None:
    """Look the function's rule up again: it has another one now."""
    _operations.pop(function, None)


def name_of(function: Function) -> str:
    """The function's name as one writes it."""
    module = getattr(function, "__module__", None) or "numpy"
    return f"{module}.{getattr(function, '__name__', function)}".replace("_operator", "operator")


# --------------------------------------------------------------------------- calling


def call(
    function: Function,
    args: tuple,
    kwargs: dict[str, Any] | None = None,
    cls: type[Tensor] | None = None,
) -> Any:
    """Call a function on tensors; the result has class `cls`, or that of the first tensor."""
    given: list[Tensor] = []
    plain = [_plain(a, given) for a in args]
    op = operation(function)
    forward = function if op is None else op.forward
    if kwargs:
        result = forward(*plain, **{k: _plain(v, given) for k, v in kwargs.items()})
    else:
        kwargs = {}
        result = forward(*plain)
    if "dtype" not in kwargs:
        result = settle(result, args)
    node = _record(function, op, args, kwargs, given, result) if state.recording else None
    return wrap(result, node, cls or type(given[0]))


def _plain(value: Any, given: list[Tensor]) -> Any:
    """`raw(value)`; the tensors met on the way are added to `given`."""
    if isinstance(value, Tensor):
        given.append(value)
        return value._data
    if value.__class__ in (tuple, list, slice):
        if value.__class__ is not slice:
            given += tensors(value)
        return raw(value)
    return value


def wrap(result: Any, node: Node | None, cls: type[Tensor]) -> Any:
    """Tensors for the arrays of a result, with entries if it was recorded."""
    if isinstance(result, np.ndarray | np.generic):
        return cls(result, node)
    if isinstance(result, tuple | list):
        parts = [
            cls(item, None if node is None else Part(node, i, item.shape, item.dtype))
            if isinstance(item, np.ndarray | np.generic)
            else item
            for i, item in enumerate(result)
        ]
        return parts if isinstance(result, list) else tuple(parts)
    return result


def _record(
    function: Function,
    op: Operation | None,
    args: tuple,
    kwargs: dict[str, Any],
    given: list[Tensor],
    result: Any,
) -> Node | None:
    alive = [t._node for t in given if t._node is not None and t._node.alive]
    if not alive:
        return None
    shape, dtype = getattr(result, "shape", None), getattr(result, "dtype", None)
    node = None
    if op is not None:
        node = _recorded(op, op.bind(args, kwargs), result, shape, dtype)
    elif not is_piecewise_constant(function):
        raise NoRule(
            f"{name_of(function)} has no derivative rule, so it cannot be recorded",
            hint="give it one with adjoint.vjp_rule, or call it on x.detach()",
        )
    if node is None:  # nothing alive among what the function can be differentiated by
        return Node(FLAT, tuple(alive), (), shape, dtype)
    if len(alive) < len(given):
        for tensor in given:
            guard(tensor, node)
    return node


def _recorded(op: Operation, values: list[Any], result: Any, shape: Any, dtype: Any) -> Node | None:
    wanted: list[int] = []
    routes: list[tuple[int, int | None]] = []
    inputs: list[Any] = []
    simple = shape is not None
    for position in op.places:
        value = values[position]
        if isinstance(value, Tensor):
            node = value._node
            if node is not None and node.alive:
                routes.append((len(wanted), None))
                inputs.append(node)
                wanted.append(position)
        elif value.__class__ is tuple or value.__class__ is list:
            entries = _entries(value)
            if entries:
                simple = False
                routes += [(len(wanted), item) for item, _ in entries]
                inputs += [entry for _, entry in entries]
                wanted.append(position)
    for position in op.closed:
        if _is_alive(values[position]):
            raise NoRule(
                f"{name_of(op.function)} is not differentiated with respect to "
                f"{op.params[position]!r}",
                hint="pass it as a constant",
            )
    if not wanted:
        return None
    pullback = op.cut(tuple(wanted))
    pull = pullback if simple else Routed(pullback, tuple(routes), result)
    return Node(pull, tuple(inputs), pullback.keep(result, values), shape, dtype)


def _is_alive(value: Any) -> bool:
    return isinstance(value, Tensor) and value._node is not None and value._node.alive


def _entries(values: Any) -> list[tuple[int, Any]]:
    """Live entries in a sequence of arrays, with their places."""
    return [
        (i, item._node)
        for i, item in enumerate(values)
        if isinstance(item, Tensor) and item._node is not None and item._node.alive
    ]


def guard(tensor: Tensor, node: Node) -> None:
    """Protect a constant operand from writes for as long as `node` lives."""
    entry = tensor._node
    if entry is None or not (entry.alive or (entry.__class__ is Guard and entry.holds())):
        tensor._node = Guard(node)
