"""The syntax of a rule: what the registry, the compiler and the tape read it from.

`inspect.getsource` tokenises the file anew for each function, which for the whole table takes as
long as importing NumPy; here a file is parsed once.
"""

from __future__ import annotations

import ast
import inspect
import linecache
import textwrap
from collections.abc import Callable
from functools import lru_cache
from typing import Any


def definition(function: Callable[..., Any]) -> ast.FunctionDef:
    """The `def` statement of a function.

    Raises
    ------
    OSError : the source is not available.
    SyntaxError : it is not a `def` statement (a lambda inside an expression, say).
    """
    code = function.__code__
    lines = tuple(linecache.getlines(code.co_filename))
    found = _definitions(lines).get(code.co_firstlineno)
    if found is not None and found.name == code.co_name:
        return found
    parsed = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    if not isinstance(parsed, ast.FunctionDef):
        raise SyntaxError(f"{code.co_name} is not defined by a def statement")
    return parsed


@lru_cache(maxsize=16)
def _definitions(lines: tuple[str, ...]) -> dict[int, ast.FunctionDef]:
    """The `def`s of a module by their first lines, decorators included; not those inside others."""
    try:
        tree = ast.parse("".join(lines))
    except SyntaxError:
        return {}
    return {
        min([node.lineno, *(d.lineno for d in node.decorator_list)]): node
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
    }
