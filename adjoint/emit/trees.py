"""The core language as a Python syntax tree (gast)."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import gast
import numpy as np
from numba import types

from adjoint.emit.names import constant, dotted, function_reference, name
from adjoint.emit.sizes import bytes_of, grown_arrays, in_words, item_size
from adjoint.emit.text import tree_text
from adjoint.errors import InternalError
from adjoint.program import primitives
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
from adjoint.program.draws import Draw
from adjoint.program.growth import growing
from adjoint.program.sums import spelled_out

_BINARY = {
    operator.add: gast.Add,
    operator.sub: gast.Sub,
    operator.mul: gast.Mult,
    operator.truediv: gast.Div,
    operator.floordiv: gast.FloorDiv,
    operator.mod: gast.Mod,
    operator.pow: gast.Pow,
    operator.matmul: gast.MatMult,
    operator.and_: gast.BitAnd,
    operator.or_: gast.BitOr,
    operator.xor: gast.BitXor,
    operator.lshift: gast.LShift,
    operator.rshift: gast.RShift,
}
_IN_PLACE = {
    operator.iadd: gast.Add,
    operator.isub: gast.Sub,
    operator.imul: gast.Mult,
    operator.itruediv: gast.Div,
    operator.ifloordiv: gast.FloorDiv,
    operator.imod: gast.Mod,
    operator.ipow: gast.Pow,
    operator.imatmul: gast.MatMult,
    operator.iand: gast.BitAnd,
    operator.ior: gast.BitOr,
    operator.ixor: gast.BitXor,
}
_UNARY = {
    operator.neg: gast.USub,
    operator.pos: gast.UAdd,
    operator.invert: gast.Invert,
    operator.not_: gast.Not,
}
_COMPARE = {
    operator.lt: gast.Lt,
    operator.le: gast.LtE,
    operator.gt: gast.Gt,
    operator.ge: gast.GtE,
    operator.eq: gast.Eq,
    operator.ne: gast.NotEq,
    operator.is_: gast.Is,
    operator.is_not: gast.IsNot,
}
_ATTRIBUTE = {
    np.shape: "shape",
    np.ndim: "ndim",
    np.size: "size",
    np.transpose: "T",
    np.real: "real",
    np.imag: "imag",
}
Refer = Callable[[Callable[..., Any]], tuple[str, str | None]]
_METHODS = {primitives.append: "append", primitives.pop: "pop"}
_REAL_AUGMENT = {gast.Add, gast.Sub, gast.Mult, gast.Div}


class TreeBuilder:
    """Builds the tree of one module's functions, collecting imports and comments on the way.

    Parameters
    ----------
    refer : how generated code names a function, and the import that it needs.

    Attributes
    ----------
    imports : import statements that the trees need.
    comments : texts of comments; the tree holds `__comment__(position)` for each.
    origins : the statement that a tree was made of.
    """

    def __init__(self, refer: Refer = function_reference) -> None:
        self._refer = refer
        self.imports: set[str] = set()
        self.comments: list[Comment] = []
        self.origins: dict[gast.AST, Stmt] = {}
        self._scalars: frozenset[str] = frozenset()
        self._grown: frozenset[str] = frozenset()

    def function(self, program: Program) -> gast.FunctionDef:
        """The program as a function definition."""
        self._scalars = frozenset(
            name for name, type_ in (program.types or {}).items() if isinstance(type_, types.Number)
        )
        self._grown = grown_arrays(program)
        params = [gast.Name(param, gast.Param(), None, None) for param in program.params]
        arguments = gast.arguments(params, [], None, [], [], None, [])
        body = self.block(program.body)
        return gast.FunctionDef(program.name, arguments, body, [], None, None, [])

    def block(self, block: Block) -> list[gast.AST]:
        """Statements of a block; `pass` if there is none."""
        body: list[gast.AST] = []
        before: Stmt | None = None
        for stmt in block:
            if isinstance(stmt, Comment) and stmt.beside and before is not None:
                stmt = self._with_size(stmt, before)
            trees = self.statement(stmt)
            self.origins.update(dict.fromkeys(trees, stmt))
            body += trees
            before = stmt
        only_comments = all(isinstance(stmt, Comment) for stmt in block)
        return [*body, gast.Pass()] if only_comments else body

    def _with_size(self, comment: Comment, allocation: Stmt) -> Comment:
        """The comment beside an allocation, with the bytes that it takes."""
        size = bytes_of(allocation)
        if size is None or not isinstance(allocation, Assign):
            return comment
        if allocation.target in self._grown:
            formula = f"grows, {item_size(allocation.value)} bytes an entry"
        else:
            formula = in_words(tree_text(self.expr(size)), allocation)
        return replace(comment, text=f"{comment.text}: {formula}")

    # ----------------------------------------------------------------- statements

    def statement(self, stmt: Stmt) -> list[gast.AST]:
        """The statement, as one tree or several."""
        match stmt:
            case Assign(target, value):
                return self._assign(target, spelled_out(stmt))
            case Store(array, index, value, accumulate):
                return [self._store(array, index, value, accumulate)]
            case If(test, body, orelse):
                return [self._if(test, body, orelse)]
            case For(target, start, stop, step, body):
                counts = self._prange() if stmt.parallel else name("range")
                loop_over = gast.Call(counts, self._range(start, stop, step), [])
                return [gast.For(_target(target), loop_over, self.block(body), [], None)]
            case While(head, test, body):
                return [self._while(head, test, body)]
            case Break():
                return [gast.Break()]
            case Evaluate(call):
                grown = growing(stmt)
                tree = self.expr(call)
                return [gast.Expr(tree) if grown is None else _assignment(grown, tree)]
            case Raise(exception, args):
                error = gast.Call(self._constant(exception), [self.expr(a) for a in args], [])
                return [gast.Raise(error, None)]
            case Return(value):
                return [gast.Return(self.expr(value))]
            case Comment():
                self.comments.append(stmt)
                marker = gast.Constant(len(self.comments) - 1, None)
                return [gast.Expr(gast.Call(name("__comment__"), [marker], []))]
        raise InternalError(f"no tree for {type(stmt).__name__}")

    def _assign(self, target: str, value: Expr) -> list[gast.AST]:
        if isinstance(value, Call) and value.function in _IN_PLACE:
            first, second = value.args
            copy = [] if first == Name(target) else [_assignment(target, self.expr(first))]
            op = _IN_PLACE[value.function]()
            return [*copy, gast.AugAssign(_target(target), op, self.expr(second))]
        augmented = _augmented(target, value) if target in self._scalars else None
        if augmented is not None:
            op, operand = augmented
            return [gast.AugAssign(_target(target), op(), self.expr(operand))]
        return [_assignment(target, self.expr(value))]

    def _store(self, array: str, index: tuple, value: Expr, accumulate: bool) -> gast.AST:
        place = gast.Subscript(name(array), self._index(index), gast.Store())
        if not accumulate:
            return gast.Assign([place], self.expr(value), None)
        if isinstance(value, Call) and value.function is operator.neg:
            return gast.AugAssign(place, gast.Sub(), self.expr(value.args[0]))
        return gast.AugAssign(place, gast.Add(), self.expr(value))

    def _if(self, test: Expr, body: Block, orelse: Block) -> gast.AST:
        if not body and orelse:
            negated = gast.UnaryOp(gast.Not(), self.expr(test))
            return gast.If(negated, self.block(orelse), [])
        return gast.If(self.expr(test), self.block(body), self.block(orelse) if orelse else [])

    def _while(self, head: Block, test: Expr, body: Block) -> gast.AST:
        if not head:
            return gast.While(self.expr(test), self.block(body), [])
        leave = gast.If(gast.UnaryOp(gast.Not(), self.expr(test)), [gast.Break()], [])
        whole = [*self.block(head), leave, *(self.block(body) if body else [])]
        return gast.While(gast.Constant(True, None), whole, [])

    def _prange(self) -> gast.AST:
        self.imports.add("import numba")
        return dotted("numba.prange")

    def _range(self, start: Expr, stop: Expr, step: Expr) -> list[gast.AST]:
        parts: tuple[Expr, ...] = (start, stop, step)
        if step == Const(1):
            parts = (stop,) if start == Const(0) else (start, stop)
        return [self.expr(part) for part in parts]

    # ----------------------------------------------------------------- expressions

    def expr(self, expr: Expr) -> gast.AST:
        """The expression as a tree."""
        match expr:
            case Const(value):
                return self._constant(value)
            case Name(id):
                return name(id)
            case Item(value, index):
                return gast.Subscript(self.expr(value), self._index(index), gast.Load())
            case Tuple(items):
                return gast.Tuple([self.expr(item) for item in items], gast.Load())
            case Call():
                return self._call(expr)
        raise InternalError(f"no tree for {type(expr).__name__}")

    def _constant(self, value: Any) -> gast.AST:
        tree, needed = constant(value)
        if needed:
            self.imports.add(needed)
        return tree

    def _index(self, index: tuple) -> gast.AST:
        items = [self._slice(i) if isinstance(i, Slice) else self.expr(i) for i in index]
        return items[0] if len(items) == 1 else gast.Tuple(items, gast.Load())

    def _slice(self, part: Slice) -> gast.AST:
        bounds = (part.start, part.stop, part.step)
        return gast.Slice(*(None if bound is None else self.expr(bound) for bound in bounds))

    def _call(self, call: Call) -> gast.AST:
        function, args = call.function, call.args
        if isinstance(function, Draw):
            return self._method_call(call, function.__name__)
        syntax = None if call.keywords else self._syntax(function, args)
        if syntax is not None:
            return syntax
        path, needed = self._refer(function)
        if needed:
            self.imports.add(needed)
        keywords = [gast.keyword(key, self.expr(value)) for key, value in call.keywords]
        return gast.Call(dotted(path), [self.expr(arg) for arg in args], keywords)

    def _method_call(self, call: Call, method: str) -> gast.AST:
        owner, *args = (self.expr(arg) for arg in call.args)
        keywords = [gast.keyword(key, self.expr(value)) for key, value in call.keywords]
        return gast.Call(gast.Attribute(owner, method, gast.Load()), args, keywords)

    def _syntax(self, function: Callable[..., Any], args: tuple[Expr, ...]) -> gast.AST | None:
        """The tree for a function that Python has syntax for, None for the others."""
        if function in _BINARY:
            left, right = (self.expr(arg) for arg in args)
            return gast.BinOp(left, _BINARY[function](), right)
        if function in _UNARY:
            return gast.UnaryOp(_UNARY[function](), self.expr(args[0]))
        if function in _COMPARE:
            left, right = (self.expr(arg) for arg in args)
            return gast.Compare(left, [_COMPARE[function]()], [right])
        if function in _ATTRIBUTE and len(args) == 1:
            return gast.Attribute(self.expr(args[0]), _ATTRIBUTE[function], gast.Load())
        if function is primitives.dim:
            shape = gast.Attribute(self.expr(args[0]), "shape", gast.Load())
            return gast.Subscript(shape, self.expr(args[1]), gast.Load())
        if function in (primitives.logical_and, primitives.logical_or):
            op = gast.And() if function is primitives.logical_and else gast.Or()
            return gast.BoolOp(op, [self.expr(arg) for arg in args])
        if function is primitives.new_list:
            return gast.List([self.expr(arg) for arg in args], gast.Load())
        if function in _METHODS:
            method = gast.Attribute(self.expr(args[0]), _METHODS[function], gast.Load())
            return gast.Call(method, [self.expr(arg) for arg in args[1:]], [])
        if function is primitives.select:
            return gast.IfExp(*(self.expr(arg) for arg in args))
        return None


def _target(identifier: str) -> gast.AST:
    return gast.Name(identifier, gast.Store(), None, None)


def _assignment(target: str, value: gast.AST) -> gast.AST:
    return gast.Assign([_target(target)], value, None)


def _augmented(target: str, value: Expr) -> tuple[type, Expr] | None:
    """`x = x + e` of scalars is printed `x += e` (which of an array would be another thing)."""
    if isinstance(value, Call) and value.function in _BINARY and value.args[0] == Name(target):
        op = _BINARY[value.function]
        if op in _REAL_AUGMENT:
            return op, value.args[1]
    return None
