"""The graph: variables, recorded operations, and what tells that a value was changed.

An array's entry in the graph is None, a `Leaf` (a variable), a `Node` (the result of a recorded
operation), a `Part` (one of several results) or a `Guard` (a constant that a live graph uses).
`alive` says whether a gradient can flow through an entry.
"""

from __future__ import annotations

import itertools
import weakref
from typing import Any

import numpy as np

#: Numbers nodes in order of creation; inputs come before what is computed from them, so walking
#: nodes by falling number is a topological order, and mutations are dated by the same clock.
clock = itertools.count(1)


class Leaf:
    """A variable: where its gradient goes, and how.

    Attributes
    ----------
    buffer : the gradient, written in place; every `.grad` wraps this very array.
    req : "write", "add" or "null".
    fresh : whether a backward has written the gradient since the user cleared the flag.
    origin : the entry the array had before, which `drop_grad` restores.
    """

    __slots__ = ("buffer", "cls", "dtype", "fresh", "order", "origin", "req", "shape")
    alive = True
    inputs = ()

    def __init__(self, buffer: np.ndarray, req: str, cls: type, origin: Any = None) -> None:
        self.buffer = buffer
        self.req = req
        self.cls = cls
        self.origin = origin
        self.fresh = False
        self.shape = buffer.shape
        self.dtype = buffer.dtype
        self.order = next(clock)

    def write(self, bar: Any) -> None:
        """Put a cotangent into the buffer; None, from flat operations only, is zero."""
        if self.req == "null":
            return
        value = 0 if bar is None else bar
        if self.req == "add":
            np.add(self.buffer, value, out=self.buffer, casting="unsafe")
        else:
            self.buffer[...] = value
        self.fresh = True


class Node:
    """A recorded operation.

    Attributes
    ----------
    pull : what maps the cotangent of the result to those of `inputs` (`pullbacks`).
    inputs : entries that get a cotangent.
    kept : the values that the rule reads, None for those it does not.
    shape, dtype : of the result; None if there are several.
    variable : a leaf whose buffer receives this node's cotangent too (a gradient attached to a
        recorded result), or None.
    """

    __slots__ = (
        "__weakref__",
        "alive",
        "dtype",
        "inputs",
        "kept",
        "order",
        "pull",
        "shape",
        "variable",
    )

    def __init__(self, pull: Any, inputs: tuple, kept: tuple, shape: Any, dtype: Any) -> None:
        self.pull = pull
        self.inputs = inputs
        self.kept = kept
        self.shape = shape
        self.dtype = dtype
        self.order = next(clock)
        self.alive = True
        self.variable: Leaf | None = None

    def free(self) -> None:
        """Let go of the inputs and values; the result becomes a constant."""
        self.alive = False
        self.pull = None
        self.inputs = ()
        self.kept = ()
        self.variable = None


class Part(Node):
    """One result of an operation that has several; its cotangent goes to `index` of the whole."""

    __slots__ = ("index",)

    def __init__(self, whole: Node, index: int, shape: tuple, dtype: Any) -> None:
        super().__init__(None, (whole,), (), shape, dtype)
        self.index = index


class Guard:
    """A constant used by a recorded operation: not to be written to while that one lives."""

    __slots__ = ("user",)
    alive = False
    inputs = ()

    def __init__(self, user: Node) -> None:
        self.user = weakref.ref(user)

    def holds(self) -> bool:
        """Whether the graph that uses the constant is still there."""
        user = self.user()
        return user is not None and user.alive


def is_protected(entry: Any) -> bool:
    """Whether an array with this entry must not be written to while recording."""
    if entry is None:
        return False
    return entry.holds() if entry.__class__ is Guard else entry.alive


# --------------------------------------------------------------------------- changed values


class Mutations:
    """When each piece of memory was last written in place.

    A node that keeps a view of memory which was written after the node was made would compute
    a wrong gradient. Only memory that was written has an entry, for as long as it lives.
    """

    def __init__(self) -> None:
        self.last = 0
        self._times: dict[int, int] = {}
        self._owners: dict[int, weakref.ref] = {}

    def note(self, data: np.ndarray) -> None:
        """Remember that the memory of `data` has been written now."""
        owner = _owner(data)
        key = id(owner)
        if key not in self._owners:
            self._owners[key] = weakref.ref(owner, lambda _: self._forget(key))
        self.last = self._times[key] = next(clock)

    def _forget(self, key: int) -> None:
        self._owners.pop(key, None)
        self._times.pop(key, None)

    def after(self, time: int, value: Any) -> bool:
        """Whether a kept value's memory was written after `time`."""
        if isinstance(value, np.ndarray):
            return self._times.get(id(_owner(value)), 0) > time
        if isinstance(value, tuple | list):
            return any(self.after(time, item) for item in value)
        return False


def _owner(data: np.ndarray) -> np.ndarray:
    while isinstance(data.base, np.ndarray):
        data = data.base
    return data


mutations = Mutations()
