"""Fit a mixture of three Gaussians to Fisher's Iris measurements with a compiled gradient.

The log-likelihood is written as ordinary loops. `adjoint` writes its gradient, Numba compiles both,
SciPy's optimiser does the rest. The species are not shown to the fit; they only judge it.
"""

from __future__ import annotations

import argparse
import csv
import inspect
import itertools
import math
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.syntax import Syntax
from rich.table import Table
from scipy.optimize import OptimizeResult, minimize

from adjoint import autograd, value_and_grad
from adjoint import np as tape
from adjoint.testing import numeric_gradient

HERE = Path(__file__).resolve().parent
OUT = HERE.parent / "out"
CLUSTERS = 3
FEATURES = 4
MAX_ITERATIONS = 300


# ----------------------------------------------------------------------------- the likelihood


def negative_log_likelihood(scores, means, factors, x):
    """Minus the log-likelihood of points under a mixture of Gaussians.

    `scores` (k,) are unnormalised log-weights, `means` (k, d). A row of `factors` (k, d (d+1)/2) is
    a lower triangular root Q of a precision matrix, row by row, its diagonal as logarithms:
    log N(x) = Σ log diag Q - ½ ‖Q (x - mean)‖² - ½ d log 2π. `x` is (n, d).
    """
    n, d = x.shape
    k = len(scores)
    normaliser = 0.0
    for c in range(k):
        normaliser += math.exp(scores[c])
    total = -n * (math.log(normaliser) + 0.5 * d * math.log(2.0 * math.pi))
    terms = np.empty(k)
    for i in range(n):
        top = -math.inf
        for c in range(k):
            term = scores[c]
            packed = 0
            for row in range(d):
                y = 0.0
                for column in range(row):
                    y += factors[c, packed] * (x[i, column] - means[c, column])
                    packed += 1
                y += math.exp(factors[c, packed]) * (x[i, row] - means[c, row])
                term += factors[c, packed] - 0.5 * y * y
                packed += 1
            terms[c] = term
            if term > top:
                top = term
        likelihood = 0.0
        for c in range(k):
            likelihood += math.exp(terms[c] - top)
        total += top + math.log(likelihood)
    return -total


class Mixture(NamedTuple):
    """The parameters, as `negative_log_likelihood` takes them."""

    scores: np.ndarray
    means: np.ndarray
    factors: np.ndarray


def pack(parameters: Mixture) -> np.ndarray:
    """One vector, as optimisers want it."""
    return np.concatenate([part.ravel() for part in parameters])


def unpack(theta: np.ndarray) -> Mixture:
    """The inverse of `pack`."""
    scores, means, factors = np.split(theta, [CLUSTERS, CLUSTERS * (1 + FEATURES)])
    return Mixture(scores, means.reshape(CLUSTERS, FEATURES), factors.reshape(CLUSTERS, -1))


# ---------------------------------------------------------------------------------------- data


def load_iris() -> tuple[np.ndarray, list[str]]:
    """Measurements (150, 4) in cm, and species."""
    with open(HERE / "data" / "iris.csv", newline="") as file:
        rows = list(csv.reader(file))[1:]
    return np.array([[float(cell) for cell in row[:4]] for row in rows]), [row[4] for row in rows]


def first_guess(x: np.ndarray) -> Mixture:
    """Thirds of the points along the direction of largest variance; no species, no chance."""
    centred = x - x.mean(axis=0)
    direction = np.linalg.svd(centred, full_matrices=False)[2][0]
    thirds = np.array_split(np.argsort(centred @ direction), CLUSTERS)
    factors = []
    for third in thirds:
        root = np.linalg.inv(np.linalg.cholesky(np.cov(x[third].T)))
        np.fill_diagonal(root, np.log(np.diag(root)))
        factors.append(root[np.tril_indices(FEATURES)])
    means = np.array([x[third].mean(axis=0) for third in thirds])
    return Mixture(np.zeros(CLUSTERS), means, np.array(factors))


# ------------------------------------------------------------------------------------- fitting


