"""Numerical helpers that rules call: plain NumPy functions.

They are built from operations that have rules, so a rule that calls one can be differentiated
again. Those of matrix products and of special functions compile with Numba, which drops the
branches on `ndim` that do not apply.
"""

from __future__ import annotations

import math

import numpy as np

from adjoint.runtime.dispatch import dispatched

# --------------------------------------------------------------------------- special functions


def digamma(x):
    """Logarithmic derivative of the gamma function, d/dx log |Γ(x)|.

    Left of 1/2 by reflection, ψ(x) = ψ(1-x) - π/tan(πx); right of it eight steps of
    ψ(x) = ψ(x+1) - 1/x and then the asymptotic series (Abramowitz & Stegun 6.3.5-7, 6.3.18).
    Absolute error below 1e-14 for moderate x.
    """
    left = x < 0.5
    y = np.where(left, 1.0 - x, x)
    steps = 1.0 / y + 1.0 / (y + 1.0) + 1.0 / (y + 2.0) + 1.0 / (y + 3.0)
    steps = steps + 1.0 / (y + 4.0) + 1.0 / (y + 5.0) + 1.0 / (y + 6.0) + 1.0 / (y + 7.0)
    w = y + 8.0
    t = 1.0 / (w * w)
    series = 1 / 132 - t * (691 / 32760 - t * (1 / 12 - t * (3617 / 8160)))
    series = t * (1 / 12 - t * (1 / 120 - t * (1 / 252 - t * (1 / 240 - t * series))))
    psi = np.log(w) - 0.5 / w - series - steps
    # The quarter keeps the branch that is not chosen away from the poles.
    return np.where(left, psi - np.pi / np.tan(np.pi * np.where(left, x, 0.25)), psi)


def trigamma(x):
    """Derivative of `digamma` (Abramowitz & Stegun 6.4.7, 6.4.12), by the same steps."""
    left = x < 0.5
    y = np.where(left, 1.0 - x, x)
    steps = y**-2.0 + (y + 1.0) ** -2.0 + (y + 2.0) ** -2.0 + (y + 3.0) ** -2.0
    steps = steps + (y + 4.0) ** -2.0 + (y + 5.0) ** -2.0 + (y + 6.0) ** -2.0 + (y + 7.0) ** -2.0
    w = y + 8.0
    t = 1.0 / (w * w)
    series = 1 / 30 - t * (5 / 66 - t * (691 / 2730 - t * (7 / 6 - t * (3617 / 510))))
    series = t * (1 / 6 - t * (1 / 30 - t * (1 / 42 - t * series)))
    psi = 1.0 / w + 0.5 * t + series / w + steps
    sine = np.sin(np.pi * np.where(left, x, 0.25))
    return np.where(left, (np.pi / sine) ** 2.0 - psi, psi)


# --------------------------------------------------------------------------- shapes


def unbroadcast(bar, shape):
    """Sum a cotangent over the axes along which its operand of `shape` was repeated."""
    if bar.shape == shape:
        return bar
    extra = bar.ndim - len(shape)
    if extra < 0:
        return np.broadcast_to(bar, shape)
    if extra > 0:
        bar = np.sum(bar, axis=tuple(range(extra)))
    stretched = tuple(i for i, n in enumerate(shape) if n == 1 and bar.shape[i] != 1)
    if stretched:
        bar = np.sum(bar, axis=stretched, keepdims=True)
    # A result that has lost axes ((1,) for a scalar, in the tape's classic arrays).
    return bar if bar.shape == shape else np.broadcast_to(bar, shape)


def restore_axes(z_bar, axis, keepdims):
    """Give the result of a reduction its axes of length 1 back."""
    if keepdims or axis is None:
        return z_bar
    return np.expand_dims(z_bar, axis)


def spread(a, z_bar, axis, keepdims):
    """Repeat the cotangent of a reduction of `a` over the axes that were reduced."""
    return np.broadcast_to(restore_axes(z_bar, axis, keepdims), np.shape(a))


def count(a, axis):
    """How many elements of `a` go into one element of a reduction over `axis`."""
    shape = np.shape(a)
    if axis is None:
        return math.prod(shape)
    axes = axis if isinstance(axis, tuple | list) else (axis,)
    return math.prod(shape[i] for i in axes)


