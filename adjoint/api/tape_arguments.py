"""Arguments of a function on the tape: leaves that may be variables, and the whole made again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any

import numpy as np

from adjoint.api.binding import Binding
from adjoint.api.kinds import Role, is_sparse, kind
from adjoint.api.rebuild import builder, gradient_builder, split
from adjoint.api.request import Request
from adjoint.errors import InvalidArgnums, NotDifferentiable
from adjoint.program.structure import Branch, Leaf, Structure, kinds, leaves
from adjoint.runtime.tape.tensor import Tensor


class TapeArguments:
    """The arguments of one call.

    Containers that a gradient is asked of, or that hold arrays of the tape, are taken apart; others
    are passed as they are, so that the caller sees what happens to them.

    Attributes
    ----------
    leaves : numbers, arrays and arrays of the tape, and the arguments that stay whole.
    wrt : positions of those to differentiate with respect to.
    """

    def __init__(self, request: Request, binding: Binding, args: Sequence[Any]) -> None:
        self.leaves: list[Any] = []
        self._request = request
        self._binding = binding
        chosen = request.positions
        self._structures = [self._split(arg, k in chosen) for k, arg in enumerate(args)]
        self._builds = [builder(structure) for structure in self._structures]
        parts = [self._part(position, key) for position, key in request.wrt]
        self.wrt = tuple(i for part in parts for i in self._floats(part))
        number = count()
        self._gradients = [
            gradient_builder(part, map(self._is_float, leaves(part)), number, self._place(part))
            for part in parts
        ]

    def run(self, *values: Any) -> Any:
        """Call the function with other leaves."""
        args, kwargs = self._binding.unbind([build(values) for build in self._builds])
        return self._request.function(*args, **kwargs)

    def gradient(self, bars: Sequence[Any]) -> Any:
        """Gradients in the structure of the arguments, from those of the leaves in `wrt`."""
        gradients = tuple(build((*bars, *self.leaves)) for build in self._gradients)
        return gradients if len(gradients) > 1 or self._request.single else gradients[0]

    def _split(self, arg: Any, chosen: bool) -> Structure:
        if chosen or _holds_tensor(arg):
            found = split(arg, self.leaves)
            if any(map(is_sparse, kinds(found))):
                raise NotDifferentiable(
                    "a gradient on the tape is asked with respect to a sparse matrix",
                    hint='leave out mode="tape", or differentiate by its array `data`',
                )
            return found
        self.leaves.append(arg)
        return Leaf(str(len(self.leaves) - 1))

    def _part(self, position: int, key: int | str | None) -> Structure:
        whole = self._structures[position]
        if key is None:
            return whole
        assert isinstance(whole, Branch)
        if key not in whole.keys:
            raise InvalidArgnums(f"the call gives no argument {key!r}, which argnums asks for")
        return whole.children[whole.keys.index(key)]

    def _place(self, part: Structure) -> Iterator[int]:
        """Positions of the part's leaves, counted from the last of all."""
        return (int(leaf.name) - len(self.leaves) for leaf in leaves(part))

    def _floats(self, part: Structure) -> list[int]:
        found = [int(leaf.name) for leaf in leaves(part) if self._is_float(leaf)]
        if not found:
            what = [str(_dtype(self.leaves[int(leaf.name)])) for leaf in leaves(part)]
            described = f"{' and '.join(dict.fromkeys(what))} values" if what else "no float"
            raise NotDifferentiable(f"a gradient was asked with respect to {described}")
        return found

    def _is_float(self, leaf: Leaf) -> bool:
        return _dtype(self.leaves[int(leaf.name)]).kind == "f"


def _dtype(value: Any) -> np.dtype[Any]:
    return np.asarray(value._data if isinstance(value, Tensor) else value).dtype


def _holds_tensor(value: Any) -> bool:
    role = kind(type(value))
    if isinstance(role, Role):
        return role is Role.TAPE
    return any(map(_holds_tensor, role.open(value)[1]))
