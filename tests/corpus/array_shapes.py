"""Arrays joined, cut, repeated, turned and put on grids, several of these in each program."""

import numpy as np

from tests.corpus.registry import program


@program(lambda r: (r.normal(size=(4, 5)), r.normal(size=(4, 5))), compiled=True)
def stencil_on_a_torus(u, w):
    laplacian = -4.0 * u
    for axis in (0, 1):
        laplacian = laplacian + np.roll(u, 1, axis=axis) + np.roll(u, -1, axis=axis)
    return np.sum(laplacian * w * u)


@program(lambda r: (r.normal(size=(4, 5)),), compiled=True)
def stencil_with_mirrored_margin(u):
    p = np.pad(u, 1, mode="reflect")
    inner = p[1:-1, 1:-1]
    flux = p[2:, 1:-1] + p[:-2, 1:-1] + p[1:-1, 2:] + p[1:-1, :-2] - 4.0 * inner
    return np.sum(flux**2) + np.sum(np.pad(u, ((0, 1), (2, 0)), "edge") ** 3)


@program(lambda r: (r.normal(size=3), r.normal(size=(2, 2)), r.normal(size=(2, 1))), compiled=True)
def block_matrix(d, m, c):
    zeros = np.zeros((2, 2))
    upper = np.hstack([m, zeros, c])
    lower = np.concatenate((np.zeros((3, 2)), np.diag(d)), axis=1)
    whole = np.vstack((upper, lower))
    return np.sum(np.sin(whole) @ np.arange(5.0)) + np.sum(np.diag(whole) ** 3)


@program(lambda r: (r.normal(size=6), r.uniform(0.5, 1.5)))
def features_in_columns(x, scale):
    columns = np.column_stack((np.ones(6), x, x * x, np.full(6, scale)))
    gram = np.dot(columns.T, columns)
    return np.sum(np.triu(gram, 1) ** 2) + np.sum(np.tril(gram) * scale)


@program(lambda r: (r.normal(size=(3, 8)), r.normal(size=(4, 2))))
def attention_heads(x, w):
    total = 0.0
    for k, (q, v) in enumerate(zip(np.split(x, 2, axis=1), np.split(x[:, ::-1], 2, axis=1))):
        scores = q @ np.flip(v, 1).T
        weights = np.exp(scores) / np.sum(np.exp(scores), axis=1, keepdims=True)
        total += (k + 1) * np.sum(weights @ (v @ w))
    return total


@program(lambda r: (r.normal(size=4), r.normal(size=3)))
def fields_on_a_grid(x, y):
    xx, yy = np.meshgrid(x, y)
    rows, columns = np.mgrid[0:3, 0:4]
    i, j = np.ogrid[0:3, 0:4]
    return np.sum(np.sin(xx) * yy * rows) + np.sum(xx**2 * columns) + np.sum(yy * (i - j))


@program(lambda r: (r.uniform(0.5, 1.5), r.uniform(2.0, 3.0)), compiled=True)
def quadrature_between_moving_ends(a, b):
    t = np.linspace(a, b, 9)
    w = np.repeat([1.0, 2.0, 1.0], [1, 7, 1]) * (b - a) / 16.0
    return np.sum(w * np.exp(-t * t)) + np.sum(np.geomspace(a, b, 4) * np.logspace(a, b, 4, base=2))


@program(lambda r: (r.normal(size=(2, 3)), r.normal(size=(2, 2))))
def kronecker_sum(a, b):
    return np.sum(np.kron(a, b) ** 2) + np.sum(np.outer(a, b) * np.add.outer(a.ravel(), b.ravel()))


@program(lambda r: (r.normal(size=(3, 3)),))
def all_turns_of_an_image(image):
    total = 0.0
    for k, turned in enumerate((np.rot90(image), np.rot90(image, 2), np.rot90(image, -1))):
        total += (k + 1) * turned[0, 1] * turned[2, 0]
    mirrored = np.concatenate((np.fliplr(image), np.flipud(image)))
    return total + np.sum(mirrored * np.arange(18.0).reshape(6, 3))


@program(lambda r: (r.normal(size=5), r.normal(size=3)))
def signal_with_edits(x, new):
    y = np.insert(x, 2, new)
    z = np.delete(y, [0, -1])
    w = np.append(np.tile(z, 2), x[::-1])
    return np.sum(w * np.arange(1.0, w.size + 1.0)) + np.sum(np.resize(x, 7) ** 2)


@program(lambda r: (r.normal(size=(2, 3, 4)), r.normal(size=(4, 2))))
def axes_in_another_order(c, w):
    moved = np.moveaxis(c, 0, -1)
    swapped = np.swapaxes(moved, 0, 1)
    opened = np.expand_dims(swapped, (0, 2))
    closed = np.squeeze(opened, axis=(0, 2))
    return np.sum(closed.transpose(0, 2, 1) * w[:, :, None]) + np.sum(np.stack((c, c * c), 1)[0, 1])


@program(lambda r: (r.normal(size=(3, 4)),))
def views_see_what_is_written(a):
    b = a * 1.0
    d = np.diagonal(b, 1)
    m = np.moveaxis(b, 0, 1)
    wide = np.broadcast_to(b[0], (2, 4))
    b[0, 1] = b[2, 3] * 5.0
    m[2, 1] = b[0, 0] * b[0, 1]
    return np.sum(d * np.arange(1.0, 4.0)) + np.sum(wide**2) + np.sum(m[2] ** 3)


@program(lambda r: (r.normal(size=(4, 4)),))
def parts_are_views(a):
    b = a * 2.0
    top, bottom = np.vsplit(b, 2)
    top[0, :2] = bottom[1, 2:] * a[0, 0]
    left, right = np.hsplit(b, 2)
    return np.sum(left * right) + np.sum(top**3)
