"""From rules to pullbacks: the part of a rule that computes the cotangents asked for.

A rule computes the cotangents of all arguments. For `x * 2` only that of x is wanted, and only
the factor is read. Cutting the rule's own text down to what is wanted gives both at once: a
function that does no work in vain, and the list of values that must be kept for it.
"""

from __future__ import annotations

import ast
import copy
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from adjoint.rules import Rule
from adjoint.rules.source import definition
from adjoint.runtime.tape import accurate
from adjoint.runtime.tape.tensor import raw


@dataclass(frozen=True, eq=False, slots=True)
class Pullback:
    """A rule cut down to some cotangents.

    Attributes
    ----------
    call : `call(result, *arguments, result_bar)` gives a tuple of the wanted cotangents.
    wanted : positions of the arguments, in the order of the cotangents.
    reads : for the result and each argument, whether `call` reads it.
    shapes : for the result and each argument, whether only its shape and dtype are read.
    needed : the places that are read, 0 for the result.
    """

    call: Callable[..., Any]
    wanted: tuple[int, ...]
    reads: tuple[bool, ...]
    shapes: tuple[bool, ...]
    needed: tuple[int, ...]

    def keep(self, result: Any, values: Sequence[Any]) -> tuple:
        """The values to keep: None for those not read, no memory for those read by shape."""
        kept = [None] * len(self.reads)
        for i in self.needed:
            value = raw(values[i - 1]) if i else result
            kept[i] = placeholder(value) if self.shapes[i] else value
        return tuple(kept)


_zero = np.zeros(1, complex)  # as wide as any element


def placeholder(value: Any) -> Any:
    """An array of the same shape and dtype whose elements take no memory."""
    if isinstance(value, np.ndarray):
        return np.ndarray(value.shape, value.dtype, _zero, 0, (0,) * value.ndim)
    if value.__class__ in (tuple, list):
        return [placeholder(item) for item in value]
    return value


#: Functions that read no more of one argument than its shape, and that argument's place.
_BY_SHAPE = {
    **dict.fromkeys(("shape", "ndim", "size", "spread", "count", "positions", "ungather"), 0),
    **dict.fromkeys(("untile", "unpad", "untake", "diag_bar", "unconcatenate", "unstack"), 0),
    **dict.fromkeys(("unmeshgrid",), 0),
    **dict.fromkeys(("unconcatenate_as",), 1),
}


def _by_shape_only(body: list[ast.Assign], name: str) -> bool:
    uses = sum(isinstance(n, ast.Name) and n.id == name for s in body for n in ast.walk(s))
    harmless = 0
    for stmt in body:
        for n in ast.walk(stmt):
            if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute):
                place = _BY_SHAPE.get(n.func.attr)
                if place is not None and place < len(n.args):
                    arg = n.args[place]
                    harmless += isinstance(arg, ast.Name) and arg.id == name
    return uses > 0 and uses == harmless


def cut(rule: Rule, wanted: tuple[int, ...]) -> Pullback:
    """The pullback of a rule for the arguments at positions `wanted`."""
    bars = [rule.params[i] + "_bar" for i in wanted]
    body = _straight_line(rule.adjoint)
    if body is None:
        return _whole(rule, wanted)
    needed = _needed(body, bars)
    read = {n.id for s in needed for n in ast.walk(s) if isinstance(n, ast.Name)} | set(bars)
    names = [rule.result, *rule.params]
    call = _compile(rule, names, needed, bars)
    reads = tuple(n in read for n in names)
    shapes = tuple(_by_shape_only(needed, n) for n in names)
    return Pullback(call, wanted, reads, shapes, tuple(i for i, r in enumerate(reads) if r))


def _straight_line(adjoint: Callable[..., Any]) -> list[ast.Assign] | None:
    """The rule's assignments, or None if it is not only those (a user's rule may be a closure)."""
    if adjoint.__closure__:
        return None
    try:
        parsed = definition(adjoint)
    except (OSError, SyntaxError):
        return None
    body = parsed.body[:-1]
    if ast.get_docstring(parsed) is not None:
        body = body[1:]
    assignments = [stmt for stmt in body if isinstance(stmt, ast.Assign)]
    return assignments if len(assignments) == len(body) else None


def _needed(body: list[ast.Assign], bars: list[str]) -> list[ast.Assign]:
    live, needed = set(bars), []
    for stmt in reversed(body):
        targets = {n.id for t in stmt.targets for n in ast.walk(t) if isinstance(n, ast.Name)}
        if targets & live:
            needed.append(stmt)
            live |= {n.id for n in ast.walk(stmt.value) if isinstance(n, ast.Name)}
    return needed[::-1]


class _Share(ast.NodeTransformer):
    """Compute an expression that occurs several times once: on arrays that is a pass less."""

    def __init__(self, body: list[ast.Assign]) -> None:
        self.body: list[ast.Assign] = []
        self._names: dict[str, str] = {}
        self._uses = Counter(
            ast.dump(node)
            for stmt in body
            for node in ast.walk(stmt.value)
            if isinstance(node, _COMPUTATIONS)
        )

    def visit(self, node: ast.AST) -> Any:
        if not isinstance(node, _COMPUTATIONS):
            return self.generic_visit(node)
        key = ast.dump(node)
        if self._uses[key] < 2:
            return self.generic_visit(node)
        if key not in self._names:
            name = self._names[key] = f"shared_{len(self._names) + 1}"
            value: Any = self.generic_visit(node)
            self.body.append(ast.Assign([ast.Name(name, ast.Store())], value))
        return ast.Name(self._names[key], ast.Load())


_COMPUTATIONS = (ast.BinOp, ast.UnaryOp, ast.Compare, ast.Call)


def _shared(body: list[ast.Assign]) -> list[ast.Assign]:
    targets = [n.id for s in body for t in s.targets for n in ast.walk(t) if hasattr(n, "id")]
    if len(set(targets)) < len(targets):
        return body  # a name bound twice does not mean the same in both places
    share = _Share(body)
    for stmt in body:
        value = share.visit(copy.deepcopy(stmt.value))
        share.body.append(ast.Assign(stmt.targets, value))
    return share.body


def _compile(
    rule: Rule, names: list[str], body: list[ast.Assign], bars: list[str]
) -> Callable[..., Any]:
    def load(name: str) -> ast.expr:
        return ast.Name(name, ast.Load())

    parameters = [ast.arg(name) for name in [*names, rule.result_bar]]
    body = _shared(body)
    returned = ast.Return(ast.Tuple([load(bar) for bar in bars], ast.Load()))
    definition = ast.FunctionDef(
        name=rule.adjoint.__name__,
        args=ast.arguments([], parameters, None, [], [], None, []),
        body=[*body, returned],
        decorator_list=[],
    )
    module = ast.fix_missing_locations(ast.Module([definition], []))
    namespace = dict(rule.adjoint.__globals__)
    if namespace.get("np") is np:
        namespace["np"] = accurate.namespace
    exec(compile(module, f"<pullback of {rule.adjoint.__name__}>", "exec"), namespace)
    function: Callable[..., Any] = namespace[rule.adjoint.__name__]
    return function


def _whole(rule: Rule, wanted: tuple[int, ...]) -> Pullback:
    places = [rule.differentiable.index(rule.params[i]) for i in wanted]

    def call(*values: Any) -> tuple:
        bars = rule.adjoint(*values)
        bars = bars if isinstance(bars, tuple) else (bars,)
        return tuple(bars[i] for i in places)

    count = 1 + len(rule.params)
    return Pullback(call, wanted, (True,) * count, (False,) * count, tuple(range(count)))