def fit(
    gradient: Callable, x: np.ndarray, start: Mixture, on_step: Callable[[float], None]
) -> OptimizeResult:
    """Minimise by BFGS; `on_step` hears the value after each iteration."""

    def objective(theta: np.ndarray) -> tuple[float, np.ndarray]:
        value, bars = gradient(*unpack(theta), x)
        return value, pack(Mixture(*bars))

    def callback(intermediate_result: OptimizeResult) -> None:
        on_step(intermediate_result.fun)

    options = {"maxiter": MAX_ITERATIONS, "gtol": 1e-4}
    return minimize(
        objective, pack(start), jac=True, method="BFGS", callback=callback, options=options
    )


def precision_roots(parameters: Mixture) -> np.ndarray:
    """The (k, d, d) matrices Q."""
    roots = np.zeros((CLUSTERS, FEATURES, FEATURES))
    for root, packed in zip(roots, parameters.factors, strict=True):
        root[np.tril_indices(FEATURES)] = packed
        np.fill_diagonal(root, np.exp(np.diag(root)))
    return roots


def assign(parameters: Mixture, x: np.ndarray) -> np.ndarray:
    """The most probable cluster of each point."""
    roots = precision_roots(parameters)
    y = np.einsum("kij,nkj->nki", roots, x[:, None, :] - parameters.means)
    log_det = np.log(np.diagonal(roots, axis1=1, axis2=2)).sum(axis=1)
    return np.argmax(parameters.scores + log_det - 0.5 * np.sum(y * y, axis=2), axis=1)


def best_match(clusters: np.ndarray, species: list[str]) -> tuple[int, tuple[str, ...]]:
    """How many points agree under the best naming of the clusters, and that naming."""
    names = sorted(set(species))
    scored = (
        (sum(naming[c] == s for c, s in zip(clusters, species, strict=True)), naming)
        for naming in itertools.permutations(names)
    )
    return max(scored)


# ----------------------------------------------------------------------------------- reporting


def disagreement(bars: Mixture, others: Mixture) -> float:
    """Largest difference of two gradients, relative to the largest entry of its array."""
    return max(
        float(np.max(np.abs(bar - other)) / np.max(np.abs(other)))
        for bar, other in zip(bars, others, strict=True)
    )


def gradient_by_differences(function: Callable, point: Mixture, x: np.ndarray) -> Mixture:
    """The gradient of the compiled primal by finite differences."""
    args = (*point, x)
    return Mixture(*(numeric_gradient(function, args, i).gradient for i in range(len(point))))


def gradient_by_tape(point: Mixture, x: np.ndarray) -> Mixture:
    """The same likelihood in array operations, recorded on the tape and run backwards."""
    scores, means, factors = (tape.array(part, dtype="float64") for part in point)
    for variable in (scores, means, factors):
        variable.attach_grad()
    columns = [tape.array(column, dtype="float64") for column in x.T]
    with autograd.record():
        terms = []
        for c in range(CLUSTERS):
            term = scores[c]
            packed = 0
            for row in range(FEATURES):
                diagonal = factors[c, packed + row]
                y = tape.exp(diagonal) * (columns[row] - means[c, row])
                for column in range(row):
                    y = y + factors[c, packed + column] * (columns[column] - means[c, column])
                term = term + diagonal - 0.5 * y * y
                packed += row + 1
            terms.append(term)
        # a shift that is no part of the record: log-sum-exp does not depend on it
        shift = tape.array(np.max([term.asnumpy() for term in terms], axis=0), dtype="float64")
        likelihoods = sum(tape.exp(term - shift) for term in terms)
        normaliser = tape.log(tape.sum(tape.exp(scores)))
        total = len(x) * normaliser - tape.sum(tape.log(likelihoods))
    total.backward()
    return Mixture(*(variable.grad.asnumpy() for variable in (scores, means, factors)))


def time_ratio(gradient: Callable, args: tuple, rounds: int = 300) -> tuple[float, float]:
    """Median seconds of primal and gradient, called in turns so that both see the same machine."""
    seconds: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for function, times in zip((gradient.primal, gradient), seconds, strict=True):
            start = time.perf_counter()
            function(*args)
            times.append(time.perf_counter() - start)
    return statistics.median(seconds[0]), statistics.median(seconds[1])


def show_code(console: Console, title: str, text: str) -> None:
    console.rule(title)
    code = Syntax(
        text.rstrip(), "python", theme="ansi_dark", background_color="default", word_wrap=True
    )
    console.print(code)


