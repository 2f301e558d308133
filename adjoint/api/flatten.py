"""Arguments to leaves, and to a key that is the same where a specialisation can be.

This is what happens at every call of a function with structured or constant arguments, so it does
no more than it has to; `describe` looks closely, once for each new key.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from adjoint.api.describe import numba_type
from adjoint.api.kinds import Role, constant_key, kind
from adjoint.errors import TypingFailed
from adjoint.jit.numba_internals import compute_fingerprint

_NUMBER, _ARRAY, _VALUE, _STATIC, _TAPE, _REFUSED = Role  # an attribute of an Enum is slow to read


class OnTape(Exception):
    """An argument is an array of the tape: the call is one of its operations."""


def flatten(args: Iterable[Any]) -> tuple[Any, list[Any]]:
    """Return the key of the arguments and their leaves.

    Raises
    ------
    OnTape : there is an array of the tape among them.
    """
    tokens: list[Any] = []
    leaves: list[Any] = []
    try:
        _flatten(args, tokens, leaves)
    except RecursionError:
        raise TypingFailed(
            "an argument holds itself, at some depth",
            hint="pass the parts that the function needs",
        ) from None
    return tuple(tokens), leaves


def _flatten(values: Iterable[Any], tokens: list[Any], leaves: list[Any]) -> None:
    """Add the values in prefix order: the class, then what tells one from others of the class."""
    for value in values:
        cls = type(value)
        role = kind(cls)
        if role is _NUMBER:
            fits = cls is not int or -(1 << 63) <= value < 1 << 63
            tokens.append(cls if fits else numba_type(value))
            leaves.append(value)
        elif role is _ARRAY:
            tokens.append(_fingerprint(value))
            leaves.append(value)
        elif role is _VALUE:
            tokens += cls, value
        elif role is _STATIC:
            tokens += cls, constant_key(value)
        elif role is _TAPE:
            raise OnTape
        elif role is _REFUSED:
            tokens.append(cls)
        else:
            shape, children = role.open(value)
            tokens += cls, shape
            _flatten(children, tokens, leaves)


def _fingerprint(value: Any) -> Any:
    try:
        fingerprint: bytes = compute_fingerprint(value)
    except (NotImplementedError, ValueError):  # a type that Numba's C code does not know
        return numba_type(value)
    return fingerprint
