"""Random generators as arguments: draws are data, and each is drawn once.

`registry` passes copies, so the numbers are the same at every call without seeding.
"""

import numpy as np

from tests.corpus.registry import program


def _generator(r):
    return np.random.default_rng(int(r.integers(1 << 30)))


@program(lambda r: (r.normal(), r.uniform(0.5, 1), _generator(r)), compiled=True)
def normal_with_parameters(mu, sigma, g):
    """Pathwise: a draw moves with its mean and stretches with its deviation."""
    s = 0.0
    for _ in range(5):
        z = g.normal(mu, sigma)
        s += z * z * g.normal()
    return s


@program(lambda r: (r.uniform(0.5, 1), _generator(r)))
def families(x, g):
    a = g.uniform(x, 3.0 * x) + g.uniform(high=x)
    b = g.exponential(x) * g.exponential()
    c = g.gamma(2.0, x) + g.lognormal(x, 0.5 * x)
    return a * b + c * g.normal(scale=x)


@program(lambda r: (r.uniform(0.5, 1), _generator(r)), compiled=True)
def arrays_of_draws(x, g):
    noise = g.normal(x, 0.5 * x, 4)
    more = g.uniform(-x, x, size=4)
    return np.sum(noise * more) + np.sum(g.standard_normal(3)) * x


@program(lambda r: (r.normal(size=4), _generator(r)))
def draws_of_integers(x, g):
    s = 0.0
    for _ in range(6):
        k = g.integers(0, 4)
        s += x[k] ** 2 * (1 + g.poisson(2.0))
    order = g.permutation(4)
    for i in range(4):
        s += x[order[i]] * (i + 1)
    return s


@program(lambda r: (r.uniform(0.1, 0.3), _generator(r)))
def walk_with_a_barrier(sigma, g):
    """How often is drawn depends on what was drawn."""
    total = 0.0
    for _ in range(10):
        position = 1.0
        steps = 0
        while position > 0.5 and steps < 20:
            position *= np.exp(sigma * g.standard_normal() - 0.5 * sigma**2)
            steps += 1
        total += position
    return total / 10


def _noise(x, g):
    return x + 0.1 * g.normal()


@program(lambda r: (r.normal(size=3), _generator(r)))
def generator_passed_on(x, g):
    s = 0.0
    for v in x:
        s += _noise(v, g) * _noise(v * v, g)
    return s
