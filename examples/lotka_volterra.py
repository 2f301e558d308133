"""Fit predator and prey to the Hudson Bay Company's pelts of hares and lynxes, 1900 to 1920.

The Lotka-Volterra equations are integrated by the classical Runge-Kutta method, written as one
would write it with numbers. `adjoint` differentiates through every step, and SciPy's optimiser
finds the four rates and the two populations at the start.
"""

from __future__ import annotations

import argparse
import csv
import math
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
from scipy.optimize import OptimizeResult, minimize

from adjoint import value_and_grad
from adjoint.testing import numeric_gradient

HERE = Path(__file__).resolve().parent
OUT = HERE.parent / "out"
STEPS = 20  # of the integration, in a year
NAMES = ("birth", "predation", "death", "growth", "hares at the start", "lynxes at the start")


# -------------------------------------------------------------------------------------- model


def change(hares, lynxes, birth, predation, death, growth):
    """Change per year of the two populations (Lotka 1925, Volterra 1926)."""
    return (birth - predation * lynxes) * hares, (growth * hares - death) * lynxes


def step(hares, lynxes, h, birth, predation, death, growth):
    """The populations a time `h` later, by the classical Runge-Kutta method."""
    rates = (birth, predation, death, growth)
    a, b = change(hares, lynxes, *rates)
    c, d = change(hares + 0.5 * h * a, lynxes + 0.5 * h * b, *rates)
    e, f = change(hares + 0.5 * h * c, lynxes + 0.5 * h * d, *rates)
    k, m = change(hares + h * e, lynxes + h * f, *rates)
    return hares + h / 6.0 * (a + 2.0 * c + 2.0 * e + k), lynxes + h / 6.0 * (
        b + 2.0 * d + 2.0 * f + m
    )


def misfit(theta, counts, steps):
    """Half the sum of squared differences of logarithms of model and counts.

    `theta` (6,) are logarithms of `NAMES`; `counts` (years, 2) are in thousands. The least value
    is where counts that err by a common factor at random are most probable.
    """
    birth, predation = math.exp(theta[0]), math.exp(theta[1])
    death, growth = math.exp(theta[2]), math.exp(theta[3])
    hares, lynxes = math.exp(theta[4]), math.exp(theta[5])
    total = 0.0
    for year in range(counts.shape[0]):
        total += math.log(hares / counts[year, 0]) ** 2 + math.log(lynxes / counts[year, 1]) ** 2
        for _ in range(steps):
            hares, lynxes = step(hares, lynxes, 1.0 / steps, birth, predation, death, growth)
    return 0.5 * total


# --------------------------------------------------------------------------------------- data


def load_counts() -> tuple[np.ndarray, np.ndarray]:
    """Years (21,), and thousands of pelts of hares and lynxes (21, 2)."""
    with open(HERE / "data" / "hare_lynx.csv", newline="") as file:
        rows = list(csv.reader(file))[1:]
    table = np.array(rows, dtype=np.float64)
    return table[:, 0], table[:, 1:]


def first_guess(counts: np.ndarray) -> np.ndarray:
    """Rates whose equilibrium is the mean of the counts, and a small cycle lasts ten years."""
    hares, lynxes = counts.mean(axis=0)
    rate = 2.0 * math.pi / 10.0
    return np.log([rate, rate / lynxes, rate, rate / hares, *counts[0]])


# ------------------------------------------------------------------------------------ fitting


def fit(gradient: Callable, counts: np.ndarray) -> OptimizeResult:
    """Minimise the misfit; `gradient` gives its value and gradient by `theta`."""
    return minimize(
        gradient, first_guess(counts), args=(counts, STEPS), jac=True, method="BFGS",
        options={"gtol": 1e-6},
    )  # fmt: skip


def trajectory(theta: np.ndarray, years: int) -> np.ndarray:
    """The populations (years * STEPS + 1, 2) of the model."""
    *rates, hares, lynxes = np.exp(theta)
    states = [(hares, lynxes)]
    for _ in range(years * STEPS):
        states.append(step(*states[-1], 1.0 / STEPS, *rates))
    return np.array(states)


def draw(path: Path, years: np.ndarray, counts: np.ndarray, theta: np.ndarray) -> None:
    """Counts as points, the fitted model as lines."""
    import matplotlib

    matplotlib.use("Agg")  # no display needed
    from matplotlib import pyplot as plt

    states = trajectory(theta, len(years) - 1)
    times = np.linspace(years[0], years[-1], len(states))
    figure, panel = plt.subplots(figsize=(9, 4.5), layout="constrained")
    for k, (name, colour) in enumerate([("hares", "tab:blue"), ("lynxes", "tab:red")]):
        panel.plot(times, states[:, k], color=colour, label=f"{name}, model")
        panel.plot(years, counts[:, k], "o", color=colour, label=f"{name}, counted")
    panel.set(xlabel="year", ylabel="pelts (thousands)", xticks=years[::4])
    panel.legend()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120)
    plt.close(figure)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--picture", type=Path, default=OUT / "lotka_volterra.png")
    picture = parser.parse_args().picture

    years, counts = load_counts()
    gradient = value_and_grad(misfit)
    start = first_guess(counts)
    _, slope = gradient(start, counts, STEPS)
    numeric = numeric_gradient(gradient.primal, (start, counts, STEPS), 0).gradient
    print(f"gradient and finite differences differ by {np.max(np.abs(slope - numeric)):.1e}")

    result = fit(gradient, counts)
    print(f"misfit {result.fun:.4f} after {result.nit} iterations")
    for name, value in zip(NAMES, np.exp(result.x), strict=True):
        print(f"{name:<20} {value:8.4f}")
    draw(picture, years, counts, result.x)
    print(f"picture: {os.path.relpath(picture)}")


if __name__ == "__main__":
    main()
