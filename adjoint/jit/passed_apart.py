"""Which functions of a generated module may take their parameters for apart in memory.

Whoever calls a module from outside has looked at the arguments. Inside, a function may be called
with one array twice: `f(x, x)` adds to one bar at two places.

    def f_gradient(x, y):                        # called from outside: apart
        return f_adjoint(x, y, 1.0)[1:]          # each of its parameters is passed on: apart

    def f_adjoint(x, y, s_bar):
        …
        g_adjoint(x, x, x_bar, x_bar, s_bar)     # not apart
"""

from __future__ import annotations

import ast


def passed_apart(text: str) -> frozenset[str]:
    """Names of the functions whose parameters are apart wherever the module calls them."""
    functions = {f.name: f for f in ast.parse(text).body if isinstance(f, ast.FunctionDef)}
    calls = [
        (caller, call.func.id, call)
        for caller in functions.values()
        for call in ast.walk(caller)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
    ]
    apart = set(functions)
    while True:
        lost = {
            called
            for caller, called, call in calls
            if called in apart and not (caller.name in apart and _passes_on(caller, call))
        }
        if not lost:
            return frozenset(apart)
        apart -= lost


def _passes_on(caller: ast.FunctionDef, call: ast.Call) -> bool:
    """Whether all arguments are different parameters of the caller, or constants."""
    names = [arg.id for arg in call.args if isinstance(arg, ast.Name)]
    constants = sum(isinstance(arg, ast.Constant) for arg in call.args)
    if call.keywords or len(names) + constants < len(call.args):
        return False
    bound = {
        node.id
        for node in ast.walk(caller)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    parameters = {arg.arg for arg in caller.args.args}
    return len(set(names)) == len(names) and (parameters - bound).issuperset(names)
