"""What takes the place of a user's function: its name, its docstring, and how to pickle it."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from types import MethodType
from typing import Any


class Wrapping:
    """An object that stands for a function.

    Parameters
    ----------
    function : the user's function, or a callable.
    recipe : a function and arguments that make the object again, for pickle.
    """

    is_gradient = True  # for `references`, which may not import this package's classes
    is_differentiable = False  # whether it stands for the function itself, not for its gradient
    __wrapped__: Callable[..., Any]
    __name__: str
    __qualname__: str

    def __init__(self, function: Callable[..., Any], recipe: tuple[Any, ...]) -> None:
        functools.update_wrapper(self, function, updated=())  # type: ignore[arg-type]
        self._recipe = recipe

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        """Bind to an instance as a function does, so that methods can be decorated."""
        return self if instance is None else MethodType(self, instance)  # type: ignore[arg-type]

    def __reduce__(self) -> str | tuple[Any, ...]:
        module = sys.modules.get(self.__module__)
        name = getattr(self, "__qualname__", "")
        if getattr(module, name, None) is self:  # it took its function's name
            return name
        return self._recipe
