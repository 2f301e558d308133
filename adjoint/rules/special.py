# mypy: allow-untyped-defs
"""Rules of SciPy's special functions of real numbers, elementwise.

The registry imports this module when it is asked for the rule of one of them, so that nobody else
waits for SciPy. Formulas are those of Abramowitz & Stegun (A&S) and of NIST's Digital Library of
Mathematical Functions (DLMF). Parameters given in `without` have no formula: differentiating with
respect to them is refused.
"""

from __future__ import annotations

import numpy as np

from adjoint.rules.registry import vjp_rule
from adjoint.runtime import kernels, special

# --------------------------------------------------------------------------- error functions


@vjp_rule(special.erf, broadcasts=True)
def erf(z, x, z_bar):
    """z = erf x; the constant is 2 / √π (A&S 7.1.1)."""
    x_bar = z_bar * (1.1283791670955126 * np.exp(-(x * x)))
    return (x_bar,)


@vjp_rule(special.erfc, broadcasts=True)
def erfc(z, x, z_bar):
    """z = 1 - erf x."""
    x_bar = -(z_bar * (1.1283791670955126 * np.exp(-(x * x))))
    return (x_bar,)


@vjp_rule(special.erfcx, broadcasts=True)
def erfcx(z, x, z_bar):
    """z = exp(x²) erfc x."""
    x_bar = z_bar * (2.0 * x * z - 1.1283791670955126)
    return (x_bar,)


@vjp_rule(special.erfinv, broadcasts=True)
def erfinv(z, y, z_bar):
    """y = erf z; the constant is √π / 2."""
    y_bar = z_bar * (0.886226925452758 * np.exp(z * z))
    return (y_bar,)


@vjp_rule(special.erfcinv, broadcasts=True)
def erfcinv(z, y, z_bar):
    """y = erfc z."""
    y_bar = -(z_bar * (0.886226925452758 * np.exp(z * z)))
    return (y_bar,)


@vjp_rule(special.dawsn, broadcasts=True)
def dawsn(z, x, z_bar):
    """z = exp(-x²) ∫ exp(t²) dt, so dz/dx = 1 - 2 x z (DLMF 7.10.2)."""
    x_bar = z_bar * (1.0 - 2.0 * x * z)
    return (x_bar,)


@vjp_rule(special.ndtr, broadcasts=True)
def ndtr(z, x, z_bar):
    """z = the normal distribution's Φ(x); the constant is 1 / √(2π)."""
    x_bar = z_bar * (0.3989422804014327 * np.exp(-0.5 * x * x))
    return (x_bar,)


@vjp_rule(special.log_ndtr, broadcasts=True)
def log_ndtr(z, x, z_bar):
    """z = log Φ(x), so dz/dx = φ(x) / Φ(x), in logarithms: finite where both underflow."""
    x_bar = z_bar * (0.3989422804014327 * np.exp(-0.5 * x * x - z))
    return (x_bar,)


@vjp_rule(special.ndtri, broadcasts=True)
def ndtri(z, y, z_bar):
    """y = Φ(z)."""
    y_bar = z_bar * (2.5066282746310002 * np.exp(0.5 * z * z))
    return (y_bar,)


# --------------------------------------------------------------------------- gamma and beta


@vjp_rule(special.gamma, broadcasts=True)
def special_gamma(z, x, z_bar):
    """z = Γ(x)."""
    x_bar = z_bar * (z * special.psi(x))
    return (x_bar,)


@vjp_rule(special.rgamma, broadcasts=True)
def rgamma(z, x, z_bar):
    """z = 1 / Γ(x)."""
    x_bar = -(z_bar * (z * special.psi(x)))
    return (x_bar,)


@vjp_rule(special.gammaln, special.loggamma, broadcasts=True)
def special_gammaln(z, x, z_bar):
    """z = log |Γ(x)|."""
    x_bar = z_bar * special.psi(x)
    return (x_bar,)


@vjp_rule(special.psi, broadcasts=True)
def psi(z, x, z_bar):
    """z = d/dx log |Γ(x)|."""
    x_bar = z_bar * kernels.trigamma(x)
    return (x_bar,)


@vjp_rule(special.beta, broadcasts=True)
def beta(z, a, b, z_bar):
    """z = Γ(a) Γ(b) / Γ(a + b)."""
    both = special.psi(a + b)
    a_bar = z_bar * (z * (special.psi(a) - both))
    b_bar = z_bar * (z * (special.psi(b) - both))
    return a_bar, b_bar


