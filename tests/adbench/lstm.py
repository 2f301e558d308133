"""Negative log-likelihood of a character sequence under a diagonal LSTM, as loops.

For each character but the last: x = character * extra_0; for each layer, with hidden state h and
cell C,

    C ← C σ(x W_f + b_f) + σ(h W_i + b_i) tanh(h W_c + b_c);  h ← σ(x W_o + b_o) tanh(C);  x ← h

then y = x * extra_1 + extra_2, scored against the next character by a softmax whose normaliser is
2 + Σ exp y. Shapes: main (2l, 4b), extra (3, b), state (2l, b), sequence (c, b).
"""

from __future__ import annotations

import numpy as np


def sigmoid(z):
    """The logistic function."""
    return 1.0 / (1.0 + np.exp(-z))


def lstm_loops(main, extra, state, sequence):
    """The objective with scalar loops; `state` is the start and is left alone."""
    layers = state.shape[0] // 2
    characters, b = sequence.shape
    s = state.copy()
    x = np.empty(b)
    total = 0.0
    for t in range(characters - 1):
        for j in range(b):
            x[j] = sequence[t, j] * extra[0, j]
        for layer in range(layers):
            w = 2 * layer
            for j in range(b):
                h = s[w, j]
                forget = sigmoid(x[j] * main[w, j] + main[w + 1, j])
                ingate = sigmoid(h * main[w, b + j] + main[w + 1, b + j])
                outgate = sigmoid(x[j] * main[w, 2 * b + j] + main[w + 1, 2 * b + j])
                change = np.tanh(h * main[w, 3 * b + j] + main[w + 1, 3 * b + j])
                s[w + 1, j] = s[w + 1, j] * forget + ingate * change
                s[w, j] = outgate * np.tanh(s[w + 1, j])
                x[j] = s[w, j]
        normaliser = 2.0
        for j in range(b):
            normaliser += np.exp(x[j] * extra[1, j] + extra[2, j])
        log_normaliser = np.log(normaliser)
        for j in range(b):
            y = x[j] * extra[1, j] + extra[2, j]
            total += sequence[t + 1, j] * (y - log_normaliser)
    return -total / ((characters - 1) * b)
