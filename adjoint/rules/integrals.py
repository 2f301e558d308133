# mypy: allow-untyped-defs
"""Rules of SciPy's elliptic integrals, hypergeometric functions and their like, elementwise.

Formulas are those of NIST's Digital Library of Mathematical Functions (DLMF). Parameters given in
`without` have no formula: differentiating with respect to them is refused. The registry imports
this module when it is asked for the rule of one of SciPy's functions.
"""

from __future__ import annotations

import numpy as np

from adjoint.rules.registry import piecewise_constant, vjp_rule
from adjoint.runtime import special

piecewise_constant(special.gammasgn)

# --------------------------------------------------------------------------- elliptic


@vjp_rule(special.ellipk, broadcasts=True)
def ellipk(z, m, z_bar):
    """z = K(m) = ∫ 1 / √(1 - m sin²), dK/dm = R_D(0, 1, 1-m) / 6 (DLMF 19.16.5)."""
    m_bar = z_bar * (special.elliprd(0.0, 1.0, 1.0 - m) / 6.0)
    return (m_bar,)


@vjp_rule(special.ellipkm1, broadcasts=True)
def ellipkm1(z, p, z_bar):
    """z = K(1 - p)."""
    p_bar = -(z_bar * (special.elliprd(0.0, 1.0, p) / 6.0))
    return (p_bar,)


@vjp_rule(special.ellipe, broadcasts=True)
def ellipe(z, m, z_bar):
    """z = E(m), dE/dm = -R_D(0, 1-m, 1) / 6 (DLMF 19.4.2, 19.25.1)."""
    m_bar = -(z_bar * (special.elliprd(0.0, 1.0 - m, 1.0) / 6.0))
    return (m_bar,)


@vjp_rule(special.ellipkinc, broadcasts=True, without=("m",))
def ellipkinc(z, phi, m, z_bar):
    """z = F(phi, m) = ∫ 1 / √(1 - m sin²) (DLMF 19.2.4)."""
    sine = np.sin(phi)
    phi_bar = z_bar / np.sqrt(1.0 - m * sine * sine)
    return (phi_bar,)


@vjp_rule(special.ellipeinc, broadcasts=True, without=("m",))
def ellipeinc(z, phi, m, z_bar):
    """z = E(phi, m) = ∫ √(1 - m sin²) (DLMF 19.2.5)."""
    sine = np.sin(phi)
    phi_bar = z_bar * np.sqrt(1.0 - m * sine * sine)
    return (phi_bar,)


# --------------------------------------------------------------------------- hypergeometric


@vjp_rule(special.hyp0f1, broadcasts=True, without=("v",))
def hyp0f1(z, v, x, z_bar):
    """z = ₀F₁(v; x) (DLMF 16.3.1)."""
    x_bar = z_bar * (special.hyp0f1(v + 1.0, x) / v)
    return (x_bar,)


@vjp_rule(special.hyp1f1, broadcasts=True, without=("a", "b"))
def hyp1f1(z, a, b, x, z_bar):
    """z = ₁F₁(a; b; x) (DLMF 13.3.15)."""
    x_bar = z_bar * (a / b * special.hyp1f1(a + 1.0, b + 1.0, x))
    return (x_bar,)


@vjp_rule(special.hyp2f1, broadcasts=True, without=("a", "b", "c"))
def hyp2f1(z, a, b, c, x, z_bar):
    """z = ₂F₁(a, b; c; x) (DLMF 15.5.1)."""
    x_bar = z_bar * (a * b / c * special.hyp2f1(a + 1.0, b + 1.0, c + 1.0, x))
    return (x_bar,)


@vjp_rule(special.hyperu, broadcasts=True, without=("a", "b"))
def hyperu(z, a, b, x, z_bar):
    """z = U(a, b, x) (DLMF 13.3.22)."""
    x_bar = -(z_bar * (a * special.hyperu(a + 1.0, b + 1.0, x)))
    return (x_bar,)


# --------------------------------------------------------------------------- others


@vjp_rule(special.erfi, broadcasts=True)
def erfi(z, x, z_bar):
    """z = erf(i x) / i; the constant is 2 / √π."""
    x_bar = z_bar * (1.1283791670955126 * np.exp(x * x))
    return (x_bar,)


@vjp_rule(special.spence, broadcasts=True)
def spence(z, x, z_bar):
    """z = ∫ log t / (1 - t) from 1 on; slope -1 at 1."""
    beyond = np.where(x == 1.0, 1.0, 1.0 - x)
    x_bar = z_bar * np.where(x == 1.0, -1.0, np.log(x) / beyond)
    return (x_bar,)


@vjp_rule(special.powm1, broadcasts=True)
def powm1(z, x, y, z_bar):
    """z = xʸ - 1."""
    x_bar = z_bar * (y * np.power(x, y - 1.0))
    y_bar = z_bar * special.xlogy(z + 1.0, x)
    return x_bar, y_bar


@vjp_rule(special.inv_boxcox, broadcasts=True, without=("lmbda",))
def inv_boxcox(z, y, lmbda, z_bar):
    """z = (1 + λ y)^(1/λ)."""
    y_bar = z_bar * np.power(z, 1.0 - lmbda)
    return (y_bar,)


@vjp_rule(special.inv_boxcox1p, broadcasts=True, without=("lmbda",))
def inv_boxcox1p(z, y, lmbda, z_bar):
    """z = (1 + λ y)^(1/λ) - 1."""
    y_bar = z_bar * np.power(1.0 + z, 1.0 - lmbda)
    return (y_bar,)


@vjp_rule(special.boxcox1p, broadcasts=True, without=("lmbda",))
def boxcox1p(z, x, lmbda, z_bar):
    """z = ((1 + x)^λ - 1) / λ."""
    x_bar = z_bar * np.exp((lmbda - 1.0) * np.log1p(x))
    return (x_bar,)


@vjp_rule(special.sindg, broadcasts=True)
def sindg(z, x, z_bar):
    """z = sin of degrees; the constant is π / 180."""
    x_bar = z_bar * (0.017453292519943295 * special.cosdg(x))
    return (x_bar,)


@vjp_rule(special.cosdg, broadcasts=True)
def cosdg(z, x, z_bar):
    """z = cos of degrees."""
    x_bar = -(z_bar * (0.017453292519943295 * special.sindg(x)))
    return (x_bar,)


@vjp_rule(special.tandg, broadcasts=True)
def tandg(z, x, z_bar):
    """z = tan of degrees."""
    x_bar = z_bar * (0.017453292519943295 * (1.0 + z * z))
    return (x_bar,)
