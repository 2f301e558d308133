"""Random draws: constants in the reverse sweep, never drawn again."""

import numpy as np

from tests.corpus.registry import program


@program(lambda r: (r.normal(), r.uniform(0.5, 1)), random=True, compiled=True)
def normal_draws(mu, sigma):
    s = 0.0
    for i in range(10):
        z = mu + sigma * np.random.normal()
        s += z * z
    return s


@program(lambda r: (r.uniform(0.3, 0.7),), random=True, compiled=True)
def draw_decides_a_branch(p):
    s = 0.0
    for i in range(20):
        if np.random.random() < 0.4:
            s += p * p
        else:
            s += np.exp(-p)
    return s


@program(lambda r: (r.normal(),), random=True)
def draw_used_twice(x):
    u = np.random.uniform(0.0, 1.0)
    y = x * u
    for i in range(3):
        y = y * u + np.sin(y)
    return y


@program(lambda r: (r.uniform(0.1, 0.3),), random=True)
def draw_with_an_active_parameter(sigma):
    """Reparametrised: the draw is standard, the parameter scales it."""
    x = 1.0
    for i in range(12):
        x = x + 0.1 * x * (1.0 - x) + sigma * x * np.random.standard_normal() * 0.1
    return x


@program(lambda r: (r.normal(size=4),), random=True)
def random_index(x):
    s = 0.0
    for i in range(8):
        k = np.random.randint(0, 4)
        s += x[k] * x[k] * (i + 1)
    return s


@program(lambda r: (r.uniform(90, 110), 0.05, r.uniform(0.1, 0.3)), random=True, compiled=True)
def monte_carlo_call_option(spot, rate, volatility):
    """A European call on geometric Brownian motion, 4 steps, 50 paths."""
    strike = 100.0
    dt = 0.25
    total = 0.0
    for path in range(50):
        s = spot
        for step in range(4):
            z = np.random.normal(0.0, 1.0)
            s *= np.exp((rate - 0.5 * volatility**2) * dt + volatility * np.sqrt(dt) * z)
        if s > strike:
            total += s - strike
    return np.exp(-rate) * total / 50


@program(lambda r: (r.normal(size=3),), random=True)
def array_of_draws(x):
    noise = np.random.normal(0.0, 1.0, 3)
    return np.sum((x + noise) ** 2)
