# mypy: allow-untyped-defs
"""Cotangents of products of arrays.

Plain NumPy, built from operations that have rules: a rule that calls one of these can be
differentiated again.
"""

from __future__ import annotations

import numpy as np

from adjoint.runtime.kernels_shapes import positions, unbroadcast, ungather

# --------------------------------------------------------------------------- matrices


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


# --------------------------------------------------------------------------- einsum, kron


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
