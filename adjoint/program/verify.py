"""The grammar of the core language, checked.

    program    ::=  statement* return
    statement  ::=  name = expr
                 |  name[index, …] = atom                  (`+=` if it accumulates)
                 |  if atom: block  else: block
                 |  for name in range(atom, atom, atom): block
                 |  while True: head; if not atom: break; block
                 |  break                                  (in tail position of an iteration)
                 |  call                                   (for its effect)
                 |  raise exception(atom, …)
                 |  comment
    return     ::=  return atom
    expr       ::=  atom | name[index, …] | (atom, …) | function(atom, …, key=atom, …)
    index      ::=  atom | atom?:atom?:atom?
    atom       ::=  constant | name
                 |  name.shape[constant] | (atom, …)       (in the scalar dialect)

This is the strict form. Without `strict` (after `optimise` folded temporaries back) an expr may
stand wherever an atom may. Besides the grammar:

- parameters are never assigned, a loop's counter by nothing inside its loop;
- what the head of a `while` assigns is read by the head and the test only;
- a statement object stands at one place only (analyses attach facts to it);
- an index of the scalar dialect has no slices;
- if the program has types, every name has one.

That a name is defined before it is read on all paths is not required.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Literal, NoReturn

from adjoint.errors import InternalError
from adjoint.program.core import (
    Assign,
    Block,
    Break,
    Call,
    Comment,
    Const,
    Evaluate,
    Expr,
    For,
    If,
    Item,
    Name,
    Program,
    Raise,
    Return,
    Slice,
    Stmt,
    Store,
    Tuple,
    While,
)
from adjoint.program.primitives import dim
from adjoint.program.walk import assigned, blocks, names, operands, read, statements

Dialect = Literal["array", "scalar"]
_STATEMENTS = (Assign, Store, If, For, While, Break, Evaluate, Raise, Comment, Return)


def verify(program: Program, dialect: Dialect = "array", strict: bool = True) -> None:
    """Check that a program keeps the grammar.

    Parameters
    ----------
    dialect : "array" after `syntax`, "scalar" after `lowering`.
    strict : whether every argument has to be an atom.

    Raises
    ------
    InternalError : it does not; the message names the rule and the statement.
    """
    _check_shape(program)
    _check_parameters(program)
    _check_breaks(program.body, tail=False)
    for stmt in statements(program.body):
        _check_statement(stmt, dialect, strict)
    _check_heads(program)
    if program.types is not None:
        _check_types(program)


def _fail(rule: str, stmt: Stmt | None = None, found: Any = None) -> NoReturn:
    about = "" if found is None else f" (found {found!r})"
    raise InternalError(f"core language: {rule}{about}", getattr(stmt, "at", None))


# --------------------------------------------------------------------------- statements


def _check_shape(program: Program) -> None:
    """One `Return`, at the end; each statement a node of the language, at one place."""
    if not program.body or not isinstance(program.body[-1], Return):
        _fail("the last statement has to be a return")
    seen: set[int] = set()
    for stmt in statements(program.body):
        if not isinstance(stmt, _STATEMENTS):
            _fail("not a statement of the language", stmt, type(stmt).__name__)
        if id(stmt) in seen:
            _fail("a statement object stands at two places", stmt, stmt)
        seen.add(id(stmt))
        if isinstance(stmt, Return) and stmt is not program.body[-1]:
            _fail("only the last statement is a return", stmt)
        for block in blocks(stmt):
            if not isinstance(block, tuple):
                _fail("a block has to be a tuple", stmt, type(block).__name__)


def _check_parameters(program: Program) -> None:
    if len(set(program.params)) != len(program.params):
        _fail("parameters have to differ", found=program.params)
    if not set(program.captures) <= set(program.params):
        _fail("captures have to be parameters", found=tuple(program.captures))
    for stmt in statements(program.body):
        if isinstance(stmt, Assign | For) and stmt.target in program.params:
            _fail("a parameter is assigned", stmt, stmt.target)
        if isinstance(stmt, For) and stmt.target in assigned(stmt.body):
            _fail("a loop's counter is assigned in its body", stmt, stmt.target)


def _check_breaks(block: Block, tail: bool) -> None:
    """`tail`: whether the block's end is the end of an iteration."""
    for position, stmt in enumerate(block):
        last = all(isinstance(other, Comment) for other in block[position + 1 :])
        match stmt:
            case Break():
                if not (tail and last):
                    _fail("break has to be in tail position of an iteration", stmt)
            case If(_, body, orelse):
                _check_breaks(body, tail and last)
                _check_breaks(orelse, tail and last)
            case For(body=body):
                _check_breaks(body, True)
            case While(head, _, body):
                _check_breaks(head, False)
                _check_breaks(body, True)


