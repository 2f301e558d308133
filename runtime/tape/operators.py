"""Operators between tensors: the shortcuts that make the tape fast.

They do what `operations.call` does, with everything that can be known beforehand known: which
rule, which pullback for which live operands, which values it reads.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from adjoint.errors import NotDifferentiable
from adjoint.runtime.tape.accurate import ROUNDED
from adjoint.runtime.tape.errors import COMPLEX, COMPLEX_HINT
from adjoint.runtime.tape.node import Node
from adjoint.runtime.tape.operations import FLAT, Operation, call, guard, operation
from adjoint.runtime.tape.state import state
from adjoint.runtime.tape.tensor import FLOAT64, Tensor, settle

Method = Callable[..., Any]


_WANTED = {"left": (0,), "right": (1,), "both": (0, 1)}


class _Shortcut:
    """The pullbacks of a function of one or two arguments, and what each reads.

    They are made when they are first needed: most programs need few of them, and making all takes
    longer than importing the tape.
    """

    __slots__ = ("_op", "both", "left", "right")
    both: tuple
    left: tuple
    right: tuple

    def __init__(self, op: Operation) -> None:
        self._op = op

    def __getattr__(self, name: str) -> tuple:
        pull = self._op.cut(_WANTED[name])
        setattr(self, name, (pull, *pull.reads))
        found: tuple = getattr(self, name)
        return found


def binary(function: Callable[..., Any], swapped: bool = False) -> Method:
    """The method of a differentiable operator; `swapped` makes the reflected one."""
    op = operation(function)
    assert op is not None
    shortcut = _Shortcut(op)
    forward = ROUNDED.get(function, function)

    def method(self: Tensor, other: Any) -> Any:
        x = self._data
        cls = other.__class__
        if cls is float or cls is int:
            y, other_node = other, None
        elif isinstance(other, Tensor):
            y, other_node = other._data, other._node
        else:
            other = operand(other, self)
            if other is NotImplemented:
                return other
            y, other_node = other, None
        z = forward(y, x) if swapped else forward(x, y)
        if z.dtype is FLOAT64 and x.dtype is not FLOAT64:
            z = settle(z, (self, other))
        result = self.__class__(z)
        if state.recording:
            node = self._node
            inputs: tuple
            left = node is not None and node.alive
            right = other_node is not None and other_node.alive
            if left:
                if right:
                    inputs = (other_node, node) if swapped else (node, other_node)
                    pull, keep_z, keep_x, keep_y = shortcut.both
                else:
                    inputs = (node,)
                    pull, keep_z, keep_x, keep_y = shortcut.right if swapped else shortcut.left
            elif right:
                inputs = (other_node,)
                pull, keep_z, keep_x, keep_y = shortcut.left if swapped else shortcut.right
            else:
                return result
            if swapped:
                x, y = y, x
            kept = (z if keep_z else None, x if keep_x else None, y if keep_y else None)
            result._node = made = Node(pull, inputs, kept, z.shape, z.dtype)
            if not left:
                guard(self, made)
            elif not right and isinstance(other, Tensor):
                guard(other, made)
        return result

    method.__name__ = function.__name__
    return method


def operand(other: Any, self: Tensor) -> Any:
    """The right operand as NumPy data: a number as weak as a Python one, or an array."""
    if isinstance(other, np.generic | bool):
        return other.item() if isinstance(other, np.generic) else int(other)
    if isinstance(other, np.ndarray):
        return other
    if isinstance(other, list | tuple):
        return np.asarray(other, dtype=self._data.dtype)
    if isinstance(other, complex):
        raise NotDifferentiable(COMPLEX, hint=COMPLEX_HINT)
    return NotImplemented


def unary(function: Callable[..., Any]) -> Method:
    """The method or function of one differentiable argument."""
    op = operation(function)
    assert op is not None
    shortcut = _Shortcut(op)
    forward = ROUNDED.get(function, function)

    def method(self: Tensor) -> Any:
        x = self._data
        z = forward(x)
        if z.dtype is FLOAT64 and x.dtype is not FLOAT64:
            z = settle(z, (self,))
        result = self.__class__(z)
        if state.recording:
            node = self._node
            if node is not None and node.alive:
                pull, keep_z, keep_x = shortcut.left
                kept = (z if keep_z else None, x if keep_x else None)
                result._node = Node(pull, (node,), kept, z.shape, z.dtype)
        return result

    method.__name__ = function.__name__
    return method


def function(ufunc: np.ufunc) -> Method:
    """A module's function of one argument, for tensors and for anything NumPy takes."""
    method = unary(ufunc)

    def apply(x: Any, out: Any = None, **kwargs: Any) -> Any:
        if out is None and not kwargs and isinstance(x, Tensor):
            return method(x)
        return ufunc(x, **kwargs) if out is None else ufunc(x, out=out, **kwargs)

    apply.__name__ = ufunc.__name__
    apply.__doc__ = f"`numpy.{ufunc.__name__}`, recorded."
    return apply


def comparison(function: Callable[..., Any], swapped: bool = False) -> Method:
    """The method of a piecewise constant operator: its operands are reached, by nothing."""

    def method(self: Tensor, other: Any) -> Any:
        x = self._data
        if isinstance(other, Tensor):
            y = other._data
        else:
            y = operand(other, self) if other.__class__ not in (float, int) else other
            if y is NotImplemented:
                return y
        result = self.__class__(function(y, x) if swapped else function(x, y))
        if state.recording:
            nodes = [
                t._node
                for t in (self, other)
                if isinstance(t, Tensor) and t._node is not None and t._node.alive
            ]
            if nodes:
                z = result._data
                result._node = Node(FLAT, tuple(nodes), (), z.shape, z.dtype)
        return result

    method.__name__ = function.__name__
    return method


__all__ = ["binary", "call", "comparison", "function", "operand", "unary"]
