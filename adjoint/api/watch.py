"""Whether what a function reads outside was rebound: asked at every call, so it is cheap.

Objects are compared by identity. A variable that was bound to an equal object again looks
changed, and the slower comparison of fingerprints finds that it is not.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence
from types import CellType
from typing import Any

from adjoint.api.references import PLAIN, Place, References
from adjoint.program.core import Dependency


def watch(references: References, dependencies: Sequence[Dependency]) -> Callable[[], bool]:
    """Return a function that says whether any of the variables is another object than it was.

    So is the code of the functions. It is compiled to one expression, `holder_0['scale'] is not
    value_0 or ...`, at a tenth of the cost of a loop over the variables.
    """
    places = tuple({(id(p.holder), p.key): p for p in references.places.values()}.values())
    tests = [_test(number, place) for number, place in enumerate(places)]
    namespace: dict[str, Any] = {"dependencies": dependencies, "unchanged": unchanged}
    for number, place in enumerate(places):
        namespace |= {f"holder_{number}": place.holder, f"value_{number}": place.value}
    for number, (function, code) in enumerate(references.codes):
        namespace |= {f"function_{number}": function, f"code_{number}": code}
        now = ast.Attribute(_name(f"function_{number}"), "__code__", ast.Load())
        tests.append(ast.Compare(now, [ast.IsNot()], [_name(f"code_{number}")]))
    if dependencies:
        asked = ast.Call(_name("unchanged"), [_name("dependencies")], [])
        tests.append(ast.UnaryOp(ast.Not(), asked))
    return _function(tests, namespace)


def unchanged(dependencies: Iterable[Dependency]) -> bool:
    """Whether each variable holds what it held, numbers compared with their type and value."""
    return all(_same(dependency.current(), dependency.value) for dependency in dependencies)


def _same(now: object, before: object) -> bool:
    if now is before:
        return True
    return type(now) is type(before) and isinstance(now, PLAIN) and repr(now) == repr(before)


def _test(number: int, place: Place) -> ast.expr:
    holder = _name(f"holder_{number}")
    now: ast.expr = ast.Subscript(holder, ast.Constant(place.key), ast.Load())
    if isinstance(place.holder, CellType):
        now = ast.Attribute(holder, "cell_contents", ast.Load())
    return ast.Compare(now, [ast.IsNot()], [_name(f"value_{number}")])


def _function(tests: list[ast.expr], namespace: dict[str, Any]) -> Callable[[], bool]:
    anything = ast.BoolOp(ast.Or(), [*tests, ast.Constant(False), ast.Constant(False)])
    deleted = ast.Tuple([_name("KeyError"), _name("ValueError")], ast.Load())
    handler = ast.ExceptHandler(deleted, None, [ast.Return(ast.Constant(True))])
    body: list[ast.stmt] = [ast.Try([ast.Return(anything)], [handler], [], [])]
    arguments = ast.arguments([], [], None, [], [], None, [])
    function = ast.FunctionDef("changed", arguments, body, [], None, None)
    module = ast.fix_missing_locations(ast.Module([function], []))
    exec(compile(module, "<adjoint>", "exec"), namespace)
    changed: Callable[[], bool] = namespace["changed"]
    return changed


def _name(name: str) -> ast.expr:
    return ast.Name(name, ast.Load())
