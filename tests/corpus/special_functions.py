"""Programs with special functions, log-densities and Fourier transforms."""

from __future__ import annotations

import numpy as np
from scipy import special, stats

from tests.corpus.registry import program


@program(
    lambda r: (r.normal(size=(9, 2)), r.normal(size=(3, 2)), r.normal(size=3), r.normal(size=3)),
    argnums=(1, 2, 3),
    compiled=True,
)
def gaussian_mixture(x, means, log_scales, logits):
    weights = special.log_softmax(logits)
    distances = np.sum((x[:, None, :] - means) ** 2, axis=2)
    scales = np.exp(log_scales)
    parts = weights - 0.5 * distances / scales**2 - 2.0 * log_scales
    return np.sum(special.logsumexp(parts, axis=1))


@program(
    lambda r: (r.normal(size=(8, 3)), r.integers(0, 2, 8), r.normal(size=3)),
    argnums=(0, 2),
    compiled=True,
)
def probit_regression(x, y, w):
    score = x @ w
    return -np.sum(special.log_ndtr(np.where(y == 1, score, -score)))


@program(lambda r: (r.standard_t(3, size=10), 0.1, 0.2, 1.2))
def student_likelihood(x, loc, log_scale, log_df):
    return np.sum(stats.t.logpdf(x, np.exp(log_df), loc=loc, scale=np.exp(log_scale)))


@program(lambda r: (r.integers(0, 9, 6), 9, 0.4, -0.3), argnums=(2, 3))
def beta_binomial(k, n, log_a, log_b):
    a, b = np.exp(log_a), np.exp(log_b)
    ways = -np.log(n + 1.0) - special.betaln(n - k + 1.0, k + 1.0)
    return np.sum(ways + special.betaln(k + a, n - k + b) - special.betaln(a, b))


@program(lambda r: (r.normal(size=16), r.normal(size=9)))
def spectral_filter(signal, gains):
    spectrum = np.fft.rfft(signal)
    filtered = np.fft.irfft(spectrum * special.expit(gains), n=16)
    return np.sum((filtered - signal) ** 2) + filtered[3]


@program(lambda r: (r.normal(size=(6, 4)), r.integers(0, 4, 6)))
def softmax_cross_entropy(logits, labels):
    logarithms = special.log_softmax(logits, axis=1)
    return -np.mean(logarithms[np.arange(6), labels])


@program(lambda r: (r.poisson(2.0, 7), r.normal(size=(7, 2)), r.normal(size=2)), argnums=(1, 2))
def poisson_regression(counts, x, w):
    prior = np.sum(stats.norm.logpdf(w, scale=2.0))
    return prior + np.sum(stats.poisson.logpmf(counts, np.exp(x @ w)))


@program(lambda r: (r.normal(size=12), 0.7, 1.5))
def heat_by_fourier(u, diffusivity, time):
    k = 2.0 * np.pi * np.fft.fftfreq(12, d=1.0 / 12.0)
    decay = np.exp(-diffusivity * 0.01 * k**2 * time)
    v = np.real(np.fft.ifft(decay * np.fft.fft(u)))
    return np.sum(v**3) + v[5]


@program(lambda r: (r.normal(size=(4, 6)), r.normal(size=(4, 6))))
def correlation_of_pictures(a, b):
    product = np.fft.fft2(a) * np.conj(np.fft.fft2(b))
    shifts = np.fft.fftshift(np.real(np.fft.ifft2(product)))
    return special.logsumexp(0.1 * shifts)


@program(lambda r: (r.uniform(0.5, 3.0, 6), r.uniform(0.5, 2.0, 6)))
def option_prices(spot, strike):
    d = np.log(spot / strike) / 0.3 + 0.15
    return np.sum(spot * special.ndtr(d) - strike * special.ndtr(d - 0.3))


@program(lambda r: (r.uniform(-3.0, 3.0, 8), 1.7, 0.4), compiled=True)
def von_mises(angles, kappa, mean):
    total = 0.0
    for i in range(len(angles)):
        total += kappa * np.cos(angles[i] - mean)
    return total - len(angles) * (np.log(special.i0e(kappa)) + kappa)


@program(lambda r: (r.normal(size=5), r.normal(size=(5, 5))))
def gaussian_process(y, m):
    cov = m @ m.T + 5.0 * np.identity(5)
    return stats.multivariate_normal.logpdf(y, np.zeros(5), cov)


@program(lambda r: (r.uniform(0.2, 3.0, 6), 0.8, 1.9))
def censored_lifetimes(t, log_shape, log_scale):
    shape, scale = np.exp(log_shape), np.exp(log_scale)
    seen = stats.weibull_min.logpdf(t[:3], shape, scale=scale)
    survived = -((t[3:] / scale) ** shape)
    return np.sum(seen) + np.sum(survived)


@program(lambda r: (r.uniform(0.1, 4.0, 6),))
def diffraction(x):
    return np.sum((2.0 * special.j1(x) / x) ** 2) + special.jn(2, x[0]) * np.sinc(x[1])