def merge_axes(a, axis):
    """Move the axes of a reduction to the end and make one of them."""
    ndim = np.ndim(a)
    axes = range(ndim) if axis is None else axis if isinstance(axis, tuple | list) else (axis,)
    last = [i % ndim for i in axes]
    first = [i for i in range(ndim) if i not in last]
    shape = np.shape(a)
    moved = np.transpose(a, first + last)
    return np.reshape(moved, [shape[i] for i in first] + [-1]), first + last


def split_axes(merged, order, shape):
    """Undo `merge_axes` for an array of the original `shape`."""
    moved = np.reshape(merged, [shape[i] for i in order])
    return np.transpose(moved, np.argsort(order))


# --------------------------------------------------------------------------- selections


@dispatched
def scatter_add(shape, index, values):
    """Zeros of `shape` with `values` added at `index`; what is indexed twice gets both."""
    out = np.zeros(shape, values.dtype)
    add_at(out, index, values)
    return out


def add_at(out, index, values):
    """Add `values` to `out[index]` in place; repeated indices accumulate."""
    if is_basic(index):
        out[index] += values
    else:
        np.add.at(out, index, values)


def is_basic(index):
    """Whether an index selects each element at most once: no lists or arrays of integers."""
    items = index if isinstance(index, tuple) else (index,)
    return all(
        item is None
        or item is Ellipsis
        or isinstance(item, int | slice | np.integer)
        or (len(items) == 1 and _is_mask(item))
        for item in items
    )


def _is_mask(item):
    return getattr(item, "dtype", None) == np.dtype(bool)


def positions(a):
    """The position in memory order of each element, in the shape of `a`.

    A function that only selects and repeats elements, applied to this, tells where each
    element of its result comes from.
    """
    shape = np.shape(a)
    return np.arange(math.prod(shape)).reshape(shape)


def ungather(a, sources, z_bar):
    """Cotangent of `a` for a result whose elements come from `sources` in `a`."""
    shape = np.shape(a)
    return np.reshape(scatter_add((math.prod(shape),), sources, z_bar), shape)


# --------------------------------------------------------------------------- products


def matmul_left(a, b, z_bar):
    """Cotangent of a in z = a @ b (Giles 2008, sec. 2.2.2: z_bar bᵀ)."""
    if a.ndim == 1:
        if b.ndim == 1:
            return z_bar * b
        if b.ndim == 2:
            return b @ z_bar
        return unbroadcast((b @ np.expand_dims(z_bar, -1))[..., 0], a.shape)
    if b.ndim == 1:
        return np.expand_dims(z_bar, -1) * b
    if a.ndim == 2 and b.ndim == 2:
        return z_bar @ b.T
    return unbroadcast(z_bar @ np.swapaxes(b, -1, -2), a.shape)


def matmul_right(a, b, z_bar):
    """Cotangent of b in z = a @ b (Giles 2008, sec. 2.2.2: aᵀ z_bar)."""
    if a.ndim == 1:
        if b.ndim == 1:
            return z_bar * a
        if b.ndim == 2:
            return np.outer(a, z_bar)
        return np.expand_dims(a, -1) * np.expand_dims(z_bar, -2)
    if b.ndim == 1:
        if a.ndim == 2:
            return z_bar @ a
        return unbroadcast(np.expand_dims(z_bar, -2) @ a, (1,) * (a.ndim - 1) + b.shape)[
            (0,) * (a.ndim - 1)
        ]
    if a.ndim == 2 and b.ndim == 2:
        return a.T @ z_bar
    return unbroadcast(np.swapaxes(a, -1, -2) @ z_bar, b.shape)


def dot_left(a, b, z_bar):
    """Cotangent of a in z = np.dot(a, b); as for `@` up to matrices."""
    if a.ndim == 0 or b.ndim == 0:
        return unbroadcast(z_bar * b, a.shape)
    if a.ndim <= 2 and b.ndim <= 2:
        return matmul_left(a, b, z_bar)
    return tensordot_left(a, b, ((-1,), (max(b.ndim - 2, 0),)), z_bar)


def dot_right(a, b, z_bar):
    """Cotangent of b in z = np.dot(a, b); as for `@` up to matrices."""
    if a.ndim == 0 or b.ndim == 0:
        return unbroadcast(z_bar * a, b.shape)
    if a.ndim <= 2 and b.ndim <= 2:
        return matmul_right(a, b, z_bar)
    return tensordot_right(a, b, ((-1,), (max(b.ndim - 2, 0),)), z_bar)


