# mypy: allow-untyped-defs
"""Undoing broadcasting, reductions and movements of elements.

Plain NumPy, built from operations that have rules: a rule that calls one of these can be
differentiated again.
"""

from __future__ import annotations

import math

import numpy as np

from adjoint.runtime.dispatch import dispatched

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
    count_of_last = int(np.prod([shape[i] for i in last]))  # which -1 is not where there is nothing
    return np.reshape(moved, [shape[i] for i in first] + [count_of_last]), first + last


def split_axes(merged, order, shape):
    """Undo `merge_axes` for an array of the original `shape`."""
    moved = np.reshape(merged, [shape[i] for i in order])
    return np.transpose(moved, np.argsort(order))


def transposed(a):
    """The last two axes exchanged."""
    return a.T if a.ndim == 2 else np.swapaxes(a, -1, -2)


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
    for middle in (n - 1) // 2, n // 2:
        weights[middle : middle + 1] += 0.5  # none of nothing
    # z_bar has its reduced axes of length 1 back: put them last, as one.
    lead = merged.shape[:-1]
    moved = np.reshape(np.transpose(z_bar, order), (*lead, 1)) if axis is not None else z_bar
    return split_axes(unsort(merged, -1, moved * weights), order, np.shape(a))
