"""The adjoint of the diagonal LSTM, written by hand for Numba: gates are stored, not recomputed."""

from __future__ import annotations

import numba
import numpy as np

from tests.adbench import lstm

_njit = numba.njit(error_model="numpy")
_sigmoid = _njit(lstm.sigmoid)


@_njit
def lstm_adjoint(main, extra, state, sequence):
    layers = state.shape[0] // 2
    characters, b = sequence.shape
    steps = characters - 1
    s = state.copy()
    inputs = np.empty((steps, layers + 1, b))
    hidden = np.empty((steps, layers, b))
    cells = np.empty((steps, layers, b))
    gates = np.empty((steps, layers, 5, b))
    scores = np.empty((steps, b))
    normalisers = np.empty(steps)
    total = 0.0
    for t in range(steps):
        for j in range(b):
            inputs[t, 0, j] = sequence[t, j] * extra[0, j]
        for layer in range(layers):
            w = 2 * layer
            for j in range(b):
                x, h, c = inputs[t, layer, j], s[w, j], s[w + 1, j]
                forget = _sigmoid(x * main[w, j] + main[w + 1, j])
                ingate = _sigmoid(h * main[w, b + j] + main[w + 1, b + j])
                outgate = _sigmoid(x * main[w, 2 * b + j] + main[w + 1, 2 * b + j])
                change = np.tanh(h * main[w, 3 * b + j] + main[w + 1, 3 * b + j])
                cell = c * forget + ingate * change
                bent = np.tanh(cell)
                hidden[t, layer, j] = h
                cells[t, layer, j] = c
                gates[t, layer, 0, j] = forget
                gates[t, layer, 1, j] = ingate
                gates[t, layer, 2, j] = outgate
                gates[t, layer, 3, j] = change
                gates[t, layer, 4, j] = bent
                s[w + 1, j] = cell
                s[w, j] = inputs[t, layer + 1, j] = outgate * bent
        normaliser = 2.0
        for j in range(b):
            y = inputs[t, layers, j] * extra[1, j] + extra[2, j]
            scores[t, j] = np.exp(y)
            normaliser += scores[t, j]
        normalisers[t] = normaliser
        log_normaliser = np.log(normaliser)
        for j in range(b):
            y = inputs[t, layers, j] * extra[1, j] + extra[2, j]
            total += sequence[t + 1, j] * (y - log_normaliser)

    main_bar = np.zeros_like(main)
    extra_bar = np.zeros_like(extra)
    s_bar = np.zeros_like(state)
    x_bar = np.empty(b)
    seed = -1.0 / (steps * b)
    for t in range(steps - 1, -1, -1):
        weight = 0.0
        for j in range(b):
            weight += sequence[t + 1, j]
        for j in range(b):
            softmax = scores[t, j] / normalisers[t]
            y_bar = seed * (sequence[t + 1, j] - weight * softmax)
            extra_bar[1, j] += y_bar * inputs[t, layers, j]
            extra_bar[2, j] += y_bar
            x_bar[j] = y_bar * extra[1, j]
        for layer in range(layers - 1, -1, -1):
            w = 2 * layer
            for j in range(b):
                x, h, c = inputs[t, layer, j], hidden[t, layer, j], cells[t, layer, j]
                forget, ingate = gates[t, layer, 0, j], gates[t, layer, 1, j]
                outgate, change = gates[t, layer, 2, j], gates[t, layer, 3, j]
                bent = gates[t, layer, 4, j]
                h_bar = s_bar[w, j] + x_bar[j]
                cell_bar = s_bar[w + 1, j] + h_bar * outgate * (1.0 - bent * bent)
                out_bar = h_bar * bent * outgate * (1.0 - outgate)
                forget_bar = cell_bar * c * forget * (1.0 - forget)
                in_bar = cell_bar * change * ingate * (1.0 - ingate)
                change_bar = cell_bar * ingate * (1.0 - change * change)
                main_bar[w, j] += forget_bar * x
                main_bar[w + 1, j] += forget_bar
                main_bar[w, b + j] += in_bar * h
                main_bar[w + 1, b + j] += in_bar
                main_bar[w, 2 * b + j] += out_bar * x
                main_bar[w + 1, 2 * b + j] += out_bar
                main_bar[w, 3 * b + j] += change_bar * h
                main_bar[w + 1, 3 * b + j] += change_bar
                s_bar[w + 1, j] = cell_bar * forget
                s_bar[w, j] = in_bar * main[w, b + j] + change_bar * main[w, 3 * b + j]
                x_bar[j] = forget_bar * main[w, j] + out_bar * main[w, 2 * b + j]
        for j in range(b):
            extra_bar[0, j] += x_bar[j] * sequence[t, j]
    return seed * total, (main_bar, extra_bar)
