"""The reverse pass: from heads to variables, newest node first.

No recursion: nodes are collected with an explicit stack and sorted by their number. Broadcasting
is undone and precision restored here, once, for all rules. A node is freed when it has been
passed.
"""

from __future__ import annotations

import operator
import threading
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from adjoint.errors import NotDifferentiable
from adjoint.runtime import kernels
from adjoint.runtime.tape.errors import (
    COMPLEX,
    COMPLEX_HINT,
    MUTATED,
    NO_VARIABLES,
    NOT_IN_GRAPH,
    TapeError,
)
from adjoint.runtime.tape.node import Leaf, Node, Part, mutations
from adjoint.runtime.tape.operations import Flat, Operation, Routed, operation
from adjoint.runtime.tape.pullbacks import Pullback
from adjoint.runtime.tape.state import Scope

Bars = dict[Any, Any]

# Two threads that pass through one graph would free each other's nodes.
_lock = threading.RLock()
_newest_first = operator.attrgetter("order")
# Smaller sums are not worth keeping track of whose memory they may reuse.
_REUSE = 512


class Reverse:
    """One reverse pass.

    Parameters
    ----------
    higher : whether the pass itself is recorded (`create_graph`); cotangents are tensors then.
    wrap : makes a tensor of data and an entry.
    """

    def __init__(self, higher: bool, wrap: Callable[[Any, Any], Any]) -> None:
        self.higher = higher
        self.wrap = wrap
        self.bars: Bars = {}
        self.owned: set[Any] = set()
        self.leaves: list[Leaf] = []

    def run(self, heads: Sequence[Any], seeds: Sequence[Any], retain: bool) -> None:
        """Propagate the heads' cotangents; `bars` holds the leaves' afterwards."""
        nodes = self.collect(heads)
        if all(leaf.req == "null" for leaf in self.leaves):
            raise TapeError(NO_VARIABLES)
        for head, seed in zip(heads, seeds, strict=True):
            self.add(head, seed)
        for node in nodes:
            bar = self.bars.pop(node, None)
            if node.variable is not None and bar is not None:
                self.add(node.variable, bar)
            if bar is not None:
                self.owned.discard(node)
                self.pull(node, bar)
            if not retain:
                node.free()

    def collect(self, heads: Sequence[Any]) -> list[Node]:
        """Every recorded node below the heads, newest first; leaves go to `leaves`."""
        seen, stack, nodes = set(heads), list(dict.fromkeys(heads)), []
        while stack:
            node = stack.pop()
            if node.__class__ is Leaf:
                self.leaves.append(node)
                continue
            if mutations.last > node.order and mutations.after(node.order, node.kept):
                raise TapeError(MUTATED)
            if node.alive:
                nodes.append(node)
            for below in node.inputs:
                if below not in seen:
                    seen.add(below)
                    stack.append(below)
            leaf = node.variable
            if leaf is not None and leaf not in seen:
                seen.add(leaf)
                self.leaves.append(leaf)
        nodes.sort(key=_newest_first, reverse=True)
        return nodes

    def pull(self, node: Node, bar: Any) -> None:
        """Send a node's cotangent to its inputs."""
        pull = node.pull
        if pull.__class__ is Pullback:
            if not self.higher:
                if pull is _ELEMENT:
                    self.add_element(node, bar)
                    return
                bars = pull.call(*node.kept, bar)
            else:
                bars = pull.call(*self.kept_tensors(node), bar)
        elif pull.__class__ is Flat:
            return
        elif node.__class__ is Part:
            whole = node.inputs[0]
            self.bars.setdefault(whole, {})
            parts = self.bars[whole]
            parts[node.index] = bar if node.index not in parts else parts[node.index] + bar
            return
        else:
            bars = self.pull_whole(node, bar)
        for entry, value in zip(node.inputs, bars, strict=True):
            if value is not None:
                self.add(entry, value)

    def pull_whole(self, node: Node, bar: Any) -> Sequence[Any]:
        """The general case: several results, sequences of arguments, functions of the user."""
        if bar.__class__ is dict:
            bar = tuple(
                bar[i] if i in bar else self.zero(shape, dtype)
                for i, (shape, dtype) in enumerate(node.pull.results)
            )
        kept = self.kept_tensors(node) if self.higher else node.kept
        bars: Sequence[Any] = node.pull.call(*kept, bar)
        return bars

    def zero(self, shape: tuple, dtype: Any) -> Any:
        """A cotangent of zeros."""
        zeros = np.zeros(shape, dtype)
        return self.wrap(zeros, None) if self.higher else zeros

    def add(self, entry: Any, bar: Any) -> None:
        """Add a cotangent to an entry's, in the entry's shape and precision."""
        if bar.__class__ is float or bar.__class__ is int:
            bar = np.asarray(bar, entry.dtype)  # of a choice between Python numbers
        if bar.shape != entry.shape:
            bar = kernels.unbroadcast(bar, entry.shape)
        if bar.dtype != entry.dtype:
            if bar.dtype.kind == "c":
                raise NotDifferentiable(COMPLEX, hint=COMPLEX_HINT)
            bar = bar.astype(entry.dtype)
        old = self.bars.get(entry)
        if old is None:
            self.bars[entry] = bar
        elif entry in self.owned:
            np.add(old, bar, out=old)
        else:
            total = old + bar
            self.bars[entry] = total
            if not self.higher and total.size >= _REUSE:
                self.owned.add(entry)

    def add_element(self, node: Node, bar: Any) -> None:
        """Add the cotangent of `a[index]` into that of a, without an array of zeros for each."""
        (entry,) = node.inputs
        old = self.bars.get(entry)
        if old is None or entry not in self.owned:
            buffer = np.zeros(entry.shape, entry.dtype)
            if old is not None:
                buffer += old
            self.bars[entry] = buffer
            self.owned.add(entry)
        kernels.add_at(self.bars[entry], node.kept[2], bar)

    def kept_tensors(self, node: Node) -> list[Any]:
        """The kept values as tensors that lead to where they came from."""
        pull = node.pull
        if isinstance(pull, Routed):
            pullback, routes = pull.pullback, pull.routes
        elif isinstance(pull, Pullback):
            pullback, routes = pull, tuple((k, None) for k in range(len(pull.wanted)))
        else:
            return list(node.kept)
        kept = list(node.kept)
        if pull is _ELEMENT:
            entry = node.inputs[0]
            kept[1] = np.broadcast_to(np.zeros((), entry.dtype), entry.shape)
            return kept
        if kept[0] is not None and not pullback.shapes[0]:
            kept[0] = self.result_tensor(node, kept[0])
        for (k, item), entry in zip(routes, node.inputs, strict=True):
            position = pullback.wanted[k] + 1
            if kept[position] is None or pullback.shapes[position]:
                continue
            if item is None:
                kept[position] = self.wrap(kept[position], entry)
            else:
                kept[position] = list(kept[position])
                kept[position][item] = self.wrap(kept[position][item], entry)
        return kept

    def result_tensor(self, node: Node, result: Any) -> Any:
        """The node's own result, with the node as its entry."""
        if isinstance(result, tuple | list):
            return tuple(
                self.wrap(item, Part(node, i, item.shape, item.dtype))
                for i, item in enumerate(result)
            )
        return self.wrap(result, node)


def _element_pullback() -> Pullback:
    op = operation(operator.getitem)
    assert isinstance(op, Operation)
    return op.cut((0,))


_ELEMENT = _element_pullback()


def reverse(
    heads: Sequence[Any],
    seeds: Sequence[Any],
    wrap: Callable[[Any, Any], Any],
    *,
    retain: bool,
    higher: bool,
    train_mode: bool,
) -> Reverse:
    """Run a reverse pass in the state that MXNet gives it: recording if `higher`."""
    for head in heads:
        if head is None or not head.alive:
            raise TapeError(NOT_IN_GRAPH)
    run = Reverse(higher, wrap)
    with _lock, Scope(higher, train_mode), np.errstate(all="ignore"):
        run.run(heads, seeds, retain)
    return run
