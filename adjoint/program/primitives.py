"""Functions for what Python writes with syntax but the core language writes as a call.

They are ordinary functions, so a program can be run, and a rule can be given for them; `emit`
prints the syntax in brackets.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def dim(x: Any, axis: int) -> int:
    """Length of one axis (`x.shape[axis]`)."""
    return x.shape[axis]


def logical_and(x: Any, y: Any) -> Any:
    """Conjunction of two tests that are both safe to evaluate (`x and y`)."""
    return x and y


def logical_or(x: Any, y: Any) -> Any:
    """Disjunction of two tests that are both safe to evaluate (`x or y`)."""
    return x or y


def select(test: Any, x: Any, y: Any) -> Any:
    """Choice between two scalars that are both already computed (`x if test else y`)."""
    return x if test else y


def item(x: Any) -> Any:
    """The only element of an array of size one, or the scalar itself (`x.item()`)."""
    return x.item() if hasattr(x, "item") else x


def dtype(x: Any) -> Any:
    """The type of an array's elements (`x.dtype`)."""
    return x.dtype


def astype(x: Any, dtype: Any) -> Any:
    """A copy with elements of another type (`x.astype(dtype)`)."""
    return x.astype(dtype)


def is_scatter(function: Any) -> bool:
    """Whether a function updates elements one by one: `at` of a ufunc (`np.add.at`)."""
    owner = getattr(function, "__self__", None)
    return isinstance(owner, np.ufunc) and function.__name__ == "at"


def expect_type(x: Any, type_name: str) -> None:
    """A note to inference: translation has relied on this type of a variable."""


# Lists whose length is known only when running. `emit` prints the syntax in brackets.


def new_list(*items: Any) -> list[Any]:
    """A list display (`[x, y]`)."""
    return list(items)


def append(x: list[Any], value: Any) -> None:
    """One more item at the end (`x.append(value)`)."""
    x.append(value)


def pop(x: list[Any]) -> Any:
    """The last item, taken away (`x.pop()`)."""
    return x.pop()
