"""The network: tape, compiled code and a gradient by hand agree, and it learns."""

from __future__ import annotations

import numpy as np
import pytest

from tests.examples.load import is_picture, load

example = load("digits_network")


def by_hand(w1, b1, w2, b2, images, targets):
    """Backpropagation as textbooks have it (Bishop 2006, sec. 5.3)."""
    hidden = np.tanh(images @ w1 + b1)
    scores = np.exp(hidden @ w2 + b2)
    error = (scores / scores.sum(axis=1, keepdims=True) - targets) / len(images)
    back = (error @ w2.T) * (1.0 - hidden**2)
    decay = 2.0 * 5e-4
    return (
        images.T @ back + decay * w1,
        back.sum(axis=0),
        hidden.T @ error + decay * w2,
        error.sum(axis=0),
    )


@pytest.mark.compiled
def test_gradients_agree_and_the_network_learns(tmp_path):
    images, digits = example.load_digits()
    assert images.shape == (600, 64)
    targets = np.eye(10)[digits]
    start = example.first_guess(8)
    expected = by_hand(*start, images, targets)
    both = example.gradients()
    for gradient in both.values():
        for bar, other in zip(gradient(*start, images, targets)[1], expected, strict=True):
            np.testing.assert_allclose(bar, other, rtol=1e-9, atol=1e-12)

    split = example.TRAINING
    network, losses = example.train(both["compiled"], start, images[:split], targets[:split], 200)
    right = np.mean(example.guess_digits(network, images[split:]) == digits[split:])
    assert losses[-1] < 0.2 * losses[0]
    assert right > 0.75
    same, on_tape = example.train(both["tape"], start, images[:split], targets[:split], 5)
    assert on_tape == pytest.approx(losses[:5], rel=1e-12)
    wrong = [(0, digits[0], example.guess_digits(same, images[:1])[0])]
    example.draw(tmp_path / "picture.png", {"compiled": losses, "tape": on_tape}, images, wrong)
    assert is_picture(tmp_path / "picture.png")