@vjp_rule(special.betaln, broadcasts=True)
def betaln(z, a, b, z_bar):
    """z = log |B(a, b)|."""
    both = special.psi(a + b)
    a_bar = z_bar * (special.psi(a) - both)
    b_bar = z_bar * (special.psi(b) - both)
    return a_bar, b_bar


@vjp_rule(special.poch, broadcasts=True)
def poch(z, a, m, z_bar):
    """z = Γ(a + m) / Γ(a)."""
    both = special.psi(a + m)
    a_bar = z_bar * (z * (both - special.psi(a)))
    m_bar = z_bar * (z * both)
    return a_bar, m_bar


@vjp_rule(special.binom, broadcasts=True)
def binom(z, x, y, z_bar):
    """z = Γ(x + 1) / (Γ(y + 1) Γ(x - y + 1))."""
    rest = special.psi(x - y + 1.0)
    x_bar = z_bar * (z * (special.psi(x + 1.0) - rest))
    y_bar = z_bar * (z * (rest - special.psi(y + 1.0)))
    return x_bar, y_bar


@vjp_rule(special.gammainc, broadcasts=True, without=("a",))
def gammainc(z, a, x, z_bar):
    """z = P(a, x), so dz/dx = xᵃ⁻¹ e⁻ˣ / Γ(a) (DLMF 8.8.13)."""
    x_bar = z_bar * np.exp(special.xlogy(a - 1.0, x) - x - special.gammaln(a))
    return (x_bar,)


@vjp_rule(special.gammaincc, broadcasts=True, without=("a",))
def gammaincc(z, a, x, z_bar):
    """z = 1 - P(a, x)."""
    x_bar = -(z_bar * np.exp(special.xlogy(a - 1.0, x) - x - special.gammaln(a)))
    return (x_bar,)


@vjp_rule(special.betainc, broadcasts=True, without=("a", "b"))
def betainc(z, a, b, x, z_bar):
    """z = I(a, b; x), so dz/dx = xᵃ⁻¹ (1 - x)ᵇ⁻¹ / B(a, b) (DLMF 8.17.4)."""
    inside = special.xlogy(a - 1.0, x) + special.xlog1py(b - 1.0, -x)
    x_bar = z_bar * np.exp(inside - special.betaln(a, b))
    return (x_bar,)


@vjp_rule(special.stdtr, broadcasts=True, without=("df",))
def stdtr(z, df, t, z_bar):
    """z = Student's distribution function; the constant is log(π)."""
    half = 0.5 * (df + 1.0)
    norm = special.gammaln(half) - special.gammaln(0.5 * df)
    density = norm - 0.5 * (np.log(df) + 1.1447298858494002) - half * np.log1p(t * t / df)
    t_bar = z_bar * np.exp(density)
    return (t_bar,)


# --------------------------------------------------------------------------- logarithms


@vjp_rule(special.expit, broadcasts=True)
def expit(z, x, z_bar):
    """z = 1 / (1 + e⁻ˣ), and 1 - z is that of -x, without the digits that 1 - z loses."""
    x_bar = z_bar * (z * special.expit(-x))
    return (x_bar,)


@vjp_rule(special.log_expit, broadcasts=True)
def log_expit(z, x, z_bar):
    """z = -log(1 + e⁻ˣ)."""
    x_bar = z_bar * special.expit(-x)
    return (x_bar,)


@vjp_rule(special.logit, broadcasts=True)
def logit(z, x, z_bar):
    """z = log(x / (1 - x))."""
    x_bar = z_bar / (x * (1.0 - x))
    return (x_bar,)


@vjp_rule(special.xlogy, broadcasts=True)
def xlogy(z, x, y, z_bar):
    """z = x log y, and 0 for x = 0, which then does not move with y; slope in x is log y."""
    x_bar = z_bar * np.log(y)
    y_bar = np.where(x == 0, 0.0, z_bar * x / np.where(x == 0, 1.0, y))
    return x_bar, y_bar


@vjp_rule(special.xlog1py, broadcasts=True)
def xlog1py(z, x, y, z_bar):
    """z = x log(1 + y), with the conventions of xlogy."""
    x_bar = z_bar * np.log1p(y)
    y_bar = np.where(x == 0, 0.0, z_bar * x / np.where(x == 0, 1.0, 1.0 + y))
    return x_bar, y_bar


@vjp_rule(special.entr, broadcasts=True)
def entr(z, x, z_bar):
    """z = -x log x; slope inf at 0."""
    x_bar = -(z_bar * (np.log(x) + 1.0))
    return (x_bar,)


