"""What a file does when it is executed: its self-test at given arguments."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

import numpy as np

from adjoint.pipeline import Generated
from adjoint.standalone.layout import laid_out

_MOST = 64
"""Elements of an array that are written out; larger ones are drawn in the same range."""


def main_block(
    generated: Generated, test: str, arguments: Sequence[Any], wrt: Sequence[int]
) -> str:
    """`if __name__ == "__main__":` with a call of the function `test`."""
    names = [name for name, _ in generated.explanation.parameters]
    values = [_value(argument) for argument in arguments]
    given = [ast.Assign([ast.Name(n, ast.Store())], v) for n, v in zip(names, values, strict=True)]
    positions = ast.Tuple([ast.Constant(k) for k in wrt], ast.Load())
    point = ast.Tuple([_name(name) for name in names], ast.Load())
    functions = [_name(generated.primal), _name(generated.value_and_gradient)]
    call = ast.Expr(ast.Call(_name(test), [*functions, point, positions], []))
    drawn = any(isinstance(n, ast.Name) and n.id == "rng" for v in values for n in ast.walk(v))
    first = [ast.Assign([ast.Name("rng", ast.Store())], _generator(0))] if drawn else []
    lines = [laid_out(stmt, "    ") for stmt in (*first, *given, call)]
    return "\n".join(['if __name__ == "__main__":', *lines])


def _value(argument: Any) -> ast.expr:
    if isinstance(argument, np.random.Generator):
        return _generator(0)
    if not isinstance(argument, np.ndarray):
        return _number(argument)
    if argument.size <= _MOST:
        made = _np("array", _nested(argument))
        natural = np.array(argument.tolist()).dtype
        return _converted(made, argument.dtype, natural)
    return _drawn(argument)


def _drawn(array: np.ndarray) -> ast.expr:
    """Random numbers in the range of an array's elements."""
    shape = ast.Tuple([ast.Constant(n) for n in array.shape], ast.Load())
    rng = _name("rng")
    if array.dtype.kind in "iub":
        bounds = [ast.Constant(int(array.min())), ast.Constant(int(array.max()) + 1)]
        drawn = _call(rng, "integers", *bounds, shape)
        return _converted(drawn, array.dtype, np.dtype(np.int64))
    if array.dtype.kind == "c":
        imaginary = ast.BinOp(ast.Constant(1j), ast.Mult(), _drawn(array.imag))
        drawn = ast.BinOp(_drawn(array.real), ast.Add(), imaginary)
        return _converted(drawn, array.dtype, np.dtype(complex))
    low, high = (_number(float(bound)) for bound in (array.min(), array.max()))
    return _converted(_call(rng, "uniform", low, high, shape), array.dtype, np.dtype(float))


def _converted(made: ast.expr, dtype: np.dtype, own: np.dtype) -> ast.expr:
    """The array in its type, if it would not have it already."""
    if dtype == own:
        return made
    name = "bool_" if dtype.kind == "b" else dtype.name
    return _call(made, "astype", ast.Attribute(_name("np"), name, ast.Load()))


def _nested(array: np.ndarray) -> ast.expr:
    if array.ndim == 0:
        return _number(array.item())
    return ast.List([_nested(np.asarray(row)) for row in array], ast.Load())


def _number(value: Any) -> ast.expr:
    if isinstance(value, np.generic):
        return _np(value.dtype.name, _number(value.item()))
    if isinstance(value, float) and not np.isfinite(value):
        name = ast.Attribute(_name("np"), "nan" if np.isnan(value) else "inf", ast.Load())
        return ast.UnaryOp(ast.USub(), name) if value < 0 else name
    if isinstance(value, complex):
        value = complex(_rounded(value.real), _rounded(value.imag))
    if isinstance(value, float):
        value = _rounded(value)
    return ast.parse(repr(value), mode="eval").body


def _rounded(value: float) -> float:
    return float(f"{value:.6g}")  # enough for a test, and it reads better


def _generator(seed: int) -> ast.expr:
    random = ast.Attribute(_name("np"), "random", ast.Load())
    return _call(random, "default_rng", ast.Constant(seed))


def _np(function: str, *args: ast.expr) -> ast.expr:
    return _call(_name("np"), function, *args)


def _call(owner: ast.expr, method: str, *args: ast.expr) -> ast.expr:
    return ast.Call(ast.Attribute(owner, method, ast.Load()), list(args), [])


def _name(identifier: str) -> ast.expr:
    return ast.Name(identifier, ast.Load())
