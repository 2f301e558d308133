"""Machine code for what is called from Python alone.

Numba optimises every function and makes machine code of it, each helper of a library function too,
before it links a copy into the functions that call it, which it optimises as a whole. While a
generated function is compiled, helpers are optimised and get no machine code, and the adjoint that
an entry point calls is optimised there, once.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from llvmlite.binding import Linkage, parse_assembly

from adjoint.jit.elementary import define, defined, take, taken
from adjoint.jit.numba_internals import Codegen, CodeLibrary, RuntimeLinker, cpu_target
from adjoint.jit.vectorising import vectorising

_NOT_ON_DISK = '@"numba.dynamic.globals.adjoint" = weak_odr global i8 0'
"""Numba looks for names that begin so: what they stand for is another in the next process."""


class LinkedLibrary(CodeLibrary):
    """The functions of one compilation, optimised and made machine code when that is asked for.

    To a library of Numba's own that links it, it is like any other.

    Attributes
    ----------
    is_generated : a function of a generated module, which is optimised in what it is linked into.
    """

    def __init__(self, codegen: Any, name: str) -> None:
        super().__init__(codegen, name)
        self.is_generated = False
        self._is_optimised = False
        self._shared_module: Any = None
        self._lowered: Any = None
        self._for_numba: Any = None

    def add_linking_library(self, library: Any) -> None:
        """Take note of a library that this one calls."""
        if not isinstance(library, LinkedLibrary):
            library._ensure_finalized()
        self._linking_libraries.append(library)

    def get_pointer_to_function(self, name: str) -> Any:
        """Return the address of a function; 0, without making code, if it is not defined here."""
        if not self._finalized and not self._defines(name):
            return 0
        return super().get_pointer_to_function(name)

    def finalize(self) -> None:
        """Make machine code, of all that is called too."""
        self._codegen._check_llvm_bugs()
        self._raise_if_finalized()
        self._optimise()
        self._final_module.verify()
        self._finalize_final_module()
        self._codegen.set_environments_of(self._final_module)

    def linkable(self) -> Any:
        """The functions for another library; others may define them too."""
        if self.is_generated and not self._finalized:
            if self._lowered is None:
                self._lowered = _shared(self._final_module)
                take(self._lowered, self._codegen)
            return self._lowered
        if self._shared_module is None:
            self._optimise()
            self._shared_module = _shared(self._final_module)
        return self._shared_module

    def _get_module_for_linking(self) -> Any:
        """For a library of Numba's own, whose loops are vectorised with our functions too.

        Numba does not write that one to disk, and warns: its cache sees changes of the file that a
        function is in, and would go on with the gradient of a function that changed elsewhere.
        """
        if self._for_numba is None:
            self._for_numba = super()._get_module_for_linking().clone()
            define(self._for_numba, self._codegen)
            self._for_numba.link_in(parse_assembly(_NOT_ON_DISK), preserve=True)
        return self._for_numba

    def _optimise(self) -> None:
        """Link what is called, directly or not, and optimise the whole."""
        if self._is_optimised:
            return
        self._is_optimised = True
        take(self._final_module, self._codegen)
        for library in self._called({self}):
            self._reload_init.update(library._reload_init)
            ours = isinstance(library, LinkedLibrary)
            module = library.linkable() if ours else library._get_module_for_linking()
            self._final_module.link_in(taken(module, self._codegen), preserve=True)
        self._keep_what_is_called_by_address()
        with defined(self._final_module, self._codegen), vectorising(self._codegen):
            self._optimize_final_module()

    def _called(self, seen: set[Any]) -> Iterator[Any]:
        for library in self._linking_libraries:
            if library not in seen:
                seen.add(library)
                yield library
                if isinstance(library, LinkedLibrary) and library.is_generated:
                    yield from library._called(seen)

    def _keep_what_is_called_by_address(self) -> None:
        """Functions that call each other: Numba looks one of them up when all are compiled."""
        for variable in self._final_module.global_variables:
            called = variable.name.removeprefix(RuntimeLinker.PREFIX)
            if called != variable.name and self._defines(called):
                self._final_module.get_function(called).linkage = Linkage.weak_odr

    def _defines(self, name: str) -> bool:
        try:
            return not self._final_module.get_function(name).is_declaration
        except NameError:
            return False


def _shared(module: Any) -> Any:
    """A copy whose functions may be defined in several modules, and left out of any."""
    copied = module.clone()
    for function in copied.functions:
        if not function.is_declaration and function.linkage == Linkage.external:
            function.linkage = Linkage.linkonce_odr
    return copied


class _LinkingCodegen(Codegen):
    """Numba's engine, target and options, with libraries of ours."""

    _library_class = LinkedLibrary

    def __init__(self, codegen: Any) -> None:
        self.__dict__.update(codegen.__dict__)
        self._environments: dict[str, Any] = {}

    def set_env(self, env_name: str, env: Any) -> None:
        """Set the address of a function's environment in its machine code, once there is any."""
        self._environments[env_name] = env
        if self._engine.is_symbol_defined(env_name):
            super().set_env(env_name, env)

    def set_environments_of(self, module: Any) -> None:
        """Set those of the functions that were linked into a module."""
        for variable in module.global_variables:
            if variable.name in self._environments:
                super().set_env(variable.name, self._environments[variable.name])


@cache
def _codegen() -> _LinkingCodegen:
    return _LinkingCodegen(cpu_target.target_context.codegen())


@contextmanager
def linking() -> Iterator[None]:
    """Have what Numba compiles in the meantime go into libraries of ours.

    The caller holds Numba's lock for compiling.
    """
    context = cpu_target.target_context
    before = context._internal_codegen
    context._internal_codegen = _codegen()
    try:
        yield
    finally:
        context._internal_codegen = before
