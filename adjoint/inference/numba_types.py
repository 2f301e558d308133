"""Numba's type inference alone, run on a Python function: no lowering, no machine code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from numba.core import compiler, registry
from numba.core.compiler import CompilerBase, DefaultPassBuilder, PassManager
from numba.core.compiler_machinery import FunctionPass, register_pass
from numba.core.typed_passes import NopythonTypeInference
from numba.core.untyped_passes import DeadBranchPrune


@register_pass(mutates_CFG=False, analysis_only=True)
class _KeepTypes(FunctionPass):
    """Hand the type map out as the compilation's result."""

    _name = "adjoint_keep_types"

    def __init__(self) -> None:
        FunctionPass.__init__(self)

    def run_pass(self, state: Any) -> bool:
        """Store (type map, return type) where the compiler looks for its result."""
        state.cr = (state.typemap, state.return_type)
        return False


class _InferenceOnly(CompilerBase):
    """Numba's untyped passes, then its inference, and nothing after it.

    Branches that a constant decides are not pruned: their variables need types like all others.
    """

    def define_pipelines(self) -> list[PassManager]:
        """Numba's hook for the list of passes."""
        manager = PassManager("adjoint_inference")
        untyped = DefaultPassBuilder.define_untyped_pipeline(self.state).passes
        manager.passes.extend(entry for entry in untyped if entry[0] is not DeadBranchPrune)
        manager.add_pass(NopythonTypeInference, "inference")
        manager.add_pass(_KeepTypes, "keep types")
        manager.finalize()
        return [manager]


def inferred_types(
    function: Callable[..., Any], arg_types: tuple[Any, ...]
) -> tuple[Mapping[str, Any], Any]:
    """Types of all variable versions (`s`, `s.1`, …), and of the result.

    Raises
    ------
    numba.core.errors.NumbaError : as compilation would.
    """
    target = registry.cpu_target
    flags: Any = compiler.Flags()
    flags.error_model = "numpy"
    flags.nrt = True
    # Overloads registered since Numba last looked (its own too) are seen after a refresh only.
    target.typing_context.refresh()
    target.target_context.refresh()
    return compiler.compile_extra(
        target.typing_context,
        target.target_context,
        function,
        arg_types,
        None,
        flags,
        {},
        pipeline_class=_InferenceOnly,
    )


def unified(found: list[Any]) -> Any:
    """The one type that all versions of a variable fit in, or None."""
    return registry.cpu_target.typing_context.unify_types(*found)


def declare_function(function: Callable[..., Any], type_: Any) -> None:
    """Tell Numba what type a Python function has."""
    registry.cpu_target.typing_context.insert_global(function, type_)