def summed_axes(axes, a_ndim, b_ndim):
    """The axes argument of `np.tensordot` as two lists of non-negative axes."""
    if isinstance(axes, int):
        return list(range(a_ndim - axes, a_ndim)), list(range(axes))
    left, right = ([i] if isinstance(i, int) else list(i) for i in axes)
    return [i % a_ndim for i in left], [i % b_ndim for i in right]


def tensordot_left(a, b, axes, z_bar):
    """Cotangent of a in z = np.tensordot(a, b, axes): contract z_bar with b's free axes."""
    a_axes, b_axes = summed_axes(axes, a.ndim, b.ndim)
    free = [i for i in range(a.ndim) if i not in a_axes]
    b_free = [i for i in range(b.ndim) if i not in b_axes]
    bar = np.tensordot(z_bar, b, (list(range(len(free), z_bar.ndim)), b_free))
    # The axes of bar are a's free ones, then the summed ones in the order they have in b.
    order = free + [a_axes[b_axes.index(i)] for i in sorted(b_axes)]
    return np.transpose(bar, np.argsort(order))


def tensordot_right(a, b, axes, z_bar):
    """Cotangent of b in z = np.tensordot(a, b, axes): contract z_bar with a's free axes."""
    a_axes, b_axes = summed_axes(axes, a.ndim, b.ndim)
    a_free = [i for i in range(a.ndim) if i not in a_axes]
    free = [i for i in range(b.ndim) if i not in b_axes]
    bar = np.tensordot(a, z_bar, (a_free, list(range(len(a_free)))))
    order = [b_axes[a_axes.index(i)] for i in sorted(a_axes)] + free
    return np.transpose(bar, np.argsort(order))


def transposed(a):
    """The last two axes exchanged."""
    return a.T if a.ndim == 2 else np.swapaxes(a, -1, -2)


# --------------------------------------------------------------------------- factorisations


def solve_right(a, b, z_bar):
    """Cotangent of b in z = solve(a, b): solve(aᵀ, z_bar) (Giles 2008, sec. 2.3.1)."""
    if a.ndim > 2 and b.ndim == 1:
        return np.linalg.solve(transposed(a), np.expand_dims(z_bar, -1))[..., 0]
    return np.linalg.solve(transposed(a), z_bar)


def solve_left(a, b, z, b_bar):
    """Cotangent of a in z = solve(a, b), from b's: -b_bar zᵀ (Giles 2008, sec. 2.3.1)."""
    if a.ndim == 2 and b.ndim == 1:
        return -np.outer(b_bar, z)
    if a.ndim == 2 and b.ndim == 2:
        return -(b_bar @ z.T)
    if b.ndim == 1:
        return unbroadcast(-(np.expand_dims(b_bar, -1) * np.expand_dims(z, -2)), a.shape)
    return unbroadcast(-(b_bar @ transposed(z)), a.shape)


def cholesky_bar(z, z_bar):
    """Cotangent of a in z zᵀ = a, z lower triangular (Murray 2016, sec. 3.1, eq. 10).

    a_bar = ½ z⁻ᵀ (P + Pᵀ) z⁻¹ with P the lower triangle of zᵀ z_bar, its diagonal halved.
    Symmetric: the slope along symmetric changes of a.
    """
    product = np.tril(transposed(z) @ z_bar)
    both = product + transposed(np.tril(product, -1))
    inverse = np.linalg.inv(z)
    return 0.5 * (transposed(inverse) @ both @ inverse)


def eigh_bar(a, w, v, w_bar, v_bar):
    """Cotangent of a in a = v diag(w) vᵀ (Giles 2008, sec. 2.2.6 / 3.1).

    a_bar = v (diag(w_bar) + (vᵀ v_bar) ∘ F) vᵀ, F[i, j] = 1 / (w[j] - w[i]) off the diagonal.
    Symmetric: the slope along symmetric changes of a. inf or nan for equal eigenvalues.
    """
    eye = np.eye(a.shape[-1], dtype=a.dtype)
    gaps = np.expand_dims(w, -2) - np.expand_dims(w, -1) + eye
    inner = (transposed(v) @ v_bar) * ((1.0 - eye) / gaps) + np.expand_dims(w_bar, -1) * eye
    bar = v @ inner @ transposed(v)
    return 0.5 * (bar + transposed(bar))


