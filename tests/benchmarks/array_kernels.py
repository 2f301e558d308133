"""Array programs of the corpus, with arguments large enough to be timed.

Sizes are those at which a call takes between a tenth of a millisecond and some ten: data that stay
within the caches, where what is generated counts and not the memory's bandwidth.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tests.corpus import PROGRAMS
from tests.corpus.kernels_linear_algebra import dominant, positive_definite


@dataclass(frozen=True)
class Kernel:
    """A program of the corpus, its arguments, and what it is differentiated with respect to."""

    name: str
    function: Callable[..., Any]
    args: tuple
    wrt: tuple[int, ...]


# name: arguments from a random generator; differentiated with respect to all arrays of floats
SIZES: dict[str, Callable[[np.random.Generator], tuple]] = {
    # stencils
    "kernels_stencils-jacobi_1d": lambda r: (100, r.random(3200), r.random(3200)),
    "kernels_stencils-jacobi_2d": lambda r: (50, r.random((150, 150)), r.random((150, 150))),
    "kernels_stencils-heat_3d": lambda r: (25, r.random((25, 25, 25)), r.random((25, 25, 25))),
    "kernels_stencils-seidel_2d": lambda r: (8, r.random((50, 50))),
    "kernels_stencils-adi": lambda r: (5, 100, r.random((100, 100))),
    "kernels_stencils-fdtd_2d": lambda r: (20, *r.random((3, 100, 110)), r.random(20)),
    "kernels_stencils-horizontal_diffusion": lambda r: (
        r.random((36, 36, 40)),
        r.random((32, 32, 40)) + 0.5,
    ),
    "kernels_stencils-vertical_advection": lambda r: (
        r.random((30, 30, 40)),
        r.random((30, 30, 40)),
        r.random((31, 30, 40)),
        3.0 / 20.0,
    ),
    "kernels_stencils-deriche": lambda r: (0.25, r.random((200, 100))),
    "kernels_stencils-diffusion_by_roll": lambda r: (*r.random((2, 60, 70)), 0.1, 10),
    "kernels_physics-cavity_flow": lambda r: (
        *(10, 5),
        *0.1 * r.random((2, 41, 41)),
        *(0.001, 0.05, 0.05),
        0.1 * r.random((41, 41)),
        *(1.0, 0.1),
    ),
    "kernels_physics-lattice_boltzmann_in_one_dimension": lambda r: (
        0.1 * r.normal(size=(3, 500)),
        *(20, 0.1),
    ),
    # factorisations, solves, products
    "kernels_linear_algebra-cholesky": lambda r: (positive_definite(r, 80),),
    "kernels_linear_algebra-lu": lambda r: (dominant(r, 60),),
    "kernels_linear_algebra-ludcmp": lambda r: (dominant(r, 50), r.normal(size=50)),
    "kernels_linear_algebra-trisolv": lambda r: (
        dominant(r, 400),
        np.zeros(400),
        r.normal(size=400),
    ),
    "kernels_linear_algebra-durbin": lambda r: (0.01 * r.normal(size=400),),
    "kernels_linear_algebra-gramschmidt": lambda r: (r.normal(size=(70, 60)),),
    "kernels_linear_algebra-syrk": lambda r: (
        *(1.5, 1.2),
        r.normal(size=(70, 70)),
        r.normal(size=(70, 50)),
    ),
    "kernels_linear_algebra-syr2k": lambda r: (
        *(1.5, 1.2),
        r.normal(size=(50, 50)),
        *r.normal(size=(2, 50, 35)),
    ),
    "kernels_linear_algebra-trmm": lambda r: (
        1.5,
        r.normal(size=(65, 65)),
        r.normal(size=(65, 80)),
    ),
    "kernels_linear_algebra-symm": lambda r: (
        *(1.5, 1.2),
        r.normal(size=(40, 50)),
        r.normal(size=(40, 40)),
        r.normal(size=(40, 50)),
    ),
    "kernels_linear_algebra-gemm": lambda r: (
        *(1.5, 1.2),
        r.normal(size=(100, 110)),
        r.normal(size=(100, 120)),
        r.normal(size=(120, 110)),
    ),
    "kernels_linear_algebra-gemver": lambda r: (
        *(1.5, 1.2),
        r.normal(size=(200, 200)),
        *r.normal(size=(8, 200)),
    ),
    "kernels_linear_algebra-covariance": lambda r: (100.0, r.random((100, 80))),
    "kernels_linear_algebra-correlation": lambda r: (100.0, r.random((100, 80))),
    "kernels_linear_algebra-floyd_warshall": lambda r: (5.0 * r.random((60, 60)),),
    "kernels_linear_algebra-spmv": lambda r: (
        np.arange(0, 8193, 2),
        r.integers(0, 4096, 8192),
        r.normal(size=8192),
        r.normal(size=4096),
    ),
    "kernels_linear_algebra-conjugate_gradients": lambda r: (
        positive_definite(r, 100),
        r.normal(size=100),
        20,
    ),
    # networks and statistics
    "kernels_learning-softmax_of_heads": lambda r: (r.normal(size=(4, 8, 64, 64)),),
    "kernels_learning-mlp": lambda r: (
        r.normal(size=(32, 64)),
        *(0.1 * r.normal(size=(64, 128)), r.normal(size=128)),
        *(0.1 * r.normal(size=(128, 128)), r.normal(size=128)),
        *(0.1 * r.normal(size=(128, 10)), r.normal(size=10)),
    ),
    "kernels_learning-conv2d_bias": lambda r: (
        r.normal(size=(4, 20, 20, 3)),
        r.normal(size=(2, 2, 3, 16)),
        r.normal(size=16),
    ),
    "kernels_learning-resnet_basicblock": lambda r: (
        r.normal(size=(4, 10, 10, 8)),
        0.5 * r.normal(size=(1, 1, 8, 4)),
        0.5 * r.normal(size=(3, 3, 4, 4)),
        0.5 * r.normal(size=(1, 1, 4, 8)),
    ),
    "kernels_learning-layer_norm": lambda r: (
        r.normal(size=(64, 256)),
        r.normal(size=256),
        r.normal(size=256),
    ),
    "kernels_learning-soft_k_means_step": lambda r: (
        r.normal(size=(500, 8)),
        r.normal(size=(20, 8)),
        0.7,
    ),
    "kernels_learning-lstm_with_split_gates": lambda r: (
        r.normal(size=(50, 16)),
        0.2 * r.normal(size=(16, 128)),
        0.2 * r.normal(size=(32, 128)),
        r.normal(size=128),
    ),
    # images, elementwise work, tables
    "kernels_misc-go_fast": lambda r: (r.normal(size=(300, 300)), r.normal(size=(300, 300))),
    "kernels_misc-compute": lambda r: (*20 * r.random((2, 300, 300)), 4.0, 3.0, 9.0),
    "kernels_misc-soft_max_plus_folding": lambda r: (r.normal(size=(60, 60)), 0.7),
    "kernels_misc-hyperspectral_angles": lambda r: (r.random((2000, 32)), r.random(32) + 0.5),
    "kernels_physics-arc_distance": lambda r: (*r.random((4, 10_000)),),
    "kernels_physics-azimuthal_integration": lambda r: (r.random(40_000), r.random(40_000), 100),
    "simulations-n_body_leapfrog": lambda r: (
        3.0 * r.normal(size=(40, 2)),
        0.3 * r.normal(size=(40, 2)),
        r.uniform(0.5, 1, 40),
    ),
}


def kernels() -> list[Kernel]:
    """All of them, in the order of the table."""
    return [_kernel(name, make) for name, make in SIZES.items()]


def _kernel(name: str, make: Callable[[np.random.Generator], tuple]) -> Kernel:
    program = PROGRAMS[name]
    args = make(np.random.default_rng(0))
    wrt = tuple(i for i in program.wrt() if isinstance(args[i], np.ndarray))
    return Kernel(name.rpartition("-")[2], program.function, args, wrt)
