"""The remaining statements: calls for their effect, inner functions, imports, `with`."""

from __future__ import annotations

import contextlib
import importlib
import warnings
from typing import Any

import gast
import numpy as np

from adjoint.program.checkpoint import checkpoint
from adjoint.program.core import Call, Evaluate
from adjoint.runtime import shapes
from adjoint.syntax import resolve
from adjoint.syntax.context import Context
from adjoint.syntax.scopes import imported_name
from adjoint.syntax.terms import closure
from adjoint.syntax.translate import expression, statement_form, statements
from adjoint.syntax.values import Known


@statement_form(gast.Pass, gast.Delete)
def _nothing(context: Context, node: Any) -> None:
    """`del x` only ends the life of a name."""
    for target in getattr(node, "targets", ()):
        if not isinstance(target, gast.Name):
            context.refuse("`del` of an item is not supported.", target)


@statement_form(gast.Nonlocal)
def _nonlocal(context: Context, node: Any) -> None:
    """A declaration: `Frame.outer_names` holds it."""


@statement_form(gast.Expr)
def _expression(context: Context, node: Any) -> None:
    if isinstance(node.value, gast.Constant):
        return
    value = expression(context, node.value)
    if not (isinstance(value, Call) and isinstance(node.value, gast.Call)):
        return
    if value.function.__module__ == shapes.__name__:  # a check in generated code
        context.temporary(value, node.value)
    else:
        context.emit(Evaluate(value, at=context.at(node.value)))


@statement_form(gast.FunctionDef)
def _function(context: Context, node: Any) -> None:
    for decorator in node.decorator_list:
        marks = expression(context, decorator)
        if not (isinstance(marks, Known) and marks.value is checkpoint):
            context.refuse(
                "a decorator on an inner function is not supported.",
                decorator,
                "move the function to the module's level",
            )
        context.unit.shared.marked.append(node)
    context.frame.bindings[node.name] = closure(context, node)


@statement_form(gast.Import)
def _import(context: Context, node: Any) -> None:
    for alias in node.names:
        module = _module(context, alias.name, node)
        if alias.asname is None:
            module = _module(context, alias.name.partition(".")[0], node)
        name = imported_name(alias)
        context.frame.bindings[name] = Known(module, name)


@statement_form(gast.ImportFrom)
def _import_from(context: Context, node: Any) -> None:
    if node.level:
        context.refuse("a relative import inside a function is not supported.", node)
    module = Known(_module(context, node.module, node), node.module)
    for alias in node.names:
        value = resolve.attribute(context, module, alias.name, node)
        context.frame.bindings[imported_name(alias)] = value


def _module(context: Context, name: str, node: Any) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        context.refuse(f"there is no module `{name}`.", node)


_CONTEXTS = (np.errstate, np.printoptions, warnings.catch_warnings, contextlib.nullcontext)
"""They change how errors, numbers and warnings are shown, and no value."""


@statement_form(gast.With)
def _with(context: Context, node: Any) -> None:
    """Of a context that changes no value only the body is left."""
    for item in node.items:
        manager = item.context_expr
        callee = expression(context, manager.func) if isinstance(manager, gast.Call) else None
        if not (isinstance(callee, Known) and callee.value in _CONTEXTS):
            names = ", ".join(f"`{kind.__name__}`" for kind in _CONTEXTS)
            context.refuse(
                "this `with` is not supported.",
                manager,
                f"only {names} are; move the statements out of the block",
            )
        if item.optional_vars is not None:
            context.refuse("`with … as` is not supported.", item.optional_vars)
    statements(context, node.body)
