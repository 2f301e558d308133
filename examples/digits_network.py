"""A network with one hidden layer learns handwritten digits, on the tape and compiled.

The loss is one Python function. `mode="tape"` runs it as it is on arrays that record what is done
with them, as MXNet does; without it, its adjoint is generated and compiled. The two gradients are
independent answers to the same question, and training with either gives the same network.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from adjoint import value_and_grad

HERE = Path(__file__).resolve().parent
OUT = HERE.parent / "out"
HIDDEN = 32
TRAINING = 450  # of 600 digits; the others judge
WEIGHTS = ("w1", "b1", "w2", "b2")


# -------------------------------------------------------------------------------------- model


def loss(w1, b1, w2, b2, images, targets):
    """Mean cross-entropy of a softmax, and a little weight decay.

    `w1` (64, h), `b1` (h,), `w2` (h, 10), `b2` (10,); `images` (n, 64) are from 0 to 1, `targets`
    (n, 10) 1 at the digit and 0 elsewhere. The largest score is taken off before the exponentials.
    """
    hidden = np.tanh(images @ w1 + b1)
    scores = hidden @ w2 + b2
    scores = scores - np.max(scores, axis=1, keepdims=True)
    normaliser = np.log(np.sum(np.exp(scores), axis=1))
    fit = np.mean(normaliser - np.sum(targets * scores, axis=1))
    return fit + 5e-4 * (np.sum(w1 * w1) + np.sum(w2 * w2))


class Network(NamedTuple):
    """The weights, as `loss` takes them."""

    w1: np.ndarray
    b1: np.ndarray
    w2: np.ndarray
    b2: np.ndarray


def first_guess(hidden: int = HIDDEN, seed: int = 1) -> Network:
    """Small random weights (Glorot and Bengio 2010, eq. 12)."""
    draw = np.random.default_rng(seed)
    w1 = draw.standard_normal((64, hidden)) * np.sqrt(2.0 / (64 + hidden))
    w2 = draw.standard_normal((hidden, 10)) * np.sqrt(2.0 / (hidden + 10))
    return Network(w1, np.zeros(hidden), w2, np.zeros(10))


def guess_digits(network: Network, images: np.ndarray) -> np.ndarray:
    """The most probable digit of each image."""
    hidden = np.tanh(images @ network.w1 + network.b1)
    return np.argmax(hidden @ network.w2 + network.b2, axis=1)


# --------------------------------------------------------------------------------------- data


def load_digits() -> tuple[np.ndarray, np.ndarray]:
    """Images (600, 64) from 0 to 1, and the digits (600,)."""
    with np.load(HERE / "data" / "digits.npz") as file:
        return file["images"].reshape(-1, 64) / 16.0, file["labels"].astype(np.int64)


# ----------------------------------------------------------------------------------- training


def gradients() -> dict[str, Callable]:
    """Value and gradient by the weights, compiled and on the tape."""
    return {
        "compiled": value_and_grad(loss, argnums=WEIGHTS),
        "tape": value_and_grad(loss, argnums=WEIGHTS, mode="tape"),
    }


def train(
    gradient: Callable, network: Network, images: np.ndarray, targets: np.ndarray, steps: int
) -> tuple[Network, list[float]]:
    """Gradient descent with momentum on all images; the network and the loss at each step."""
    rate, momentum = 0.3, 0.9
    velocity = Network(*(np.zeros_like(part) for part in network))
    losses = []
    for _ in range(steps):
        value, bars = gradient(*network, images, targets)
        losses.append(float(value))
        velocity = Network(
            *(momentum * v - rate * bar for v, bar in zip(velocity, bars, strict=True))
        )
        network = Network(*(part + v for part, v in zip(network, velocity, strict=True)))
    return network, losses


def seconds(gradient: Callable, args: tuple, rounds: int = 30) -> float:
    """Median time of a call."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        gradient(*args)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def draw(path: Path, losses: dict[str, list[float]], images: np.ndarray, wrong: list) -> None:
    """The losses, and digits that are taken for others."""
    import matplotlib

    matplotlib.use("Agg")  # no display needed
    from matplotlib import pyplot as plt

    figure = plt.figure(figsize=(10, 4), layout="constrained")
    left, right = figure.subfigures(1, 2)
    panel = left.subplots()
    for (name, values), style in zip(losses.items(), ("-", ":"), strict=True):
        panel.semilogy(values, style, lw=2, label=name)
    panel.set(xlabel="step", ylabel="loss")
    panel.legend()
    for cell, entry in zip(right.subplots(3, 4).flat, wrong + [None] * 12, strict=False):
        cell.axis("off")
        if entry is not None:
            which, digit, guess = entry
            cell.imshow(images[which].reshape(8, 8), cmap="gray_r")
            cell.set_title(f"{digit} taken for {guess}", size=8)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120)
    plt.close(figure)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--picture", type=Path, default=OUT / "digits_network.png")
    parser.add_argument("--steps", type=int, default=300)
    arguments = parser.parse_args()

    images, digits = load_digits()
    targets = np.eye(10)[digits]
    start = first_guess()
    args = (*start, images[:TRAINING], targets[:TRAINING])
    both = gradients()
    bars = [gradient(*args)[1] for gradient in both.values()]
    difference = max(np.max(np.abs(one - other)) for one, other in zip(*bars, strict=True))
    print(f"gradients, compiled and on the tape, differ by {difference:.1e}")

    losses = {}
    for name, gradient in both.items():
        network, losses[name] = train(gradient, start, *args[4:], arguments.steps)
        right = np.mean(guess_digits(network, images[TRAINING:]) == digits[TRAINING:])
        milliseconds = 1e3 * seconds(gradient, args)
        print(
            f"{name:<9} loss {losses[name][0]:.3f} -> {losses[name][-1]:.4f}, {right:.1%} of new "
            f"digits right, {milliseconds:.2f} ms a gradient"
        )
    guesses = guess_digits(network, images)
    wrong = [(k, digits[k], guesses[k]) for k in np.flatnonzero(guesses != digits)][:12]
    draw(arguments.picture, losses, images, wrong)
    print(f"picture: {os.path.relpath(arguments.picture)}")


if __name__ == "__main__":
    main()
