"""Adjoints that users gave as rules, in the form that calls of functions of a module take.

    f_adjoint(x, w, x_bar, z_bar) -> w_bar        # x an array, w a number

The rule returns the cotangents; those of arrays are added to the bars that the caller gives.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from numba.core import types

from adjoint.emit import load
from adjoint.errors import TypingFailed, UnsupportedSyntax
from adjoint.inference import infer, promoted
from adjoint.lowering import lower
from adjoint.optimise import polish, tidy
from adjoint.program import primitives
from adjoint.program.core import (
    Assign,
    Call,
    Comment,
    Const,
    Expr,
    Item,
    Name,
    Program,
    Return,
    Stmt,
    Store,
    Tuple,
)
from adjoint.program.free_names import free_name
from adjoint.program.functions import GivenRule, Joint
from adjoint.program.numbers import is_complex, is_float
from adjoint.program.walk import assigned, read
from adjoint.runtime import shapes


def check_given(joint: Joint) -> None:
    """Refuse a function that no rule can describe: one that writes, or returns several things."""
    if joint.rule is None:
        return
    last = joint.body.body[-1]
    at = last.at if isinstance(last, Return) else None
    if joint.overwritten:
        raise UnsupportedSyntax(
            f"`{_name(joint)}` has a rule, and writes to its arguments",
            at,
            "return what changes, or leave out the rule",
        )
    if len(joint.results) != 1 or not (is_float(joint.results[0]) or is_complex(joint.results[0])):
        raise UnsupportedSyntax(
            f"`{_name(joint)}` has a rule, and returns {joint.result}",
            at,
            "give a rule to a function that returns one float or array",
        )


def given_adjoint(joint: Joint, active: Sequence[int], optimise: bool) -> Program:
    """The adjoint of a callee for the active parameters, in the scalar dialect."""
    given = joint.rule
    assert given is not None
    table = joint.body.types or {}
    kinds = tuple(table[param] for param in joint.body.params)
    seed = joint.results[0]
    program = given.program((*kinds, seed))
    _check_types(joint, program, (*kinds, seed))
    shadows = tuple(kinds[k] for k in active if isinstance(kinds[k], types.Array))
    arg_types = (*kinds, *shadows, seed)
    whole = _accumulating(program, given, kinds, active)
    lowered = lower(infer(promoted(whole, arg_types, load), arg_types, load)[0])
    return noted(joint, polish(tidy(lowered)) if optimise else lowered)


def noted(joint: Joint, program: Program) -> Program:
    """The program, saying so if it leaves machine code."""
    if joint.rule is None or joint.rule.origin.outside is None:
        return program
    note = Comment(f"{_name(joint)} is not compiled: it is called outside of machine code")
    return replace(program, body=(note, *program.body))


def _accumulating(
    program: Program, given: GivenRule, kinds: tuple[Any, ...], active: Sequence[int]
) -> Program:
    """The rule, adding what it returns for arrays to bars and returning the rest."""
    taken = {*program.params, *assigned(program.body), *read(program.body)}
    *body, last = program.body
    assert isinstance(last, Return)
    *params, seed = program.params
    bars, shadows = {}, {}
    for k in active:
        bars[k] = _fresh(f"{params[k]}_bar", taken)
        item = Item(last.value, (Const(given.positions.index(k)),))
        value = last.value if len(given.positions) == 1 else item
        body.append(Assign(bars[k], value, at=last.at))
        if isinstance(kinds[k], types.Array):
            shadows[k] = _fresh(f"{params[k]}_bar", taken)
    for k, shadow in shadows.items():
        body += _checks(bars[k], shadow, kinds[k].ndim, last, taken)
        body.append(Store(shadow, (Const(Ellipsis),), Name(bars[k]), accumulate=True, at=last.at))
    scalars = tuple(Name(bars[k]) for k in active if k not in shadows)
    result: Expr = Const(None)
    if len(scalars) == 1:
        result = scalars[0]
    elif scalars:
        result = Name(_fresh("returned", taken))
        body.append(Assign(result.id, Tuple(scalars), at=last.at))
    return replace(
        program,
        params=(*params, *shadows.values(), seed),
        body=(*body, replace(last, value=result)),
    )


def _fresh(stem: str, taken: set[str]) -> str:
    name = free_name(stem, taken)
    taken.add(name)
    return name


def _checks(bar: str, shadow: str, ndim: int, last: Return, taken: set[str]) -> list[Stmt]:
    """A cotangent has the lengths of its argument: nothing is broadcast."""
    found: list[Stmt] = []
    for axis in range(ndim):
        lengths = []
        for array in (shadow, bar):
            name = _fresh("n", taken)
            found.append(Assign(name, Call(primitives.dim, (Name(array), Const(axis)))))
            lengths.append(Name(name))
        check = Call(shapes.check_cotangent, tuple(lengths))
        found.append(Assign(_fresh("same", taken), check, at=last.at))
    return found


def _check_types(joint: Joint, program: Program, arg_types: tuple[Any, ...]) -> None:
    """Refuse cotangents that are not of their arguments' types."""
    given = joint.rule
    assert given is not None
    _, result = infer(promoted(program, arg_types, load), arg_types, load)
    bars = (result,) if len(given.positions) == 1 else tuple(result.types)
    for k, bar in zip(given.positions, bars, strict=True):
        kind = arg_types[k]
        fits = is_float(bar) or (is_complex(bar) and is_complex(kind))
        if not fits or _ndim(bar) != _ndim(kind):
            raise TypingFailed(
                f"the rule of `{_name(joint)}` returns {bar} as the cotangent of an argument of "
                f"type {kind}",
                program.body[-1].at,
                "return a cotangent of the argument's type and shape",
            )


def _name(joint: Joint) -> str:
    """The user's name of a function with a rule."""
    assert joint.rule is not None
    return str(joint.rule.origin.function.__name__)


def _ndim(kind: Any) -> int:
    return kind.ndim if isinstance(kind, types.Array) else 0
