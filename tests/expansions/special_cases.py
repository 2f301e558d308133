"""Calls of NumPy's further ufuncs, of `scipy.special` and of `scipy.stats`; see `shape_cases`."""

from __future__ import annotations

import numpy as np
from scipy import special, stats

COUNTS = np.array([0, 3, 1, 2, 7])
UNIT = np.array([0.2, 0.7, 0.5, 0.9, 0.35])
WITH_NAN = np.array([np.nan, np.inf, -np.inf, 0.0, 2.0])
COVARIANCE = np.array([[2.0, 0.3, 0.1, 0.0], [0.3, 1.5, 0.2, 0.1], [0.1, 0.2, 1.2, 0.0]] * 2)[:4]
COVARIANCE = COVARIANCE @ COVARIANCE.T + np.identity(4)

UFUNCS = [
    lambda x, y: np.divmod(3.0 * x, y),
    lambda x, y: divmod(x[0], y[1]),
    lambda x: np.modf(3.0 * x),
    lambda t: np.modf(t),
    lambda: np.modf(WITH_NAN)[0],
    lambda x: np.frexp(3.0 * x)[0],
    lambda x, y: np.heaviside(x, y),
    lambda x: np.heaviside(np.trunc(x), 0.5) * x,
    lambda x: np.nan_to_num(x),
    lambda x: np.nan_to_num(np.where(x > 0, np.inf, x), posinf=3.0) * x,
    lambda: np.nan_to_num(WITH_NAN),
    lambda: np.nan_to_num(WITH_NAN, nan=1.0, posinf=2.0, neginf=-2.0),
    lambda h: 1.0 / np.nan_to_num(np.where(h > 0.0, np.inf, h)),
    lambda t: np.nan_to_num(t) * np.heaviside(t, 0.5),
    lambda z: np.abs(np.nan_to_num(z)),
    lambda z: np.abs(np.float_power(z, 2.5)),
    lambda x, y: np.vecdot(x, y),
    lambda a, b: np.vecdot(a, b, axis=0),
    lambda a, z: np.abs(np.matvec(a, z)),
    lambda a, s: np.matvec(a, s[0]),
    lambda s, a: np.vecmat(a[:, 0], a),
    lambda x: np.unwrap(9.0 * x),
    lambda x, y: np.logaddexp2(x, y) + np.logaddexp(x, y),
    lambda x, y: np.copysign(x, y) + np.hypot(x, y) + np.arctan2(x, y),
    lambda x, y: np.fmod(3.0 * x, y) + np.remainder(3.0 * x, y) + np.floor_divide(x, y),
    lambda x, y: np.nextafter(x, y) + np.fmax(x, y) + np.fmin(x, 2.0 * y),
    lambda x: np.cbrt(x) + np.exp2(x) + np.expm1(x) + np.log1p(x * x) + np.sinc(x),
    lambda x: np.deg2rad(x) + np.rad2deg(x) + np.fabs(x) + np.positive(x) + np.spacing(x),
    lambda x: np.trunc(x) + np.rint(x) + np.ldexp(x, COUNTS) + np.float_power(x * x, 1.5),
    lambda x: np.i0(x),
    lambda t: np.i0(t) + np.where(t > 1.0, t, 2.0),
]

FURTHER = [
    lambda x: special.polygamma(1, x * x + 0.1),
    lambda t: special.polygamma(2, t) + special.polygamma(0, t),
    lambda x: special.polygamma(3, x * x + 0.1),
    lambda x, y: special.zeta(x * x + 1.5, y * y + 0.2) + special.zeta(y * y + 1.2),
    lambda t: special.multigammaln(t + 2.0, 3),
    lambda x: special.multigammaln(x * x + 2.0, 3) + special.softplus(x),
    lambda x: special.chdtr(3, x * x) + special.chdtrc(2, x * x) + special.pdtr(2, x * x),
    lambda x: special.gdtr(x * x, 1.5, 2.0) + special.fdtr(3, 4, x * x) + special.pdtrc(1, x * x),
    lambda x: special.betaincinv(1.5, 2.0, special.expit(x)) + special.chdtri(3, special.expit(x)),
    lambda x: special.stdtrit(4, special.expit(x)) + special.gammaincinv(2, special.expit(x)),
    lambda x: special.ellipk(special.expit(x)) + special.ellipe(x) + special.ellipkinc(x, 0.4),
    lambda x, y: special.owens_t(x, y) + special.erfi(x) + special.spence(y * y),
    lambda x: special.hyp1f1(1.5, 0.5, 0.1 * x) + special.hyp0f1(1.5, x),
    lambda x: special.hyp2f1(1.5, 0.5, 2.0, 0.1 * x),
]

