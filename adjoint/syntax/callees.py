"""Calls of user functions that stay calls: recursive ones, and those marked `checkpoint`.

Such a function becomes a program of its own. Numbers and arrays are its parameters; functions,
strings and None are not, it is translated for them. What it reads of an enclosing function, and
arrays it captures, are further parameters, which every call passes on: which these are is known
when all programs are translated, so `link` adds them.

That a function calls itself is found while it is inlined; translation then starts again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import gast

from adjoint.program.core import (
    Assign,
    Block,
    Call,
    Const,
    Evaluate,
    Expr,
    Item,
    Name,
    Program,
    Return,
    Source,
    Stmt,
    Tuple,
)
from adjoint.program.functions import Function, GivenRule
from adjoint.program.walk import map_blocks
from adjoint.syntax.packs import flat
from adjoint.syntax.scopes import own_nodes
from adjoint.syntax.values import SITE_OF_ARGUMENT, Closure, Known, Pack, Record, Value, is_atom

if TYPE_CHECKING:
    from adjoint.syntax.context import Context
    from adjoint.syntax.units import Frame, Unit

Key = tuple[str, int, int, str]
_DEPTH = 20  # of one function translated inside itself, each time for other functions


class Recurses(Exception):
    """A function that is being inlined calls itself."""

    def __init__(self, key: Key) -> None:
        super().__init__(key)
        self.key = key


class ReturnsOther(Exception):
    """A function returns something else than its calls took it to return."""

    def __init__(self, key: Key, shape: Shape) -> None:
        super().__init__(key)
        self.key = key
        self.shape = shape


# --------------------------------------------------------------------------- shapes of values


@dataclass(frozen=True)
class Dynamic:
    """A number or an array: a parameter, or an item of the result."""


@dataclass(frozen=True, eq=False)
class Fixed:
    """A value that the function is translated for."""

    value: Value


@dataclass(frozen=True)
class Many:
    """A container of values: see `Pack`."""

    items: tuple[Shape, ...]
    kind: type = tuple
    keys: tuple[Any, ...] = ()


Shape = Dynamic | Fixed | Many


def taken_apart(value: Value, leaves: list[Value]) -> Shape:
    """The shape of a value; its numbers and arrays are appended to `leaves`."""
    match value:
        case Pack(items, kind, keys):
            found = tuple(taken_apart(item, leaves) for item in items)
            return Many(found, kind, () if issubclass(kind, tuple | list) else keys)
        case Const(constant) if not isinstance(constant, bool | int | float):
            return Fixed(value)
        case Known() | Closure():
            return Fixed(value)
    leaves.append(value)
    return Dynamic()


def put_together(shape: Shape, leaves: list[Name]) -> Value:
    """A value of a shape; takes its numbers and arrays from the front of `leaves`."""
    match shape:
        case Many(items, kind, keys):
            sites = frozenset() if issubclass(kind, tuple) else frozenset({SITE_OF_ARGUMENT})
            return Pack(tuple(put_together(i, leaves) for i in items), kind, keys, sites)
        case Fixed(value):
            return value
    return leaves.pop(0)


def same_shape(one: Shape, other: Shape) -> bool:
    """Whether a function translated for one can be called with the other."""
    match one, other:
        case Fixed(value), Fixed(known):
            return same_value(value, known)
        case Many(items, kind, keys), Many(others, other_kind, other_keys):
            alike = len(items) == len(others) and kind is other_kind and keys == other_keys
            return alike and all(map(same_shape, items, others))
    return one == other


def same_value(one: Value | None, other: Value | None) -> bool:
    """Whether two values known when compiling are the same."""
    match one, other:
        case Known(), Known():
            return one.value is other.value
        case Closure(), Closure():
            same_code = one.node is other.node and one.frame is other.frame
            return same_code and all(map(same_value, one.defaults, other.defaults))
        case Pack(items), Pack(others):
            return len(items) == len(others) and all(map(same_value, items, others))
    return one is other or (is_atom(one) and one == other)


# --------------------------------------------------------------------------- programs


@dataclass(eq=False)
class Callee:
    """A function translated to a program of its own.

    Attributes
    ----------
    free : where its free names are looked up: the enclosing frame, or the Python function.
    params : the shape of each parameter's value.
    read : what names of enclosing frames meant while it was translated.
    """

    key: Key
    free: Any
    params: Mapping[str, Shape]
    function: Function
    unit: Unit
    source: Source
    inputs: tuple[str, ...] = ()
    body: Block = ()
    read: list[tuple[Frame, str, Value | None]] = field(default_factory=list)


@dataclass(eq=False)
class Shared:
    """What the programs of one translation have in common.

    Attributes
    ----------
    recursive : functions that were found to call themselves.
    results : shapes of results that could not be told from the `return` statements.
    marked : inner functions decorated with `checkpoint`, by their syntax.
    """

    recursive: set[Key] = field(default_factory=set)
    results: dict[Key, Shape] = field(default_factory=dict)
    callees: list[Callee] = field(default_factory=list)
    marked: list[Any] = field(default_factory=list)
    open: list[Key] = field(default_factory=list)

    def renewed(self) -> Shared:
        """What is known when translation starts again."""
        return Shared(self.recursive, self.results)

    def learn(self, found: Recurses | ReturnsOther) -> None:
        """Note what made translation start again."""
        if isinstance(found, Recurses):
            self.recursive.add(found.key)
        else:
            self.results[found.key] = found.shape


@dataclass(frozen=True)
class Definition:
    """A function's syntax and where it comes from.

    `signatures` are those that a function applied element by element was compiled for; None for
    one that is not. `given` makes the user's rule of a function for the shapes of its parameters.
    """

    key: Key
    tree: Any
    source: Source
    free: Any
    signatures: tuple[str, ...] | None = None
    given: Callable[[Mapping[str, Shape]], GivenRule] | None = None


Translate = Callable[["Context", Definition, Callee], Value]


def joint_call(
    context: Context,
    definition: Definition,
    bound: Mapping[str, Value],
    node: Any,
    translate: Translate,
    new_unit: Callable[[], Unit],
) -> Value:
    """The value of a call that stays one.

    Parameters
    ----------
    bound : values of the callee's parameters.
    translate : translates the callee's body.
    new_unit : what its program is made in.
    """
    if context.handlers:
        context.refuse(
            "a function whose calls stay calls (recursion, `checkpoint`) is called inside `try`.",
            node,
            "call it outside",
        )
    for value in bound.values():
        if any(isinstance(item, Record) for _, item in flat(value)):
            context.refuse(
                "a list, dict or object that is changed in place is passed to a function whose "
                "calls stay calls.",
                node,
                "pass its items, and return what changes",
            )
    leaves: list[Value] = []
    params = {name: taken_apart(value, leaves) for name, value in bound.items()}
    callee = _known(context, definition, params)
    if callee is None:
        callee = _translated(context, definition, params, node, translate, new_unit)
    name = definition.key[-1]
    context.unit.names.reserve([name])
    call = Call(callee.function, tuple(context.as_atom(leaf, node) for leaf in leaves))
    shape = _result_shape(context.unit.shared, definition)
    if isinstance(shape, Fixed):
        context.emit(Evaluate(call, at=context.at(node)))
        return shape.value
    if isinstance(shape, Dynamic):
        return call
    whole = context.temporary(call, node, name)
    items = [
        context.temporary(Item(whole, (Const(k),)), node, f"{name}_item")
        for k in range(size(shape))
    ]
    return put_together(shape, items)


def _known(context: Context, definition: Definition, params: Mapping[str, Shape]) -> Callee | None:
    for callee in context.unit.shared.callees:
        same_code = callee.key == definition.key and callee.free is definition.free
        same_code = same_code and callee.function.elementwise == definition.signatures
        if (
            same_code
            and all(same_shape(callee.params[p], s) for p, s in params.items())
            and all(same_value(frame.bindings.get(n), value) for frame, n, value in callee.read)
        ):
            return callee
    return None


def _translated(
    context: Context,
    definition: Definition,
    params: Mapping[str, Shape],
    node: Any,
    translate: Translate,
    new_unit: Callable[[], Unit],
) -> Callee:
    shared = context.unit.shared
    name = definition.key[-1]
    if shared.open.count(definition.key) >= _DEPTH:
        context.refuse(
            f"`{name}` calls itself with another function each time.",
            node,
            "pass the same function on, and what changes as a number",
        )
    unit = new_unit()
    unit.names.reserve([name])
    rule = None if definition.given is None else definition.given(params)
    function = Function(name, elementwise=definition.signatures, rule=rule)
    callee = Callee(definition.key, definition.free, params, function, unit, definition.source)
    unit.callee = callee
    shared.callees.append(callee)
    shared.open.append(definition.key)
    value = translate(context, definition, callee)
    shared.open.pop()
    found = taken_apart(value, [])
    expected = _result_shape(shared, definition)
    if not same_shape(found, expected):
        if definition.key in shared.results:
            context.refuse(
                f"`{name}` returns one thing for some arguments and another for others.",
                node,
                "return the same number of values always",
            )
        raise ReturnsOther(definition.key, found)
    return callee


def _result_shape(shared: Shared, definition: Definition) -> Shape:
    """What a function returns, as far as its `return` statements tell."""
    if definition.key in shared.results:
        return shared.results[definition.key]
    tree = definition.tree
    if isinstance(tree, gast.Lambda):
        return Dynamic()
    returned = [n.value for n in own_nodes(tree.body) if isinstance(n, gast.Return)]
    if all(value is None for value in returned):
        return Fixed(Const(None))
    sizes = {len(v.elts) if isinstance(v, gast.Tuple) else None for v in returned}
    length = sizes.pop() if len(sizes) == 1 else None
    return Dynamic() if length is None else Many((Dynamic(),) * length)


def size(shape: Shape) -> int:
    """How many numbers and arrays a value of the shape holds."""
    match shape:
        case Many(items):
            return sum(map(size, items))
    return int(isinstance(shape, Dynamic))


def finish(inner: Context, callee: Callee, value: Value, node: Any, result: str) -> None:
    """Add the `Return` to a callee's body."""
    leaves: list[Value] = []
    shape = taken_apart(value, leaves)
    atoms = [inner.as_atom(leaf, node) for leaf in leaves]
    returned: Expr = Const(None)
    if isinstance(shape, Dynamic):
        returned = atoms[0]
    elif atoms:
        inner.assign(result, Tuple(tuple(atoms)), node)
        returned = Name(result)
    inner.emit(Return(returned, at=inner.at(node)))
    callee.body = inner.done()