def svd_bar(u, s, vh, u_bar, s_bar, vh_bar):
    """Cotangent of a = u diag(s) vh, the reduced form (Townsend 2016, "Differentiating the SVD").

    inf or nan for equal or zero singular values.
    """
    v, v_bar = transposed(vh), transposed(vh_bar)
    eye = np.eye(s.shape[-1], dtype=s.dtype)
    row, column = np.expand_dims(s, -2), np.expand_dims(s, -1)
    f = (1.0 - eye) / ((row - column) * (row + column) + eye)
    uu, vv = transposed(u) @ u_bar, transposed(v) @ v_bar
    left = f * (uu - transposed(uu)) * row
    right = column * (f * (vv - transposed(vv)))
    bar = u @ (left + right + np.expand_dims(s_bar, -1) * eye) @ vh
    if u.shape[-2] > s.shape[-1]:
        bar = bar + ((u_bar - u @ uu) / row) @ vh
    if v.shape[-2] > s.shape[-1]:
        bar = bar + (u / row) @ transposed(v_bar - v @ vv)
    return bar


def qr_bar(q, r, q_bar, r_bar):
    """Cotangent of a = q r, q reduced and r square (Walter & Lehmann 2018, sec. 4).

    a_bar = (q_bar + q · copyltu(M)) r⁻ᵀ with M = r r_barᵀ - q_barᵀ q.
    """
    m = r @ transposed(r_bar) - transposed(q_bar) @ q
    symmetric = np.tril(m) + transposed(np.tril(m, -1))
    return transposed(np.linalg.solve(r, transposed(q_bar + q @ symmetric)))


def product_of_others(a, axis):
    """For each element the product of all others along `axis`; right at zeros too."""
    merged, order = merge_axes(a, axis)
    one = np.ones_like(merged[..., :1])
    before = np.cumprod(np.concatenate([one, merged[..., :-1]], axis=-1), axis=-1)
    after = np.cumprod(np.concatenate([one, merged[..., :0:-1]], axis=-1), axis=-1)
    return split_axes(before * after[..., ::-1], order, np.shape(a))


def cumprod_bar(z, a, axis, z_bar):
    """Cotangent of a in z = cumprod(a, axis): Σ_{j >= i} z_bar[j] z[j] / a[i].

    Where a is zero the quotient is the product of the others; then the sum is formed directly,
    in O(n²).
    """
    if axis is None:
        return np.reshape(cumprod_bar(z, np.reshape(a, (-1,)), 0, z_bar), np.shape(a))
    if not np.any(a == 0):
        return reversed_cumsum(z_bar * z, axis) / a
    moved, bar = np.moveaxis(a, axis, -1), np.moveaxis(z_bar, axis, -1)
    total = []
    for i in range(moved.shape[-1]):
        rest = np.concatenate([np.ones_like(moved[..., :1]), moved[..., i + 1 :]], axis=-1)
        before = np.prod(moved[..., :i], axis=-1)
        total.append(before * np.sum(np.cumprod(rest, axis=-1) * bar[..., i:], axis=-1))
    return np.moveaxis(np.stack(total, axis=-1), -1, axis)


def reversed_cumsum(x, axis):
    """Sums from each element to the end."""
    return np.flip(np.cumsum(np.flip(x, axis), axis), axis)


def undo_diff(z_bar, n, axis):
    """Cotangent of a in z = np.diff(a, n, axis)."""
    for _ in range(n):
        zero = np.zeros_like(np.take(z_bar, [0], axis))
        z_bar = -np.diff(np.concatenate([zero, z_bar, zero], axis=axis), 1, axis)
    return z_bar


# --------------------------------------------------------------------------- norms


