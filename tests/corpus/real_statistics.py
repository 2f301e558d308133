"""Real code: likelihoods, filters, sequences, finance by simulation."""

import math

import numpy as np

from tests.corpus.registry import program


@program(
    lambda r: (r.normal(size=8), r.uniform(0.1, 0.3), r.uniform(0.5, 1.0), r.normal(size=2)),
    compiled=True,
)
def kalman_log_likelihood(observations, process_noise, sensor_noise, start):
    """A local linear trend, the 2×2 filter written out; the gap in the data is only predicted."""
    level, trend = start
    p00, p01, p11 = 1.0, 0.0, 1.0
    log_likelihood = 0.0
    for t in range(len(observations)):
        level = level + trend
        p00 = p00 + 2.0 * p01 + p11 + process_noise
        p01 = p01 + p11
        p11 = p11 + 0.1 * process_noise
        if t == 3:
            continue
        innovation = observations[t] - level
        s = p00 + sensor_noise
        log_likelihood -= 0.5 * (math.log(2.0 * math.pi * s) + innovation * innovation / s)
        g0, g1 = p00 / s, p01 / s
        level += g0 * innovation
        trend += g1 * innovation
        p00, p01, p11 = (1.0 - g0) * p00, (1.0 - g0) * p01, p11 - g1 * p01
    return log_likelihood


@program(
    lambda r: (r.normal(size=(3, 3)), r.normal(size=(3, 4)), np.array([0, 2, 1, 3, 3, 0, 1])),
)
def scaled_forward_algorithm(transition_logits, emission_logits, symbols):
    """A hidden Markov model from logits; each step is scaled, the scales give the likelihood."""
    states = transition_logits.shape[0]
    transition = np.empty((states, states))
    emission = np.empty(emission_logits.shape)
    for i in range(states):
        e = np.exp(transition_logits[i] - np.max(transition_logits[i]))
        transition[i] = e / e.sum()
        e2 = np.exp(emission_logits[i] - np.max(emission_logits[i]))
        emission[i, :] = e2 / np.sum(e2)
    alpha = np.full(states, 1.0 / states)
    log_likelihood = 0.0
    for t in range(len(symbols)):
        if t > 0:
            alpha = transition.T @ alpha
        alpha *= emission[:, symbols[t]]
        scale = alpha.sum()
        alpha /= scale
        log_likelihood += np.log(scale)
    return log_likelihood


@program(lambda r: (np.log(r.uniform(0.1, 1, (3, 3))), r.normal(size=(5, 3))), compiled=True)
def viterbi_score_and_path(log_transition, log_emission):
    """The best path is traced back through integers; its score is weighted by its states."""
    steps, states = log_emission.shape
    delta = np.empty((steps, states))
    back = np.zeros((steps, states), dtype=np.int64)
    delta[0] = log_emission[0]
    for t in range(1, steps):
        for j in range(states):
            best, arg = delta[t - 1, 0] + log_transition[0, j], 0
            for i in range(1, states):
                candidate = delta[t - 1, i] + log_transition[i, j]
                if candidate > best:
                    best, arg = candidate, i
            delta[t, j] = best + log_emission[t, j]
            back[t, j] = arg
    state = np.argmax(delta[-1])
    score = delta[-1, state]
    weighted = 0.0
    for t in range(steps - 1, -1, -1):
        weighted += (state + 1.0) * log_emission[t, state]
        state = back[t, state]
    return score + 0.1 * weighted


@program(lambda r: (r.normal(size=(5, 2)), r.normal(size=(6, 2)), 0.5))
def soft_dynamic_time_warping(a, b, gamma):
    """A soft minimum over three moves; infinite cost outside of a band."""
    n, m = len(a), len(b)
    cost = np.full((n + 1, m + 1), 1e6)
    cost[0, 0] = 0.0
    for i in range(1, n + 1):
        for j in range(max(1, i - 3), min(m, i + 3) + 1):
            d = np.sum((a[i - 1] - b[j - 1]) ** 2)
            moves = (cost[i - 1, j - 1], cost[i - 1, j], cost[i, j - 1])
            least = min(moves)
            total = 0.0
            for move in moves:
                total += math.exp(-(move - least) / gamma)
            cost[i, j] = d + least - gamma * math.log(total)
    return cost[n, m]


