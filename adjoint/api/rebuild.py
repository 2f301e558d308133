"""Containers made again with other leaves: gradients in the structure of their arguments."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from types import SimpleNamespace
from typing import Any

from numba.core import types

from adjoint.program import numbers
from adjoint.program.structure import Branch, Leaf, Structure, leaves

Build = Callable[[Sequence[Any]], Any]
"""From leaves, in order, to a container."""


def is_float(type_: types.Type) -> bool:
    """Whether a leaf of the type has a gradient."""
    return numbers.is_float(type_) or numbers.is_complex(type_)


def float_leaves(
    structures: Sequence[Structure], arg_types: Sequence[types.Type], wrt: Sequence[int]
) -> tuple[tuple[int, ...], ...]:
    """For each parameter in `wrt`, the positions of its leaves that have a gradient."""
    positions = iter(range(len(arg_types)))
    by_parameter = [[next(positions) for _ in leaves(s)] for s in structures]
    return tuple(tuple(i for i in by_parameter[k] if is_float(arg_types[i])) for k in wrt)


def float_flags(
    structures: Sequence[Structure], arg_types: Sequence[types.Type]
) -> list[list[bool]]:
    """For each parameter, whether each of its leaves has a gradient."""
    found = iter(arg_types)
    return [[is_float(next(found)) for _ in leaves(structure)] for structure in structures]


def gradient_builder(structure: Structure, floats: Iterator[bool], number: Iterator[int]) -> Build:
    """Return what puts bars together as the structure has them, None where there is no gradient.

    Parameters
    ----------
    floats : for each leaf of the structure, whether it has a gradient.
    number : gives the position of the next bar.
    """
    if isinstance(structure, Leaf):
        return _bar(next(number)) if next(floats) else _nothing
    if not isinstance(structure, Branch):
        return _nothing
    return container(
        structure.kind,
        structure.keys,
        [gradient_builder(child, floats, number) for child in structure.children],
    )


def container(kind: type, keys: tuple[Any, ...], children: Sequence[Build]) -> Build:
    """Return what makes a container of a class, without calling its `__init__`."""
    if issubclass(kind, tuple):
        if kind is tuple:
            return lambda bars: tuple([child(bars) for child in children])
        return lambda bars: tuple.__new__(kind, [child(bars) for child in children])
    if kind is list:
        return lambda bars: [child(bars) for child in children]
    if issubclass(kind, dict):
        return lambda bars: kind(
            [(key, child(bars)) for key, child in zip(keys, children, strict=True)]
        )

    def build(bars: Sequence[Any]) -> Any:
        made: Any = SimpleNamespace() if kind is SimpleNamespace else object.__new__(kind)
        for key, child in zip(keys, children, strict=True):
            object.__setattr__(made, key, child(bars))  # also of a frozen dataclass
        return made

    return build


def _bar(number: int) -> Build:
    return lambda bars: bars[number]


def _nothing(bars: Sequence[Any]) -> None:
    return None