# --------------------------------------------------------------------------- further parameters


def own_value(context: Context, found: Value, frame: Frame, name: str) -> Value:
    """What a name of an enclosing frame is in this program: variables become parameters."""
    unit = context.unit
    if frame.unit is unit:
        return found
    if unit.callee is not None:
        unit.callee.read.append((frame, name, frame.bindings.get(name)))
    return _imported(unit, frame.unit, found)


def _imported(unit: Unit, owner: Unit, value: Value) -> Value:
    match value:
        case Name(variable):
            return Name(_import(unit, (owner, variable)))
        case Pack(items):
            return value.like(_imported(unit, owner, item) for item in items)
    return value


def _import(unit: Unit, wanted: tuple[Unit, str]) -> str:
    """The program's name for a variable of an enclosing one."""
    owner, variable = wanted
    if owner is unit:
        return variable
    if wanted not in unit.imports:
        unit.imports[wanted] = unit.names.variable(variable)
        if variable in owner.may_be_none:
            unit.may_be_none.add(unit.imports[wanted])
    return unit.imports[wanted]


def _capture(unit: Unit, array: Any, name: str) -> str:
    for known, value in unit.captures.items():
        if value is array:
            return known
    own = unit.names.variable(name)
    unit.captures[own] = array
    return own


def link(unit: Unit, body: Block) -> Block:
    """Complete all calls: pass on what callees read besides their arguments.

    Gives the body of the program `unit`; those of callees are completed in place.
    """
    callees = unit.shared.callees
    by_function = {callee.function: callee for callee in callees}
    programs = [(unit, body), *((callee.unit, callee.body) for callee in callees)]
    calls = [(user, c) for user, block in programs for c in _called(block, by_function)]
    settled = False
    while not settled:
        before = [(len(user.imports), len(user.captures)) for user, _ in programs]
        for user, callee in calls:
            _further(user, callee)
        settled = before == [(len(user.imports), len(user.captures)) for user, _ in programs]
    for callee in callees:
        callee.body = _completed(callee.unit, callee.body, by_function)
    return _completed(unit, body, by_function)


