"""What a Numba type says of the numbers it holds."""

from __future__ import annotations

from typing import Any

from numba.core import types


def element_of(type_: Any) -> Any:
    """Numba's type of an array's elements, a scalar's own."""
    return type_.dtype if isinstance(type_, types.Array) else type_


def is_float(type_: Any) -> bool:
    """Whether a Numba type is a real float, or an array of them."""
    return isinstance(element_of(type_), types.Float)


def is_complex(type_: Any) -> bool:
    """Whether a Numba type is complex, or an array of complex numbers."""
    return isinstance(element_of(type_), types.Complex)


def item_types(type_: Any) -> tuple[Any, ...]:
    """The types of a tuple's items."""
    return tuple(type_)
