"""Greeks of a down-and-out call by Monte Carlo, and what differentiating paths can and cannot do.

The option pays max(S - strike, 0) at the end unless the price was below the barrier before. A
derivative along each path is unbiased only if the payoff is continuous in the parameters: with a
hard barrier it misses the paths that a small change pushes over the edge, and the Greeks are wrong,
however many paths there are. No differentiation can know; the payoff has to be written smoothly.
Three payoffs are compared with the closed form and with differences of the price.
"""

from __future__ import annotations

import argparse
import math
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
from scipy.special import ndtr

from adjoint import value_and_grad

HERE = Path(__file__).resolve().parent
OUT = HERE.parent / "out"
MARKET = (100.0, 0.25, 0.05)  # spot, volatility, rate
CONTRACT = (100.0, 92.0, 1.0)  # strike, barrier, years
WIDTH = 0.004  # of the smooth step, in units of log S
GREEKS = ("delta", "vega", "rho")
WITH_RESPECT_TO = ("spot", "volatility", "rate")


# ------------------------------------------------------------------------------------- prices


def hard(spot, volatility, rate, strike, barrier, years, normals):
    """Price; the barrier is looked at once a step. Pathwise Greeks of it are biased.

    `normals` (paths, steps) are standard normal draws: those of all prices compared are the same.
    """
    paths, steps = normals.shape
    dt = years / steps
    drift, spread = (rate - 0.5 * volatility**2) * dt, volatility * math.sqrt(dt)
    total = 0.0
    for p in range(paths):
        x = math.log(spot)
        alive = True
        for t in range(steps):
            x += drift + spread * normals[p, t]
            if x < math.log(barrier):
                alive = False
                break
        if alive:
            total += max(math.exp(x) - strike, 0.0)
    return math.exp(-rate * years) * total / paths


def smoothed(spot, volatility, rate, strike, barrier, years, normals, width):
    """The same, with a logistic step of some width instead of the barrier's edge.

    Its pathwise Greeks are unbiased for the smoothed contract, which is another one: the price is
    off by an amount that vanishes with the width, while the variance of the Greeks grows.
    """
    paths, steps = normals.shape
    dt = years / steps
    drift, spread = (rate - 0.5 * volatility**2) * dt, volatility * math.sqrt(dt)
    total = 0.0
    for p in range(paths):
        x = math.log(spot)
        weight = 1.0
        for t in range(steps):
            x += drift + spread * normals[p, t]
            weight *= 1.0 / (1.0 + math.exp(-(x - math.log(barrier)) / width))
        total += weight * max(math.exp(x) - strike, 0.0)
    return math.exp(-rate * years) * total / paths


def bridge(spot, volatility, rate, strike, barrier, years, normals):
    """Price with a barrier that is watched all the time, without bias by the number of steps.

    Between two prices above the barrier, a Brownian bridge stays above it with probability
    1 - exp(-2 a b / (σ² dt)), a and b being their logarithmic distances (Glasserman 2004, sec.
    6.4). The product of these weights goes to 0 continuously as a path comes near: the payoff is
    continuous, and its pathwise Greeks are unbiased.
    """
    paths, steps = normals.shape
    dt = years / steps
    drift, spread = (rate - 0.5 * volatility**2) * dt, volatility * math.sqrt(dt)
    total = 0.0
    for p in range(paths):
        above = math.log(spot / barrier)
        weight = 1.0
        for t in range(steps):
            before = above
            above += drift + spread * normals[p, t]
            if above <= 0.0:
                weight = 0.0
                break
            weight *= 1.0 - math.exp(-2.0 * before * above / (spread * spread))
        if weight > 0.0:
            total += weight * max(barrier * math.exp(above) - strike, 0.0)
    return math.exp(-rate * years) * total / paths


def call(spot, volatility, rate, strike, years):
    """Black and Scholes's formula (1973)."""
    spread = volatility * math.sqrt(years)
    d = (math.log(spot / strike) + (rate + 0.5 * volatility**2) * years) / spread
    return spot * ndtr(d) - strike * math.exp(-rate * years) * ndtr(d - spread)