def parameters(callee: Callee) -> tuple[str, ...]:
    """Names of a callee's parameters: its own, of enclosing functions, of captured arrays."""
    return (*callee.inputs, *callee.unit.imports.values(), *callee.unit.captures)


def _further(user: Unit, callee: Callee) -> tuple[Name, ...]:
    """What a program passes to a callee besides its arguments."""
    imported = [_import(user, wanted) for wanted in callee.unit.imports]
    captured = [_capture(user, array, name) for name, array in callee.unit.captures.items()]
    return tuple(map(Name, (*imported, *captured)))


def _called(block: Block, by_function: Mapping[Any, Callee]) -> list[Callee]:
    found: list[Callee] = []

    def look(block: Block) -> Block:
        for stmt in block:
            call = _call_of(stmt)
            if call is not None and call.function in by_function:
                found.append(by_function[call.function])
            map_blocks(stmt, look)
        return block

    look(block)
    return found


def _call_of(stmt: Stmt) -> Call | None:
    if isinstance(stmt, Assign) and isinstance(stmt.value, Call):
        return stmt.value
    return stmt.call if isinstance(stmt, Evaluate) else None


def _completed(user: Unit, block: Block, by_function: Mapping[Any, Callee]) -> Block:
    def change(block: Block) -> Block:
        return tuple(complete(map_blocks(stmt, change)) for stmt in block)

    def complete(stmt: Stmt) -> Stmt:
        call = _call_of(stmt)
        if call is None or call.function not in by_function:
            return stmt
        further = _further(user, by_function[call.function])
        if not further:
            return stmt
        call = replace(call, args=(*call.args, *further))
        if isinstance(stmt, Assign):
            return replace(stmt, value=call)
        assert isinstance(stmt, Evaluate)
        return replace(stmt, call=call)

    return change(block)


def program_of(callee: Callee, finish_program: Callable[[Program, Any], Program]) -> None:
    """Give a callee's function its program."""
    program = Program(
        name=callee.function.name,
        params=parameters(callee),
        body=callee.body,
        source=callee.source,
    )
    callee.function.program = finish_program(program, callee.unit.names)