def norm_bar(z, x, ord, axis, keepdims, z_bar):
    """Cotangent of x in z = np.linalg.norm(x, ord, axis, keepdims).

    The 2-norm of 0 has slope nan, as MXNet, PyTorch and the formula x / z say.
    """
    if not keepdims and axis is not None:
        z, z_bar = np.expand_dims(z, axis), np.expand_dims(z_bar, axis)
    matrix = ord is not None and (isinstance(axis, tuple) or (axis is None and np.ndim(x) == 2))
    if ord in (None, "fro") or (ord == 2 and not matrix):
        return (z_bar / z) * x
    if matrix:
        return _matrix_norm_bar(x, ord, axis, z, z_bar)
    if ord == 1:
        return z_bar * np.sign(x)
    if ord in (np.inf, -np.inf):
        return np.where(abs(x) == z, z_bar * np.sign(x), 0.0)
    return z_bar * np.sign(x) * (abs(x) / z) ** (ord - 1)


def _matrix_norm_bar(x, ord, axis, z, z_bar):
    rows, columns = (0, 1) if axis is None else (i % np.ndim(x) for i in axis)
    if ord in (1, -1, np.inf, -np.inf):
        summed = rows if ord in (1, -1) else columns
        chosen = np.sum(abs(x), axis=summed, keepdims=True) == z
        return np.where(chosen, z_bar * np.sign(x), 0.0)
    if ord not in (2, -2, "nuc"):
        raise NotImplementedError(f"the derivative of a matrix norm of order {ord!r}")
    moved = np.moveaxis(x, (rows, columns), (-2, -1))
    u, s, vh = np.linalg.svd(moved, full_matrices=False)
    weight = np.ones_like(s)
    if ord != "nuc":
        weight = np.zeros_like(s)
        weight[..., 0 if ord == 2 else -1] = 1.0
    bar = (u * np.expand_dims(weight, -2)) @ vh
    return z_bar * np.moveaxis(bar, (-2, -1), (rows, columns))


# --------------------------------------------------------------------------- further products


def einsum_bars(subscripts, operands, z_bar):
    """Cotangents of all operands of `np.einsum`."""
    inputs, output = explicit_subscripts(subscripts, [np.ndim(x) for x in operands])
    return tuple(
        einsum_bar(inputs, output, operands, position, z_bar) for position in range(len(operands))
    )


def explicit_subscripts(subscripts, ndims):
    """One string of letters for each operand and the result; an ellipsis becomes capitals."""
    left, arrow, output = subscripts.replace(" ", "").partition("->")
    inputs = left.split(",")
    hidden = [n - len(s.replace("...", "")) for s, n in zip(inputs, ndims, strict=True)]
    taken = set(subscripts)
    spare = [c for c in "ZYXWVUTSRQPONMLKJIHGFEDCBA" if c not in taken]
    most = max((n for s, n in zip(inputs, hidden, strict=True) if "..." in s), default=0)
    dots = "".join(reversed(spare[:most]))
    inputs = [s.replace("...", dots[len(dots) - n :]) for s, n in zip(inputs, hidden, strict=True)]
    if arrow:
        return inputs, output.replace("...", dots)
    letters = "".join(inputs)
    once = sorted(c for c in set(letters) if letters.count(c) == 1 and c not in dots)
    return inputs, dots + "".join(once)


def einsum_bar(inputs, output, operands, position, z_bar):
    """Cotangent of one operand: contract z_bar with the others into the operand's letters."""
    operand, letters = operands[position], inputs[position]
    others = [x for i, x in enumerate(operands) if i != position]
    other_letters = [s for i, s in enumerate(inputs) if i != position]
    sizes = dict(zip(letters, np.shape(operand), strict=True))
    # Distinct letters; a repeated one ("ii->i") is put back on the diagonal below.
    distinct = "".join(dict.fromkeys(letters))
    known = set(output).union(*other_letters)
    reachable = "".join(c for c in distinct if c in known)
    spec = ",".join([output, *other_letters]) + "->" + reachable
    bar = np.einsum(spec, z_bar, *others)
    missing = [c for c in distinct if c not in known]
    for axis in [i for i, c in enumerate(distinct) if c in missing]:
        bar = np.expand_dims(bar, axis)
    # An axis of length 1 was stretched to its letter's length, one nobody knows was summed away.
    lengths = zip(bar.shape, [sizes[c] for c in distinct], distinct, strict=True)
    stretched = tuple(
        i for i, (n, size, c) in enumerate(lengths) if size == 1 and n != 1 and c not in missing
    )
    if stretched:
        bar = np.sum(bar, axis=stretched, keepdims=True)
    bar = np.broadcast_to(bar, [sizes[c] for c in distinct])
    if distinct == letters:
        return bar
    sources = np.einsum(f"{letters}->{distinct}", positions(operand))
    return ungather(operand, sources, bar)


