"""From `package.module:function` or `package/file.py:function` to the function."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from adjoint.cli.errors import CommandError


def locate(target: str) -> Callable[..., Any]:
    """Import a module and find a function in it; of a gradient, what it is the gradient of.

    Raises
    ------
    CommandError : there is no such module or function.
    """
    place, colon, path = target.rpartition(":")
    if not colon or not place or not path:
        raise CommandError(
            f"{target!r} does not name a function",
            "write package.module:function or path/to/file.py:function",
        )
    found: Any = _from_file(Path(place)) if place.endswith(".py") else _from_path(place)
    for name in path.split("."):
        if not hasattr(found, name):
            raise CommandError(f"{place} has no {path!r}", _similar(found, name))
        found = getattr(found, name)
    while getattr(type(found), "is_gradient", False):
        found = found.__wrapped__
    if not callable(found) or isinstance(found, type):
        kind = "a class" if isinstance(found, type) else f"of type {type(found).__name__}"
        raise CommandError(f"{target} is no function: it is {kind}")
    return found


def _from_path(name: str) -> ModuleType:
    if "" not in sys.path and str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{name}.".startswith(f"{error.name}."):
            raise _failed(name, error) from error
        raise CommandError(
            f"there is no module {name!r}", "call it from the folder that holds it, or give a file"
        ) from None
    except (Exception, SystemExit) as error:  # whatever the user's module does when imported
        raise _failed(name, error) from error


def _from_file(path: Path) -> ModuleType:
    if not path.is_file():
        raise CommandError(f"there is no file {path}")
    name = path.stem
    sys.path.insert(0, str(path.resolve().parent))  # as `python file.py` does
    spec = importlib.util.spec_from_file_location(name, path.resolve())
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules.setdefault(name, module)
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:  # whatever the user's file does when executed
        raise _failed(str(path), error) from error
    return module


def _failed(name: str, error: BaseException) -> CommandError:
    line = str(error).partition("\n")[0]
    return CommandError(f"importing {name} fails: {type(error).__name__}: {line}")


def _similar(module: Any, name: str) -> str:
    import difflib

    near = difflib.get_close_matches(name, dir(module), n=1)
    return f"did you mean {near[0]}?" if near else ""
