# mypy: allow-untyped-defs
"""Rules of SciPy's distribution functions and of their inverses, elementwise.

The slope of a distribution function is the density, and that of its inverse one over the density
there. Parameters of a shape have no formula: differentiating with respect to them is refused. The
registry imports this module when it is asked for the rule of one of SciPy's functions.
"""

from __future__ import annotations

import numpy as np

from adjoint.rules.registry import vjp_rule
from adjoint.runtime import special

# --------------------------------------------------------------------------- normal


@vjp_rule(special.ndtri_exp, broadcasts=True)
def ndtri_exp(z, y, z_bar):
    """y = log Φ(z); the constant is log √(2π)."""
    y_bar = z_bar * np.exp(y + 0.5 * z * z + 0.9189385332046727)
    return (y_bar,)


@vjp_rule(special.owens_t, broadcasts=True)
def owens_t(z, h, a, z_bar):
    """z = T(h, a) (Owen 1956): slopes -φ(h) erf(a h / √2) / 2 and e^(-h²(1+a²)/2) / 2π(1+a²)."""
    h_bar = z_bar * (
        -0.19947114020071635 * np.exp(-0.5 * h * h) * special.erf(0.7071067811865476 * a * h)
    )
    beside = 1.0 + a * a
    a_bar = z_bar * (0.15915494309189535 * np.exp(-0.5 * h * h * beside) / beside)
    return h_bar, a_bar


# --------------------------------------------------------------------------- gamma


@vjp_rule(special.gammaincinv, broadcasts=True, without=("a",))
def gammaincinv(z, a, y, z_bar):
    """y = P(a, z)."""
    y_bar = z_bar * np.exp(special.gammaln(a) + z - special.xlogy(a - 1.0, z))
    return (y_bar,)


@vjp_rule(special.gammainccinv, broadcasts=True, without=("a",))
def gammainccinv(z, a, y, z_bar):
    """y = 1 - P(a, z)."""
    y_bar = -(z_bar * np.exp(special.gammaln(a) + z - special.xlogy(a - 1.0, z)))
    return (y_bar,)


@vjp_rule(special.gdtr, broadcasts=True, without=("b",))
def gdtr(z, a, b, x, z_bar):
    """z = P(b, a x)."""
    both = z_bar * np.exp(special.xlogy(b - 1.0, a * x) - a * x - special.gammaln(b))
    a_bar = both * x
    x_bar = both * a
    return a_bar, x_bar


@vjp_rule(special.gdtrc, broadcasts=True, without=("b",))
def gdtrc(z, a, b, x, z_bar):
    """z = 1 - P(b, a x)."""
    both = -(z_bar * np.exp(special.xlogy(b - 1.0, a * x) - a * x - special.gammaln(b)))
    a_bar = both * x
    x_bar = both * a
    return a_bar, x_bar


@vjp_rule(special.chdtr, broadcasts=True, without=("v",))
def chdtr(z, v, x, z_bar):
    """z = P(v / 2, x / 2)."""
    inside = special.xlogy(0.5 * v - 1.0, 0.5 * x) - 0.5 * x - special.gammaln(0.5 * v)
    x_bar = z_bar * (0.5 * np.exp(inside))
    return (x_bar,)


@vjp_rule(special.chdtrc, broadcasts=True, without=("v",))
def chdtrc(z, v, x, z_bar):
    """z = 1 - P(v / 2, x / 2)."""
    inside = special.xlogy(0.5 * v - 1.0, 0.5 * x) - 0.5 * x - special.gammaln(0.5 * v)
    x_bar = -(z_bar * (0.5 * np.exp(inside)))
    return (x_bar,)


@vjp_rule(special.chdtri, broadcasts=True, without=("v",))
def chdtri(z, v, p, z_bar):
    """p = 1 - P(v / 2, z / 2)."""
    inside = special.gammaln(0.5 * v) + 0.5 * z - special.xlogy(0.5 * v - 1.0, 0.5 * z)
    p_bar = -(z_bar * (2.0 * np.exp(inside)))
    return (p_bar,)


