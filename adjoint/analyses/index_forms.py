"""Indices in the body of a loop as linear forms of its counter.

for i in range(n):
    t = i + 1
    A[t + 1] = …            # i + 2
"""

from __future__ import annotations

import operator

from adjoint.analyses.lower_bounds import LowerBounds
from adjoint.analyses.purity import is_repeatable
from adjoint.program.core import Assign, Call, Const, Expr, For, Item, Name, Slice
from adjoint.program.exposure import upward_exposed
from adjoint.program.linear import Linear
from adjoint.program.walk import assigned, names, statements, subexpressions

Index = tuple[Expr | Slice, ...]


class IndexForms:
    """Forms that hold within one iteration.

    Attributes
    ----------
    varying : variables whose value is not the same all through the loop, its counter among them.
    """

    def __init__(self, loop: For) -> None:
        self.counter = Name(loop.target)
        self.varying = assigned((loop,))
        self._definitions = _definitions(loop)
        self._found: dict[str, Linear] = {}

    def of(self, expr: Expr | Slice) -> Linear | None:
        """The form of an index along one axis, None if it has none."""
        match expr:
            case Const(int() as value) if not isinstance(value, bool):
                return Linear({}, value)
            case Name(id):
                return self._of_name(id)
            case Call(operator.add | operator.sub as function, (left, right)):
                a, b = self.of(left), self.of(right)
                if a is None or b is None:
                    return None
                return a + b.scaled(1 if function is operator.add else -1)
            case Call():
                return Linear({expr: 1}) if self._is_constant(expr) else None
        return None

    def moves_with_counter(self, form: Linear) -> bool:
        """Whether it is another value in each iteration, and the same all through it."""
        return form.terms.get(self.counter, 0) != 0 and all(
            atom == self.counter or self.varying.isdisjoint(names(atom)) for atom in form.terms
        )

    def _of_name(self, name: str) -> Linear:
        if name not in self._found:
            value = self._definitions.get(name)
            form = None if value is None else self.of(value)
            self._found[name] = form or Linear({Name(name): 1})
        return self._found[name]

    def _is_constant(self, expr: Call) -> bool:
        loads = any(isinstance(part, Item) for part in subexpressions(expr))
        return not loads and is_repeatable(expr) and self.varying.isdisjoint(names(expr))


def _definitions(loop: For) -> dict[str, Expr]:
    """Values of the variables that an iteration assigns once, before it reads them."""
    values: dict[str, list[Expr]] = {}
    for stmt in statements(loop.body):
        if isinstance(stmt, Assign):
            values.setdefault(stmt.target, []).append(stmt.value)
        elif isinstance(stmt, For):
            values.setdefault(stmt.target, []).extend((stmt.start, stmt.stop))
    carried = upward_exposed(loop.body)
    return {
        name: found[0]
        for name, found in values.items()
        if len(found) == 1 and name not in carried and name != loop.target
    }


def only_in_one_iteration(
    forms: IndexForms, one: Index, others: IndexForms, other: Index, bounds: LowerBounds
) -> bool:
    """Whether two elements can be the same one in the same iteration only.

    Along one of the axes both have the same index, which is another one in each iteration. It must
    count from the front: the index -1 is that of the last element too.
    """
    if len(one) != len(other) or any(part in _NEW_AXES for part in (*one, *other)):
        return False
    for first, second in zip(one, other, strict=True):
        a, b = forms.of(first), others.of(second)
        if a is None or b is None or a.constant != b.constant or dict(a.terms) != dict(b.terms):
            continue
        least = bounds.of_form(a)
        moves = forms.moves_with_counter(a) and others.moves_with_counter(b)
        if moves and least is not None and least >= 0:
            return True
    return False


_NEW_AXES = (Const(None), Const(Ellipsis))
