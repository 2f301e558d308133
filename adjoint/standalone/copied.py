"""Functions of this package copied into a file, with all that they refer to.

Each is found in the source of its module; what it names there - functions, constants, imports - is
followed and copied too. Comments and layout stay as they are written.
"""

from __future__ import annotations

import ast
import builtins
import importlib
import inspect
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from adjoint.emit.names import function_reference
from adjoint.errors import NotStandAlone
from adjoint.program.functions import Function
from adjoint.standalone import special

_PACKAGE = "adjoint"
Key = tuple[str, str]
"""A module and a name in it."""


class Copied:
    """Collects what is copied, in an order in which it can be executed.

    Parameters
    ----------
    taken : names that variables of the file have.

    Attributes
    ----------
    imports : import statements that the copies need.
    """

    def __init__(self, taken: set[str]) -> None:
        self.imports: set[str] = set()
        self._taken = taken
        self._names: dict[Key, str] = {}
        self._texts: list[str] = []

    def refer(self, function: Callable[..., Any]) -> tuple[str, str | None]:
        """How the file names a function, and the import it needs: `emit` asks this.

        Raises
        ------
        NotStandAlone : it is compiled with the help of this package.
        """
        if isinstance(function, Function):
            return function_reference(function)
        module = getattr(function, "__module__", None) or ""
        if module.partition(".")[0] != _PACKAGE:
            path, needed = function_reference(function)
            if needed is None or _PACKAGE not in needed:
                return path, needed
            plain = getattr(special, path.rpartition(".")[2], None)
            if plain is None:
                raise _not_copied(path)
            return self.add(plain), None
        return self.add(function), None

    def add(self, function: Callable[..., Any]) -> str:
        """Copy a function of this package; returns the name it has in the file."""
        key = function.__module__, function.__name__
        if key[1] not in _definitions(key[0]):
            raise _not_copied(key[1])
        return self._copy(key)

    def text(self) -> str:
        """All copies, two empty lines between functions."""
        return "\n\n\n".join(self._texts)

    def _copy(self, key: Key) -> str:
        if key in self._names:
            return self._names[key]
        module, name = key
        node = _definitions(module)[name]
        if isinstance(node, ast.Import | ast.ImportFrom):
            return self._import(key, node)
        self._names[key] = self._free(name, module)
        renamed = {used: self._copy((module, used)) for used in _uses(node, module)}
        renamed[name] = self._names[key]
        self._texts.append(_renamed(module, node, renamed))
        for other, definition in _definitions(module).items():
            if _overloads(definition, name):
                self._copy((module, other))
        return self._names[key]

    def _import(self, key: Key, node: ast.Import | ast.ImportFrom) -> str:
        name = key[1]
        alias = next(a for a in node.names if (a.asname or a.name.partition(".")[0]) == name)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(_PACKAGE):
            return self._copy((node.module or "", alias.name))
        only = ast.Import([alias])
        if isinstance(node, ast.ImportFrom):
            only = ast.ImportFrom(node.module, [alias], node.level)  # type: ignore[assignment]
        self.imports.add(ast.unparse(only))
        self._names[key] = name
        return name

    def _free(self, name: str, module: str) -> str:
        wanted = name
        if wanted in self._taken:
            wanted = f"{module.rpartition('.')[2]}_{name.lstrip('_')}"
        while wanted in self._taken:
            wanted += "_"
        self._taken.add(wanted)
        return wanted


def _not_copied(name: str) -> NotStandAlone:
    return NotStandAlone(
        f"{name} is compiled with the help of adjoint, so the function that calls it cannot be "
        "written to a file of its own",
        hint="write it in terms of NumPy and math, or let the file that uses it import adjoint",
    )


@cache
def _lines(module: str) -> list[bytes]:
    return inspect.getsource(importlib.import_module(module)).encode().splitlines()


@cache
def _definitions(module: str) -> dict[str, ast.stmt]:
    """What each name of a module is bound by, at its top level."""
    found: dict[str, ast.stmt] = {}
    for node in ast.parse(inspect.getsource(importlib.import_module(module))).body:
        for name in _bound(node):
            found[name] = node
    return found


def _bound(node: ast.stmt) -> Iterator[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            yield from (alias.asname or alias.name.partition(".")[0] for alias in names)
        case ast.Assign(targets=targets):
            yield from (target.id for target in targets if isinstance(target, ast.Name))
        case ast.AnnAssign(target=ast.Name(id=name)):
            yield name


def _uses(node: ast.stmt, module: str) -> list[str]:
    """Names of the module that a definition refers to, in order."""
    known, own = _definitions(module), set(_bound(node))
    used = [n.id for n in ast.walk(node) if isinstance(n, ast.Name)]
    local = {n.arg for n in ast.walk(node) if isinstance(n, ast.arg)}
    local |= {
        n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }
    found = [n for n in used if n in known and n not in own | local and not hasattr(builtins, n)]
    return list(dict.fromkeys(found))


def _overloads(node: ast.stmt, name: str) -> bool:
    """Whether a definition tells Numba how to compile the function `name`."""
    return isinstance(node, ast.FunctionDef) and any(
        isinstance(d, ast.Call) and bool(d.args) and isinstance(d.args[0], ast.Name)
        and d.args[0].id == name
        for d in node.decorator_list
    )  # fmt: skip


def _renamed(module: str, node: ast.stmt, names: dict[str, str]) -> str:
    """The text of a definition with names of the module replaced."""
    decorators = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(d.lineno for d in decorators)])
    lines = _lines(module)[first - 1 : node.end_lineno]
    spots = [
        (n.lineno - first, n.col_offset, n.id)
        for n in ast.walk(node)
        if isinstance(n, ast.Name) and names.get(n.id, n.id) != n.id
    ]
    for line, column, old in sorted(spots, reverse=True):
        rest = lines[line][column + len(old.encode()) :]
        lines[line] = lines[line][:column] + names[old].encode() + rest
    text = b"\n".join(lines).decode()
    if isinstance(node, ast.FunctionDef) and names[node.name] != node.name:
        text = text.replace(f"def {node.name}(", f"def {names[node.name]}(", 1)
    return text