def _check_heads(program: Program) -> None:
    """What a head assigns may be read by itself and its test only."""
    for stmt in statements(program.body):
        if not isinstance(stmt, While):
            continue
        targets = assigned(stmt.head)
        inside = {id(other) for other in statements(stmt.head)} | {id(stmt)}
        for other, counters in _with_counters(program.body, frozenset()):
            found = targets & (_reads(other) - counters)
            if found and id(other) not in inside:
                _fail("what a while's head assigns is read elsewhere", other, sorted(found))


def _with_counters(block: Block, around: frozenset[str]) -> Iterator[tuple[Stmt, frozenset[str]]]:
    """Each statement with the counters of the loops around it, which those loops assign anew."""
    for stmt in block:
        yield stmt, around
        counters = around | {stmt.target} if isinstance(stmt, For) else around
        for inner in blocks(stmt):
            yield from _with_counters(inner, counters)


def _reads(stmt: Stmt) -> set[str]:
    return {name for expr in operands(stmt) for name in names(expr)} | (
        {stmt.array} if isinstance(stmt, Store) else set()
    )


# --------------------------------------------------------------------------- expressions


def _check_statement(stmt: Stmt, dialect: Dialect, strict: bool) -> None:
    match stmt:
        case Assign(target, value):
            if not isinstance(target, str):
                _fail("the target has to be a string", stmt, target)
            _check_expr(stmt, value, dialect, strict)
        case Store(array, index, value):
            if not isinstance(array, str):
                _fail("the array has to be a string", stmt, array)
            _check_index(stmt, index, dialect, strict)
            _check_atoms(stmt, (value,), dialect, strict)
        case Evaluate(call):
            if not isinstance(call, Call):
                _fail("only a call is evaluated for its effect", stmt, call)
            _check_expr(stmt, call, dialect, strict)
        case Raise(exception):
            if not (isinstance(exception, type) and issubclass(exception, BaseException)):
                _fail("only an exception class is raised", stmt, exception)
            _check_atoms(stmt, operands(stmt), dialect, strict)
        case If() | For() | While() | Return():
            _check_atoms(stmt, operands(stmt), dialect, strict)


def _check_atoms(stmt: Stmt, exprs: Iterable[Expr | Slice], dialect: Dialect, strict: bool) -> None:
    for expr in exprs:
        if strict and not _is_atom(expr, dialect):
            _fail("an atom has to stand here", stmt, expr)
        _check_expr(stmt, expr, dialect, strict)


def _is_atom(expr: Expr | Slice, dialect: Dialect) -> bool:
    """Constants and names; after lowering also a length, and the shape of an allocation."""
    if isinstance(expr, Const | Name):
        return True
    length = isinstance(expr, Call) and expr.function is dim
    return dialect == "scalar" and (length or isinstance(expr, Tuple))


def _check_expr(stmt: Stmt, expr: Expr | Slice, dialect: Dialect, strict: bool) -> None:
    match expr:
        case Const() | Name():
            return
        case Item(value, index):
            _check_atoms(stmt, (value,), dialect, strict)
            _check_index(stmt, index, dialect, strict)
        case Tuple(items):
            _check_atoms(stmt, items, dialect, strict)
        case Call(function, args, keywords):
            if not callable(function):
                _fail("the function of a call has to be callable", stmt, function)
            _check_atoms(stmt, (*args, *(value for _, value in keywords)), dialect, strict)
        case _:
            _fail("not an expression of the language", stmt, expr)


def _check_index(
    stmt: Stmt, index: tuple[Expr | Slice, ...], dialect: Dialect, strict: bool
) -> None:
    for part in index:
        if not isinstance(part, Slice):
            _check_atoms(stmt, (part,), dialect, strict)
            continue
        if dialect == "scalar":
            _fail("the scalar dialect has no slices", stmt, part)
        bounds = (part.start, part.stop, part.step)
        _check_atoms(stmt, (b for b in bounds if b is not None), dialect, strict)


# --------------------------------------------------------------------------- types


def _check_types(program: Program) -> None:
    types = program.types or {}
    for name in _all_names(program):
        if name not in types:
            _fail("a name has no type", found=name)


def _all_names(program: Program) -> Iterator[str]:
    yield from program.params
    yield from sorted(assigned(program.body) | read(program.body))
