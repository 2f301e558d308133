"""Array memory: which stores may change it after which reads, and which names share it."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from numba.core import types

from adjoint.analyses.call_shapes import lengths_of_call
from adjoint.analyses.places import BlockKey, Place, Places
from adjoint.analyses.purity import gives_fresh_memory
from adjoint.errors import UnsupportedSyntax
from adjoint.program.core import (
    Assign,
    Call,
    Const,
    Expr,
    Item,
    Name,
    Program,
    Stmt,
    Store,
    Tuple,
)
from adjoint.program.primitives import dim
from adjoint.program.walk import statements, subexpressions


class Memory:
    """Stores and rebindings of every array variable.

    Attributes
    ----------
    params : names of the program's parameters.
    stores : by array name, the statements that write to it.
    bindings : by array name, the statements that bind it (none for a parameter).
    rebound : names that mean one array after the other (`changing_lengths`).
    changing : names that are bound to arrays of different lengths (`changing_lengths`).
    """

    def __init__(self, program: Program, places: Places) -> None:
        self.stores: dict[str, list[Store]] = defaultdict(list)
        self.bindings: dict[str, list[Assign]] = defaultdict(list)
        self.rebound: frozenset[str] = frozenset()
        self.changing: frozenset[str] = frozenset()
        self._places = places
        self.params = program.params
        self._seen: set[str] = set()
        self._tuples: dict[str, Assign] = {}
        self.types = program.types or {}
        for stmt in statements(program.body):
            if isinstance(stmt, Store):
                self.stores[stmt.array].append(stmt)
            elif isinstance(stmt, Assign) and self.is_array(stmt.target):
                self.bindings[stmt.target].append(stmt)
            elif isinstance(stmt, Assign) and isinstance(stmt.value, Call):
                self._tuples[stmt.target] = stmt
        self._copied = {
            stmt.value.id
            for stmt in statements(program.body)
            if isinstance(stmt, Assign) and isinstance(stmt.value, Name)
        }

    def check(self) -> None:
        """Refuse programs in which it cannot be told which array a store writes to."""
        self._check_rebinding()
        self._check_views()

    def is_array(self, name: str) -> bool:
        """Whether a variable holds an array."""
        return isinstance(self.types.get(name), types.Array)

    def shape(self, name: str) -> list[tuple[Expr, Stmt]] | None:
        """Each length of an array: an expression, and the statement that reads it.

        None if the lengths are not those of an allocation, a parameter or a product. A name that
        is bound to several arrays has the lengths of the first: code that relies on it checks.
        """
        made = self.bindings.get(name, [])
        if name in self.changing:
            return None
        if made and isinstance(made[0].value, Name) and name not in self._seen:
            self._seen.add(name)
            found = self.operand_shape(made[0].value, made[0])
            self._seen.discard(name)
            return found
        if not made or not all(isinstance(again.value, Name) for again in made[1:]):
            return None
        item, stmt = self.taken_from(made[0])
        if stmt is None or not isinstance(stmt.value, Call):
            return None
        call = stmt.value
        if call.function in (np.empty, np.zeros, np.ones):
            size = call.args[0]
            lengths = size.items if isinstance(size, Tuple) else (size,)
            return [(length, stmt) for length in lengths]
        return lengths_of_call(call, item, stmt, lambda arg: self.operand_shape(arg, stmt))

    def taken_from(self, made: Assign) -> tuple[int, Assign | None]:
        """What makes an array: the statement itself, or the call whose result it is an item of."""
        match made.value:
            case Item(Name(whole), (Const(k),)):
                return k, self._tuples.get(whole)
        return 0, made

    def operand_shape(self, operand: Expr, stmt: Stmt) -> list[tuple[Expr, Stmt]] | None:
        """Each length of an array that a statement reads, as `shape` gives them."""
        assert isinstance(operand, Name)
        if operand.id in self.params:
            axes = range(self.types[operand.id].ndim)
            return [(Call(dim, (operand, Const(axis))), stmt) for axis in axes]
        return self.shape(operand.id)

    def home(self, name: str) -> BlockKey | None:
        """The block in which an array bound once is made; None for parameters."""
        made = self.bindings.get(name)
        return self._places.of[made[0]].block if made else None

    def changed_after(self, name: str, place: Place, once: frozenset[Stmt]) -> bool:
        """Whether the array may be written to after a place (see `Places.follows`)."""
        return any(
            self._places.follows(self._places.of[store], place, once)
            for store in self.stores.get(name, ())
        )

    def _check_rebinding(self) -> None:
        """Arrays that a rebound name may share must not be written to once shared.

        With that, the name's value is what it was bound to, and its adjoint can be added to that
        of what it was bound to element by element.
        """
        for name, bindings in self.bindings.items():
            copies = [stmt for stmt in bindings if isinstance(stmt.value, Name)]
            if len(bindings) == 1 and not copies:
                continue
            if self.stores.get(name) and not self._is_alone(name):
                self._refuse(name, self.stores[name][0])
            for copy in copies:
                assert isinstance(copy.value, Name)
                self._check_source(name, copy.value.id, copy)

    def _is_alone(self, name: str) -> bool:
        """Whether nothing else ever knows the arrays that a name is bound to.

        Then it may be written to: its cells are read by this name only.
        """
        return name not in self._copied and all(
            isinstance(stmt.value, Call) and gives_fresh_memory(stmt.value.function)
            for stmt in self.bindings[name]
        )

    def _check_source(self, name: str, source: str, copy: Assign) -> None:
        """The source is written to only between its allocation and the statement with the copy."""
        stores = self.stores.get(source, [])
        made = self.bindings.get(source, [])
        if not stores:
            return
        if len(made) != 1:
            self._refuse(name, stores[0])
        start = self._places.of[made[0]]
        end = self._places.within(self._places.of[copy], start.block)
        for store in stores:
            index = self._places.within(self._places.of[store], start.block)
            if index is None or end is None or not start.index < index < end:
                self._refuse(name, store)

    def _check_views(self) -> None:
        """What a library call may return a view of is not written to, by either name."""
        for name, bindings in self.bindings.items():
            for stmt in bindings:
                if isinstance(stmt.value, Call) and not gives_fresh_memory(stmt.value.function):
                    self._check_view(name, stmt.value)

    def _check_view(self, name: str, call: Call) -> None:
        operands = (*call.args, *(value for _, value in call.keywords))
        bases = [e.id for expr in operands for e in subexpressions(expr) if isinstance(e, Name)]
        for array in (name, *filter(self.is_array, bases)):
            for store in self.stores.get(array, ()):
                function = call.function.__name__
                raise UnsupportedSyntax(
                    f"{array!r} is written to and may share memory with another array through "
                    f"{function}",
                    store.at,
                    f"copy what {function} returns: {function}(…).copy()",
                )

    def _refuse(self, name: str, store: Store) -> None:
        raise UnsupportedSyntax(
            f"{name!r} is bound to different arrays, and one of them is written to: which one "
            "cannot be told when compiling",
            store.at,
            f"copy the values instead of rebinding: {name}[:] = …",
        )
