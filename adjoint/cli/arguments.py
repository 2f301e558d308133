"""Arguments for a function: random ones of given types, or those that an expression gives."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numba
import numpy as np
from numba.core import types
from numba.np.numpy_support import as_dtype

from adjoint.api.rebuild import split
from adjoint.cli.errors import CommandError

_EXAMPLE = 'types are Numba\'s own: --types "f8[:,:], f8[:], i8"'


def arguments(
    function: Callable[..., Any], types_text: str, values_text: str, size: int
) -> tuple[Any, ...]:
    """Arguments as the command line describes them.

    Parameters
    ----------
    types_text : Numba's types, with commas between; empty if `values_text` is not.
    values_text : Python expressions, with commas between, that may use the names of the module
        of the function, and `np`.
    size : the length of each axis of random arrays.
    """
    if bool(types_text) == bool(values_text):
        raise CommandError(
            "give the arguments by --types or by --args", 'for instance --types "f8[:], f8"'
        )
    if values_text:
        return _evaluated(values_text, function)
    chosen = parse_types(types_text)
    _require_count(function, "--types", chosen)
    draw = np.random.default_rng(0)
    return tuple(random_value(type_, size, draw) for type_ in chosen)


def parse_types(text: str) -> tuple[types.Type, ...]:
    """The types that a text lists, in the notation of Numba's signatures."""
    names = {name: getattr(types, name) for name in dir(types) if not name.startswith("_")}
    try:
        found = eval(f"({text},)", {"__builtins__": {}}, names)
    except (SyntaxError, NameError, TypeError, AttributeError, KeyError, ValueError) as error:
        reason = getattr(error, "msg", None) or str(error)
        raise CommandError(f"--types {text!r} is not understood: {reason}", _EXAMPLE) from None
    for item in found:
        if not isinstance(item, types.Type):
            raise CommandError(f"--types {text!r}: {item!r} is no type", _EXAMPLE)
    return tuple(found)


def random_value(type_: types.Type, size: int, draw: np.random.Generator) -> Any:
    """A value of a type: floats between .1 and 1, integers that index an axis of length `size`."""
    if isinstance(type_, types.Array):
        return _random_array(type_, size, draw)
    if isinstance(type_, types.Boolean):
        return True
    if isinstance(type_, types.BaseTuple):
        items: Any = type_
        return tuple(random_value(item, size, draw) for item in items)
    if isinstance(type_, types.NumPyRandomGeneratorType):
        return np.random.default_rng(0)
    if not isinstance(type_, types.Number):
        raise CommandError(f"no random values of type {type_} are known", "give values by --args")
    value = as_dtype(type_).type(_elements(as_dtype(type_), (), size, draw))
    return value.item() if type_ in (types.float64, types.int64, types.complex128) else value


def float_positions(values: Sequence[Any]) -> tuple[int, ...]:
    """Positions of what has a gradient: floats, arrays of floats, containers of them."""
    return tuple(k for k, value in enumerate(values) if _has_floats(value))


def chosen_positions(wrt: str, function: Callable[..., Any], values: Sequence[Any]) -> Any:
    """`argnums`: the names or positions that `--wrt` lists; else all that have a gradient."""
    if not wrt:
        found = float_positions(values)
        if not found:
            raise CommandError("no argument is a float, or holds one")
        return found if len(found) > 1 else found[0]
    listed = [part.strip() for part in wrt.split(",")]
    known = list(inspect.signature(function).parameters)
    for part in listed:
        if part not in known and not (part.isdigit() and int(part) < len(known)):
            raise CommandError(f"--wrt {part}: the parameters are {', '.join(known)}")
    chosen = tuple(int(part) if part.isdigit() else known.index(part) for part in listed)
    return chosen if len(chosen) > 1 else chosen[0]


def _evaluated(text: str, function: Callable[..., Any]) -> tuple[Any, ...]:
    names = {"np": np, **getattr(inspect.unwrap(function), "__globals__", {})}
    try:
        values = tuple(eval(f"({text.rstrip(', ')},)", names))
    except Exception as error:  # whatever the user's expression raises
        raise CommandError(f"--args {text!r}: {type(error).__name__}: {error}") from None
    _require_count(function, "--args", values)
    return values


def _require_count(function: Callable[..., Any], option: str, chosen: Sequence[Any]) -> None:
    signature = inspect.signature(function)
    try:
        signature.bind(*chosen)
    except TypeError:
        raise CommandError(
            f"{option} lists {len(chosen)}, and the parameters are {signature}"
        ) from None


def _random_array(type_: types.Array, size: int, draw: np.random.Generator) -> Any:
    shape = (size,) * type_.ndim
    dtype = as_dtype(type_.dtype)
    array = np.asarray(_elements(dtype, shape, size, draw), dtype)
    if type_.layout == "F":
        array = np.asfortranarray(array)
    elif type_.layout == "A" and type_.ndim:
        array = np.repeat(array, 2, axis=-1)[..., ::2]
    if numba.typeof(array) != type_:
        raise CommandError(f"no random array of type {type_} is known", "give values by --args")
    return array


def _elements(
    dtype: np.dtype[Any], shape: tuple[int, ...], size: int, draw: np.random.Generator
) -> Any:
    if dtype.kind == "b":
        return draw.integers(0, 2, shape)
    if dtype.kind in "iu":
        return draw.integers(1, max(size, 2), shape)
    values = draw.uniform(0.1, 1.0, shape)
    return values + 1j * draw.uniform(0.1, 1.0, shape) if dtype.kind == "c" else values


def _has_floats(value: Any) -> bool:
    found: list[Any] = []
    split(value, found)
    return any(
        isinstance(leaf, float | complex | np.inexact)
        or (isinstance(leaf, np.ndarray) and leaf.dtype.kind in "fc")
        for leaf in found
    )