def _kron_blocks(a, b, z_bar):
    ndim = max(np.ndim(a), np.ndim(b))
    left = (1,) * (ndim - np.ndim(a)) + np.shape(a)
    right = (1,) * (ndim - np.ndim(b)) + np.shape(b)
    pairs = [n for pair in zip(left, right, strict=True) for n in pair]
    return np.reshape(z_bar, pairs), left, right


def kron_left(a, b, z_bar):
    """Cotangent of a in z = np.kron(a, b): each block's inner product with b."""
    blocks, left, right = _kron_blocks(a, b, z_bar)
    weight = np.reshape(b, [n for size in right for n in (1, size)])
    return np.reshape(np.sum(blocks * weight, axis=tuple(range(1, 2 * len(left), 2))), np.shape(a))


def kron_right(a, b, z_bar):
    """Cotangent of b in z = np.kron(a, b): the blocks summed with the weights a."""
    blocks, left, _ = _kron_blocks(a, b, z_bar)
    weight = np.reshape(a, [n for size in left for n in (size, 1)])
    return np.reshape(np.sum(blocks * weight, axis=tuple(range(0, 2 * len(left), 2))), np.shape(b))


def pinv_bar(z, a, z_bar):
    """Cotangent of a in z = pinv(a) for a of full rank (Golub & Pereyra 1973, eq. 4.12)."""
    zt, g = transposed(z), transposed(z_bar)
    bar = -(zt @ transposed(g) @ zt)
    bar = bar + (g - a @ (z @ g)) @ (z @ zt)
    return bar + (zt @ z) @ (g - (g @ z) @ a)


def svd_rule(z, a, full_matrices, compute_uv, z_bar):
    """Cotangent of a for the forms of `np.linalg.svd` that have one."""
    if not compute_uv:
        u, _, vh = np.linalg.svd(a, full_matrices=False)
        return (u * np.expand_dims(z_bar, -2)) @ vh
    if full_matrices and a.shape[-1] != a.shape[-2]:
        raise NotImplementedError(
            "the full SVD of a matrix that is not square has no derivative: its last vectors are "
            "arbitrary; pass full_matrices=False"
        )
    return svd_bar(z[0], z[1], z[2], z_bar[0], z_bar[1], z_bar[2])


def qr_rule(z, a, mode, z_bar):
    """Cotangent of a for the form of `np.linalg.qr` that has one."""
    if mode != "reduced" or a.shape[-2] < a.shape[-1]:
        raise NotImplementedError(
            "QR is differentiated in mode 'reduced' for at least as many rows as columns"
        )
    return qr_bar(z[0], z[1], z_bar[0], z_bar[1])


def matrix_power_bar(a, n, z_bar):
    """Cotangent of a in z = aⁿ: Σ (aᵀ)ⁱ z_bar (aᵀ)ⁿ⁻¹⁻ⁱ."""
    if n < 0:
        inverse = np.linalg.inv(a)
        bar = transposed(inverse) @ matrix_power_bar(inverse, -n, z_bar) @ transposed(inverse)
        return -bar
    at = transposed(a)
    total = np.zeros_like(a)
    for i in range(n):
        left, right = np.linalg.matrix_power(at, i), np.linalg.matrix_power(at, n - 1 - i)
        total = total + left @ z_bar @ right
    return total


# --------------------------------------------------------------------------- undoing movements


def diag_bar(v, k, z_bar):
    """Cotangent of v in z = np.diag(v, k), which extracts or builds."""
    if np.ndim(v) == 1:
        return np.diagonal(z_bar, k)
    return ungather(v, np.diagonal(positions(v), k), z_bar)


def untile(a, reps, z_bar):
    """Sum the copies that `np.tile` made."""
    reps = (reps,) if isinstance(reps, int) else tuple(reps)
    ndim = max(len(reps), np.ndim(a))
    reps = (1,) * (ndim - len(reps)) + reps
    shape = (1,) * (ndim - np.ndim(a)) + np.shape(a)
    copies = np.reshape(z_bar, [n for pair in zip(reps, shape, strict=True) for n in pair])
    return np.reshape(np.sum(copies, axis=tuple(range(0, 2 * ndim, 2))), np.shape(a))


