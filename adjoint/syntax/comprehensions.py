"""Comprehensions and generator expressions: loops that use, or collect, each element."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import gast
import numpy as np

from adjoint.program.core import Call, Const, For, If, Name
from adjoint.syntax import containers
from adjoint.syntax.assignments import assign_value, ready
from adjoint.syntax.columns import grow, growing_list
from adjoint.syntax.context import Context
from adjoint.syntax.iterations import Iteration, iteration
from adjoint.syntax.packs import snapshot
from adjoint.syntax.translate import expression, expression_form
from adjoint.syntax.values import Pack, Site, Value, truth

Use = Callable[[Context, Value], None]

UNROLLED = 16
"""Trips up to which a comprehension over a constant range is a list of known length."""


def go_through(context: Context, node: Any, use: Use) -> None:
    """Emit the loops of a comprehension; `use` is called with each element."""
    _Comprehension(context, node, use).run(context)


@contextmanager
def _own_names(context: Context, node: Any) -> Iterator[None]:
    """The names that a comprehension binds are its own."""
    frame = context.frame
    names = {n.id for g in node.generators for n in gast.walk(g.target) if isinstance(n, gast.Name)}
    hidden = (frame.local, dict(frame.bindings), dict(frame.variables))
    frame.local = frame.local | names
    for name in names:
        frame.bindings.pop(name, None)
        for variable in [v for v in frame.variables if v.partition(".")[0] == name]:
            del frame.variables[variable]
    yield
    frame.local, frame.bindings, frame.variables = hidden


class _Comprehension:
    """A comprehension being translated.

    Attributes
    ----------
    site : where it is, if its elements have to be known one by one; None if loops will do.
    """

    def __init__(self, context: Context, node: Any, use: Use, site: Site | None = None) -> None:
        self.node = node
        self.use = use
        self.site = site

    def run(self, context: Context) -> None:
        """Emit its statements."""
        first, *others = self.node.generators
        source = iteration(context, first.iter, context.unit.held)
        with _own_names(context, self.node):
            self._generate(context, first, others, source)

    def _generate(
        self, context: Context, generator: Any, others: list[Any], source: Iteration | Pack
    ) -> None:
        def each(inner: Context, item: Value) -> None:
            assign_value(inner, generator.target, item, generator.iter)
            if isinstance(generator.target, gast.Name) and isinstance(item, Const):
                inner.frame.bindings[generator.target.id] = item
            self._filtered(inner, list(generator.ifs), others)

        if self.site is not None and isinstance(source, Iteration):
            source = source.unrolled(context, UNROLLED) or self._length_is_unknown(context)
        loop(context, source, generator.iter, each)

    def _filtered(self, context: Context, tests: list[Any], others: list[Any]) -> None:
        if not tests:
            self._proceed(context, others)
            return
        value = expression(context, tests[0])
        known = truth(value)
        if known is not None:
            if known:
                self._filtered(context, tests[1:], others)
            return
        if self.site is not None:
            self._length_is_unknown(context)
        test = context.as_atom(value, tests[0])
        inner = context.inner()
        self._filtered(inner, tests[1:], others)
        context.emit(If(test, inner.done(), at=context.at(tests[0])))

    def _proceed(self, context: Context, others: list[Any]) -> None:
        if others:
            following = iteration(context, others[0].iter, context.unit.held)
            self._generate(context, others[0], others[1:], following)
            return
        element = expression(context, self.node.elt)
        self.use(context, ready(context, element, self.node.elt))

    def _length_is_unknown(self, context: Context) -> NoReturn:
        context.unit.facts.learn(context.unit.facts.growing, [self.site])


def loop(context: Context, source: Iteration | Pack, node: Any, use: Use) -> None:
    """`use` called with each item: in a loop, or one after the other."""
    if isinstance(source, Pack):
        for item in source.items:
            use(context, item)
        return
    body = context.inner()
    counter = Name(context.unit.names.temporary("i"))
    use(body, source.at(body, counter))
    stmt = For(counter.id, source.start, source.stop, source.step, body.done(), at=context.at(node))
    context.emit(stmt)


# --------------------------------------------------------------------------- lists


@expression_form(gast.ListComp)
def _list(context: Context, node: Any) -> Value:
    """A list of known length, if all that it runs over has one and nothing is left out."""
    site = containers.site_of(context, node)
    if site in context.unit.facts.growing:
        return _collected(context, node)
    found: list[Value] = []

    def use(inner: Context, element: Value) -> None:
        found.append(snapshot(inner, element, node))  # the next one assigns the same variables

    _Comprehension(context, node, use, site).run(context)
    return containers.make(context, Pack(tuple(found), list), node)


def _collected(context: Context, node: Any) -> Value:
    """A list that grows as the program runs."""
    items = growing_list(context, (), containers.site_of(context, node), node)

    def use(inner: Context, element: Value) -> None:
        if isinstance(node.elt, gast.ListComp) and isinstance(element, Name):
            element = Call(np.array, (element,))  # rows of a list of lists
        grow(inner, items, element, node)

    go_through(context, node, use)
    return items


@expression_form(gast.GeneratorExp)
def _generator(context: Context, node: Any) -> Value:
    """Where nothing is gained by not making the elements at once."""
    return _list(context, node)


@expression_form(gast.DictComp)
def _dict(context: Context, node: Any) -> Value:
    pair = gast.copy_location(gast.Tuple([node.key, node.value], gast.Load()), node.key)
    pairs = gast.copy_location(gast.ListComp(pair, node.generators), node)
    entries: dict[Any, Value] = {}

    def use(inner: Context, element: Value) -> None:
        assert isinstance(element, Pack)
        key, value = element.items
        entries[containers.as_key(inner, key, node.key)] = value

    _Comprehension(context, pairs, use, containers.site_of(context, node)).run(context)
    pack = Pack(tuple(entries.values()), dict, tuple(entries))
    return containers.make(context, pack, node)
