"""Real code: likelihoods, filters, dynamic programming."""

import math

import numpy as np

from tests.corpus.registry import program


@program(
    lambda r: (r.uniform(0.3, 0.6), r.uniform(0.3, 0.6), r.normal(size=12)),
    compiled=True,
    exact=False,
)
def kalman_filter_2x2(process_noise, observation_noise, observations):
    """Constant-velocity model, 2×2 algebra written out; the negative log-likelihood."""
    position, velocity = 0.0, 0.0
    p00, p01, p11 = 1.0, 0.0, 1.0
    q = process_noise * process_noise
    r = observation_noise * observation_noise
    loss = 0.0
    for t in range(len(observations)):
        position = position + velocity
        p00 = p00 + 2.0 * p01 + p11 + 0.25 * q
        p01 = p01 + p11 + 0.5 * q
        p11 = p11 + q
        innovation = observations[t] - position
        s = p00 + r
        k0 = p00 / s
        k1 = p01 / s
        position = position + k0 * innovation
        velocity = velocity + k1 * innovation
        p11 = p11 - k1 * p01
        p01 = (1.0 - k0) * p01
        p00 = (1.0 - k0) * p00
        loss += 0.5 * (math.log(2.0 * math.pi * s) + innovation * innovation / s)
    return loss


@program(
    lambda r: (
        r.normal(size=3),
        r.normal(size=(3, 3)),
        r.normal(size=(3, 4)),
        np.array([0, 3, 1, 2, 2, 0, 1]),
    ),
    compiled=True,
)
def hmm_forward(initial, transition, emission, observed):
    """Log-likelihood of a hidden Markov model from unnormalised scores, rescaled at each step."""
    n = len(initial)
    m = emission.shape[1]
    p = np.empty((n, n))
    e = np.empty((n, m))
    for i in range(n):
        row = 0.0
        for j in range(n):
            p[i, j] = math.exp(transition[i, j])
            row += p[i, j]
        for j in range(n):
            p[i, j] /= row
        row = 0.0
        for o in range(m):
            e[i, o] = math.exp(emission[i, o])
            row += e[i, o]
        for o in range(m):
            e[i, o] /= row
    alpha = np.empty(n)
    new = np.empty(n)
    total = 0.0
    for i in range(n):
        alpha[i] = math.exp(initial[i])
        total += alpha[i]
    for i in range(n):
        alpha[i] = alpha[i] / total * e[i, observed[0]]
    log_likelihood = 0.0
    for t in range(1, len(observed)):
        scale = 0.0
        for j in range(n):
            s = 0.0
            for i in range(n):
                s += alpha[i] * p[i, j]
            new[j] = s * e[j, observed[t]]
            scale += new[j]
        log_likelihood += math.log(scale)
        for j in range(n):
            alpha[j] = new[j] / scale
    return log_likelihood


@program(
    lambda r: (r.normal(size=3), r.normal(), r.normal(size=(8, 3)), r.integers(0, 2, 8)),
    compiled=True,
)
def logistic_regression(w, b, features, labels):
    loss = 0.0
    for i in range(features.shape[0]):
        z = b
        for j in range(features.shape[1]):
            z += features[i, j] * w[j]
        if z > 0.0:
            log_p = -math.log1p(math.exp(-z))
        else:
            log_p = z - math.log1p(math.exp(z))
        if labels[i] == 1:
            loss -= log_p
        else:
            loss -= log_p - z
    for j in range(len(w)):
        loss += 0.05 * w[j] * w[j]
    return loss / features.shape[0]


@program(lambda r: (r.normal(size=(4, 5)), r.normal(size=(4, 5))), compiled=True)
def softmax_rows(x, weights):
    n, m = x.shape
    out = np.empty((n, m))
    for i in range(n):
        top = x[i, 0]
        for j in range(1, m):
            top = max(top, x[i, j])
        total = 0.0
        for j in range(m):
            out[i, j] = math.exp(x[i, j] - top)
            total += out[i, j]
        for j in range(m):
            out[i, j] /= total
    s = 0.0
    for i in range(n):
        for j in range(m):
            s += out[i, j] * weights[i, j]
    return s


@program(lambda r: (r.normal(size=5), r.normal(size=6)), compiled=True, exact=True, step=1e-3)
def dynamic_time_warping(x, y):
    n = len(x)
    m = len(y)
    cost = np.zeros((n + 1, m + 1))
    for i in range(1, n + 1):
        cost[i, 0] = 1e10
    for j in range(1, m + 1):
        cost[0, j] = 1e10
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            d = (x[i - 1] - y[j - 1]) * (x[i - 1] - y[j - 1])
            cost[i, j] = d + min(cost[i - 1, j], cost[i, j - 1], cost[i - 1, j - 1])
    return cost[n, m]