def draw(path: Path, x: np.ndarray, species: list[str], parameters: Mixture, found: int) -> None:
    """Two projections: colour is the cluster, shape the species, ellipses hold two deviations."""
    import matplotlib

    matplotlib.use("Agg")  # no display needed
    from matplotlib import pyplot as plt
    from matplotlib.patches import Ellipse

    clusters = assign(parameters, x)
    covariances = [np.linalg.inv(root.T @ root) for root in precision_roots(parameters)]
    colours = ["tab:blue", "tab:orange", "tab:green"]
    figure, panels = plt.subplots(1, 2, figsize=(11, 5), layout="constrained")
    for panel, (a, b), title in zip(panels, [(0, 1), (2, 3)], ["sepal", "petal"], strict=True):
        for name, marker in zip(sorted(set(species)), "o^s", strict=True):
            of_species = np.array([s == name for s in species])
            colour = [colours[c] for c in clusters[of_species]]
            panel.scatter(
                x[of_species, a], x[of_species, b], c=colour, marker=marker, s=24, label=name
            )
        for mean, covariance, colour in zip(parameters.means, covariances, colours, strict=True):
            variances, axes = np.linalg.eigh(covariance[np.ix_([a, b], [a, b])])
            width, height = 4.0 * np.sqrt(variances)
            angle = math.degrees(math.atan2(axes[1, 0], axes[0, 0]))
            panel.add_patch(
                Ellipse((mean[a], mean[b]), width, height, angle=angle, fill=False, ec=colour)
            )
        panel.set(xlabel=f"{title} length (cm)", ylabel=f"{title} width (cm)")
    legend = panels[1].legend(title="species")
    for handle in legend.legend_handles:
        handle.set_color("grey")
    figure.suptitle(f"Mixture of {CLUSTERS} Gaussians: {found} of {len(species)} as the species")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120)
    plt.close(figure)


def fit_with_progress(
    console: Console, gradient: Callable, x: np.ndarray, start: Mixture
) -> OptimizeResult:
    columns = (
        TextColumn("fitting"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("log-likelihood {task.fields[value]:.4f}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        first, _ = gradient(*start, x)
        task = progress.add_task("fit", total=MAX_ITERATIONS, value=-first)
        result = fit(
            gradient, x, start, lambda value: progress.update(task, advance=1, value=-value)
        )
        progress.update(task, total=result.nit, completed=result.nit)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--picture", type=Path, default=OUT / "iris_mixture.png")
    picture = parser.parse_args().picture

    console = Console()
    x, species = load_iris()
    start = first_guess(x)
    gradient = value_and_grad(negative_log_likelihood, argnums=("scores", "means", "factors"))

    show_code(console, "the primal", inspect.getsource(negative_log_likelihood))
    show_code(console, "its generated adjoint", gradient.source(*start, x))

    console.rule("the gradient")
    table = Table(show_header=False, box=None)
    bars = Mixture(*gradient(*start, x)[1])
    numeric = gradient_by_differences(gradient.primal, start, x)
    table.add_row(
        "differs from finite differences by", f"{disagreement(bars, numeric):.1e} relative"
    )
    recorded = gradient_by_tape(start, x)
    table.add_row("differs from the tape's by", f"{disagreement(bars, recorded):.1e} relative")
    primal, both = time_ratio(gradient, (*start, x))
    table.add_row("primal", f"{primal * 1e6:.0f} µs")
    table.add_row("value and gradient", f"{both * 1e6:.0f} µs = {both / primal:.2f} × primal")
    console.print(table)

    console.rule("the fit")
    result = fit_with_progress(console, gradient, x, start)
    fitted = unpack(result.x)
    found, naming = best_match(assign(fitted, x), species)
    draw(picture, x, species, fitted, found)
    weights = np.exp(fitted.scores) / np.sum(np.exp(fitted.scores))
    for c in np.argsort(fitted.means[:, 2]):
        mean = ", ".join(f"{value:.2f}" for value in fitted.means[c])
        console.print(f"cluster {naming[c]:<11} weight {weights[c]:.3f}   mean ({mean}) cm")
    console.print(f"log-likelihood {-result.fun:.4f} after {result.nit} iterations")
    console.print(f"{found} of {len(species)} flowers are in the cluster of their species")
    console.print(f"picture: {os.path.relpath(picture)}")


if __name__ == "__main__":
    main()