@vjp_rule(special.rel_entr, broadcasts=True)
def rel_entr(z, x, y, z_bar):
    """z = x log(x / y); slope -inf in x at x = 0."""
    x_bar = z_bar * (np.log(x / y) + 1.0)
    y_bar = -(z_bar * (x / y))
    return x_bar, y_bar


@vjp_rule(special.kl_div, broadcasts=True)
def kl_div(z, x, y, z_bar):
    """z = x log(x / y) - x + y."""
    x_bar = z_bar * np.log(x / y)
    y_bar = z_bar * (1.0 - x / y)
    return x_bar, y_bar


@vjp_rule(special.boxcox, broadcasts=True)
def boxcox(z, x, lmbda, z_bar):
    """z = (eᵗ - 1) / λ with t = λ log x; the slope in λ is a Taylor series near t = 0."""
    t = lmbda * np.log(x)
    small = abs(t) < 0.01
    far = (np.exp(t) * np.log(x) - z) / np.where(small, 1.0, lmbda)
    near = 0.5 + t * (1 / 3 + t * (1 / 8 + t * (1 / 30 + t * (1 / 144))))
    x_bar = z_bar * np.exp(t) / x
    lmbda_bar = z_bar * np.where(small, np.log(x) * np.log(x) * near, far)
    return x_bar, lmbda_bar


@vjp_rule(special.huber, broadcasts=True)
def huber(z, delta, r, z_bar):
    """z = r² / 2, and beyond ±δ the line δ(|r| - δ/2)."""
    inside = abs(r) <= delta
    delta_bar = np.where(inside, 0.0, z_bar * (abs(r) - delta))
    r_bar = z_bar * np.where(inside, r, delta * np.sign(r))
    return delta_bar, r_bar


@vjp_rule(special.pseudo_huber, broadcasts=True)
def pseudo_huber(z, delta, r, z_bar):
    """z = δ² (s - 1) with s = √(1 + (r/δ)²)."""
    s = np.sqrt(1.0 + (r / delta) * (r / delta))
    delta_bar = z_bar * (2.0 * z / delta - r * r / (delta * s))
    r_bar = z_bar * (r / s)
    return delta_bar, r_bar


# --------------------------------------------------------------------------- exponentials


@vjp_rule(special.expi, broadcasts=True)
def expi(z, x, z_bar):
    """z = Ei(x) (A&S 5.1.2)."""
    x_bar = z_bar * (np.exp(x) / x)
    return (x_bar,)


@vjp_rule(special.exp1, broadcasts=True)
def exp1(z, x, z_bar):
    """z = E₁(x) (A&S 5.1.1)."""
    x_bar = -(z_bar * (np.exp(-x) / x))
    return (x_bar,)


@vjp_rule(special.exprel, broadcasts=True)
def exprel(z, x, z_bar):
    """z = (eˣ - 1) / x; the slope is a Taylor series near 0, where the formula cancels."""
    small = abs(x) < 0.01
    near = 0.5 + x * (1 / 3 + x * (1 / 8 + x * (1 / 30 + x * (1 / 144))))
    x_bar = z_bar * np.where(small, near, (np.exp(x) - z) / np.where(small, 1.0, x))
    return (x_bar,)


@vjp_rule(special.expm1, broadcasts=True)
def special_expm1(z, x, z_bar):
    """z = eˣ - 1."""
    x_bar = z_bar * (z + 1.0)
    return (x_bar,)


@vjp_rule(special.log1p, broadcasts=True)
def special_log1p(z, x, z_bar):
    """z = log(1 + x)."""
    x_bar = z_bar / (1.0 + x)
    return (x_bar,)


@vjp_rule(special.cosm1, broadcasts=True)
def cosm1(z, x, z_bar):
    """z = cos x - 1."""
    x_bar = -(z_bar * np.sin(x))
    return (x_bar,)


@vjp_rule(special.exp2, broadcasts=True)
def special_exp2(z, x, z_bar):
    """z = 2ˣ; the constant is log 2."""
    x_bar = z_bar * (z * 0.6931471805599453)
    return (x_bar,)


@vjp_rule(special.exp10, broadcasts=True)
def exp10(z, x, z_bar):
    """z = 10ˣ; the constant is log 10."""
    x_bar = z_bar * (z * 2.302585092994046)
    return (x_bar,)


@vjp_rule(special.cbrt, broadcasts=True)
def special_cbrt(z, x, z_bar):
    """z = x^(1/3); slope inf at 0."""
    x_bar = z_bar / (3.0 * z * z)
    return (x_bar,)
