"""`np.poly…`: polynomials given by their coefficients, the highest power first."""

from __future__ import annotations

from typing import Any

import numpy as np

from adjoint.expansions.registry import expands, settled


@expands(np.polyval)
def polyval(p: Any, x: Any) -> Any:
    """Horner's scheme; its first step, 0 x + p[0], is NumPy's."""
    coefficients = np.asarray(p)
    at = np.asarray(x) if isinstance(x, (tuple, list)) else x
    y = 0 * at + coefficients[0]
    for c in coefficients[1:]:
        y = y * at + c
    return y


@expands(np.polyadd)
def polyadd(a1: Any, a2: Any) -> Any:
    """The sum; the shorter one has no high powers."""
    first, second = np.atleast_1d(a1), np.atleast_1d(a2)
    n, m = first.shape[0], second.shape[0]
    total = np.zeros(max(n, m), (first[:1] + second[:1]).dtype)
    total[max(n, m) - n :] += first
    total[max(n, m) - m :] += second
    return total


@expands(np.polysub)
def polysub(a1: Any, a2: Any) -> Any:
    """The difference; the shorter one has no high powers."""
    first, second = np.atleast_1d(a1), np.atleast_1d(a2)
    n, m = first.shape[0], second.shape[0]
    total = np.zeros(max(n, m), (first[:1] - second[:1]).dtype)
    total[max(n, m) - n :] += first
    total[max(n, m) - m :] -= second
    return total


@expands(np.polymul)
def polymul(a1: Any, a2: Any) -> Any:
    """The product, of what is left without zeros in front."""
    return np.convolve(from_first_nonzero(a1), from_first_nonzero(a2))


def from_first_nonzero(a: Any) -> Any:
    """Coefficients without the zeros in front; the last one stays."""
    given = np.atleast_1d(a)
    start = 0
    while start < given.shape[0] - 1 and given[start] == 0:
        start += 1
    return given[start:]


@expands(np.polydiv)
def polydiv(u: Any, v: Any) -> Any:
    """Quotient and remainder, by long division."""
    above, below = np.atleast_1d(u) + 0.0, np.atleast_1d(v) + 0.0
    m, n = above.shape[0] - 1, below.shape[0] - 1
    both = (above[:1] + below[:1]).dtype
    q = np.zeros(max(m - n + 1, 1), both)
    r = np.empty(m + 1, both)
    r[:] = above
    for k in range(m - n + 1):
        d = r[k] * (1.0 / below[0])
        q[k] = d
        r[k : k + n + 1] -= d * below
    start = 0
    while start < m and np.abs(r[start]) <= 1e-8:  # NumPy's tolerance
        start += 1
    return q, r[start:]


@expands(np.polyder)
def polyder(p: Any, m: int = 1) -> Any:
    """The m-th derivative."""
    y = np.asarray(p)
    for _ in times(m, "derivative"):
        n = y.shape[0] - 1
        y = y[:-1] * np.arange(n, 0, -1)
    return y


@expands(np.polyint)
def polyint(p: Any, m: int = 1, k: Any = None) -> Any:
    """The m-th integral, with k as the constants of integration."""
    y = np.asarray(p)
    constants = np.zeros(m) if k is None else np.atleast_1d(k)
    alike = k is not None and np.ndim(k) == 0
    if not alike and constants.shape[0] < m:
        raise ValueError("k must be a scalar or a rank-1 array of length 1 or >m.")
    for place in times(m, "integral"):
        constant = constants[:1] if alike else constants[place : place + 1]
        y = np.concatenate((y / np.arange(y.shape[0], 0, -1), constant))
    return y


@settled
def times(m: int, what: str) -> tuple[int, ...]:
    """How often."""
    if m < 0:
        raise ValueError(f"Order of {what} must be positive (see poly{what[:3]})")
    return tuple(range(m))


@expands(np.polyfit)
def polyfit(
    x: Any, y: Any, deg: Any, rcond: Any = None, full: bool = False, w: Any = None, cov: Any = False
) -> Any:
    """The coefficients that fit best, by least squares with columns of unit length."""
    coefficients_alone(full, cov)
    powers = np.vander(np.asarray(x) + 0.0, deg + 1)
    wanted = np.asarray(y) + 0.0
    if w is not None:
        weights = np.asarray(w) + 0.0
        powers = powers * weights[:, None]
        wanted = wanted * (weights[:, None] if wanted.ndim == 2 else weights)
    lengths = np.sqrt(np.sum(powers * powers, axis=0))
    found = np.linalg.lstsq(powers / lengths, wanted)[0]
    return found / (lengths[:, None] if wanted.ndim == 2 else lengths)


@settled
def coefficients_alone(full: bool, cov: Any) -> None:
    """Refuse what describes the fit."""
    if full or cov:
        raise ValueError("of np.polyfit only the coefficients are differentiated")


@expands(np.poly)
def poly(seq_of_zeros: Any) -> Any:
    """The coefficients of the polynomial with these real zeros."""
    zeros = np.atleast_1d(seq_of_zeros)
    real_zeros(zeros.ndim, zeros.dtype)
    n = zeros.shape[0]
    a = np.zeros(n + 1)
    a[0] = 1.0
    for k in range(n):
        for place in range(k + 1, 0, -1):
            a[place] -= zeros[k] * a[place - 1]
    return a


@settled
def real_zeros(ndim: int, dtype: Any) -> None:
    """Refuse matrices, and complex zeros: whether NumPy's result is real depends on values."""
    if ndim != 1 or np.issubdtype(dtype, np.complexfloating):
        raise ValueError("np.poly is differentiated for a vector of real zeros")


@expands(np.roots)
def roots(p: Any) -> Any:
    """The zeros of a polynomial with complex coefficients: eigenvalues of its companion matrix."""
    given = np.atleast_1d(p)
    complex_coefficients(given.dtype)
    start, stop = 0, given.shape[0]
    while start < stop and given[start] == 0:
        start += 1
    while stop > start and given[stop - 1] == 0:
        stop -= 1
    n = max(stop - start - 1, 0)
    found = np.zeros(max(given.shape[0] - start - 1, 0), given.dtype)
    if n > 0:
        companion = np.zeros((n, n), given.dtype)
        for k in range(n - 1):
            companion[k + 1, k] = 1.0
        companion[0] = -given[start + 1 : stop] / given[start]
        found[:n] = np.linalg.eigvals(companion)
    return found


@settled
def complex_coefficients(dtype: Any) -> None:
    """Refuse real ones: whether NumPy's zeros are complex depends on the values."""
    if not np.issubdtype(dtype, np.complexfloating):
        raise ValueError(
            "whether the zeros of a real polynomial are complex is known only when running: write "
            "np.roots(p + 0j), which always gives complex ones"
        )


@expands(np.trim_zeros)
def trim_zeros(filt: Any, trim: str = "fb", axis: Any = None) -> Any:
    """A vector without the zeros in front and behind."""
    given = np.asarray(filt)
    front, back = ends(given.ndim, trim)
    start, stop = 0, given.shape[0]
    if front:
        while start < stop and given[start] == 0:
            start += 1
    if back:
        while stop > start and given[stop - 1] == 0:
            stop -= 1
    return given[start:stop]


@settled
def ends(ndim: int, trim: str) -> tuple[bool, bool]:
    """Whether zeros in front and behind are left out."""
    if trim.lower() not in ("f", "b", "fb", "bf"):
        raise ValueError(f"unexpected character(s) in `trim`: {trim!r}")
    if ndim != 1:
        raise ValueError("np.trim_zeros is supported for vectors")
    return "f" in trim.lower(), "b" in trim.lower()
