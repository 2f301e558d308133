"""Numba's pipeline for generated functions, in which single assignment takes less time.

A generated function assigns hundreds of variables more than once: counters of loops, and what both
sweeps compute. Numba walks over all blocks of the function twice for each of them. Here only those
are visited in which the variable is named; the result is the same. LLVM is told which arrays share
no memory (`memory_scopes`). What is compiled is marked as generated, for `linking`.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from adjoint.jit.analyses import quick_analyses
from adjoint.jit.memory_scopes import LoweringWithScopes
from adjoint.jit.numba_internals import (
    CompilerBase,
    DefaultPassBuilder,
    NativeLowering,
    PassManager,
    PostProcessor,
    ReconstructSSA,
    build_definitions,
    compute_cfg,
    register_pass,
    ssa,
)

Blocks = dict[int, Any]


class GeneratedCode(CompilerBase):
    """Compiles generated functions."""

    def define_pipelines(self) -> list[Any]:
        """Numba's hook for the list of passes."""
        self.state.library = self._library()
        manager = PassManager("adjoint")
        for kind, description in DefaultPassBuilder.define_nopython_pipeline(self.state).passes:
            manager.add_pass(_OURS.get(kind, kind), description)
        manager.finalize()
        return [manager]

    def _compile_core(self) -> Any:
        with quick_analyses():
            return super()._compile_core()

    def _library(self) -> Any:
        """As Numba makes one for a function when it is lowered."""
        library = self.state.targetctx.codegen().create_library(self.state.func_id.func_qualname)
        library.enable_object_caching()
        library.is_generated = True
        return library


@register_pass(mutates_CFG=False, analysis_only=False)
class _SingleAssignment(ReconstructSSA):
    """Numba's pass with `single_assignment` in the place of its `reconstruct_ssa`."""

    _name = "adjoint_single_assignment"

    def run_pass(self, state: Any) -> bool:
        """Rewrite the function, and what Numba knows of it."""
        state.func_ir.blocks = single_assignment(state.func_ir.blocks)
        self._patch_locals(state)
        state.func_ir._definitions = build_definitions(state.func_ir.blocks)
        PostProcessor(state.func_ir).run(emit_dels=False)
        return True


def single_assignment(blocks: Blocks) -> Blocks:
    """The blocks with each variable in as many versions as it has assignments, and phi nodes."""
    cfg = compute_cfg(blocks)
    frontiers = ssa._iterated_domfronts(cfg)
    violators = ssa._find_defs_violators(blocks, cfg)
    places = _places(blocks, violators)
    variables = ssa._CacheListVars()
    blocks = dict(blocks)
    for name in violators:
        some, definitions = ssa._fresh_vars({at: blocks[at] for at in places[name]}, name)
        phis: dict[int, list[Any]] = defaultdict(list)
        states = ssa._make_states(blocks) | {
            "varname": name,
            "defmap": definitions,
            "phimap": phis,
            "cfg": cfg,
            "phi_locations": ssa._compute_phi_locations(frontiers, definitions),
        }
        blocks |= ssa._run_block_rewrite(some, states, ssa._FixSSAVars(variables))
        for label, added in phis.items():
            blocks[label].body = added + blocks[label].body
    return blocks


def _places(blocks: Blocks, wanted: Any) -> dict[str, list[int]]:
    """The blocks in which variables are named, in order."""
    found: dict[str, list[int]] = {name: [] for name in wanted}
    for label, block in blocks.items():
        named = {variable.name for stmt in block.body for variable in stmt.list_vars()}
        for name in named & found.keys():
            found[name].append(label)
    return found


_OURS = {ReconstructSSA: _SingleAssignment, NativeLowering: LoweringWithScopes}
