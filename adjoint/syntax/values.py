"""What an expression of the user's program is while it is translated.

Either something of the running program - a core expression - or something known already: a
function, a module, a tuple whose items are kept apart. What is known leaves no trace in the
program, so a function may be passed, returned and bound to a name, and be inlined at its call.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import FunctionType
from typing import TYPE_CHECKING, Any

import numpy as np

from adjoint.program.core import Call, Const, Item, Name, Tuple

if TYPE_CHECKING:
    from adjoint.syntax.units import Frame


Site = tuple[Any, ...]
"""Where a container is made: file, line and column."""

Path = tuple[Any, ...]
"""Keys that lead to an item of nested containers."""


@dataclass(frozen=True, eq=False)
class Known:
    """A Python object that is not a number: a module, a function, an instance.

    Attributes
    ----------
    path : how the user's source reaches it, for messages and for the names of dependencies.
    current : reads it again; None if it cannot change (a member of a library).
    """

    value: Any
    path: str
    current: Callable[[], Any] | None = None


@dataclass(frozen=True, eq=False)
class Closure:
    """A `lambda` or nested `def` of the program itself, and the frame it was made in."""

    node: Any
    frame: Frame
    defaults: tuple[Value, ...] = ()
    keyword_defaults: Mapping[str, Value] | None = None


@dataclass(frozen=True, eq=False)
class Pack:
    """A container whose items are kept apart: a tuple, a list, a dict, an instance of a class.

    A pack is a value: nothing changes it. That is exact for a mutable container too until
    something does change one; then translation starts again with those made at the same `sites`
    as `Record`.

    Attributes
    ----------
    kind : `tuple`, `list`, `dict` or a class.
    keys : positions, keys, or names of attributes.
    sites : where in the source it was made; empty where nothing can change it.
    live : the items as they are now, of what follows changes: a container that is changed in place
        while a loop goes through it, and views of dicts.
    """

    items: tuple[Value, ...]
    kind: type = tuple
    keys: tuple[Any, ...] = ()
    sites: frozenset[Site] = frozenset()
    live: Callable[[], tuple[Value, ...]] | None = None

    def __post_init__(self) -> None:
        if len(self.keys) != len(self.items):
            object.__setattr__(self, "keys", tuple(range(len(self.items))))

    def like(self, items: Iterable[Value]) -> Pack:
        """The same container with other items."""
        return replace(self, items=tuple(items))

    def get(self, key: Any) -> Value | None:
        """The item at a key; None if there is none."""
        for found, item in zip(self.keys, self.items, strict=True):
            if type(found) is type(key) and found == key:
                return item
        return None


@dataclass(frozen=True, eq=False)
class Record:
    """A container that is changed in place; what it holds just now is in `Unit.heap`.

    Attributes
    ----------
    base : what the variables that hold its items are called after.
    site : where it was made.
    kind : `list`, `dict` or a class.
    """

    base: str
    site: Site
    kind: type


@dataclass(frozen=True, eq=False)
class Columns:
    """A list of tuples whose length is known only when running: a list for each of their items."""

    lists: Pack
    site: Site


@dataclass(frozen=True, eq=False)
class Method:
    """A function of a class and the instance it was looked up on."""

    function: Any
    owner: Value
    path: str


@dataclass(frozen=True, eq=False)
class Super:
    """What `super()` gives: the instance, its attributes looked up behind a class."""

    behind: type
    owner: Value


@dataclass(frozen=True, eq=False)
class Conflict:
    """A name that is one function on one path and something else on another."""


@dataclass(frozen=True, eq=False)
class MaybeNone:
    """What a function gives that returns a value on some paths only; it may not be used."""

    function: str


Value = (
    Const
    | Name
    | Item
    | Tuple
    | Call
    | Known
    | Closure
    | Pack
    | Record
    | Columns
    | Method
    | Super
    | Conflict
    | MaybeNone
)

SITE_OF_ARGUMENT: Site = ("argument",)

CONSTANTS = (bool, int, float, complex, str, type(None), type(Ellipsis), np.dtype, np.generic)
EXPRESSIONS = (Const, Name, Item, Tuple, Call)

_LIBRARIES = frozenset({"numpy", "math", "cmath", "scipy", "operator", "_operator"})
_BUILTINS = (abs, bool, complex, float, int, len, max, min, pow, print, round)


def is_atom(value: object) -> bool:
    """Whether the value can be an argument as it is."""
    return isinstance(value, Const | Name)


def is_stored(value: object) -> bool:
    """Whether a variable can hold the value, so that forgetting what is known of it is harmless."""
    if isinstance(value, Pack):
        return all(map(is_stored, value.items))
    return is_atom(value)


def is_number(value: object) -> bool:
    """Whether a value is a number or an array of the running program."""
    if isinstance(value, Const):
        return isinstance(value.value, int | float | complex | np.number | np.bool_)
    return isinstance(value, EXPRESSIONS)


def same_shape(value: Value | None, other: Value | None) -> bool:
    """Whether two values differ in numbers and arrays only."""
    if isinstance(value, Pack) and isinstance(other, Pack):
        alike = value.kind is other.kind and value.keys == other.keys
        return alike and all(map(same_shape, value.items, other.items))
    if is_number(value) or is_number(other):
        return is_number(value) and is_number(other)
    return same(value, other)


def same(value: Value | None, other: Value | None) -> bool:
    """Whether two values are certainly the same."""
    if isinstance(value, Pack) and isinstance(other, Pack):
        alike = value.kind is other.kind and value.keys == other.keys
        return alike and all(map(same, value.items, other.items))
    if isinstance(value, Known) and isinstance(other, Known):
        return value.value is other.value
    return value is other or (is_atom(value) and value == other)


def merged(
    values: Sequence[Value | None], variable: Callable[[Path], str], path: Path = ()
) -> Value:
    """What a value is that control reaches with one of these, its numbers in these variables."""
    first = values[0]
    if all(same(value, first) for value in values) and first is not None:
        return first
    packs = [value for value in values if isinstance(value, Pack)]
    if len(packs) == len(values) and len({(pack.kind, pack.keys) for pack in packs}) == 1:
        rows = zip(*(pack.items for pack in packs), strict=True)
        items = [
            merged(list(row), variable, (*path, key))
            for key, row in zip(packs[0].keys, rows, strict=True)
        ]
        sites = frozenset().union(*(pack.sites for pack in packs))
        return replace(packs[0], items=tuple(items), sites=sites)
    if all(map(is_number, values)):
        return Name(variable(path))
    return Conflict()


def is_constant(obj: object) -> bool:
    """Whether a Python object can stand in a program as a `Const`."""
    return isinstance(obj, CONSTANTS) or is_dtype(obj)


def is_dtype(obj: object) -> bool:
    """Whether the object is a class that names a dtype (`float`, `np.float32`)."""
    return obj in (float, int, bool, complex) or (
        isinstance(obj, type) and issubclass(obj, np.generic)
    )


def is_library(obj: Any) -> bool:
    """Whether a callable belongs to NumPy, SciPy or Python, so that its call stays a call."""
    return _top_module(obj) in _LIBRARIES or any(obj is builtin for builtin in _BUILTINS)


def is_standard(obj: Any) -> bool:
    """Whether a callable is of Python's standard library, whose insides are not translated."""
    return _top_module(obj) in sys.stdlib_module_names


def _top_module(obj: Any) -> str:
    module = getattr(obj, "__module__", None)
    if module is None and not isinstance(obj, FunctionType):  # `exec` leaves it out
        owner = getattr(obj, "__self__", None)
        module = type(obj if owner is None else owner).__module__
    return str(module).partition(".")[0]


def is_library_module(obj: object) -> bool:
    """Whether the object is a module of NumPy, SciPy or Python's mathematics."""
    name = getattr(obj, "__name__", "")
    return type(obj).__name__ == "module" and name.partition(".")[0] in _LIBRARIES


def truth(value: Value) -> bool | None:
    """Whether the value is true, if that is known when compiling."""
    match value:
        case Const(constant):
            return bool(constant)
        case Pack(items):
            return bool(items) or value.kind not in (tuple, list, dict)
        case Closure() | Method():
            return True
        case Known(obj) if callable(obj):
            return True
    return None
