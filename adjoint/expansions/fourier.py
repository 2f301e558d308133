# mypy: allow-untyped-defs
"""`np.fft`: axes are brought to the end, cut or filled with zeros, and transformed row by row."""

from __future__ import annotations

import numpy as np

from adjoint.expansions.registry import expands, settled
from adjoint.runtime import fourier

# --------------------------------------------------------------------------- one axis


def rows(a, n, axis):
    """The rows along an axis, n long, as a complex matrix."""
    moved = np.moveaxis(a, axis, -1)
    count = moved.size // moved.shape[-1]
    kept = min(n, moved.shape[-1])
    whole = np.zeros((count, n), np.complex128)
    whole[:, :kept] = moved.reshape(count, moved.shape[-1])[:, :kept]
    return whole


def placed(transformed, a, axis):
    """Rows back in the place of an axis of a, in single precision if a is."""
    lengths = np.moveaxis(a, axis, -1).shape[:-1]
    found = np.moveaxis(transformed.reshape(lengths + (-1,)), -1, axis)
    return found.astype(half_as_long(found.dtype)) if is_single(a.dtype) else found


@settled
def is_single(dtype):
    """Whether numbers are of single precision."""
    return dtype in (np.float32, np.complex64)


@settled
def half_as_long(dtype):
    """The type of single precision for one of double precision."""
    return np.complex64 if np.issubdtype(dtype, np.complexfloating) else np.float32


def scaled(z, n, norm, inverse):
    """A transform scaled as `norm` says."""
    if norm == "ortho":
        return z / np.sqrt(n)
    return z / n if is_divided(norm, inverse) else z


@settled
def is_divided(norm, inverse):
    """Whether a transform is divided by its length."""
    if norm not in (None, "backward", "forward"):
        raise ValueError(
            f'Invalid norm value {norm!r}; should be "backward", "ortho" or "forward".'
        )
    return (norm == "forward") != inverse


@expands(np.fft.fft)
def fft(a, n=None, axis=-1, norm=None):
    """The transform along an axis."""
    length = a.shape[axis] if n is None else n
    z = fourier.forward(rows(a, length, axis))
    return placed(scaled(z, length, norm, False), a, axis)


@expands(np.fft.ifft)
def ifft(a, n=None, axis=-1, norm=None):
    """The inverse transform along an axis."""
    length = a.shape[axis] if n is None else n
    z = fourier.backward(rows(a, length, axis))
    return placed(scaled(z, length, norm, True), a, axis)