@vjp_rule(special.pdtr, broadcasts=True, without=("k",))
def pdtr(z, k, m, z_bar):
    """z = Σ e⁻ᵐ mⁱ / i! up to k."""
    number = np.floor(k)
    m_bar = -(z_bar * np.exp(special.xlogy(number, m) - m - special.gammaln(number + 1.0)))
    return (m_bar,)


@vjp_rule(special.pdtrc, broadcasts=True, without=("k",))
def pdtrc(z, k, m, z_bar):
    """z = Σ e⁻ᵐ mⁱ / i! from k + 1 on."""
    number = np.floor(k)
    m_bar = z_bar * np.exp(special.xlogy(number, m) - m - special.gammaln(number + 1.0))
    return (m_bar,)


# --------------------------------------------------------------------------- beta


@vjp_rule(special.betaincc, broadcasts=True, without=("a", "b"))
def betaincc(z, a, b, x, z_bar):
    """z = 1 - I(a, b; x)."""
    inside = special.xlogy(a - 1.0, x) + special.xlog1py(b - 1.0, -x)
    x_bar = -(z_bar * np.exp(inside - special.betaln(a, b)))
    return (x_bar,)


@vjp_rule(special.betaincinv, broadcasts=True, without=("a", "b"))
def betaincinv(z, a, b, y, z_bar):
    """y = I(a, b; z)."""
    inside = special.xlogy(a - 1.0, z) + special.xlog1py(b - 1.0, -z)
    y_bar = z_bar * np.exp(special.betaln(a, b) - inside)
    return (y_bar,)


@vjp_rule(special.betainccinv, broadcasts=True, without=("a", "b"))
def betainccinv(z, a, b, y, z_bar):
    """y = 1 - I(a, b; z)."""
    inside = special.xlogy(a - 1.0, z) + special.xlog1py(b - 1.0, -z)
    y_bar = -(z_bar * np.exp(special.betaln(a, b) - inside))
    return (y_bar,)


@vjp_rule(special.stdtrit, broadcasts=True, without=("df",))
def stdtrit(z, df, p, z_bar):
    """p = Student's distribution function of z; the constant is log(π)."""
    half = 0.5 * (df + 1.0)
    norm = special.gammaln(half) - special.gammaln(0.5 * df)
    density = norm - 0.5 * (np.log(df) + 1.1447298858494002) - half * np.log1p(z * z / df)
    p_bar = z_bar * np.exp(-density)
    return (p_bar,)


@vjp_rule(special.fdtr, broadcasts=True, without=("dfn", "dfd"))
def fdtr(z, dfn, dfd, x, z_bar):
    """z = I(dfn / 2, dfd / 2; dfn x / (dfd + dfn x))."""
    m, n = 0.5 * dfn, 0.5 * dfd
    inside = m * np.log(dfn) + n * np.log(dfd) + special.xlogy(m - 1.0, x)
    x_bar = z_bar * np.exp(inside - (m + n) * np.log(dfd + dfn * x) - special.betaln(m, n))
    return (x_bar,)


@vjp_rule(special.fdtrc, broadcasts=True, without=("dfn", "dfd"))
def fdtrc(z, dfn, dfd, x, z_bar):
    """z = 1 - I(dfn / 2, dfd / 2; dfn x / (dfd + dfn x))."""
    m, n = 0.5 * dfn, 0.5 * dfd
    inside = m * np.log(dfn) + n * np.log(dfd) + special.xlogy(m - 1.0, x)
    x_bar = -(z_bar * np.exp(inside - (m + n) * np.log(dfd + dfn * x) - special.betaln(m, n)))
    return (x_bar,)


@vjp_rule(special.fdtri, broadcasts=True, without=("dfn", "dfd"))
def fdtri(z, dfn, dfd, p, z_bar):
    """p = fdtr(dfn, dfd, z)."""
    m, n = 0.5 * dfn, 0.5 * dfd
    inside = m * np.log(dfn) + n * np.log(dfd) + special.xlogy(m - 1.0, z)
    p_bar = z_bar * np.exp((m + n) * np.log(dfd + dfn * z) + special.betaln(m, n) - inside)
    return (p_bar,)
