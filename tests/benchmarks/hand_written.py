"""Adjoints written by hand for Numba, in a form that a source transformation could generate.

They say what is within reach; no algebra that a compiler could not do. Each returns the value and
the gradients.
"""

from __future__ import annotations

import math

import numba
import numpy as np

from tests.adbench import gmm

_njit = numba.njit(error_model="numpy")
_logsumexp = _njit(gmm.logsumexp)
_log_wishart_normaliser = _njit(gmm.log_wishart_normaliser)


@_njit
def logistic_map_adjoint(x, r, steps):
    tape = np.empty(steps)
    s = 0.0
    for i in range(steps):
        tape[i] = x
        x = r * x * (1.0 - x)
        s += x
    x_bar = 0.0
    r_bar = 0.0
    for i in range(steps - 1, -1, -1):
        old = tape[i]
        x_bar += 1.0
        r_bar += x_bar * old * (1.0 - old)
        x_bar = x_bar * r * (1.0 - 2.0 * old)
    return s, (x_bar, r_bar)


@_njit
def sine_recurrence_adjoint(x, w, steps):
    tape = np.empty(steps)
    s = 0.0
    for i in range(steps):
        tape[i] = x
        x = np.sin(w * x) + 0.1 * x
        s += x
    x_bar = 0.0
    w_bar = 0.0
    for i in range(steps - 1, -1, -1):
        old = tape[i]
        x_bar += 1.0
        cosine = np.cos(w * old)
        w_bar += x_bar * cosine * old
        x_bar = x_bar * (cosine * w + 0.1)
    return s, (x_bar, w_bar)


@_njit
def gmm_adjoint(alphas, means, icf, x, gamma, m):
    """Points are independent: the tape holds one point, k components by d numbers."""
    n, d = x.shape
    k = len(alphas)
    sum_qs = np.zeros(k)
    qdiags = np.empty((k, d))
    for c in range(k):
        for j in range(d):
            sum_qs[c] += icf[c, j]
            qdiags[c, j] = np.exp(icf[c, j])

    alphas_bar = np.zeros_like(alphas)
    means_bar = np.zeros_like(means)
    icf_bar = np.zeros_like(icf)
    qdiags_bar = np.zeros((k, d))
    centred = np.empty((k, d))
    product = np.empty((k, d))
    centred_bar = np.empty(d)
    product_bar = np.empty(d)
    terms = np.empty(k)
    value = 0.0
    for i in range(n):
        for c in range(k):
            for j in range(d):
                centred[c, j] = x[i, j] - means[c, j]
                product[c, j] = qdiags[c, j] * centred[c, j]
            packed = d
            for column in range(d):
                for row in range(column + 1, d):
                    product[c, row] += icf[c, packed] * centred[c, column]
                    packed += 1
            square = 0.0
            for j in range(d):
                square += product[c, j] * product[c, j]
            terms[c] = alphas[c] + sum_qs[c] - 0.5 * square
        top = terms[0]
        for c in range(1, k):
            top = max(top, terms[c])
        total = 0.0
        for c in range(k):
            terms[c] = np.exp(terms[c] - top)
            total += terms[c]
        value += top + np.log(total)
        for c in range(k):
            term_bar = terms[c] / total
            alphas_bar[c] += term_bar
            for j in range(d):
                product_bar[j] = -term_bar * product[c, j]
                qdiags_bar[c, j] += product_bar[j] * centred[c, j]
                centred_bar[j] = product_bar[j] * qdiags[c, j]
            packed = d
            for column in range(d):
                bar = 0.0
                for row in range(column + 1, d):
                    icf_bar[c, packed] += product_bar[row] * centred[c, column]
                    bar += product_bar[row] * icf[c, packed]
                    packed += 1
                centred_bar[column] += bar
            for j in range(d):
                means_bar[c, j] -= centred_bar[j]

    log_normaliser = _logsumexp(alphas)
    value += -0.5 * n * d * math.log(2.0 * math.pi) - n * log_normaliser
    for c in range(k):
        frobenius = 0.0
        for j in range(d):
            frobenius += qdiags[c, j] * qdiags[c, j]
            qdiags_bar[c, j] += gamma * gamma * qdiags[c, j]
            # the terms' D_k, whose adjoint is what alphas_bar holds so far
            icf_bar[c, j] += alphas_bar[c] - m + qdiags_bar[c, j] * qdiags[c, j]
        for p in range(d, icf.shape[1]):
            frobenius += icf[c, p] * icf[c, p]
            icf_bar[c, p] += gamma * gamma * icf[c, p]
        value += 0.5 * gamma * gamma * frobenius - m * sum_qs[c]
        alphas_bar[c] -= n * np.exp(alphas[c] - log_normaliser)
    value -= k * _log_wishart_normaliser(d, gamma, m)
    return value, (alphas_bar, means_bar, icf_bar)
