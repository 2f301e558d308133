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


def freeze(
    dispatcher: Any,
    names: Sequence[str],
    captures: Mapping[str, Any],
    *,
    value: bool,
    single: bool,
) -> Any:
    """Return a dispatcher that takes `names` alone.

    Parameters
    ----------
    dispatcher : takes `names` and then the captured arrays.
    captures : captured arrays by parameter name.
    value : whether `dispatcher` returns a pair of value and gradient.
    single : whether the gradient is to be put into a tuple of one.
    """
    called = ast.Call(_load(dispatcher.__name__), [_load(n) for n in (*names, *captures)], [])
    body: list[ast.stmt] = [ast.Return(ast.Tuple([called], ast.Load()) if single else called)]
    if single and value:
        pair = ast.Tuple([_store("value"), _store("gradient")], ast.Store())
        gradient = ast.Tuple([_load("gradient")], ast.Load())
        both = ast.Tuple([_load("value"), gradient], ast.Load())
        body = [ast.Assign([pair], called), ast.Return(both)]
    namespace = {dispatcher.__name__: dispatcher, **captures}
    exec(compile(_module(names, body), "<adjoint>", "exec"), namespace)
    return CPUDispatcher(namespace["frozen"], targetoptions=dispatcher.targetoptions)


def _module(names: Sequence[str], body: list[ast.stmt]) -> ast.Module:
    arguments = ast.arguments([], [ast.arg(n) for n in names], None, [], [], None, [])
    function = ast.FunctionDef("frozen", arguments, body, [], None, None)
    return ast.fix_missing_locations(ast.Module([function], []))


def _load(name: str) -> ast.expr:
    return ast.Name(name, ast.Load())


def _store(name: str) -> ast.expr:
    return ast.Name(name, ast.Store())
