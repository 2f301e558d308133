"""A generated module: text in, Python or compiled functions out.

The functions are executed from a file that debuggers and tracebacks can read: the cached file
itself, or an entry of `linecache` where nothing may be written. Compiling is per function and
on demand, so that whoever asks only for the gradient does not wait for the primal.
"""

from __future__ import annotations

import hashlib
import linecache
import re
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from numba.core.errors import NumbaError, NumbaWarning

from adjoint.errors import InternalError
from adjoint.jit.linking import linking
from adjoint.jit.machine_code import MachineCodeCache
from adjoint.jit.numba_internals import CPUDispatcher, global_compiler_lock
from adjoint.jit.passed_apart import passed_apart
from adjoint.jit.pipeline import GeneratedCode


def digest(text: str) -> str:
    """Return the SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def stem(name: str, text_digest: str) -> str:
    """Return a module's name, unique to its text: `energy_1a2b3c4d5e6f7a8b`."""
    return f"{re.sub('[^0-9A-Za-z_]', '_', name)}_{text_digest[:16]}"


# What Numba would run in threads besides: sums in an order that depends on their number.
_PRANGE_ONLY = dict.fromkeys(
    (
        "comprehension",
        "reduction",
        "inplace_binop",
        "setitem",
        "numpy",
        "stencil",
        "fusion",
    ),
    False,
) | {"prange": True}

_modules: dict[tuple[str, Path | None, bool, bool], Module] = {}

LARGEST_INLINED = 8192
"""Bytes of Python's code up to which a function is made part of the compiled ones that call it."""


def shared_module(
    name: str,
    text: str,
    path: Path | None,
    *,
    jit: bool = True,
    fastmath: bool = False,
    inline: bool = False,
) -> Module:
    """Return the module of a text, always the same one, as importing does."""
    unique = stem(name, digest(text)) + "_fast" * fastmath
    key = unique, path, jit, inline
    with global_compiler_lock:
        module = _modules.get(key)
        if module is None:
            module = _modules[key] = Module(
                unique, text, path, jit=jit, fastmath=fastmath, inline=inline
            )
        return module


class Module:
    """The functions of one generated module.

    Parameters
    ----------
    name : unique name of the module; Numba builds the names of machine code from it.
    text : source of the module, functions without decorators.
    path : file that holds the text; None if it is only in memory.
    jit : whether functions are compiled; otherwise they run as plain Python.
    fastmath : whether LLVM may reassociate.
    inline : whether compiled functions that call one of these are to contain it, if it is not
        large: what they pass stays in registers, and views that they make cost nothing.
    """

    def __init__(
        self,
        name: str,
        text: str,
        path: Path | None,
        *,
        jit: bool = True,
        fastmath: bool = False,
        inline: bool = False,
    ) -> None:
        self.name = name
        self.text = text
        self.path = path
        self._jit = jit
        self._fastmath = fastmath
        self._inline = inline
        self._namespace = self._execute()
        self._entries: dict[str, Any] = {}

    def function(self, name: str) -> Callable[..., Any]:
        """Return a function of the module: a Numba dispatcher, or plain Python without jit."""
        function: Callable[..., Any] = self._namespace[name]
        if not self._jit:
            return function
        if name not in self._entries:
            self._entries[name] = self._entry(function)
        return self._entries[name]

    def compile(self, name: str, arg_types: tuple[Any, ...]) -> Any:
        """Compile one function for one signature, or load its machine code.

        Raises
        ------
        InternalError : Numba refuses generated code; its own error is in `numba_error`.
        """
        return compile_overload(self.function(name), arg_types)

    def _execute(self) -> dict[str, Any]:
        filename = str(self.path) if self.path is not None else _remember(self.name, self.text)
        module = ModuleType(self.name)
        module.__file__ = filename
        namespace = vars(module)
        exec(compile(self.text, filename, "exec"), namespace)
        if self._jit:
            sys.modules[self.name] = module  # machine code that is loaded imports its module
            own = {n: f for n, f in namespace.items() if _is_own(f, namespace)}
            for name in passed_apart(self.text) & own.keys():
                vars(own[name])["apart"] = True
            namespace.update({n: self._callee(f) for n, f in own.items()})
        return namespace

    def _entry(self, callee: Any) -> Any:
        """A dispatcher of a function that Python calls, and its machine code on disk."""
        f = callee.py_func
        # To Numba a function that calls itself is one with the function of that name.
        function = FunctionType(f.__code__, f.__globals__, f.__name__, f.__defaults__)
        vars(function)["apart"] = True
        options = self._options(function) | {"no_cfunc_wrapper": True}
        if self._inline and len(function.__code__.co_code) <= LARGEST_INLINED:
            options["forceinline"] = True
        dispatcher = _dispatcher(function, options)
        if self.path is not None:
            dispatcher._cache = MachineCodeCache(self.path, function.__name__, self._fastmath)
        return dispatcher

    def _callee(self, function: FunctionType) -> Any:
        """One of a function that others of the module call: it is linked into them."""
        alone = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
        return _dispatcher(function, self._options(function) | alone)

    def _options(self, function: FunctionType) -> dict[str, Any]:
        options: dict[str, Any] = {"nopython": True, "error_model": "numpy"}
        options["fastmath"] = self._fastmath
        if "prange" in function.__code__.co_names:
            options["parallel"] = _PRANGE_ONLY
        return options


def _dispatcher(function: FunctionType, options: dict[str, Any]) -> Any:
    return CPUDispatcher(function, targetoptions=options, pipeline_class=GeneratedCode)


def compile_overload(dispatcher: Any, arg_types: tuple[Any, ...]) -> Any:
    """Compile a dispatcher of ours for one signature; Numba's errors become ours."""
    with global_compiler_lock, linking(), warnings.catch_warnings():
        warnings.simplefilter("ignore", NumbaWarning)  # they are about our code, not the user's
        try:
            dispatcher.compile(arg_types)
        except NumbaError as error:
            raise _refused(dispatcher.__name__, arg_types, error) from None
    return dispatcher.overloads[arg_types]


def _refused(name: str, arg_types: tuple[Any, ...], error: NumbaError) -> InternalError:
    types = ", ".join(map(str, arg_types))
    wrapped = InternalError(
        f"the generated function {name}({types}) does not compile: {_first_line(error)}",
        hint="this is a bug of adjoint; the text is in `.source(...)`, `jit=False` runs it as "
        "Python, and Numba's own report is this error's `numba_error`",
    )
    wrapped.numba_error = error  # type: ignore[attr-defined]
    return wrapped


def _first_line(error: NumbaError) -> str:
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(error))
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return next((line for line in lines if not line.startswith("Failed in")), "no reason given")


def _is_own(value: object, namespace: dict[str, Any]) -> bool:
    return isinstance(value, FunctionType) and value.__globals__ is namespace


def _remember(name: str, text: str) -> str:
    filename = f"<{name}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    return filename