@program(lambda r: (100.0, 105.0, 0.03, 0.25, 1.0, 8), compiled=True, step=1e-3, tolerance=1e-7)
def american_put_on_a_binomial_tree(spot, strike, rate, volatility, maturity, steps):
    """Cox-Ross-Rubinstein tree with early exercise; values overwritten level by level."""
    dt = maturity / steps
    up = math.exp(volatility * math.sqrt(dt))
    down = 1.0 / up
    discount = math.exp(-rate * dt)
    p = (math.exp(rate * dt) - down) / (up - down)
    values = np.zeros(steps + 1)
    for i in range(steps + 1):
        price = spot * up ** (2 * i - steps)
        values[i] = max(strike - price, 0.0)
    for level in range(steps - 1, -1, -1):
        for i in range(level + 1):
            held = discount * (p * values[i + 1] + (1.0 - p) * values[i])
            exercised = strike - spot * up ** (2 * i - level)
            values[i] = held if held > exercised else exercised
    return values[0]


def normal_cdf(x):
    return 0.5 * math.erfc(-x / math.sqrt(2.0))


@program(lambda r: (100.0, 95.0, 0.03, 0.2, 1.5), compiled=True)
def black_scholes(spot, strike, rate, volatility, maturity):
    root = volatility * math.sqrt(maturity)
    d1 = (math.log(spot / strike) + (rate + 0.5 * volatility**2) * maturity) / root
    d2 = d1 - root
    return spot * normal_cdf(d1) - strike * math.exp(-rate * maturity) * normal_cdf(d2)


@program(
    lambda r: (r.normal(size=(3, 2)), np.log([0.3, 0.3, 0.4]), r.normal(size=(10, 2))),
    compiled=True,
)
def mixture_log_likelihood(means, log_weights, points):
    """Unit-variance Gaussians in the plane, log-sum-exp by a maximum."""
    k = len(log_weights)
    terms = np.empty(k)
    total = 0.0
    for i in range(points.shape[0]):
        top = -1e300
        for c in range(k):
            dx = points[i, 0] - means[c, 0]
            dy = points[i, 1] - means[c, 1]
            terms[c] = log_weights[c] - 0.5 * (dx * dx + dy * dy)
            if terms[c] > top:
                top = terms[c]
        s = 0.0
        for c in range(k):
            s += math.exp(terms[c] - top)
        total += top + math.log(s)
    return total


@program(
    lambda r: (r.normal(size=(3, 2)), r.normal(size=3), r.normal(size=3), r.normal(size=(6, 2))),
    compiled=True,
)
def two_layer_network(w1, b1, w2, inputs):
    """Whole-array style: rows through `@` and tanh."""
    loss = 0.0
    for i in range(inputs.shape[0]):
        hidden = np.tanh(w1 @ inputs[i] + b1)
        y = np.dot(w2, hidden)
        loss += (y - inputs[i, 0] * inputs[i, 1]) ** 2
    return loss / inputs.shape[0]


@program(lambda r: (0.1, 0.15, 0.7, 0.02 * r.normal(size=15)), compiled=True)
def garch_likelihood(omega, alpha, beta, returns):
    variance = omega / (1.0 - alpha - beta)
    loss = 0.0
    for t in range(len(returns)):
        loss += 0.5 * (math.log(variance) + returns[t] * returns[t] / variance)
        variance = omega + alpha * returns[t] * returns[t] + beta * variance
    return loss


@program(lambda r: (r.uniform(-1, 1, (5, 5)), np.array([2, 0, 4, 1])), compiled=True)
def log_partition_of_a_chain(scores, labels):
    """A linear-chain conditional random field: log Z minus the score of one labelling."""
    n = scores.shape[0]
    alpha = np.zeros(n)
    for t in range(1, 4):
        new = np.empty(n)
        for j in range(n):
            total = 0.0
            for i in range(n):
                total += np.exp(alpha[i] + scores[i, j])
            new[j] = np.log(total)
        alpha = new
    total = 0.0
    for j in range(n):
        total += np.exp(alpha[j])
    score = 0.0
    for t in range(1, len(labels)):
        score += scores[labels[t - 1], labels[t]]
    return np.log(total) - score


@program(
    lambda r: (r.normal(size=(5, 5)), r.normal(size=(2, 2)), r.normal()), compiled=True, exact=True
)
def convolution_and_pooling(image, kernel, bias):
    """Valid convolution, rectifier, 2×2 maximum."""
    out = np.zeros((4, 4))
    for i in range(4):
        for j in range(4):
            s = bias
            for a in range(2):
                for b in range(2):
                    s += image[i + a, j + b] * kernel[a, b]
            out[i, j] = s if s > 0.0 else 0.0
    total = 0.0
    for i in range(0, 4, 2):
        for j in range(0, 4, 2):
            top = out[i, j]
            for a in range(2):
                for b in range(2):
                    if out[i + a, j + b] > top:
                        top = out[i + a, j + b]
            total += top * top
    return total


@program(lambda r: (r.normal(size=4), r.uniform(0.5, 1.5), np.linspace(0, 2, 9)), compiled=True)
def rational_fit_residual(p, width, t):
    """Least squares of a damped oscillation against a fixed signal."""
    s = 0.0
    for i in range(len(t)):
        decay = np.exp(-t[i] / width)
        model = p[0] * decay * np.cos(p[1] * t[i] + p[2]) + p[3]
        residual = model - 0.5 * t[i]
        s += residual * residual / (1.0 + residual * residual)
    return s
