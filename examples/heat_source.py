"""Find what heats a plate from a few thermometers: an inverse problem, with the state in place.

The heat equation is stepped in one array that is overwritten at every step, as simulations do.
The gradient of the misfit by a whole field of unknowns costs a few runs of the simulation. The
measurements are simulated and disturbed, so that what is found can be compared with the truth.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
from scipy.optimize import OptimizeResult, minimize

from adjoint import value_and_grad
from adjoint.testing import numeric_gradient

HERE = Path(__file__).resolve().parent
OUT = HERE.parent / "out"
DIFFUSION = 0.2  # diffusivity · time step / spacing²; the scheme is stable up to 1/4
STEPS = 150
NOISE = 0.01  # of a reading, relative to the largest
RIDGE = 3e-3


# -------------------------------------------------------------------------------------- model


def advance(u, source, diffusion):
    """One explicit step of the heat equation, in place; the edge is kept at 0.

    `u` (n, n) is the temperature, `source` (n, n) what is added to it in a step.
    """
    u[1:-1, 1:-1] += (
        diffusion * (u[2:, 1:-1] + u[:-2, 1:-1] + u[1:-1, 2:] + u[1:-1, :-2] - 4.0 * u[1:-1, 1:-1])
        + source[1:-1, 1:-1]
    )


def misfit(source, readings, places, diffusion, ridge):
    """Half the squared differences from the readings (steps, m) at places (m, 2), and a ridge."""
    u = np.zeros_like(source)
    total = 0.0
    for t in range(readings.shape[0]):
        advance(u, source, diffusion)
        for k in range(places.shape[0]):
            difference = u[places[k, 0], places[k, 1]] - readings[t, k]
            total += difference * difference
    return 0.5 * total + 0.5 * ridge * np.sum(source * source)


def measure(source: np.ndarray, places: np.ndarray, steps: int) -> np.ndarray:
    """What thermometers would read, (steps, m)."""
    u = np.zeros_like(source)
    readings = np.empty((steps, len(places)))
    for t in range(steps):
        advance(u, source, DIFFUSION)
        readings[t] = u[places[:, 0], places[:, 1]]
    return readings


# ------------------------------------------------------------------------------ the experiment


def true_source(n: int) -> np.ndarray:
    """Two warm spots, of different strength."""
    y, x = np.mgrid[:n, :n] / (n - 1.0)
    strong = np.exp(-((x - 0.3) ** 2 + (y - 0.65) ** 2) / 0.01)
    weak = np.exp(-((x - 0.7) ** 2 + (y - 0.35) ** 2) / 0.006)
    return 1.0 * strong + 0.6 * weak


def thermometers(n: int, spacing: int) -> np.ndarray:
    """Places on a grid, (m, 2)."""
    ticks = np.arange(spacing // 2 + 1, n - 1, spacing)
    rows, columns = np.meshgrid(ticks, ticks, indexing="ij")
    return np.column_stack([rows.ravel(), columns.ravel()])


def experiment(n: int = 24, steps: int = STEPS) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The truth, the disturbed readings, and where they are taken."""
    source, places = true_source(n), thermometers(n, 4)
    readings = measure(source, places, steps)
    noise = np.random.default_rng(1).standard_normal(readings.shape)
    return source, readings + NOISE * readings.max() * noise, places


def invert(
    gradient: Callable, readings: np.ndarray, places: np.ndarray, n: int, iterations: int = 200
) -> OptimizeResult:
    """The source that explains the readings: nothing cools, so it is nowhere negative."""

    def objective(flat: np.ndarray) -> tuple[float, np.ndarray]:
        value, bar = gradient(flat.reshape(n, n), readings, places, DIFFUSION, RIDGE)
        return value, bar.ravel()

    options = {"maxiter": iterations}
    bounds = [(0.0, None)] * (n * n)
    return minimize(
        objective, np.zeros(n * n), jac=True, method="L-BFGS-B", bounds=bounds, options=options
    )


def draw(path: Path, truth: np.ndarray, found: np.ndarray, places: np.ndarray) -> None:
    """Truth and what was found, with the thermometers."""
    import matplotlib

    matplotlib.use("Agg")  # no display needed
    from matplotlib import pyplot as plt

    figure, panels = plt.subplots(1, 2, figsize=(9, 4.2), layout="constrained", sharey=True)
    for panel, field, title in zip(panels, [truth, found], ["the source", "found"], strict=True):
        image = panel.imshow(field, origin="lower", vmin=0.0, vmax=truth.max(), cmap="inferno")
        panel.plot(places[:, 1], places[:, 0], "w+", ms=5)
        panel.set(title=title)
    figure.colorbar(image, ax=panels, label="temperature added in a step")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120)
    plt.close(figure)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--picture", type=Path, default=OUT / "heat_source.png")
    picture = parser.parse_args().picture

    truth, readings, places = experiment()
    n = len(truth)
    gradient = value_and_grad(misfit)

    small, few, where = experiment(8, 10)
    args = (small, few, where, DIFFUSION, RIDGE)
    difference = gradient(*args)[1] - numeric_gradient(gradient.primal, args, 0).gradient
    print(f"gradient and finite differences differ by {np.max(np.abs(difference)):.1e}")

    result = invert(gradient, readings, places, n)
    found = result.x.reshape(n, n)
    error = np.linalg.norm(found - truth) / np.linalg.norm(truth)
    print(f"{n * n} unknowns, {readings.size} readings of {len(places)} thermometers")
    print(f"misfit {result.fun:.3f} after {result.nit} iterations, {result.nfev} gradients")
    print(
        f"heat in all {found.sum():.2f}, in truth {truth.sum():.2f}; the field errs by {error:.0%}"
    )
    draw(picture, truth, found, places)
    print(f"picture: {os.path.relpath(picture)}")


if __name__ == "__main__":
    main()
