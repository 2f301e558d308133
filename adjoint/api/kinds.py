"""What each class of argument is to a specialisation: a leaf, a constant, or a container.

Numbers, arrays and random generators are leaves, parameters of the program. Tuples, named tuples,
lists, dicts, dataclasses and plain objects are containers and are taken apart. All else - None,
flags, strings, functions, dtypes - is constant: a specialisation is made for its value.
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache
from types import (
    BuiltinFunctionType,
    EllipsisType,
    FunctionType,
    MethodType,
    ModuleType,
    NoneType,
    SimpleNamespace,
)
from typing import Any

import numpy as np

from adjoint.expansions import stand_in
from adjoint.jit.numba_internals import CPUDispatcher
from adjoint.runtime.tape.tensor import Tensor


class Role(Enum):
    """What is not a container."""

    NUMBER = auto()  # the class says what its Numba type is
    ARRAY = auto()
    VALUE = auto()  # constant; equal values of the class are one value
    STATIC = auto()  # constant; `constant_key` says which objects count as one
    TAPE = auto()  # an array of the tape
    REFUSED = auto()  # changes with time in ways that a specialisation cannot follow


@dataclass(frozen=True, eq=False)
class Container:
    """How containers of a class are taken apart.

    Attributes
    ----------
    open : gives a key that is equal for containers of equal shape, and the children.
    keys : what leads to each child.
    """

    open: Callable[[Any], tuple[Any, Iterable[Any]]]
    keys: Callable[[Any], tuple[Any, ...]]


_NUMBERS = (int, float, complex, np.generic, np.random.Generator)
_CONSTANTS = (Enum, bool, np.bool_, np.character, np.void, type, ModuleType, np.dtype)
_MUTABLE = (list, tuple, dict, bytearray, np.ndarray)  # classes derived from them
_HEAP_TYPE = 1 << 9  # CPython's flag of classes that are written in Python

# Equal values of these are one value; of other classes, each object is a value of its own.
_BY_VALUE = (
    *(NoneType, EllipsisType, str, bytes, bool, np.bool_, np.character, np.dtype, range, type),
    *(frozenset, FunctionType, BuiltinFunctionType, MethodType, ModuleType, np.ufunc, Enum),
    CPUDispatcher,
)


def _kind(cls: Any) -> Role | Container:
    if issubclass(cls, Tensor):
        return Role.TAPE
    if issubclass(cls, _CONSTANTS):
        return _constant_role(cls)
    if cls in (np.ndarray, np.memmap):
        return Role.ARRAY
    if issubclass(cls, _NUMBERS):
        return Role.NUMBER
    split = _split(cls)
    if split is not None:
        return split
    if issubclass(cls, _MUTABLE) or is_sparse(cls):
        return Role.REFUSED
    return _constant_role(cls)


kind: Callable[[Any], Any] = cache(_kind)
"""The role of a class's values, or what takes them apart ."""


def _constant_role(cls: type) -> Role:
    return Role.VALUE if issubclass(cls, _BY_VALUE) else Role.STATIC


def _split(cls: type) -> Container | None:
    sparse = stand_in(cls) if is_sparse(cls) else None
    if sparse is not None:
        return _fields(tuple(field.name for field in dataclasses.fields(sparse)))
    if cls in (tuple, list):
        return Container(_items, lambda value: tuple(range(len(value))))
    if cls is dict:
        return Container(_entries, tuple)
    if issubclass(cls, tuple):
        fields = getattr(cls, "_fields", None)
        return None if fields is None else Container(_items, lambda value: fields)
    return _attributes(cls) if is_plain_object(cls) else None


def is_plain_object(cls: type) -> bool:
    """Whether instances are nothing but their attributes, and these are the user's."""
    if cls is SimpleNamespace:
        return True
    top = cls.__module__.partition(".")[0]
    if (
        is_sparse(cls)
        or top in sys.stdlib_module_names - {"__main__"}
        or top in ("numpy", "numba", "adjoint")
    ):
        return False
    return all(base.__flags__ & _HEAP_TYPE for base in cls.__mro__[:-1])


def is_sparse(cls: type) -> bool:
    """Whether this is one of SciPy's sparse matrices; some formats cannot be compiled."""
    return any(base.__module__ == "scipy.sparse._base" for base in cls.__mro__)


def _items(value: Any) -> tuple[Any, Iterable[Any]]:
    return len(value), value


def _entries(value: Any) -> tuple[Any, Iterable[Any]]:
    return (*value, *map(type, value)), value.values()


def _attributes(cls: type) -> Container | None:
    slots = tuple(_slots(cls))
    has_dict = cls.__dictoffset__ != 0
    if not slots:
        return Container(_own_attributes, lambda value: tuple(value.__dict__)) if has_dict else None

    def names(value: Any) -> tuple[Any, ...]:
        own = tuple(value.__dict__) if has_dict else ()
        return *(name for name in slots if hasattr(value, name)), *own

    def opened(value: Any) -> tuple[Any, Iterable[Any]]:
        found = names(value)
        return found, [getattr(value, name) for name in found]

    return Container(opened, names)


def _fields(names: tuple[str, ...]) -> Container:
    """Objects of a library, of which these attributes are all that counts."""
    return Container(
        lambda value: (names, [getattr(value, name) for name in names]), lambda value: names
    )


def _own_attributes(value: Any) -> tuple[Any, Iterable[Any]]:
    attributes = value.__dict__
    return tuple(attributes), attributes.values()


def _slots(cls: type) -> Iterator[str]:
    for base in reversed(cls.__mro__):
        slots = base.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if name not in ("__dict__", "__weakref__"):
                yield name


class _Itself:
    """An object as a key: equal to itself alone. It keeps the object alive, and so its id."""

    __slots__ = ("value",)

    def __init__(self, value: object) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Itself) and other.value is self.value

    def __hash__(self) -> int:
        return id(self.value)


def constant_key(value: Any) -> Any:
    """What two constants of one class share if they share a specialisation."""
    if isinstance(value, _BY_VALUE):
        return value
    if isinstance(value, slice):
        return value.start, value.stop, value.step
    if isinstance(value, set):
        return frozenset(value)
    return _Itself(value)
