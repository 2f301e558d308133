"""Programs that must differentiate, each with arguments; `tests/test_corpus.py` runs them all.

They are written the way users write, so linters are quiet here: what a linter would simplify is
often the construct under test.
"""

from tests.corpus import (  # noqa: F401 - importing a module registers its programs
    aliasing,
    array_displays,
    array_reductions,
    array_selection,
    array_shapes,
    arrays,
    calls,
    changing_matrices,
    complex_numbers,
    containers,
    control,
    found_by_fuzzing,
    found_in_real_code,
    generalised,
    generators,
    index_arrays,
    iterative,
    kept_arrays,
    kernels_blocks,
    kernels_fields,
    kernels_learning,
    kernels_linear_algebra,
    kernels_misc,
    kernels_physics,
    kernels_stencils,
    library_calls,
    linear_algebra,
    lists,
    models,
    mutation,
    mxnet,
    precision,
    randomness,
    readable,
    real_integrators,
    real_learning_and_control,
    real_linear_algebra,
    real_numerics,
    real_physics,
    real_statistics,
    recursion,
    scalars,
    simulations,
    slices_in_loops,
    special_functions,
    traps,
)
from tests.corpus.registry import PROGRAMS, Program

__all__ = ["PROGRAMS", "Program"]