@expands(np.fft.rfft)
def rfft(a, n=None, axis=-1, norm=None):
    """The transform of real numbers: frequencies that are not negative."""
    length = a.shape[axis] if n is None else n
    z = fourier.forward(rows(a, length, axis))[:, : length // 2 + 1]
    return placed(scaled(z, length, norm, False), a, axis)


@expands(np.fft.irfft)
def irfft(a, n=None, axis=-1, norm=None):
    """The inverse of `rfft`: the other half of the frequencies is conjugate."""
    length = 2 * (a.shape[axis] - 1) if n is None else n
    half = rows(a, length // 2 + 1, axis)
    rest = (length + 1) // 2
    whole = np.empty((half.shape[0], length), np.complex128)
    whole[:, : length // 2 + 1] = half
    whole[:, length // 2 + 1 :] = np.conj(half[:, 1:rest])[:, ::-1]
    return placed(np.real(scaled(fourier.backward(whole), length, norm, True)), a, axis)


# --------------------------------------------------------------------------- several axes


@settled
def all_axes(ndim, s, axes):
    """The axes of a transform, the last first, each with its length (None: as it is)."""
    if axes is None:
        axes = tuple(range(ndim)) if s is None else tuple(range(-len(s), 0))
    lengths = (None,) * len(axes) if s is None else tuple(s)
    if len(lengths) != len(axes):
        raise ValueError("Shape and axes have different lengths.")
    return tuple(zip(axes, lengths, strict=True))[::-1]


@expands(np.fft.fftn)
def fftn(a, s=None, axes=None, norm=None):
    """The transform along several axes."""
    for axis, n in all_axes(a.ndim, s, axes):
        a = fft(a, n, axis, norm)
    return a


@expands(np.fft.ifftn)
def ifftn(a, s=None, axes=None, norm=None):
    """The inverse transform along several axes."""
    for axis, n in all_axes(a.ndim, s, axes):
        a = ifft(a, n, axis, norm)
    return a


@expands(np.fft.fft2)
def fft2(a, s=None, axes=(-2, -1), norm=None):
    """The transform along two axes."""
    return fftn(a, s, axes, norm)


@expands(np.fft.ifft2)
def ifft2(a, s=None, axes=(-2, -1), norm=None):
    """The inverse transform along two axes."""
    return ifftn(a, s, axes, norm)


# --------------------------------------------------------------------------- of real numbers


@expands(np.fft.rfftn)
def rfftn(a, s=None, axes=None, norm=None):
    """`rfft` along the last axis, then `fft` along the others."""
    pairs = all_axes(a.ndim, s, axes)
    last, length = pairs[0]
    a = rfft(a, length, last, norm)
    for axis, n in pairs[1:]:
        a = fft(a, n, axis, norm)
    return a


@expands(np.fft.irfftn)
def irfftn(a, s=None, axes=None, norm=None):
    """The inverse of `rfftn`."""
    pairs = all_axes(a.ndim, s, axes)
    for axis, n in pairs[1:][::-1]:
        a = ifft(a, n, axis, norm)
    last, length = pairs[0]
    return irfft(a, length, last, norm)


@expands(np.fft.rfft2)
def rfft2(a, s=None, axes=(-2, -1), norm=None):
    """`rfftn` along two axes."""
    return rfftn(a, s, axes, norm)


@expands(np.fft.irfft2)
def irfft2(a, s=None, axes=(-2, -1), norm=None):
    """`irfftn` along two axes."""
    return irfftn(a, s, axes, norm)


@expands(np.fft.hfft)
def hfft(a, n=None, axis=-1, norm=None):
    """The transform of a signal that is conjugate when reversed: its spectrum is real."""
    return irfft(np.conj(a), n, axis, other_way(norm))


@expands(np.fft.ihfft)
def ihfft(a, n=None, axis=-1, norm=None):
    """The inverse of `hfft`."""
    return np.conj(rfft(a, n, axis, other_way(norm)))


@settled
def other_way(norm):
    """The scaling of the transform in the other direction."""
    if norm == "ortho":
        return norm
    return "backward" if is_divided(norm, False) else "forward"


# --------------------------------------------------------------------------- frequencies


@expands(np.fft.fftfreq)
def fftfreq(n, d=1.0):
    """Frequencies in the order of `fft`."""
    k = np.arange(n)
    return np.where(k < (n + 1) // 2, k, k - n) / (n * d)


@expands(np.fft.rfftfreq)
def rfftfreq(n, d=1.0):
    """Frequencies in the order of `rfft`."""
    return np.arange(n // 2 + 1) / (n * d)


@settled
def shifted_axes(ndim, axes):
    """The axes as a tuple."""
    if axes is None:
        return tuple(range(ndim))
    return (axes,) if isinstance(axes, int) else tuple(axes)


@expands(np.fft.fftshift)
def fftshift(x, axes=None):
    """Frequency zero in the middle."""
    for axis in shifted_axes(x.ndim, axes):
        x = np.roll(x, x.shape[axis] // 2, axis)
    return x


@expands(np.fft.ifftshift)
def ifftshift(x, axes=None):
    """The inverse of `fftshift`."""
    for axis in shifted_axes(x.ndim, axes):
        x = np.roll(x, -(x.shape[axis] // 2), axis)
    return x
