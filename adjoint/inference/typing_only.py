"""A target of Numba's that types functions and makes no code of them.

Numba types a call of a library function that is written in Python (`overload`) by compiling that
function to machine code, and all that it calls: seconds, of which the types take a small part.
Most of that code is never run, as `lowering` turns the calls into loops; the rest is compiled when
the adjoint is. So inference runs for a target of its own, derived from Numba's CPU: by Numba's
extension API a target brings the decorator that overloads are compiled with, and ours types them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from numba.core import compiler, registry, types, typing
from numba.core.compiler import CompilerBase, DefaultPassBuilder, PassManager
from numba.core.compiler_machinery import FunctionPass, register_pass
from numba.core.target_extension import CPU, dispatcher_registry, jit_registry, target_registry
from numba.core.typed_passes import NopythonTypeInference
from numba.core.typing.templates import signature
from numba.core.untyped_passes import DeadBranchPrune

_NAME = "adjoint_types"


@dataclass(eq=False)
class Types:
    """What inference gives, in the place of Numba's result of compiling.

    Attributes
    ----------
    typemap : type of each version of each variable.
    signature : of the function.
    entry_point, metadata, objectmode, typing_error : what dispatchers look at; there is no code.
    """

    typemap: Mapping[str, types.Type]
    signature: Any
    entry_point: None = None
    metadata: None = None
    objectmode: bool = False
    typing_error: None = None


@register_pass(mutates_CFG=False, analysis_only=True)
class _KeepTypes(FunctionPass):
    """Hand the types out as the compilation's result."""

    _name = "adjoint_keep_types"

    def __init__(self) -> None:
        FunctionPass.__init__(self)

    def run_pass(self, state: Any) -> bool:
        """Store them where the compiler looks for its result."""
        state.cr = Types(state.typemap, signature(state.return_type, *state.args))
        return False


class TypesOfLibrary(CompilerBase):
    """Numba's untyped passes, then its inference, and nothing after it."""

    def define_pipelines(self) -> list[PassManager]:
        """Numba's hook for the list of passes."""
        manager = PassManager(_NAME)
        manager.passes.extend(self.untyped_passes())
        manager.add_pass(NopythonTypeInference, "inference")
        manager.add_pass(_KeepTypes, "keep types")
        manager.finalize()
        return [manager]

    def untyped_passes(self) -> list[Any]:
        """Numba's passes before inference."""
        passes: list[Any] = DefaultPassBuilder.define_untyped_pipeline(self.state).passes
        return passes


class TypesOfProgram(TypesOfLibrary):
    """The same for a program of ours.

    Branches that a constant decides are not pruned: their variables need types like all others.
    """

    def untyped_passes(self) -> list[Any]:
        """Numba's passes before inference, but for the pruning."""
        return [entry for entry in super().untyped_passes() if entry[0] is not DeadBranchPrune]


class _Target(CPU):
    """Takes what is declared for the CPU, and for any target."""


class _TypingTarget(registry.CPUTarget):
    """The contexts: Numba's own target context, beside a typing context of ours."""

    @cached_property
    def _toplevel_typing_context(self) -> Any:
        return typing.Context()

    @cached_property
    def _toplevel_target_context(self) -> Any:
        context = registry.cpu_target.target_context
        return context.subtarget(typing_context=self.typing_context, target=_Target)


class _TypingDispatcher(registry.CPUDispatcher):
    """An overload's implementation, typed where another dispatcher compiles."""

    targetdescr = _TypingTarget(_NAME)

    def add_overload(self, cres: Any) -> None:
        """Keep the types for a signature."""
        self.overloads[tuple(cres.signature.args)] = cres


def _jit(**options: Any) -> Callable[[Callable[..., Any]], _TypingDispatcher]:
    """The decorator that Numba makes dispatchers of overloads with."""

    def decorate(function: Callable[..., Any]) -> _TypingDispatcher:
        chosen = {**options, "nopython": True}
        return _TypingDispatcher(function, targetoptions=chosen, pipeline_class=TypesOfLibrary)

    return decorate


target_registry[_NAME] = _Target
dispatcher_registry[_Target] = _TypingDispatcher
jit_registry[_Target] = _jit


def types_of(function: Callable[..., Any], arg_types: tuple[Any, ...]) -> Types:
    """Type one of our programs.

    Raises
    ------
    numba.core.errors.NumbaError : as compilation would.
    """
    target = _TypingDispatcher.targetdescr
    flags: Any = compiler.Flags()
    flags.error_model = "numpy"
    flags.nrt = True
    # Overloads registered since Numba last looked (its own too) are seen after a refresh only.
    target.typing_context.refresh()
    target.target_context.refresh()
    found: Types = compiler.compile_extra(
        target.typing_context,
        target.target_context,
        function,
        arg_types,
        None,
        flags,
        {},
        pipeline_class=TypesOfProgram,
    )
    return found


def typing_context() -> Any:
    """The context in which programs are typed."""
    return _TypingDispatcher.targetdescr.typing_context
