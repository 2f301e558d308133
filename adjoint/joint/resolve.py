"""Callees for certain types, made functions without side effects.

    y = f(a, b)          # f writes to a          t = f(a, b)        # f writes to a copy of a
                                             →    y = t[0]
                                                  a[...] = t[1]

What a callee writes to its arguments is returned, and stored by the caller: so all that follows
knows of writes is stores, and the adjoint of a call can run the callee again on what it was given.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numba.core import types

from adjoint.errors import UnsupportedSyntax
from adjoint.inference.signatures import Key, Typed, callee_key, passed
from adjoint.joint.sharing import Sharing
from adjoint.lowering.in_place import settle_in_place
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
    Raise,
    Return,
    Stmt,
    Store,
    Tuple,
)
from adjoint.program.functions import Function, Joint
from adjoint.program.numbers import item_types
from adjoint.program.walk import (
    assigned,
    blocks,
    map_blocks,
    map_operands,
    operands,
    read,
    statements,
    subexpressions,
    substitute,
)

_WHOLE = (Const(Ellipsis),)


def with_joint_calls(
    program: Program, typed: Mapping[Key, Typed]
) -> tuple[Program, dict[Key, Joint]]:
    """A typed program whose calls are of callees for their types; and these callees.

    Raises
    ------
    UnsupportedSyntax : an effect of a callee cannot be had once and be differentiated.
    """
    joints = {
        key: Joint(
            key[0].name,
            result=made.result,
            results=_items_of(made.result),
            elementwise=key[0].elementwise,
            rule=key[0].rule,
            steps=key[0].steps,
        )
        for key, made in typed.items()
    }
    for key, made in typed.items():
        joints[key].program = settle_in_place(_resolved(made.program, joints))
    if not joints:
        return program, joints
    program = settle_in_place(_resolved(program, joints))
    callees = list(joints.values())
    for joint in callees:
        _refuse_draws(joint.body)
    _settle_effects(callees)
    _settle_sharing(callees)
    for user in (program, *(joint.body for joint in callees)):
        _check_calls(user)
    for joint in callees:
        joint.program = _with_returned_writes(joint)
    for joint in callees:
        joint.program = _with_stored_writes(joint.body)
    return _with_stored_writes(program), joints


def joint_calls(program: Program) -> Iterator[tuple[Stmt, Call]]:
    """Statements that call such callees."""
    for stmt in statements(program.body):
        call = _joint_call(stmt)
        if call is not None:
            yield stmt, call


def _joint_call(stmt: Stmt) -> Call | None:
    call = stmt.value if isinstance(stmt, Assign) else getattr(stmt, "call", None)
    return call if isinstance(call, Call) and isinstance(call.function, Joint) else None


def _resolved(program: Program, joints: Mapping[Key, Joint]) -> Program:
    table = dict(program.types or {})

    def change(block: Block) -> Block:
        return tuple(resolve(map_blocks(stmt, change)) for stmt in block)

    def resolve(stmt: Stmt) -> Stmt:
        match stmt:
            case Assign(target, Call(Function()) as call):
                joint = _found(call, joints, table, stmt)
                if joint.result != types.none and joint.elementwise is None:
                    table[target] = joint.result if not _is_number(table[target]) else table[target]
                return replace(stmt, value=replace(call, function=joint))
            case Evaluate(Call(Function()) as call):
                joint = _found(call, joints, table, stmt)
                return replace(stmt, call=replace(call, function=joint))
        return stmt

    return replace(program, body=change(program.body), types=table)


def _found(call: Call, joints: Mapping[Key, Joint], table: Mapping[str, Any], stmt: Stmt) -> Joint:
    """The callee for the types of a call's arguments, each of which is the variable's only one."""
    joint = joints.get(callee_key(call, table))
    if joint is None:
        assert isinstance(call.function, Function)
        taker = f"`{call.function.name}`" if call.function.steps is None else "a checkpointed loop"
        raise UnsupportedSyntax(
            f"a variable that {taker} is given holds values of two types, one before and another "
            "after the call",
            stmt.at,
            "give it one type from the start, 0.0 instead of 0",
        )
    return joint


def _items_of(result: Any) -> tuple[Any, ...]:
    if isinstance(result, types.BaseTuple):
        return item_types(result)
    return () if result == types.none else (result,)


def _is_number(type_: Any) -> bool:
    return isinstance(type_, types.Number | types.Boolean)


# --------------------------------------------------------------------------- effects


def _refuse_draws(program: Program) -> None:
    for stmt in statements(program.body):
        for expr in operands(stmt):
            for part in subexpressions(expr):
                if isinstance(part, Call) and _is_random(part.function):
                    raise UnsupportedSyntax(
                        f"`{program.name}` draws random numbers and is run again in the reverse "
                        "sweep, which would draw others",
                        stmt.at,
                        "draw them before the call and pass them as an argument",
                    )


def _is_random(function: Any) -> bool:
    owner = getattr(function, "__objclass__", type(getattr(function, "__self__", None)))
    modules = (getattr(function, "__module__", None) or "", owner.__module__)
    return any(module.startswith("numpy.random") for module in modules)


def _settle_effects(callees: list[Joint]) -> None:
    """Which callees print or may raise, themselves or through others."""
    for joint in callees:
        joint.effects = any(_has_effect(stmt) for stmt in statements(joint.body.body))
    _repeat(callees, _inherit_effects)
    for joint in callees:
        joint.droppable = not joint.effects


def _has_effect(stmt: Stmt) -> bool:
    return isinstance(stmt, Raise) or (isinstance(stmt, Evaluate) and _joint_call(stmt) is None)


def _inherit_effects(joint: Joint) -> bool:
    found = any(_callee(call).effects for _, call in joint_calls(joint.body))
    changed = found and not joint.effects
    joint.effects = joint.effects or found
    return changed


def _callee(call: Call) -> Joint:
    assert isinstance(call.function, Joint)
    return call.function


def _repeat(callees: list[Joint], change: Any) -> None:
    """Apply to all until nothing changes."""
    changed = [True]
    while any(changed):
        changed = [change(joint) for joint in callees]


# --------------------------------------------------------------------------- shared memory


def _settle_sharing(callees: list[Joint]) -> None:
    """What callees write to, and whether they may return memory of their arguments."""
    _repeat(callees, _share)


def _share(joint: Joint) -> bool:
    sharing = Sharing(joint.body)
    params = joint.body.params
    arrays = [k for k, p in enumerate(params) if sharing.is_array(p)]
    overwritten = tuple(k for k in arrays if sharing.is_written(params[k]))
    result = joint.body.body[-1]
    assert isinstance(result, Return)
    fresh = not any(
        sharing.may_share(name, params[k])
        for name in sharing.arrays_in(result.value)
        for k in arrays
    )
    changed = (overwritten, fresh) != (joint.overwritten, joint.fresh)
    joint.overwritten, joint.fresh = overwritten, fresh
    table = joint.body.types or {}
    joint.items = (*joint.results, *(passed(table[params[k]]) for k in overwritten))
    return changed


def _check_calls(program: Program) -> None:
    """Refuse calls whose writes would be seen under another name."""
    sharing = Sharing(program)
    for stmt, call in joint_calls(program):
        joint = _callee(call)
        arrays = {k: a.id for k, a in enumerate(call.args) if sharing.is_array_name(a)}  # type: ignore[union-attr]
        for k in joint.overwritten:
            for other, name in arrays.items():
                if other != k and sharing.may_share(arrays[k], name):
                    raise UnsupportedSyntax(
                        f"`{joint.name}` writes to an argument, and may see that in another one",
                        stmt.at,
                        "pass a copy of the other: x.copy()",
                    )
        if not joint.fresh and isinstance(stmt, Assign):
            for name in (stmt.target, *arrays.values()):
                written = sharing.written_after(name, stmt)
                if written is not None:
                    raise UnsupportedSyntax(
                        f"`{joint.name}` may return one of its arguments itself, and that is "
                        "written to afterwards: which one cannot be told when compiling",
                        written.at,
                        f"return a copy from `{joint.name}`",
                    )


# --------------------------------------------------------------------------- returned writes


@dataclass
class _Names:
    table: dict[str, Any]
    used: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, program: Program) -> _Names:
        used = assigned(program.body) | read(program.body) | set(program.params)
        return cls(dict(program.types or {}), used)

    def fresh(self, stem: str, type_: Any) -> str:
        name, count = stem, 0
        while name in self.used:
            count += 1
            name = f"{stem}_{count}"
        self.used.add(name)
        self.table[name] = type_
        return name


def _with_returned_writes(joint: Joint) -> Program:
    """The callee on copies of the arguments that it writes to, which it returns too."""
    program = joint.body
    if joint.fresh and not joint.overwritten:
        return program
    made = _Names.of(program)
    copies: dict[str, Expr] = {}
    start: list[Stmt] = []
    for k in joint.overwritten:
        param = program.params[k]
        name = made.fresh(f"{param}_after", passed(made.table[param]))
        start.append(Assign(name, Call(np.copy, (Name(param),))))
        copies[param] = Name(name)
    *body, last = _renamed(program.body, copies)
    assert isinstance(last, Return)
    items = _result_items(joint, last, made, body)
    items += [copies[program.params[k]] for k in joint.overwritten]
    value: Expr = items[0] if len(items) == 1 else Const(None)
    if len(items) > 1:
        whole = made.fresh("returned", types.BaseTuple.from_types(joint.items))
        body.append(Assign(whole, Tuple(tuple(items)), at=last.at))
        value = Name(whole)
    return replace(
        program,
        body=(*start, *body, replace(last, value=value)),
        types=made.table,
    )


def _result_items(joint: Joint, last: Return, made: _Names, body: list[Stmt]) -> list[Expr]:
    """Items of the result; arrays in memory of their own."""
    found: list[Expr] = []
    whole = isinstance(joint.result, types.BaseTuple)
    for k, type_ in enumerate(joint.results):
        value: Expr = last.value
        if whole:
            name = made.fresh("item", type_)
            body.append(Assign(name, Item(last.value, (Const(k),)), at=last.at))
            value = Name(name)
        if isinstance(type_, types.Array) and not joint.fresh:
            name = made.fresh("own", type_)
            body.append(Assign(name, Call(np.copy, (value,)), at=last.at))
            value = Name(name)
        found.append(value)
    return found


def _renamed(block: Block, mapping: Mapping[str, Expr]) -> Block:
    renamed: list[Stmt] = []
    for stmt in block:
        stmt = map_blocks(stmt, lambda inner: _renamed(inner, mapping))
        stmt = map_operands(stmt, lambda e: substitute(e, mapping))
        if isinstance(stmt, Store) and stmt.array in mapping:
            stmt = replace(stmt, array=mapping[stmt.array].id)  # type: ignore[union-attr]
        renamed.append(stmt)
    return tuple(renamed)


def _with_stored_writes(program: Program) -> Program:
    """The program, storing what its callees return of what they write to their arguments."""
    made = _Names.of(program)

    def change(block: Block) -> Block:
        return tuple(done for stmt in block for done in expand(stmt))

    def expand(stmt: Stmt) -> list[Stmt]:
        call = _joint_call(stmt)
        if call is None:
            return [map_blocks(stmt, change)] if blocks(stmt) else [stmt]
        joint = _callee(call)
        if joint.overwritten:
            return _expanded(stmt, call, made)
        if isinstance(stmt, Evaluate) and not joint.effects:
            return []
        return [stmt]

    return replace(program, body=change(program.body), types=made.table)


def _expanded(stmt: Stmt, call: Call, made: _Names) -> list[Stmt]:
    joint, at = _callee(call), stmt.at
    items = [made.fresh(f"{joint.name}_{k}", type_) for k, type_ in enumerate(joint.items)]
    done: list[Stmt] = []
    if len(items) == 1:
        done.append(Assign(items[0], call, at=at))
    else:
        whole = made.fresh(f"{joint.name}_all", types.BaseTuple.from_types(joint.items))
        done.append(Assign(whole, call, at=at))
        for k, item in enumerate(items):
            done.append(Assign(item, Item(Name(whole), (Const(k),)), at=at))
    results = items[: len(joint.results)]
    if isinstance(stmt, Assign):
        own: Expr = Tuple(tuple(map(Name, results)))
        if not isinstance(joint.result, types.BaseTuple):
            own = Name(results[0])
        done.append(Assign(stmt.target, own, at=at))
    for position, item in zip(joint.overwritten, items[len(results) :], strict=True):
        array = call.args[position]
        assert isinstance(array, Name)
        done.append(Store(array.id, _WHOLE, Name(item), at=at))
    return done


def silenced(block: Block) -> Block:
    """The block without what was done already when it ran first: printing, raising."""
    return tuple(map_blocks(stmt, silenced) for stmt in block if not _has_effect(stmt))