def closed_form(spot, volatility, rate, strike, barrier, years):
    """Down-and-out call, barrier below the strike and watched all the time (Merton 1973)."""
    power = 1.0 - 2.0 * rate / volatility**2
    image = call(barrier**2 / spot, volatility, rate, strike, years)
    return call(spot, volatility, rate, strike, years) - (spot / barrier) ** power * image


# ------------------------------------------------------------------------------------- Greeks


def normals(paths: int, steps: int, seed: int = 1) -> np.ndarray:
    """Standard normal draws (paths, steps); the second half are the first with other signs."""
    half = np.random.default_rng(seed).standard_normal((paths // 2, steps))
    return np.concatenate([half, -half])


def by_differences(price: Callable, *rest: object, step: float = 1e-2) -> tuple[float, ...]:
    """Greeks by central differences of a price on the same draws: two prices for each.

    Of a price with an edge they are noisy when the step is small, and biased when it is large.
    """
    greeks = []
    for k, value in enumerate(MARKET):
        up, down = list(MARKET), list(MARKET)
        h = step * value
        up[k], down[k] = value + h, value - h
        greeks.append((price(*up, *rest) - price(*down, *rest)) / (2.0 * h))
    return tuple(greeks)


def pathwise(price: Callable) -> Callable:
    """Price and Greeks by one reverse sweep along each path."""
    return value_and_grad(price, argnums=WITH_RESPECT_TO)


def draw(path: Path, draws: np.ndarray, gradient: Callable) -> None:
    """Delta against the spot: the three pathwise ones and the closed form's."""
    import matplotlib

    matplotlib.use("Agg")  # no display needed
    from matplotlib import pyplot as plt

    _, volatility, rate = MARKET
    spots = np.linspace(93.0, 125.0, 17)
    exact = []
    for spot in spots:
        up = closed_form(spot + 1e-3, volatility, rate, *CONTRACT)
        exact.append((up - closed_form(spot - 1e-3, volatility, rate, *CONTRACT)) / 2e-3)
    figure, panel = plt.subplots(figsize=(8, 4.5), layout="constrained")
    panel.plot(spots, exact, "k-", label="closed form (watched all the time)")
    for price, mark in ((hard, "v"), (smoothed, "s"), (bridge, "o")):
        more = (WIDTH,) if price is smoothed else ()
        times = "" if price is bridge else " (watched 50 times)"
        deltas = [
            gradient[price](spot, volatility, rate, *CONTRACT, draws, *more)[1][0] for spot in spots
        ]
        panel.plot(spots, deltas, mark, ms=5, label=f"pathwise, {price.__name__}{times}")
    panel.set(xlabel="spot", ylabel="delta", title="Only continuous payoffs have pathwise Greeks")
    panel.legend()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120)
    plt.close(figure)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--picture", type=Path, default=OUT / "barrier_option.png")
    parser.add_argument("--paths", type=int, default=100_000)
    arguments = parser.parse_args()

    draws = normals(arguments.paths, 50)
    gradient = {price: pathwise(price) for price in (hard, smoothed, bridge)}
    print(f"{'':32}{'price':>9}" + "".join(f"{name:>9}" for name in GREEKS))

    def row(label: str, value: float, greeks: tuple[float, ...]) -> None:
        print(f"{label:32}{value:9.3f}" + "".join(f"{greek:9.3f}" for greek in greeks))

    exact = by_differences(closed_form, *CONTRACT, step=1e-5)
    row("closed form, always watched", closed_form(*MARKET, *CONTRACT), exact)
    row("pathwise, Brownian bridge", *gradient[bridge](*MARKET, *CONTRACT, draws))
    compiled = gradient[hard].primal
    differences = by_differences(compiled, *CONTRACT, draws)
    row("differences, watched 50 times", compiled(*MARKET, *CONTRACT, draws), differences)
    row("pathwise, smoothed", *gradient[smoothed](*MARKET, *CONTRACT, draws, WIDTH))
    row("pathwise, hard edge: WRONG", *gradient[hard](*MARKET, *CONTRACT, draws))
    draw(arguments.picture, draws[::20], gradient)
    print(f"picture: {os.path.relpath(arguments.picture)}")


if __name__ == "__main__":
    main()
