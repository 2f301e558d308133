"""Machine code on disk, beside the module it was compiled from.

Numba's own `cache=True` unpickles whatever its index points to, picks its folder from the
environment, and keys on the source file alone. Here one file holds the machine code of one
function for one signature, options and processor; it starts with the digest of the rest, and a
file that does not match is compiled again.
"""

from __future__ import annotations

import hashlib
import pickle
from pathlib import Path
from typing import Any

from llvmlite.binding import address_of_symbol
from numba.core.runtime import nrt

from adjoint.jit.files import read_sealed, write_sealed
from adjoint.jit.numba_internals import Cache, CompileResult, dumps, launch_threads


class MachineCodeCache(Cache):
    """The cache of one function of a generated module, with the interface Numba calls.

    Parameters
    ----------
    module_path : file of the module; its name holds the digest of its text.
    function : name of the function in it.
    fastmath : whether it is compiled with `fastmath`.
    """

    def __init__(self, module_path: Path, function: str, fastmath: bool) -> None:
        self._module_path = module_path
        self._function = function
        self._fastmath = fastmath
        self._enabled = True

    @property
    def cache_path(self) -> str:
        """The folder, as in Numba's `dispatcher.stats`."""
        return str(self._module_path.parent)

    def load_overload(self, sig: Any, target_context: Any) -> Any | None:
        """Return what was compiled for the signature; None if it is not there or damaged."""
        path = self._path(sig, target_context.codegen())
        content = read_sealed(path) if self._enabled else None
        if content is None:
            return None
        symbols, reduced = pickle.loads(content)
        if not _provide(symbols, target_context):
            return None
        return CompileResult._rebuild(target_context, *reduced)

    def save_overload(self, sig: Any, data: Any) -> None:
        """Write what was compiled; code with addresses of this process in it is left out."""
        if self._enabled and not data.library.has_dynamic_globals and not data.lifted:
            content = dumps((_external_symbols(data.library), data._reduce()))
            write_sealed(self._path(sig, data.codegen), content)

    def enable(self) -> None:
        """Use the disk again."""
        self._enabled = True

    def disable(self) -> None:
        """Leave the disk alone."""
        self._enabled = False

    def flush(self) -> None:
        """Delete the machine code of every signature."""
        for path in self._module_path.parent.glob(f"{self._module_path.stem}.{self._function}-*"):
            path.unlink(missing_ok=True)

    def _path(self, sig: Any, codegen: Any) -> Path:
        key = repr((tuple(map(str, sig)), self._fastmath, codegen.magic_tuple()))
        name = f"{self._module_path.stem}.{self._function}-{_short_hash(key)}.nbc"
        return self._module_path.with_name(name)


def _external_symbols(library: Any) -> list[str]:
    module = library._final_module
    declared = [*module.functions, *module.global_variables]
    names = {symbol.name for symbol in declared if symbol.is_declaration}
    return sorted(name for name in names if not name.startswith("llvm."))


def _provide(symbols: list[str], target_context: Any) -> bool:
    """Have every function that machine code calls, or say that one is missing: LLVM would abort.

    Numba fills all its tables for compiling before it loads anything, which takes .2 s. What is
    already compiled calls C functions that are known when Numba is imported, and its memory
    manager; only if that is not enough are the tables filled.
    """
    nrt.rtsys.initialize(target_context)
    if "numba_parallel_for" in symbols:
        launch_threads()
    if all(map(address_of_symbol, symbols)):
        return True
    target_context.refresh()
    return all(map(address_of_symbol, symbols))


def _short_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
