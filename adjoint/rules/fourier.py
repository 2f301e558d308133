# mypy: allow-untyped-defs
"""Rules of the Fourier transforms of rows, unscaled: each is linear, and its own adjoint."""

from __future__ import annotations

from adjoint.rules.registry import complex_rule
from adjoint.runtime import fourier


@complex_rule(fourier.forward, broadcasts=False)
def forward(z, x, z_bar):
    """z[k] = Σ x[j] exp(-2πi jk / n), a symmetric matrix times x."""
    x_bar = fourier.forward(z_bar)
    return (x_bar,)


@complex_rule(fourier.backward, broadcasts=False)
def backward(z, x, z_bar):
    """z[k] = Σ x[j] exp(2πi jk / n)."""
    x_bar = fourier.backward(z_bar)
    return (x_bar,)
