"""A statement in the user's own words: the name or the expression that it is made of.

Statements know where the user wrote what they compute. One that computes an expression of scalars
stands for the whole text of it; one of those that an array expression was taken apart into does
not, and is told by the array or the function in it.

    t_9 = u[t_8]             # u[i] = u[i - 1] * 0.5    →    u[i - 1]
    exp_1_1 = np.exp(t_3)    # u = np.exp(-u) + x       →    np.exp(...)
    u_t = u[i_3]             # w @ u                    →    an element of u
"""

from __future__ import annotations

import ast
import operator
import re
from typing import Any

from adjoint.program import primitives
from adjoint.program.core import Assign, Call, Const, Expr, Item, Name

_LONGEST = 40
_STEMS = re.compile(r"(t|n|total|start|stop|step|[ijklmpq])_\d+")
"""Numbered names that the compiler gives; other numbers are those of a user's variable."""
_OPERATORS: dict[type, Any] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
}


def users_name(name: str, stmt: Any) -> str:
    """The user's name of a variable that the user's line names; empty if it is one of ours."""
    line = _line(stmt)
    for written in (name, name if _STEMS.fullmatch(name) else re.sub(r"_\d+$", "", name)):
        if re.search(rf"(?<![\w.]){re.escape(written)}(?!\w|\()", line):
            return written
    return ""


def expression_of(stmt: Any) -> str:
    """What a statement computes, in the words of the user's line; empty if they do not tell."""
    if not isinstance(stmt, Assign) or stmt.at is None:
        return ""
    value = stmt.value
    if isinstance(value, Call) and value.function is primitives.dim:
        return _length(value, stmt)
    text = _line(stmt)[stmt.at.column : stmt.at.end_column]
    if len(text) <= _LONGEST and _computes(text, value, stmt):
        return text
    if isinstance(value, Item) and isinstance(value.value, Name):
        array = users_name(value.value.id, stmt)
        return f"an element of {array}" if array else ""
    return _call(value, text) if isinstance(value, Call) else ""


def _line(stmt: Any) -> str:
    at = getattr(stmt, "at", None)
    return "" if at is None else str(at.source.line(at.line))


def _length(value: Call, stmt: Assign) -> str:
    match value.args:
        case Name(id), Const(axis):
            array = users_name(id, stmt)
            return f"{array}.shape[{axis}]" if array else ""
    return ""


def _computes(text: str, value: Expr, stmt: Assign) -> bool:
    """Whether a text is an expression of scalars that this is the value of."""
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except SyntaxError:
        return False  # it goes on in the next line, or is a statement
    match tree, value:
        case ast.Subscript(value=ast.Name(id=array)), Item(Name(name), index):
            return array == users_name(name, stmt) and len(_indices(tree)) == len(index)
        case ast.BinOp(left=left, op=ast.Pow(), right=ast.Constant(value=2)), Call(args=args):
            return value.function is operator.mul and args[0] == args[1] and _plain(left, args[0])
        case ast.BinOp(left=left, op=op, right=right), Call(args=(first, second)):
            same = value.function is _OPERATORS.get(type(op))
            return same and _plain(left, first) and _plain(right, second)
        case ast.UnaryOp(op=op, operand=inner), Call(args=(first,)):
            return value.function is _OPERATORS.get(type(op)) and _plain(inner, first)
        case ast.Call(args=[inner]), Call(args=(first,)):
            return _called(tree) == _name_of(value.function) and _plain(inner, first)
    return False


def _indices(tree: ast.Subscript) -> list[ast.expr]:
    """The indices of an element; none if there is a slice among them."""
    items = tree.slice.elts if isinstance(tree.slice, ast.Tuple) else [tree.slice]
    return [] if any(isinstance(item, ast.Slice | ast.Starred) for item in items) else items


def _plain(tree: ast.expr, operand: Expr | None = None) -> bool:
    """Whether an operand is a number: a name that is not the operand itself may be an array's."""
    match tree:
        case ast.Constant():
            return True
        case ast.Name(id=name):
            return operand == Name(name)
        case ast.Subscript():
            return bool(_indices(tree))
        case ast.UnaryOp(operand=inner):
            return _plain(inner)
        case ast.BinOp(left=left, right=right):
            return _plain(left) and _plain(right)
    return False


def _called(tree: ast.Call) -> str:
    return getattr(tree.func, "attr", "") or getattr(tree.func, "id", "")


def _name_of(function: Any) -> str:
    return str(getattr(function, "__name__", ""))


def _call(value: Call, text: str) -> str:
    """A call in the user's spelling: `np.exp(...)`."""
    spelled = re.search(rf"(?<!\w)[\w.]*\b{re.escape(_name_of(value.function))}(?=\()", text)
    return f"{spelled[0]}(...)" if spelled else ""
