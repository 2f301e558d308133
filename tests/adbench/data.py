"""Loaders of the ADBench data files and of the reference values and derivatives beside them.

The folder is `../shared/data/adbench` next to the repository, or what the environment variable
`ADJOINT_ADBENCH_DATA` names. Its README describes the formats.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

_DEFAULT = Path(__file__).resolve().parents[3] / "shared" / "data" / "adbench"
FOLDER = Path(os.environ.get("ADJOINT_ADBENCH_DATA", _DEFAULT))

GMM_FILES = {
    "gmm_test": "gmm/test.txt",
    "gmm_d2_K5": "gmm/1k/gmm_d2_K5.txt",
    "gmm_d10_K10": "gmm/1k/gmm_d10_K10.txt",
}
BA_FILES = {
    "ba_test": "ba/test.txt",
    "ba1": "ba/ba1_n49_m7776_p31843.txt",
    "ba3": "ba/ba3_n161_m48126_p182072.txt",
}
LSTM_FILES = {
    "lstm_l2_c1024": "lstm/lstm_l2_c1024.txt",
    "lstm_l4_c1024": "lstm/lstm_l4_c1024.txt",
}
HAND_FILES = {
    "hand_test": "hand/test.txt",
    "hand1_t26_c100": "hand/simple_small/hand1_t26_c100.txt",
}


def available() -> bool:
    """Whether the data folder is there."""
    return (FOLDER / "reference").is_dir()


def reference(name: str) -> dict[str, np.ndarray]:
    """Values and derivatives by ADBench's Tapenade modules."""
    with np.load(FOLDER / "reference" / f"{name}.npz") as file:
        return {key: file[key] for key in file}


class _Numbers:
    """The whitespace-separated numbers of a text file, taken from the front."""

    def __init__(self, file: str) -> None:
        self._numbers = np.array((FOLDER / file).read_text().split(), dtype=np.float64)
        self._position = 0

    def take(self, *shape: int) -> np.ndarray:
        start = self._position
        self._position += int(np.prod(shape))
        return self._numbers[start : self._position].reshape(shape).copy()

    def integers(self, count: int) -> tuple[int, ...]:
        return tuple(int(number) for number in self.take(count))


def gmm(name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, float, int]:
    """`alphas (k,), means (k, d), icf (k, d (d + 1) / 2), x (n, d), gamma, m`."""
    numbers = _Numbers(GMM_FILES[name])
    d, k, n = numbers.integers(3)
    alphas, means = numbers.take(k), numbers.take(k, d)
    icf, x = numbers.take(k, d * (d + 1) // 2), numbers.take(n, d)
    return alphas, means, icf, x, float(numbers.take()), int(numbers.take())


def ba(name: str) -> tuple[np.ndarray, np.ndarray, float, np.ndarray]:
    """`camera (11,), point (3,), weight, feature (2,)`; every observation of a file is the same."""
    numbers = _Numbers(BA_FILES[name])
    numbers.take(3)  # how often each is replicated
    return numbers.take(11), numbers.take(3), float(numbers.take()), numbers.take(2)


def lstm(name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """`main (2l, 4b), extra (3, b), state (2l, b), sequence (c, b)`."""
    numbers = _Numbers(LSTM_FILES[name])
    layers, characters, b = numbers.integers(3)
    return (
        numbers.take(2 * layers, 4 * b),
        numbers.take(3, b),
        numbers.take(2 * layers, b),
        numbers.take(characters, b),
    )


@dataclass(frozen=True)
class HandModel:
    """The skinned hand: 22 bones, V vertices.

    Attributes
    ----------
    parents : int, (22,); -1 for a root; a parent comes before its children.
    base : (22, 4, 4), of a bone relative to its parent.
    inverse : (22, 4, 4), inverse of the bone's absolute matrix at rest.
    positions : (V, 3).
    weights : (V, 22), mostly zero.
    """

    parents: np.ndarray
    base: np.ndarray
    inverse: np.ndarray
    positions: np.ndarray
    weights: np.ndarray


def hand_model() -> HandModel:
    """The model that both hand files use."""
    folder = FOLDER / "hand" / "simple_small" / "model"
    bones = [line.split(":") for line in (folder / "bones.txt").read_text().split()]
    matrices = np.array([[float(x) for x in bone[2:34]] for bone in bones]).reshape(-1, 2, 4, 4)
    vertices = [line.split(":") for line in (folder / "vertices.txt").read_text().split()]
    weights = np.zeros((len(vertices), len(bones)))
    for row, vertex in zip(weights, vertices, strict=True):
        pairs = vertex[9 : 9 + 2 * int(vertex[8])]
        for bone, weight in zip(pairs[::2], pairs[1::2], strict=True):
            row[int(bone)] += float(weight)
    return HandModel(
        parents=np.array([int(bone[1]) for bone in bones]),
        base=matrices[:, 0].copy(),
        inverse=matrices[:, 1].copy(),
        positions=np.array([[float(x) for x in vertex[:3]] for vertex in vertices]),
        weights=weights,
    )


def hand(name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """`theta (26,), correspondences int (N,), points (N, 3)`."""
    numbers = _Numbers(HAND_FILES[name])
    count, parameters = numbers.integers(2)
    lines = numbers.take(count, 4)
    return numbers.take(parameters), lines[:, 0].astype(np.int64), lines[:, 1:].copy()
