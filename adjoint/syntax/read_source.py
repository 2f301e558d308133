"""From a Python function to its syntax tree and the place where it stands in its file.

The whole file is parsed and the function found in it by line and name (a lambda by the columns
of its body), so line and column numbers are the file's own, whatever the indentation.
"""

from __future__ import annotations
import __future__

import ast
import dis
import functools
import inspect
import linecache
import operator
import types
from collections.abc import Iterator
from typing import Any

import gast

from adjoint.errors import SourceNotAvailable
from adjoint.program.core import Location, Source

_HINT = (
    "define the function in a file or in a notebook cell (one without `%%time`), or register the "
    "text with `linecache` before running it with `exec`"
)
_FUTURE_FLAGS = functools.reduce(
    operator.or_, (getattr(__future__, name).compiler_flag for name in __future__.all_feature_names)
)


def python_function(function: Any) -> types.FunctionType:
    """The plain Python function behind a Numba dispatcher or a C wrapper such as `lru_cache`.

    Raises
    ------
    SourceNotAvailable : there is none (a builtin, a class, a compiled function).
    """
    seen = function
    while not isinstance(seen, types.FunctionType):
        inner = getattr(seen, "py_func", None) or getattr(seen, "__wrapped__", None)
        if inner is None:
            name = getattr(function, "__name__", None) or repr(function)
            raise SourceNotAvailable(
                f"{name} is not a Python function: it has no source to differentiate.",
                hint="pass a function defined with `def` or `lambda`",
            )
        seen = inner
    return seen


def read_source(function: types.FunctionType) -> tuple[Any, Source]:
    """The function's gast tree (a FunctionDef or a Lambda) and its file.

    Raises
    ------
    SourceNotAvailable : the text cannot be found, or does not belong to the running function.
    """
    code = function.__code__
    lines = _lines(function)
    text = "".join(lines)
    if not lines:
        raise SourceNotAvailable(
            f"the source of {function.__name__} is not available "
            f"(it was typed in or made at run time: {code.co_filename}).",
            hint=_HINT,
        )
    try:
        tree = _parse(text)
    except SyntaxError:
        raise _changed(code) from None
    found = _definition(tree, function, _first_line(text, code))
    source = Source(code.co_filename, tuple(line.rstrip("\r\n") for line in lines))
    return gast.ast_to_gast(found), source


def location(source: Source, node: Any) -> Location:
    """Where a node stands: its first line, columns counted in characters."""
    line = node.lineno
    text = source.line(line)
    last = len(text) if node.end_lineno != line else _column(text, node.end_col_offset)
    return Location(source, line, _column(text, node.col_offset), last)


def _column(text: str, offset: int) -> int:
    """Python counts columns in bytes of UTF-8; a caret needs characters."""
    if text.isascii():
        return offset
    return len(text.encode()[:offset].decode(errors="ignore"))


def _lines(function: types.FunctionType) -> list[str]:
    filename = function.__code__.co_filename
    linecache.checkcache(filename)
    lines = linecache.getlines(filename, function.__globals__)
    if not lines:  # a file run from another folder: `inspect` knows where it went
        path = inspect.getsourcefile(function.__code__)
        lines = linecache.getlines(path, function.__globals__) if path else []
    return lines


@functools.lru_cache(maxsize=64)
def _parse(text: str) -> ast.Module:
    return ast.parse(text)


@functools.lru_cache(maxsize=64)
def _compiled(text: str, flags: int) -> tuple[types.CodeType, ...]:
    """Code of all the functions in a text, under these `__future__` flags."""

    def inside(code: types.CodeType) -> Iterator[types.CodeType]:
        yield code
        for const in code.co_consts:
            if isinstance(const, types.CodeType):
                yield from inside(const)

    return tuple(inside(compile(text, "<source>", "exec", flags, dont_inherit=True)))


def _definition(tree: ast.Module, function: types.FunctionType, line: int) -> ast.AST:
    """The tree of a function that begins in a line."""
    code = function.__code__
    if code.co_name == "<lambda>":
        return _lambda(tree, code, line)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == code.co_name:
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            if first == line:
                return node
        elif isinstance(node, ast.AsyncFunctionDef) and node.lineno == line:
            return node
    raise _changed(code)


def _lambda(tree: ast.Module, code: types.CodeType, line: int) -> ast.AST:
    found = [
        node for node in ast.walk(tree) if isinstance(node, ast.Lambda) and node.lineno == line
    ]
    if len(found) > 1:
        positions = set(code.co_positions())
        found = [node for node in found if _span(node.body) in positions]
    if len(found) == 1:
        return found[0]
    if not found:
        raise _changed(code)
    raise SourceNotAvailable(
        f"several lambdas on line {line} of {code.co_filename} look alike.",
        hint="write each on a line of its own, or use `def`",
    )


def _span(node: Any) -> tuple[int, int, int, int]:
    return node.lineno, node.end_lineno, node.col_offset, node.end_col_offset


def _first_line(text: str, code: types.CodeType) -> int:
    """The line of a text where the function with this code begins.

    That is where it was read if the text is still the same there. A function that stands elsewhere
    now, as it was, is found too: lines were added above it, or a tool such as IPython's autoreload
    compiled it alone. Refused is a text that was edited after the function was made: that does
    something else. Tools that rewrite functions when they import them (pytest its assertions) name
    what they add so that no user's name is like it; such code says nothing about the text.
    """
    if any(name.startswith("@") for name in (*code.co_names, *code.co_varnames)):
        return code.co_firstlineno
    lines = _lines_of(text, code)
    if code.co_firstlineno in lines:
        return code.co_firstlineno
    if len(lines) == 1:
        return lines[0]
    raise _changed(code)


@functools.lru_cache(maxsize=1024)  # library functions are read at every call that is inlined
def _lines_of(text: str, code: types.CodeType) -> tuple[int, ...]:
    """First lines of the functions in a text that have this code."""
    wanted = _essence(code)
    return tuple(
        other.co_firstlineno
        for other in _compiled(text, code.co_flags & _FUTURE_FLAGS)
        if other.co_name == code.co_name and _essence(other) == wanted
    )


def _essence(code: types.CodeType) -> tuple[Any, ...]:
    """What a function's code does, without where it was read.

    Calls of attributes are written in one of two ways, which depends on imports in the rest of the
    text; a tool may have compiled a part of it alone.
    """
    return tuple(
        ("LOAD_ATTR" if step.opname == "LOAD_METHOD" else step.opname, _argument(step))
        for step in dis.get_instructions(code)
        if step.opname not in ("PUSH_NULL", "PRECALL")
    )


def _argument(step: dis.Instruction) -> Any:
    if isinstance(step.argval, types.CodeType):
        return _essence(step.argval)
    if step.opcode in (*dis.hasjrel, *dis.hasjabs):
        return None  # places differ with the ways in which calls are written
    return type(step.argval), repr(step.argval)


def _changed(code: types.CodeType) -> SourceNotAvailable:
    return SourceNotAvailable(
        f"{code.co_name} is not found at line {code.co_firstlineno} of {code.co_filename}: "
        "the file changed after the function was made.",
        hint="import the module again",
    )
