"""Log-likelihood of a Gaussian mixture with a Wishart prior, as loops and as whole-array code.

    L = Σ_i logsumexp_k(alpha_k + D_k - ½ ‖Q_k (x_i - mu_k)‖²) - n logsumexp_k(alpha_k)
        - ½ n d log 2π + Σ_k (½ gamma² ‖Q_k‖_F² - m D_k) - k C

A row of `icf` holds Q_k: the logarithms of its diagonal (their sum is D_k), then its strictly lower
part column by column. Shapes: alphas (k,), means (k, d), icf (k, d (d + 1) / 2), x (n, d).
"""

from __future__ import annotations

import math

import numpy as np


def log_wishart_normaliser(d, gamma, m):
    """C = N d (log gamma - ½ log 2) - log Γ_d(N / 2) with N = d + m + 1."""
    dof = d + m + 1
    log_multigamma = 0.25 * d * (d - 1) * math.log(math.pi)
    for j in range(1, d + 1):
        log_multigamma += math.lgamma(0.5 * dof + 0.5 * (1 - j))
    return dof * d * (math.log(gamma) - 0.5 * math.log(2.0)) - log_multigamma


# ------------------------------------------------------------------------------------- loops


def logsumexp(values):
    """log Σ exp(values), shifted by the maximum so that nothing overflows."""
    top = values[0]
    for c in range(1, len(values)):
        if values[c] > top:
            top = values[c]
    total = 0.0
    for c in range(len(values)):
        total += np.exp(values[c] - top)
    return top + np.log(total)


def log_wishart_prior(qdiags, sum_qs, icf, d, gamma, m):
    """Σ_k (½ gamma² ‖Q_k‖_F² - m D_k) - k C."""
    k = len(sum_qs)
    out = 0.0
    for c in range(k):
        frobenius = 0.0
        for j in range(d):
            frobenius += qdiags[c, j] * qdiags[c, j]
        for p in range(d, icf.shape[1]):
            frobenius += icf[c, p] * icf[c, p]
        out += 0.5 * gamma * gamma * frobenius - m * sum_qs[c]
    return out - k * log_wishart_normaliser(d, gamma, m)


def gmm_loops(alphas, means, icf, x, gamma, m):
    """The objective with scalar loops and work arrays allocated once a call."""
    n, d = x.shape
    k = len(alphas)
    sum_qs = np.zeros(k)
    qdiags = np.empty((k, d))
    for c in range(k):
        for j in range(d):
            sum_qs[c] += icf[c, j]
            qdiags[c, j] = np.exp(icf[c, j])

    centred = np.empty(d)
    product = np.empty(d)
    terms = np.empty(k)
    slse = 0.0
    for i in range(n):
        for c in range(k):
            for j in range(d):
                centred[j] = x[i, j] - means[c, j]
                product[j] = qdiags[c, j] * centred[j]
            packed = d
            for column in range(d):
                for row in range(column + 1, d):
                    product[row] += icf[c, packed] * centred[column]
                    packed += 1
            square = 0.0
            for j in range(d):
                square += product[j] * product[j]
            terms[c] = alphas[c] + sum_qs[c] - 0.5 * square
        slse += logsumexp(terms)

    constant = -0.5 * n * d * math.log(2.0 * math.pi)
    prior = log_wishart_prior(qdiags, sum_qs, icf, d, gamma, m)
    return constant + slse - n * logsumexp(alphas) + prior


# ------------------------------------------------------------------------------- whole arrays


def upper_factor(row, d):
    """The transpose of Q_k as a (d, d) matrix, from its packed row."""
    factor = np.zeros((d, d))
    packed = d
    for column in range(d):
        factor[column, column] = np.exp(row[column])
        for j in range(column + 1, d):
            factor[column, j] = row[packed]
            packed += 1
    return factor


def gmm_arrays(alphas, means, icf, x, gamma, m):
    """The objective with arrays over all points, one component at a time.

    `total` and `top` carry a log-sum-exp over the components seen so far, which avoids an (n, k)
    array of terms.
    """
    n, d = x.shape
    k = len(alphas)
    top = np.zeros(n) - 1e300
    total = np.zeros(n)
    prior = 0.0
    for c in range(k):
        row = icf[c]
        factor = upper_factor(row, d)
        log_det = 0.0
        for j in range(d):
            log_det += row[j]
        product = (x - means[c]) @ factor
        term = alphas[c] + log_det - 0.5 * np.sum(product * product, axis=1)
        new_top = np.maximum(top, term)
        total = total * np.exp(top - new_top) + np.exp(term - new_top)
        top = new_top
        prior += 0.5 * gamma**2 * np.sum(factor * factor) - m * log_det
    constant = -0.5 * n * d * math.log(2.0 * math.pi) - k * log_wishart_normaliser(d, gamma, m)
    return constant + np.sum(top + np.log(total)) - n * logsumexp(alphas) + prior