SPECIAL = [
    lambda x: special.erf(x) + special.erfc(x) + special.erfinv(0.5 * x) + special.erfcx(x),
    lambda x: special.gamma(x) + special.gammaln(x * x) + special.psi(x) + special.digamma(x + 2),
    lambda x, y: special.beta(x * x, y * y) + special.betaln(np.exp(x), np.exp(y)),
    lambda x: special.expit(x) + special.logit(special.expit(x)) + special.log_expit(x),
    lambda x, y: special.xlogy(x, y * y) + special.xlog1py(x, y * y) + special.entr(x * x),
    lambda x, y: special.rel_entr(x * x, y * y) + special.kl_div(x * x, y * y),
    lambda x: special.j0(x) + special.j1(x) + special.y0(x * x) + special.y1(x * x),
    lambda x: special.jn(3, x) + special.jv(1, x) + special.iv(2, x) + special.kv(1, np.exp(x)),
    lambda x: special.i0(x) + special.i0e(x) + special.i1(x) + special.i1e(x),
    lambda x: special.ndtr(x) + special.ndtri(special.ndtr(x)) + special.log_ndtr(x),
    lambda x: special.gammainc(2.5, x * x) + special.gammaincc(1.5, x * x),
    lambda x: special.betainc(2.0, 3.0, special.expit(x)) + special.stdtr(4.0, x),
    lambda a, y: special.betaln(np.exp(a), np.exp(y[:4])),
    lambda h: special.expit(h),
    lambda i: special.gammaln(i + 1),
    lambda t: special.erf(t) * special.psi(t),
    lambda a: special.logsumexp(a),
    lambda a: special.logsumexp(a, axis=1),
    lambda c: special.logsumexp(c, axis=(0, 2), keepdims=True),
    lambda a, b: special.logsumexp(a, axis=0, b=np.exp(b)),
    lambda a: special.logsumexp(np.where(a < 0.0, -np.inf, a), axis=0),
    lambda h: special.logsumexp(h, axis=-1),
    lambda a, b: special.logsumexp(a, axis=1, b=b, return_sign=True)[0],
    lambda a: special.softmax(a),
    lambda c: special.softmax(c, axis=-1),
    lambda a: special.log_softmax(a, axis=0),
]

DISTRIBUTIONS = [
    lambda x, y: stats.norm.logpdf(x, y, 2.0),
    lambda x, t: stats.norm.logpdf(x, scale=t),
    lambda t: stats.norm.logpdf(t),
    lambda x: stats.norm.pdf(x, 0.3),
    lambda x, t: stats.norm.cdf(x, loc=0.1, scale=t) + stats.norm.sf(x, t),
    lambda x, t: stats.norm.logcdf(x, 0.1, t) + stats.norm.logsf(x),
    lambda t: stats.norm.ppf(UNIT, t, t),
    lambda x, t: stats.t.logpdf(x, t, 0.2, 1.5),
    lambda x, t: np.maximum(stats.gamma.logpdf(x, t + 1.0, 0.0, 1.5), -99.0),
    lambda x, t: stats.gamma.pdf(np.exp(x), t, scale=t),
    lambda x, t: stats.chi2.logpdf(np.exp(x), t),
    lambda x, t: stats.invgamma.logpdf(np.exp(x), t, scale=0.7),
    lambda t: stats.beta.logpdf(UNIT, t, 2.0 * t),
    lambda x, t: np.maximum(stats.beta.logpdf(x, t, 1.5), -99.0),
    lambda x, t: np.maximum(stats.expon.logpdf(x, -0.1, t), -99.0),
    lambda x, t: np.maximum(stats.lognorm.logpdf(x, t, 0.0, 1.2), -99.0),
    lambda x, t: np.maximum(stats.uniform.logpdf(x, -0.5, t), -99.0),
    lambda x, t: stats.laplace.logpdf(x, 0.05, t),
    lambda x, t: stats.cauchy.logpdf(x, 0.1, t),
    lambda x, t: stats.logistic.logpdf(x, 0.1, t),
    lambda x, t: stats.gumbel_r.logpdf(x, 0.1, t),
    lambda x, t: (
        np.maximum(stats.halfnorm.logpdf(x, 0.0, t), -99.0)
        + np.maximum(stats.halfcauchy.logpdf(x, 0.0, t), -99.0)
    ),
    lambda x, t: (
        np.maximum(stats.weibull_min.logpdf(x, t), -99.0)
        + np.maximum(stats.pareto.logpdf(x + 1.0, t), -99.0)
    ),
    lambda x: stats.poisson.logpmf(COUNTS, np.exp(x)),
    lambda x, t: stats.poisson.pmf(COUNTS - 1, t),
    lambda t: np.maximum(stats.binom.logpmf(COUNTS, 5, 0.3 * t), -99.0),
    lambda x: np.maximum(stats.bernoulli.logpmf(COUNTS, special.expit(x)), -99.0),
    lambda t: stats.nbinom.logpmf(COUNTS, t, 0.3 * t),
    lambda x: np.maximum(stats.geom.logpmf(COUNTS, special.expit(x)), -99.0),
    lambda a, s: stats.multivariate_normal.logpdf(a, s[0], COVARIANCE),
    lambda s, t: stats.multivariate_normal.logpdf(s[1], mean=s[0], cov=t * COVARIANCE),
]

FOURIER = [
    lambda x: np.abs(np.fft.fft(x)),
    lambda a: np.abs(np.fft.fft(a, 7, axis=0)),
    lambda a: np.real(np.fft.fft(a, n=3, norm="ortho")),
    lambda z: np.abs(np.fft.ifft(z, norm="forward")),
    lambda a: np.imag(np.fft.rfft(a, axis=0)),
    lambda x: np.fft.irfft(np.fft.rfft(x) ** 2, 5),
    lambda c: np.fft.irfft(c, axis=1),
    lambda c: np.abs(np.fft.fft2(c)),
    lambda a: np.real(np.fft.ifft2(np.exp(1j * a))),
    lambda a: np.abs(np.fft.fftn(a, s=(2, 6), axes=(0, 1))),
    lambda x: np.fft.fftshift(x) * np.fft.fftfreq(5, 0.5),
    lambda a: np.fft.ifftshift(a, axes=1) + np.fft.rfftfreq(6),
]