@program(
    lambda r: (
        r.uniform(0.5, 1.5),
        r.uniform(0.5, 1.5),
        np.array([0, 1, 2, 2, 1]),
        np.array([1, 2, 0, 1]),
    )
)
def soft_edit_distance(gap, mismatch, first, second):
    """Two rows of the table, exchanged; a soft minimum makes it smooth in the costs."""

    def softmin(x, y, z, sharpness=4.0):
        low = min(x, min(y, z))
        s = np.exp(-sharpness * (x - low)) + np.exp(-sharpness * (y - low))
        return low - np.log(s + np.exp(-sharpness * (z - low))) / sharpness

    previous = gap * np.arange(len(second) + 1)
    current = np.zeros(len(second) + 1)
    for i in range(len(first)):
        current[0] = (i + 1) * gap
        for j in range(len(second)):
            substitution = previous[j] + (0.0 if first[i] == second[j] else mismatch)
            current[j + 1] = softmin(previous[j + 1] + gap, current[j] + gap, substitution)
        previous, current = current, previous
    return previous[len(second)]


@program(lambda r: (0.1 * r.normal(size=12), 0.05, 0.1, 0.8))
def gjr_garch_likelihood(returns, omega, alpha, beta):
    """Variance with a leverage term, floored; minus the log-likelihood."""
    variance = np.empty_like(returns)
    variance[0] = np.mean(returns**2)
    nll = 0.0
    for t in range(len(returns)):
        if t > 0:
            shock = returns[t - 1] ** 2
            leverage = 0.05 * shock if returns[t - 1] < 0 else 0.0
            variance[t] = max(omega + alpha * shock + leverage + beta * variance[t - 1], 1e-6)
        nll += 0.5 * (math.log(2 * math.pi) + np.log(variance[t]) + returns[t] ** 2 / variance[t])
    return nll


@program(lambda r: (r.normal(size=10), np.array([-1.0, 0.5, 2.0]), np.array([0.8, 1.0, 1.2])))
def mixture_fitted_by_em(data, start, scales):
    """Three rounds of expectation and maximisation; the likelihood after them."""
    k = len(start)
    mean, sigma, weight = start.copy(), scales.copy(), np.ones(k) / k
    likelihood = 0.0
    for round_ in range(3):
        resp = np.zeros((len(data), k))
        likelihood = 0.0
        for i, x in enumerate(data):
            density = weight / sigma * np.exp(-0.5 * ((x - mean) / sigma) ** 2)
            total = density.sum()
            resp[i] = density / total
            likelihood += np.log(total)
        count = resp.sum(axis=0)
        weight = count / len(data)
        mean = resp.T @ data / count
        for j in range(k):
            deviation = data - mean[j]
            sigma[j] = np.sqrt((resp[:, j] * deviation**2).sum() / count[j] + 0.01)
    return likelihood


@program(lambda r: (r.normal(size=10), r.uniform(0.3, 0.6), r.uniform(0.2, 0.4)))
def arma_likelihood_by_innovations(y, phi, theta):
    """Residuals of an ARMA(1, 1) process with the variance concentrated out."""
    n = y.shape[0]
    residual = np.zeros(n)
    mean = np.mean(y)
    residual[0] = (y[0] - mean) * np.sqrt(1.0 - phi**2)
    for t in range(1, n):
        residual[t] = y[t] - mean - phi * (y[t - 1] - mean) - theta * residual[t - 1]
    variance = residual @ residual / n
    return -0.5 * n * (np.log(2.0 * np.pi * variance) + 1.0) + 0.5 * np.log(1.0 - phi**2)


@program(
    lambda r: (r.normal(size=(4, 6)), r.uniform(0, 1, 4), r.normal(size=4), 0.6, 0.8), step=1e-3
)
def particle_filter_with_fixed_draws(noise, offsets, observations, a, sigma):
    """Systematic resampling by a pointer along the cumulated weights."""
    particles = noise[0].copy()
    n = len(particles)
    log_likelihood = 0.0
    for t in range(len(observations)):
        if t > 0:
            particles = a * particles + 0.5 * noise[t]
        weight = np.exp(-0.5 * ((observations[t] - particles) / sigma) ** 2) / sigma
        total = np.sum(weight)
        log_likelihood += np.log(total / n)
        weight /= total
        resampled = np.empty(n)
        cumulated = weight[0]
        j = 0
        for i in range(n):
            u = (i + offsets[t]) / n
            while u > cumulated and j < n - 1:
                j += 1
                cumulated += weight[j]
            resampled[i] = particles[j]
        particles = resampled
    return log_likelihood + 0.01 * np.sum(particles)


