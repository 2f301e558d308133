"""A Python function read word for word as a core-language program: nothing is desugared.

For tests of passes, whose input must stand as it is written. What the core language has no form
for is an error. `tests/optimise/test_literal.py` checks the reader by printing what it read.
"""

from __future__ import annotations

import ast
import inspect
import operator
import textwrap
from collections.abc import Callable
from typing import Any

import numba

from adjoint.emit import load
from adjoint.inference import infer
from adjoint.program import primitives
from adjoint.program.core import (
    Assign,
    Block,
    Break,
    Call,
    Const,
    Evaluate,
    Expr,
    For,
    If,
    Item,
    Name,
    Program,
    Return,
    Source,
    Store,
    Tuple,
    While,
)

_OPERATORS: dict[type, Callable[..., Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
    ast.Div: operator.truediv, ast.FloorDiv: operator.floordiv, ast.Pow: operator.pow,
    ast.USub: operator.neg, ast.Not: operator.not_, ast.Lt: operator.lt, ast.LtE: operator.le,
    ast.Gt: operator.gt, ast.GtE: operator.ge, ast.Eq: operator.eq, ast.NotEq: operator.ne,
    ast.And: primitives.logical_and, ast.Or: primitives.logical_or,
}  # fmt: skip


def _leaves(stmt: ast.stmt) -> bool:
    """Whether a statement is `if not …: break`, which ends the head of a loop."""
    match stmt:
        case ast.If(ast.UnaryOp(ast.Not()), [ast.Break()], []):
            return True
    return False


def literal(function: Callable[..., Any], *args: Any) -> Program:
    """The program; with types, if arguments are given."""
    tree = definition(function)
    params = tuple(arg.arg for arg in tree.args.args)
    body = _Reader(function.__globals__).block(tree.body)
    program = Program(tree.name, params, body, Source(__file__, ()))
    return infer(program, tuple(map(numba.typeof, args)), load)[0] if args else program


def definition(function: Callable[..., Any]) -> ast.FunctionDef:
    """Python's own tree of a function."""
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    assert isinstance(tree, ast.FunctionDef)
    return tree


def body_text(source: ast.FunctionDef | str) -> str:
    """The statements of a function in Python's own spelling, to compare."""
    if isinstance(source, str):
        (tree,) = ast.parse(source).body
        assert isinstance(tree, ast.FunctionDef)
        source = tree
    return "\n".join(ast.unparse(stmt) for stmt in source.body)


class _Reader:
    def __init__(self, namespace: dict[str, Any]) -> None:
        self._namespace = namespace

    def block(self, stmts: list[ast.stmt]) -> Block:
        """Statements; `pass` is nothing."""
        return tuple(self._statement(s) for s in stmts if not isinstance(s, ast.Pass))

    def _statement(self, stmt: ast.stmt) -> Any:
        match stmt:
            case ast.Assign([ast.Name(target)], value):
                return Assign(target, self.expr(value))
            case ast.Assign([ast.Subscript(ast.Name(array), index)], value):
                return Store(array, self._index(index), self.expr(value))
            case ast.AugAssign(ast.Subscript(ast.Name(array), index), ast.Add(), value):
                return Store(array, self._index(index), self.expr(value), accumulate=True)
            case ast.AugAssign(ast.Name(target), op, value):
                call = Call(_OPERATORS[type(op)], (Name(target), self.expr(value)))
                return Assign(target, call)
            case ast.If(test, body, orelse):
                return If(self.expr(test), self.block(body), self.block(orelse))
            case ast.For(ast.Name(target), ast.Call(ast.Name("range"), bounds), body):
                start, stop, step = self._bounds([self.expr(bound) for bound in bounds])
                return For(target, start, stop, step, self.block(body))
            case ast.While(ast.Constant(True), body):
                leave = next(k for k, s in enumerate(body) if _leaves(s))
                test = self.expr(body[leave].test.operand)
                return While(self.block(body[:leave]), test, self.block(body[leave + 1 :]))
            case ast.While(test, body):
                return While((), self.expr(test), self.block(body))
            case ast.Break():
                return Break()
            case ast.Expr(ast.Call() as call):
                return Evaluate(self.expr(call))
            case ast.Return(value):
                return Return(self.expr(value))
        raise NotImplementedError(ast.unparse(stmt))

    def _bounds(self, bounds: list[Expr]) -> tuple[Expr, Expr, Expr]:
        if len(bounds) == 1:
            return Const(0), bounds[0], Const(1)
        return bounds[0], bounds[1], bounds[2] if len(bounds) > 2 else Const(1)

    def _index(self, index: ast.expr) -> tuple[Expr, ...]:
        parts = index.elts if isinstance(index, ast.Tuple) else [index]
        return tuple(self.expr(part) for part in parts)

    def expr(self, expr: ast.expr) -> Any:
        """An expression."""
        match expr:
            case ast.Constant(value):
                return Const(value)
            case ast.UnaryOp(ast.USub(), ast.Constant(value)):
                return Const(-value)
            case ast.Name(name):
                return Name(name)
            case ast.BinOp(left, op, right) | ast.Compare(left, [op], [right]):
                return Call(_OPERATORS[type(op)], (self.expr(left), self.expr(right)))
            case ast.UnaryOp(op, operand):
                return Call(_OPERATORS[type(op)], (self.expr(operand),))
            case ast.BoolOp(op, [left, right]):
                return Call(_OPERATORS[type(op)], (self.expr(left), self.expr(right)))
            case ast.IfExp(test, body, orelse):
                return Call(primitives.select, tuple(map(self.expr, (test, body, orelse))))
            case ast.Subscript(ast.Attribute(array, "shape"), axis):
                return Call(primitives.dim, (self.expr(array), self.expr(axis)))
            case ast.Subscript(value, index):
                return Item(self.expr(value), self._index(index))
            case ast.Tuple(items):
                return Tuple(tuple(map(self.expr, items)))
            case ast.Call(function, args):
                return Call(self._function(function), tuple(map(self.expr, args)))
        raise NotImplementedError(ast.unparse(expr))

    def _function(self, function: ast.expr) -> Any:
        return eval(ast.unparse(function), self._namespace)
