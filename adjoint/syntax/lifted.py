"""Gradients of functions that are defined inside the one that is translated.

    def total(x, y):                                   def inner(t, y):
        return grad(lambda t: f(t, y))(x)     →            return f(t, y)

                                                       lambda t: grad(inner)(t, y)

The inner function becomes one of its own (lambda lifting): what it reads of the functions around it
is passed to it. Its gradient is called with that where it is called itself, as closures read
variables when they are called.
"""

from __future__ import annotations

import ast
import hashlib
import linecache
from collections.abc import Callable
from types import FunctionType
from typing import Any

import gast

from adjoint.syntax.context import Context
from adjoint.syntax.scopes import assigned_names, nonlocal_names
from adjoint.syntax.units import Frame
from adjoint.syntax.values import Closure, Known

_GRADIENT = "its gradient"  # no name that a program can have


def gradient_of_closure(
    context: Context, closure: Closure, make: Callable[[FunctionType], Any], node: Any
) -> Closure:
    """The function that calls the gradient of a closure, as a closure.

    Parameters
    ----------
    make : gives the gradient of a Python function.
    """
    parameters = _parameters(context, closure, node)
    around = _read_around(closure, parameters)
    for name in around:
        if isinstance(_binding(closure.frame, name), Closure):
            context.refuse(
                f"the gradient of a function that is defined here calls `{name}`, which is too.",
                node,
                f"define `{name}` outside, or in the function that calls it",
            )
    gradient = Known(make(_lifted(closure, parameters, around)), gast.unparse(node).strip())
    load = [gast.Name(name, gast.Load(), None, None) for name in (*parameters, *around)]
    call = gast.Call(gast.Name(_GRADIENT, gast.Load(), None, None), load, [])
    wrapper = gast.Lambda(closure.node.args, call)
    for part in (call, call.func, *load, wrapper):
        gast.copy_location(part, node)
    frame = closure.frame
    beside = Frame(
        unit=frame.unit,
        source=frame.source,
        function=frame.function,
        local=frozenset((_GRADIENT,)),
        parent=frame,
        bindings={_GRADIENT: gradient},
    )
    return Closure(wrapper, beside)


def _parameters(context: Context, closure: Closure, node: Any) -> list[str]:
    given = closure.node.args
    fixed = given.vararg is None and given.kwarg is None and not given.kwonlyargs
    if not fixed or given.defaults or nonlocal_names(_body(closure)):
        context.refuse(
            "the gradient of a function that is defined here, with defaults, `*`, `**` or "
            "`nonlocal`, is asked for.",
            node,
            "give it plain parameters",
        )
    return [param.id for param in (*given.posonlyargs, *given.args)]


def _body(closure: Closure) -> list[Any]:
    return [closure.node.body] if isinstance(closure.node, gast.Lambda) else closure.node.body


def _read_around(closure: Closure, parameters: list[str]) -> list[str]:
    """Names that the function reads of those around it, in order."""
    own = {*parameters, *assigned_names(_body(closure))}
    outer: set[str] = set(closure.frame.function.__code__.co_freevars)
    frame: Frame | None = closure.frame
    while frame is not None:
        outer |= frame.local
        frame = frame.parent
    names = (n.id for part in _body(closure) for n in gast.walk(part) if isinstance(n, gast.Name))
    return [name for name in dict.fromkeys(names) if name in outer and name not in own]


def _binding(frame: Frame | None, name: str) -> Any:
    """What is known of a name of the functions around."""
    while frame is not None and name not in frame.local:
        frame = frame.parent
    return None if frame is None else frame.bindings.get(name)


def _lifted(closure: Closure, parameters: list[str], around: list[str]) -> FunctionType:
    """The closure as a function of what it reads."""
    name = getattr(closure.node, "name", "inner")
    body = [gast.gast_to_ast(part) for part in _body(closure)]
    if isinstance(closure.node, gast.Lambda):
        body = [ast.Return(body[0])]
    params = [ast.arg(param) for param in (*parameters, *around)]
    tree = ast.FunctionDef(name, ast.arguments([], params, None, [], [], None, []), body, [])
    text = ast.unparse(ast.fix_missing_locations(ast.Module([tree], []))) + "\n"
    where = f"{closure.frame.source.filename}:{closure.node.lineno}"
    filename = f"<{name} of {where}, {hashlib.sha256(text.encode()).hexdigest()[:12]}>"
    linecache.cache[filename] = len(text), None, text.splitlines(keepends=True), filename
    made: dict[str, FunctionType] = {}
    exec(compile(text, filename, "exec"), closure.frame.function.__globals__, made)
    return made[name]
