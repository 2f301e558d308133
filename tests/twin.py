"""Copies of functions that mean something else by the names that they use."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any

Function = Callable[..., Any]


def twin(
    function: Function,
    replace: Callable[[Any], Any],
    wrap: Callable[[Function], Function] = lambda function: function,
) -> Function:
    """The same code with `replace(value)` for the value of each global name that it uses.

    The functions among those are twins themselves. All of them are passed through `wrap`.
    """
    return _twin(function, replace, wrap, {})


def _twin(function: Any, replace: Any, wrap: Any, made: dict[Any, Any]) -> Function:
    if function not in made:
        names = dict(function.__globals__)
        copy = types.FunctionType(
            function.__code__, names, function.__name__, function.__defaults__, function.__closure__
        )
        copy.__kwdefaults__ = function.__kwdefaults__
        made[function] = copy = wrap(copy)
        for name in function.__code__.co_names:
            value = names.get(name)
            if isinstance(value, types.FunctionType):
                names[name] = _twin(value, replace, wrap, made)
            elif name in names:
                names[name] = replace(value)
    return made[function]