def unpad(a, pad_width, mode, z_bar):
    """Cotangent of the array inside a margin."""
    if mode == "constant":
        before = np.broadcast_to(np.asarray(pad_width), (np.ndim(a), 2))[:, 0]
        return z_bar[
            tuple(slice(int(b), int(b) + n) for b, n in zip(before, np.shape(a), strict=True))
        ]
    if mode not in ("edge", "reflect", "symmetric", "wrap"):
        raise NotImplementedError(f"the derivative of np.pad with mode {mode!r}")
    return ungather(a, np.pad(positions(a), pad_width, mode), z_bar)


def unconcatenate(arrays, axis, z_bar):
    """Cut the cotangent of a concatenation into those of its parts."""
    if axis is None:
        parts = unconcatenate([np.reshape(positions(a), (-1,)) for a in arrays], 0, z_bar)
        return tuple(np.reshape(p, np.shape(a)) for p, a in zip(parts, arrays, strict=True))
    axis = axis % np.ndim(z_bar)
    lead, start, bars = (slice(None),) * axis, 0, []
    for a in arrays:
        stop = start + np.shape(a)[axis]
        bars.append(z_bar[(*lead, slice(start, stop))])
        start = stop
    return tuple(bars)


def unconcatenate_as(prepare, arrays, axis, z_bar):
    """The same for arrays that are given axes by `prepare` first."""
    bars = unconcatenate([prepare(positions(a)) for a in arrays], int(axis), z_bar)
    return tuple(np.reshape(bar, np.shape(a)) for bar, a in zip(bars, arrays, strict=True))


def as_column(a):
    """A vector as a matrix of one column."""
    return np.reshape(a, (-1, 1)) if np.ndim(a) < 2 else a


def unstack(arrays, axis, z_bar):
    """Cut the cotangent of a stack into those of its layers."""
    lead = (slice(None),) * (axis % np.ndim(z_bar))
    return tuple(z_bar[(*lead, i)] for i in range(len(arrays)))


def unappend(arr, values, axis, z_bar):
    """Cotangents of the two parts of `np.append`."""
    return unconcatenate([arr, values], axis, z_bar)


def unmeshgrid(xi, indexing, z_bar):
    """Sum each grid over the axes along which its vector was repeated."""
    bars = []
    for i, (x, bar) in enumerate(zip(xi, z_bar, strict=True)):
        own = 1 - i if indexing == "xy" and i < 2 and len(xi) > 1 else i
        others = tuple(axis for axis in range(len(xi)) if axis != own)
        bars.append(np.reshape(np.sum(bar, axis=others), np.shape(x)))
    return tuple(bars)


def untake(a, indices, axis, mode, z_bar):
    """Cotangent of a in z = np.take(a, indices, axis, mode=mode)."""
    shape = np.shape(a)
    size = math.prod(shape) if axis is None else shape[axis]
    indices = np.asarray(indices)
    if mode == "wrap":
        indices = indices % size
    elif mode == "clip":
        indices = np.clip(indices, 0, size - 1)
    if axis is None:
        return np.reshape(scatter_add((size,), indices, z_bar), shape)
    return scatter_add(shape, (slice(None),) * (axis % len(shape)) + (indices,), z_bar)


def unsort(a, axis, z_bar):
    """Send each cotangent back to where its element stood before sorting."""
    if axis is None:
        return np.reshape(unsort(np.reshape(a, (-1,)), 0, z_bar), np.shape(a))
    order = np.argsort(a, axis=axis, kind="stable")
    return np.take_along_axis(z_bar, np.argsort(order, axis=axis), axis)


def median_bar(a, axis, z_bar):
    """Cotangent of a in its median, shared by the two elements in the middle of an even count."""
    merged, order = merge_axes(a, axis)
    n = merged.shape[-1]
    weights = np.zeros(n, dtype=a.dtype)
    weights[(n - 1) // 2] += 0.5
    weights[n // 2] += 0.5
    # z_bar has its reduced axes of length 1 back: put them last, as one.
    lead = merged.shape[:-1]
    moved = np.reshape(np.transpose(z_bar, order), (*lead, 1)) if axis is not None else z_bar
    return split_axes(unsort(merged, -1, moved * weights), order, np.shape(a))
