"""The parts of Numba that its documentation does not promise, in one place.

This is the list to look through when a new Numba misbehaves. They are typed `Any`, because
Numba carries a `py.typed` marker but declares none of these attributes.
"""

from __future__ import annotations

from typing import Any

from numba import _dispatcher
from numba.core import analysis as numba_analysis
from numba.core import (
    caching,
    codegen,
    compiler,
    compiler_lock,
    compiler_machinery,
    config,
    ir_utils,
    lowering,
    postproc,
    registry,
    serialize,
    sigutils,
    typed_passes,
    untyped_passes,
)
from numba.core import ir as numba_ir
from numba.core import ssa as ssa_algorithm
from numba.core.analysis import compute_cfg_from_blocks
from numba.np.ufunc import parallel

CPUDispatcher: Any = registry.CPUDispatcher
"""What `njit` returns; `compile`, `overloads`, `_insert`, `_cache`, `get_call_template`."""

CompileResult: Any = compiler.CompileResult
"""What compiling gives; `_reduce` and `_rebuild` take it to disk and back."""

CodeLibrary: Any = codegen.JITCodeLibrary
"""What one compilation makes; `finalize`, and the modules and libraries that it links."""

Codegen: Any = codegen.JITCPUCodegen
"""LLVM's engine and options; `_library_class`, `set_env`."""

RuntimeLinker: Any = codegen.RuntimeLinker
"""Finds functions that were not compiled yet when they were called; `PREFIX` of their names."""

cpu_target: Any = registry.cpu_target
"""Its `target_context` holds the `_internal_codegen`."""

CompilerBase: Any = compiler.CompilerBase
DefaultPassBuilder: Any = compiler.DefaultPassBuilder
PassManager: Any = compiler_machinery.PassManager
register_pass: Any = compiler_machinery.register_pass
ReconstructSSA: Any = untyped_passes.ReconstructSSA
"""The pass; `_patch_locals`."""

ir: Any = numba_ir
"""`Inst._rec_list_vars`; the classes of what statements hold."""

NativeLowering: Any = typed_passes.NativeLowering
"""The pass that makes LLVM code; `lowering_class`."""

Lower: Any = lowering.Lower
"""Its work for one function; `pre_lower`, `lower_inst`, `typeof`, `builder`, `module`."""

PostProcessor: Any = postproc.PostProcessor
build_definitions: Any = ir_utils.build_definitions
compute_cfg: Any = compute_cfg_from_blocks
ssa: Any = ssa_algorithm
"""The steps of `reconstruct_ssa`."""

analysis: Any = numba_analysis
"""`compute_live_map`."""

untyped: Any = untyped_passes
"""`fixup_var_define_in_scope`."""

Cache: Any = caching._Cache
"""The interface of a dispatcher's `_cache`."""

global_compiler_lock: Any = compiler_lock.global_compiler_lock
compute_fingerprint: Any = _dispatcher.compute_fingerprint
"""A few bytes that are equal for equal types of arguments, computed in C."""

dumps: Any = serialize.dumps
launch_threads: Any = parallel._launch_threads
"""Starts the pool of threads, whose functions machine code with `prange` calls."""

normalize_signature: Any = sigutils.normalize_signature
settings: Any = config
