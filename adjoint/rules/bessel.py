# mypy: allow-untyped-defs
"""Rules of SciPy's Bessel functions of real numbers; see `special`.

A slope is written with the orders on both sides (DLMF 10.6.1, 10.29.1), which holds at 0 too.
There is none in the order.
"""

from __future__ import annotations

import numpy as np

from adjoint.rules.registry import vjp_rule
from adjoint.runtime import special


@vjp_rule(special.j0, broadcasts=True)
def j0(z, x, z_bar):
    """z = J₀(x)."""
    x_bar = -(z_bar * special.j1(x))
    return (x_bar,)


@vjp_rule(special.j1, broadcasts=True)
def j1(z, x, z_bar):
    """z = J₁(x)."""
    x_bar = z_bar * (0.5 * (special.j0(x) - special.jv(2.0, x)))
    return (x_bar,)


@vjp_rule(special.y0, broadcasts=True)
def y0(z, x, z_bar):
    """z = Y₀(x)."""
    x_bar = -(z_bar * special.y1(x))
    return (x_bar,)


@vjp_rule(special.y1, broadcasts=True)
def y1(z, x, z_bar):
    """z = Y₁(x)."""
    x_bar = z_bar * (special.y0(x) - z / x)
    return (x_bar,)


@vjp_rule(special.jv, broadcasts=True, without=("v",))
def jv(z, v, x, z_bar):
    """z = Jᵥ(x)."""
    x_bar = z_bar * (0.5 * (special.jv(v - 1.0, x) - special.jv(v + 1.0, x)))
    return (x_bar,)


@vjp_rule(special.yv, broadcasts=True, without=("v",))
def yv(z, v, x, z_bar):
    """z = Yᵥ(x)."""
    x_bar = z_bar * (0.5 * (special.yv(v - 1.0, x) - special.yv(v + 1.0, x)))
    return (x_bar,)


@vjp_rule(special.iv, broadcasts=True, without=("v",))
def iv(z, v, x, z_bar):
    """z = Iᵥ(x)."""
    x_bar = z_bar * (0.5 * (special.iv(v - 1.0, x) + special.iv(v + 1.0, x)))
    return (x_bar,)


@vjp_rule(special.ive, broadcasts=True, without=("v",))
def ive(z, v, x, z_bar):
    """z = Iᵥ(x) e^-|x|; slope at 0 without that of |x|."""
    x_bar = z_bar * (0.5 * (special.ive(v - 1.0, x) + special.ive(v + 1.0, x)) - np.sign(x) * z)
    return (x_bar,)


@vjp_rule(special.kv, broadcasts=True, without=("v",))
def kv(z, v, x, z_bar):
    """z = Kᵥ(x)."""
    x_bar = -(z_bar * (0.5 * (special.kv(v - 1.0, x) + special.kv(v + 1.0, x))))
    return (x_bar,)


@vjp_rule(special.kve, broadcasts=True, without=("v",))
def kve(z, v, x, z_bar):
    """z = Kᵥ(x) eˣ."""
    x_bar = z_bar * (z - 0.5 * (special.kve(v - 1.0, x) + special.kve(v + 1.0, x)))
    return (x_bar,)


@vjp_rule(special.i0, broadcasts=True)
def i0(z, x, z_bar):
    """z = I₀(x)."""
    x_bar = z_bar * special.i1(x)
    return (x_bar,)


@vjp_rule(special.i1, broadcasts=True)
def i1(z, x, z_bar):
    """z = I₁(x)."""
    x_bar = z_bar * (0.5 * (special.i0(x) + special.iv(2.0, x)))
    return (x_bar,)


@vjp_rule(special.i0e, broadcasts=True)
def i0e(z, x, z_bar):
    """z = I₀(x) e^-|x|; slope at 0 without that of |x|."""
    x_bar = z_bar * (special.i1e(x) - np.sign(x) * z)
    return (x_bar,)


@vjp_rule(special.i1e, broadcasts=True)
def i1e(z, x, z_bar):
    """z = I₁(x) e^-|x|."""
    x_bar = z_bar * (0.5 * (special.i0e(x) + special.ive(2.0, x)) - np.sign(x) * z)
    return (x_bar,)


@vjp_rule(special.k0, broadcasts=True)
def k0(z, x, z_bar):
    """z = K₀(x)."""
    x_bar = -(z_bar * special.k1(x))
    return (x_bar,)


@vjp_rule(special.k1, broadcasts=True)
def k1(z, x, z_bar):
    """z = K₁(x)."""
    x_bar = -(z_bar * (special.k0(x) + z / x))
    return (x_bar,)


@vjp_rule(special.k0e, broadcasts=True)
def k0e(z, x, z_bar):
    """z = K₀(x) eˣ."""
    x_bar = z_bar * (z - special.k1e(x))
    return (x_bar,)


@vjp_rule(special.k1e, broadcasts=True)
def k1e(z, x, z_bar):
    """z = K₁(x) eˣ."""
    x_bar = z_bar * (z - special.k0e(x) - z / x)
    return (x_bar,)