@program(
    lambda r: (100.0, r.uniform(0.2, 0.3), 0.03, 115.0),
    random=True,
    compiled=True,
    step=1e-3,
)
def knock_out_call_by_monte_carlo(spot, volatility, rate, barrier):
    """Black-Scholes paths, each left at the barrier; antithetic draws."""
    steps, paths = 8, 20
    dt = 1.0 / steps
    np.random.seed(7)
    payoff = 0.0
    alive_at_the_end = 0
    for path in range(paths):
        up, down = spot, spot
        up_alive = down_alive = True
        for step in range(steps):
            z = np.random.normal()
            drift = (rate - 0.5 * volatility**2) * dt
            up *= math.exp(drift + volatility * math.sqrt(dt) * z)
            down *= math.exp(drift - volatility * math.sqrt(dt) * z)
            up_alive = up_alive and up < barrier
            down_alive = down_alive and down < barrier
            if not up_alive and not down_alive:
                break
        if up_alive:
            payoff += 0.5 * max(up - 95.0, 0.0)
            alive_at_the_end += 1
        if down_alive:
            payoff += 0.5 * max(down - 95.0, 0.0)
    assert alive_at_the_end > 0
    return math.exp(-rate) * payoff / paths


@program(
    lambda r: (r.normal(size=(5, 6, 2)), 0.2, r.uniform(1, 2), r.uniform(0.3, 0.5), -0.5),
    step=1e-3,
)
def heston_asian_option(draws, v0, kappa, xi, rho):
    """Full truncation Euler on fixed draws; the average of each path is paid."""
    paths, steps, _ = draws.shape
    dt = 0.1
    total = 0.0
    for p in range(paths):
        s, v = 1.0, v0
        average = 0.0
        for t in range(steps):
            z1 = draws[p, t, 0]
            z2 = rho * z1 + math.sqrt(1.0 - rho * rho) * draws[p, t, 1]
            positive = max(v, 0.0)
            s *= math.exp(-0.5 * positive * dt + math.sqrt(positive * dt) * z1)
            v += kappa * (0.05 - positive) * dt + xi * math.sqrt(positive * dt) * z2
            average += s
        average /= steps
        total += max(average - 0.95, 0.0)
    return 100.0 * total / paths


@program(lambda r: (r.uniform(0.9, 1.1), r.uniform(0.2, 0.3), 1.02), step=1e-3)
def american_put_with_dividends(spot, sigma, strike):
    """A binomial tree rolled back in one array; early exercise where it pays."""
    steps = 12
    dt = 1.0 / steps
    u = np.exp(sigma * np.sqrt(dt))
    d = 1.0 / u
    q = (np.exp(0.02 * dt) - d) / (u - d)
    discount = np.exp(-0.03 * dt)
    value = np.zeros(steps + 1)
    for j in range(steps + 1):
        value[j] = max(strike - spot * u ** (2 * j - steps), 0.0)
    exercised = 0
    for i in reversed(range(steps)):
        for j in range(i + 1):
            hold = discount * (q * value[j + 1] + (1.0 - q) * value[j])
            now = strike - spot * u ** (2 * j - i)
            if now > hold:
                exercised += 1
            value[j] = now if now > hold else hold
    return value[0] + 1e-3 * exercised


@program(lambda r: (r.normal(size=(6, 2)), 0.3 * r.normal(size=(2, 2)), r.uniform(0.5, 1, 2)))
def kalman_filter_with_matrices(observations, dynamics, noise):
    """Predict and update with whole matrices; a 2×2 inverse in place."""
    x = np.zeros(2)
    p = np.eye(2)
    q = np.diag(noise)
    r = 0.5 * np.eye(2)
    score = 0.0
    for z in observations:
        x = dynamics @ x
        p = dynamics @ p @ dynamics.T + q
        s = p + r
        det = s[0, 0] * s[1, 1] - s[0, 1] * s[1, 0]
        inverse = np.empty((2, 2))
        inverse[0, 0], inverse[1, 1] = s[1, 1] / det, s[0, 0] / det
        inverse[0, 1], inverse[1, 0] = -s[0, 1] / det, -s[1, 0] / det
        gain = p @ inverse
        residual = z - x
        x = x + gain @ residual
        p = (np.eye(2) - gain) @ p
        score -= 0.5 * (np.log(det) + residual @ inverse @ residual)
    return score
