"""Would an O-ring of Challenger fail at 31 °F? Logistic regression, sampled inside compiled code.

Before the accident there were 23 flights whose boosters were looked at: at 7 of them O-rings were
damaged. The posterior of a logistic regression on the temperature is sampled by Hamiltonian Monte
Carlo. The whole sampler is one function compiled by Numba, and the gradient is called in it.
"""

from __future__ import annotations

import argparse
import csv
import os
from pathlib import Path

import numpy as np
from numba import njit

from adjoint import value_and_grad
from adjoint.testing import numeric_gradient

HERE = Path(__file__).resolve().parent
OUT = HERE.parent / "out"
LAUNCH = 31.0  # °F, in the morning of 28 January 1986
SCALE = 10.0  # standard deviation of the prior of both coefficients


# -------------------------------------------------------------------------------------- model


def log_posterior(theta, x, damaged, scale):
    """Log-density of intercept and slope `theta` (2,), up to a constant.

    log p(damage) = -log(1 + exp(-z)) with z = theta[0] + theta[1] x, written so that nothing
    overflows; `x` (n,) are standardised temperatures, `damaged` (n,) is 1 or 0.
    """
    total = -0.5 * (theta[0] ** 2 + theta[1] ** 2) / scale**2
    for i in range(len(x)):
        z = theta[0] + theta[1] * x[i]
        total += damaged[i] * z - max(z, 0.0) - np.log1p(np.exp(-abs(z)))
    return total


density = value_and_grad(log_posterior)


@njit
def sample(start, x, damaged, scale, count, step, leaps, seed):
    """Draw by Hamiltonian Monte Carlo (Neal 2011, sec. 5.3.2).

    Returns the samples (count, 2) and the share of proposals that were accepted. `step` is the
    step size of the leapfrog, `leaps` how many there are for a proposal.
    """
    np.random.seed(seed)
    samples = np.empty((count, len(start)))
    accepted = 0
    theta = start.copy()
    value, slope = density(theta, x, damaged, scale)
    for i in range(count):
        momentum = np.random.standard_normal(len(theta))
        energy = value - 0.5 * np.sum(momentum * momentum)
        proposal, new_value, new_slope = theta.copy(), value, slope
        for _ in range(leaps):
            momentum += 0.5 * step * new_slope
            proposal += step * momentum
            new_value, new_slope = density(proposal, x, damaged, scale)
            momentum += 0.5 * step * new_slope
        new_energy = new_value - 0.5 * np.sum(momentum * momentum)
        if np.log(np.random.random()) < new_energy - energy:
            theta, value, slope = proposal, new_value, new_slope
            accepted += 1
        samples[i] = theta
    return samples, accepted / count


# --------------------------------------------------------------------------------------- data


def load_flights() -> tuple[np.ndarray, np.ndarray]:
    """Temperatures (23,) in °F, and whether an O-ring was damaged: 1.0 or 0.0."""
    with open(HERE / "data" / "challenger.csv", newline="") as file:
        rows = list(csv.reader(file))[1:]
    table = np.array([row[1:] for row in rows], dtype=np.float64)
    return table[:, 0], table[:, 1]


def standardised(temperature: np.ndarray | float, flights: np.ndarray) -> np.ndarray | float:
    """Temperatures with mean 0 and deviation 1 over the flights."""
    return (temperature - flights.mean()) / flights.std()


def probability(samples: np.ndarray, x: np.ndarray) -> np.ndarray:
    """The probability of damage at `x` (m,) for each sample, (count, m)."""
    return 1.0 / (1.0 + np.exp(-(samples[:, :1] + samples[:, 1:] * x)))


def posterior(count: int = 20_000, seed: int = 1) -> tuple[np.ndarray, float]:
    """Samples, the first tenth of which is thrown away, and the rate of acceptance."""
    temperature, damaged = load_flights()
    x = standardised(temperature, temperature)
    start = np.zeros(2)
    samples, rate = sample(start, x, damaged, SCALE, count + count // 10, 0.35, 8, seed)
    return samples[count // 10 :], rate


def draw(path: Path, samples: np.ndarray) -> None:
    """The flights, the probability of damage with a 90 % band, and the samples."""
    import matplotlib

    matplotlib.use("Agg")  # no display needed
    from matplotlib import pyplot as plt

    temperature, damaged = load_flights()
    axis = np.linspace(28.0, 84.0, 200)
    curves = probability(samples, standardised(axis, temperature))
    low, middle, high = np.quantile(curves, [0.05, 0.5, 0.95], axis=0)
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.4), layout="constrained")
    left.fill_between(axis, low, high, alpha=0.25, label="90 % of the posterior")
    left.plot(axis, middle, label="median")
    left.plot(temperature, damaged, "ko", ms=4, label="flights")
    left.axvline(LAUNCH, color="tab:red", ls=":", label="28 January 1986")
    left.set(xlabel="temperature (°F)", ylabel="probability of a damaged O-ring")
    left.legend()
    right.plot(samples[::5, 0], samples[::5, 1], ".", ms=2, alpha=0.4)
    right.set(xlabel="intercept", ylabel="slope (per standard deviation)", title="samples")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120)
    plt.close(figure)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--picture", type=Path, default=OUT / "challenger_hmc.png")
    picture = parser.parse_args().picture

    temperature, damaged = load_flights()
    x = standardised(temperature, temperature)
    args = (np.array([-1.0, -2.0]), x, damaged, SCALE)
    difference = density(*args)[1] - numeric_gradient(density.primal, args, 0).gradient
    print(f"gradient and finite differences differ by {np.max(np.abs(difference)):.1e}")

    samples, rate = posterior()
    print(f"{len(samples)} samples, {rate:.0%} of the proposals accepted")
    per_degree = samples[:, 1] / temperature.std()
    print(f"slope {per_degree.mean():.3f} ± {per_degree.std():.3f} per °F")
    at_launch = probability(samples, np.array([standardised(LAUNCH, temperature)]))[:, 0]
    low, high = np.quantile(at_launch, [0.05, 0.95])
    print(
        f"damage at {LAUNCH:.0f} °F: {at_launch.mean():.3f}, 90 % between {low:.3f} and {high:.3f}"
    )
    draw(picture, samples)
    print(f"picture: {os.path.relpath(picture)}")


if __name__ == "__main__":
    main()
