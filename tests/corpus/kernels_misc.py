"""Array kernels: spectral transforms, recurrences over tables, images and elementwise work."""

import numpy as np

from tests.corpus.registry import program


@program(lambda r: (2, 3, r.normal(size=8), r.normal(size=8)))
def stockham_fft(R, K, re, im):
    """A self-sorting Fourier transform of R**K numbers: reshapes, transposes, twiddle factors."""
    N = R**K
    x = re + 1j * im
    i_coord, j_coord = np.mgrid[0:R, 0:R]
    dft_mat = np.exp(-2.0j * np.pi * i_coord * j_coord / R)
    y = x.copy()
    ii_coord, jj_coord = np.mgrid[0:R, 0 : R**K]
    for i in range(K):
        yv = np.reshape(y, (R**i, R, R ** (K - i - 1)))
        tmp_perm = np.transpose(yv, axes=(1, 0, 2))
        D = np.empty((R, R**i, R ** (K - i - 1)), dtype=np.complex128)
        tmp = np.exp(-2.0j * np.pi * ii_coord[:, : R**i] * jj_coord[:, : R**i] / R ** (i + 1))
        D[:] = np.repeat(np.reshape(tmp, (R, R**i, 1)), R ** (K - i - 1), axis=2)
        tmp_twid = np.reshape(tmp_perm, (N,)) * np.reshape(D, (N,))
        y = np.reshape(dft_mat @ np.reshape(tmp_twid, (R, R ** (K - 1))), (N,))
    return np.sum(np.abs(y) ** 2 * np.arange(1.0, N + 1.0))


@program(lambda r: (r.normal(size=(5, 4)), r.normal(size=(4, 4))), compiled=True)
def go_fast(a, b):
    """A loop over the diagonal, and the matrix moved by what it sums to."""
    trace = 0.0
    for i in range(b.shape[0]):
        trace += np.tanh(b[i, i])
    return np.sum((a + trace) ** 2)


@program(
    lambda r: (20 * r.random((3, 4)), 20 * r.random((3, 4)), 4.0, 3.0, 9.0),
    step=1e-4,
)
def compute(array_1, array_2, a, b, c):
    return np.sum((np.clip(array_1, 2, 10) * a + array_2 * b + c) ** 2) / 1e3


@program(lambda r: (-1.6, 0.4, -0.9, 0.8, 3), step=1e-4)
def smooth_escape_times(xmin, xmax, ymin, ymax, steps):
    """A quadratic map on a grid; points that left count on smoothly, behind a mask."""
    X = np.linspace(xmin, xmax, 5)
    Y = np.linspace(ymin, ymax, 4)
    cr = X + 0.0 * Y[:, None]
    ci = 0.0 * X + Y[:, None]
    zr = np.zeros_like(cr)
    zi = np.zeros_like(ci)
    N = np.zeros(cr.shape)
    for n in range(steps):
        inside = zr**2 + zi**2 < 4.0
        N[inside] = n + np.exp(-(zr[inside] ** 2) - zi[inside] ** 2)
        new_r = zr[inside] ** 2 - zi[inside] ** 2 + cr[inside]
        zi[inside] = 2.0 * zr[inside] * zi[inside] + ci[inside]
        zr[inside] = new_r
    return np.sum(N**2)


@program(lambda r: (r.uniform(-1, 1, 4), r.uniform(-1, 1, 3), 4))
def complex_escape(re, im, steps):
    """The same in complex numbers, with a fixed number of steps."""
    C = re + im[:, None] * 1j
    Z = np.zeros(C.shape, dtype=np.complex128)
    for n in range(steps):
        Z = 0.5 * Z**2 + C
    return np.sum(np.log(1.0 + np.abs(Z) ** 2))


@program(lambda r: (r.normal(size=(5, 5)), 0.7))
def soft_max_plus_folding(bond, temperature):
    """A table over intervals: the smooth maximum over the end that pairs and over all cuts."""
    n = bond.shape[0]
    table = np.zeros((n, n))
    for i in range(n - 1, -1, -1):
        for j in range(i + 1, n):
            paired = bond[i, j] + (table[i + 1, j - 1] if j - i > 1 else 0.0)
            cuts = table[i, i:j] + table[i + 1 : j + 1, j]
            top = max(paired, np.max(cuts))
            total = np.exp((paired - top) / temperature)
            total += np.sum(np.exp((cuts - top) / temperature))
            table[i, j] = top + temperature * np.log(total)
    return table[0, n - 1] ** 2


@program(lambda r: (r.normal(size=9), r.normal(size=3)))
def filtered_and_decimated(signal, taps):
    """Convolution with the reversed taps, every other sample, windowed."""
    y = np.convolve(signal, taps[::-1], mode="same")[::2]
    window = 0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(y.size) / (y.size - 1))
    return np.sum((window * y) ** 2)


@program(lambda r: (np.sort(r.random(4)), r.random(4), r.random((3, 5))), step=1e-4)
def lookup_by_interpolation(nodes, values, x):
    """A table applied to an image: cells by `searchsorted`, linear between nodes."""
    flat = np.clip(x.ravel(), nodes[0], nodes[-1])
    cell = np.clip(np.searchsorted(nodes, flat) - 1, 0, nodes.size - 2)
    t = (flat - nodes[cell]) / (nodes[cell + 1] - nodes[cell])
    y = (1.0 - t) * values[cell] + t * values[cell + 1]
    return np.sum(y.reshape(x.shape) ** 2)


@program(lambda r: (r.random((6, 8)), 0.5))
def pyramid_of_means(image, gain):
    """Blocks of two by two by a reshape to four axes, and the details that they leave."""
    energy = 0.0
    level = image
    while level.shape[0] % 2 == 0:
        h, w = level.shape
        coarse = level.reshape(h // 2, 2, w // 2, 2).mean(axis=(1, 3))
        detail = level - np.repeat(np.repeat(coarse, 2, axis=0), 2, axis=1)
        energy += gain * np.sum(detail**2)
        level = coarse
    return energy + np.sum(level**2)


@program(lambda r: (r.random((4, 6)), r.random(6) + 0.5))
def hyperspectral_angles(pixels, reference):
    """Angles of all spectra with one, normalised by their norms."""
    norms = np.linalg.norm(pixels, axis=1)
    cosines = pixels @ reference / (norms * np.linalg.norm(reference))
    return np.sum(np.arccos(cosines) ** 2)


@program(lambda r: (r.normal(size=8), r.normal(size=8)))
def radix_two_fft(re, im):
    """Even and odd halves by stepped slices, level by level, into one complex array."""
    n = re.size
    x = re + 1j * im
    half = n // 2
    y = np.empty(n, dtype=np.complex128)
    size = 1
    while size < n:
        groups = n // (2 * size)
        for g in range(groups):
            w = np.exp(-1j * np.pi * np.arange(size) / size)
            a = x[g * size : (g + 1) * size]
            b = x[half + g * size : half + (g + 1) * size] * w
            y[2 * g * size : (2 * g + 1) * size] = a + b
            y[(2 * g + 1) * size : (2 * g + 2) * size] = a - b
        x[:] = y
        size *= 2
    return np.sum(x.real**3 + x.imag**2)
