"""What arguments look like to the compiler: structures, the types of their leaves, their names."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from types import FunctionType
from typing import Any

from numba.core import types
from numba.core.errors import NumbaError
from numba.core.typing.typeof import Purpose, typeof

from adjoint.api.kinds import Role, constant_key, is_sparse, kind
from adjoint.api.location import definition
from adjoint.api.sizes import Sizes
from adjoint.errors import AdjointError, NotDifferentiable, TypingFailed
from adjoint.program.structure import Branch, Leaf, Static, Structure, leaves

ArgTypes = tuple[types.Type, ...]
MOST_LEAVES = 256
"""Every leaf is a parameter; compiling a function of more takes minutes."""

_HALF = (types.float32, types.complex64)
_WIDE = (types.float64, types.int64, types.complex128)


@dataclass(frozen=True, eq=False)
class Arguments:
    """The arguments that a specialisation is made for.

    Attributes
    ----------
    names : the function's parameters.
    structures : one for each of them.
    types : Numba's type of each leaf.
    labels : how to reach each leaf in the function, `p.w[0]`, for messages.
    shape : equal for equal structures and constants.
    python : for each leaf whether it is a number of Python's rather than NumPy's: where float32
        takes part, NumPy rounds the result of the two differently. Empty where it is all the same.
    same : pairs of positions, of leaves or captured arrays after them, that are the same array.
    calls : the sizes of the leaves (and captured arrays) in calls seen so far: lengths that were
        equal in all of them may be assumed to be. Empty for what assumes nothing.
    """

    names: tuple[str, ...]
    structures: tuple[Structure, ...]
    types: ArgTypes
    labels: tuple[str, ...]
    shape: tuple[Any, ...]
    python: tuple[bool, ...] = ()
    same: tuple[tuple[int, int], ...] = ()
    calls: tuple[Sizes, ...] = ()

    @property
    def key(self) -> tuple[Any, ...]:
        """Equal for arguments that share a specialisation, if they have the lengths it is for."""
        return self.shape, self.types, self.python, self.same, bool(self.calls)

    @cached_property
    def parameters(self) -> tuple[int, ...]:
        """For each leaf, the position of the parameter that it belongs to."""
        return tuple(k for k, structure in enumerate(self.structures) for _ in leaves(structure))

    @cached_property
    def plain(self) -> bool:
        """Whether every parameter is a leaf, so that a call passes arguments as they are."""
        return all(isinstance(structure, Leaf) for structure in self.structures)


class Description:
    """Collects what there is to say of arguments, parameter by parameter.

    Parameters
    ----------
    function : the function; its own names are not given to leaves.
    names : its parameters.
    wrt : those to differentiate with respect to.
    """

    def __init__(self, function: FunctionType, names: Sequence[str], wrt: Sequence[str]) -> None:
        self._function = function
        self._names = tuple(names)
        self._wrt = frozenset(wrt)
        code = function.__code__
        self._taken = {
            *(*names, *code.co_varnames, *code.co_cellvars, *code.co_names, *code.co_freevars),
            *(*keyword.kwlist, *dir(builtins)),
        }
        self._parameter = ""
        self._labels: list[str] = []
        self._types: list[types.Type] = []
        self._shape: list[Any] = []
        self._python: list[bool] = []

    def parameter(self, name: str, arg: Any) -> Structure:
        """Describe the argument of one parameter."""
        self._parameter = name
        if kind(type(arg)) in (Role.NUMBER, Role.ARRAY):
            return self._leaf(arg, name, name)
        return self._describe(arg, name, name)

    def done(self, structures: tuple[Structure, ...]) -> Arguments:
        """Return what was found."""
        found = tuple(self._types)
        if len(found) > MOST_LEAVES:
            raise TypingFailed(
                f"the arguments of {self._function.__name__} hold {len(found)} numbers and "
                f"arrays, and each would be a parameter of the compiled function",
                definition(self._function),
                "put numbers into arrays, np.array(...), and arrays of one shape into one array",
            )
        scalar_types = {_element(t) for t in found}
        matters = any(t in scalar_types for t in _HALF) and any(t in found for t in _WIDE)
        python = tuple(self._python) if matters else ()
        shape = tuple(self._shape)
        return Arguments(self._names, structures, found, tuple(self._labels), shape, python)

    def _describe(self, value: Any, name: str, label: str) -> Structure:
        cls = type(value)
        role = kind(cls)
        if role in (Role.NUMBER, Role.ARRAY):
            return self._leaf(value, self.fresh(name), label)
        if role in (Role.VALUE, Role.STATIC) and cls is not object:
            return self.constant(value)
        if isinstance(role, Role):
            raise self.refused(value, label)
        shape, children = role.open(value)
        keys = role.keys(value)
        self._shape += cls, shape
        by_item = cls in (tuple, list, dict)
        below = [
            self._describe(child, f"{name}_{key}", label + (f"[{key!r}]" if by_item else f".{key}"))
            for key, child in zip(keys, children, strict=True)
        ]
        return Branch(cls, keys, tuple(below))

    def _leaf(self, value: Any, name: str, label: str) -> Leaf:
        type_ = numba_type(value)
        if type_ is None:
            raise self.refused(value, label)
        self.add(type_, label, type(value) in (int, float, complex))
        return Leaf(name)

    def add(self, type_: types.Type, label: str, python: bool) -> None:
        """Note a leaf."""
        self._shape.append(Leaf)
        self._types.append(type_)
        self._labels.append(label)
        self._python.append(python)

    def constant(self, value: Any) -> Static:
        """Describe a value that is constant."""
        self._shape += type(value), constant_key(value)
        return Static(value)

    def note(self, *shape: Any) -> None:
        """Note what is constant of a structure."""
        self._shape += shape

    def fresh(self, wanted: str) -> str:
        """Return a name for a leaf: `wanted` as an identifier that the function does not use."""
        base = re.sub(r"\W", "_", wanted)
        name, number = base, 0
        while name in self._taken:
            number += 1
            name = f"{base}_{number}"
        self._taken.add(name)
        return name

    def refused(self, value: object, label: str) -> AdjointError:
        """The error for a value that is neither leaf nor container nor constant."""
        error = NotDifferentiable if self._parameter in self._wrt else TypingFailed
        return error(
            f"parameter {label!r} of {self._function.__name__} is a {described(value)}, "
            "which cannot be compiled",
            definition(self._function, self._parameter),
            _way_out(value),
        )


def describe(
    function: FunctionType, names: Sequence[str], args: Sequence[Any], wrt: Sequence[str] = ()
) -> Arguments:
    """Look closely at Python arguments.

    Raises
    ------
    NotDifferentiable, TypingFailed : an argument, among `wrt` or not, is of no type that Numba
        compiles.
    """
    description = Description(function, names, wrt)
    return description.done(
        tuple(description.parameter(name, arg) for name, arg in zip(names, args, strict=True))
    )


def numba_type(arg: object) -> types.Type | None:
    """Numba's type of a leaf, None if it has none that can be compiled."""
    try:
        found = typeof(arg, Purpose.argument)
    except (ValueError, NumbaError):
        return None
    return None if isinstance(found, types.Array) and found.dtype == types.pyobject else found


def described(arg: object) -> str:
    """What an argument is, for messages."""
    if kind(type(arg)) is Role.ARRAY:
        return f"NumPy array of {arg.dtype}"  # type: ignore[attr-defined]
    return type(arg).__name__


def _element(type_: types.Type) -> types.Type:
    return type_.dtype if isinstance(type_, types.Array) else type_


def _way_out(arg: object) -> str:
    if isinstance(arg, list | tuple | set):
        return "pass np.asarray(...) of it"
    if isinstance(arg, dict):
        return "pass a dict"
    if is_sparse(type(arg)):
        return "convert it: .tocsr(), .tocsc() or .tocoo()"
    if isinstance(arg, int):
        return "it does not fit into 64 bits; pass a float"
    return "pass a float, an int, a bool or a NumPy array of them"
