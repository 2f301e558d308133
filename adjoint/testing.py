"""Numeric derivatives to test analytic ones against, and a comparison of every mode.

In goes a function and a point, out comes its gradient by finite differences with an estimate of
their error. It calls the plain function only, so it is independent of everything that this package
generates. `check_grads` compares that with the compiled gradient and the tape's.

The method is Ridders' (C. Ridders 1982, "Accurate computation of F'(x) and F'(x) F''(x)", Adv. Eng.
Software 4): central differences at geometrically shrinking steps, extrapolated to step zero. It is
good to 1e-9 relative or better where the function is smooth within the first step, and says so
itself where it is not.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Any

import numpy as np

from adjoint import autograd
from adjoint import np as tape
from adjoint.api import grad
from adjoint.api.kinds import Role, kind
from adjoint.api.rebuild import builder, gradient_builder, split
from adjoint.differences import ridders
from adjoint.errors import AdjointError
from adjoint.rule_checks import RuleMismatch, checked_rule


@dataclass(frozen=True)
class Numeric:
    """A numeric derivative.

    Attributes
    ----------
    gradient : number or array of the argument's shape. For a complex z = x + iy it is
        ∂f/∂x - i ∂f/∂y, as everywhere in this package.
    error : estimate of the absolute error, same shape.
    """

    gradient: Any
    error: Any


def numeric_gradient(
    function: Callable[..., Any],
    args: Sequence[Any],
    argnum: int = 0,
    *,
    step: float = 0.02,
    before: Callable[[], object] | None = None,
) -> Numeric:
    """Gradient of `function(*args)` with respect to the float or complex argument `argnum`.

    Parameters
    ----------
    function : called with fresh copies of the arguments, so it may write to them. An array result
        counts as the sum of its elements.
    args : the point; float32 arguments are widened to float64, where differences mean something.
    argnum : position of a float or complex number, of an array of them, or of a container of
        such: then the result is two containers, with None in the places of other things.
    step : the first step, relative to ``max(1, |x|)``. A kink nearer than the smallest step,
        `step / 69`, spoils the result, and shows as a large `error`.
    before : called before each evaluation (seeds a random generator, say).

    Examples
    --------
    >>> numeric = numeric_gradient(lambda x: x**3, (2.0,))
    >>> abs(numeric.gradient - 12.0) < 1e-9
    True
    >>> numeric.error < 1e-8
    True
    """
    if _is_container(args[argnum]):
        return _of_container(function, args, argnum, step, before)
    point = [_widened(arg) for arg in args]

    def along(index: tuple[int, ...], direction: complex, distance: float) -> float:
        shift = distance * direction
        shifted = copy.deepcopy(point)
        if isinstance(shifted[argnum], np.ndarray):
            shifted[argnum][index] += shift
        else:
            shifted[argnum] += shift
        if before is not None:
            before()
        return float(np.sum(function(*shifted)))

    argument = np.asarray(point[argnum])
    is_complex = argument.dtype.kind == "c"
    gradient = np.empty(argument.shape, complex if is_complex else float)
    error = np.empty(argument.shape)
    for index in np.ndindex(*argument.shape):
        first = step * max(1.0, float(abs(argument[index])))
        gradient[index], error[index] = ridders(partial(along, index, 1), first)
        if is_complex:
            slope, further = ridders(partial(along, index, 1j), first)
            gradient[index] -= 1j * slope
            error[index] += further
    if not argument.shape and not isinstance(point[argnum], np.ndarray):
        return Numeric(gradient.item(), float(error))
    return Numeric(gradient, error)


def _of_container(
    function: Callable[..., Any],
    args: Sequence[Any],
    argnum: int,
    step: float,
    before: Callable[[], object] | None,
) -> Numeric:
    """The gradient with respect to a container, leaf by leaf."""
    found: list[Any] = []
    structure = split(args[argnum], found)
    build = builder(structure)

    def of_leaves(*values: Any) -> Any:
        given = list(copy.deepcopy(args))
        given[argnum] = build(values)
        return function(*given)

    chosen = [k for k, leaf in enumerate(found) if _is_float(leaf)]
    each = [numeric_gradient(of_leaves, found, k, step=step, before=before) for k in chosen]
    arrange = gradient_builder(structure, map(_is_float, found), count(), count(-len(found)))
    gradients, errors = [n.gradient for n in each], [n.error for n in each]
    return Numeric(arrange([*gradients, *found]), arrange([*errors, *found]))


def complex_step(function: Callable[..., Any], args: Sequence[Any], argnum: int = 0) -> Any:
    """Gradient by one evaluation at a purely imaginary step: exact to rounding.

    For functions made of analytic operations that take complex numbers: no abs, max, comparison of
    active values, `math.*` (Squire & Trapp 1998, "Using complex variables to estimate derivatives
    of real functions", SIAM Review 40).

    Examples
    --------
    >>> bool(complex_step(lambda x: np.exp(x) / x, (2.0,)) == np.exp(2.0) / 4.0)
    True
    """
    tiny = 1e-200  # its square underflows, so there is no truncation error at all
    shape = np.shape(args[argnum])
    gradient = np.empty(shape)
    for index in np.ndindex(*shape):
        shifted = copy.deepcopy(list(args))
        if isinstance(shifted[argnum], np.ndarray):
            shifted[argnum] = shifted[argnum].astype(complex)
            shifted[argnum][index] += 1j * tiny
        else:
            shifted[argnum] = complex(shifted[argnum], tiny)
        gradient[index] = np.imag(np.sum(function(*shifted))) / tiny
    return gradient if isinstance(args[argnum], np.ndarray) else float(gradient)


def _widened(arg: Any) -> Any:
    if isinstance(arg, np.ndarray):
        return arg.astype(_WIDE.get(arg.dtype, arg.dtype))
    # a Python float would give way to a float32 constant of the function (NumPy 2's promotion)
    return _WIDE.get(arg.dtype, arg.dtype).type(arg) if isinstance(arg, np.inexact) else arg


_WIDE = {
    np.dtype(np.float32): np.dtype(np.float64),
    np.dtype(np.complex64): np.dtype(np.complex128),
}


# ------------------------------------------------------------------------- comparing all modes

__all__ = [
    "GradientMismatch",
    "Numeric",
    "RuleMismatch",
    "check_grads",
    "check_rule",
    "complex_step",
    "numeric_gradient",
    "ridders",
]

MODES = ("compiled", "python", "tape", "numeric")


class GradientMismatch(AdjointError, AssertionError):
    """Two ways to compute the same derivative disagree."""


def check_grads(
    f: Callable[..., Any],
    args: Sequence[Any],
    modes: Sequence[str] = MODES,
    order: int = 1,
    rtol: float = 1e-7,
    atol: float = 1e-9,
    *,
    argnums: Sequence[int] | None = None,
    seed: int = 0,
) -> None:
    """Compare the derivatives of `f` by every mode with each other.

    Gradients are compared by their inner product with random directions, so that arguments of
    any number and shape give one number for each mode; the tolerance is
    ``atol + rtol · max(1, Σ |gradient · direction|)``. Order 2 compares the derivative of that
    product along a second direction: by the modes in `modes` - the tape by `create_graph`, the
    compiler by `grad` of a function that calls the gradient - and by numeric differences of the
    gradient that the first of them gives.

    Parameters
    ----------
    f : a function of numbers, arrays, containers of them, and of whatever else it takes. An array
        result counts as the sum of its elements. Every mode gets its own copies of the arguments.
    args : the point, away from kinks.
    modes : at least two of "compiled", "python" (the generated text without compiling), "tape" and
        "numeric" (Ridders' differences). A mode that cannot run `f` raises its own error: leave
        it out to leave it untested. The directions are seeded, `f`'s own draws are not.
    order : 1, or 2 for second derivatives besides.
    rtol, atol : how much two modes may differ.
    argnums : positions to differentiate with respect to; all that are float by default.
    seed : of the random directions.

    Raises
    ------
    GradientMismatch : two modes differ; says which, and both values.
    ValueError : unknown modes, fewer than two, an unknown order, or nothing to differentiate.

    Examples
    --------
    >>> check_grads(lambda x: np.sum(np.sin(x) * x), (np.array([0.3, -1.2]),), order=2)
    >>> def fickle(x):
    ...     return x * x if isinstance(x, float) else x * x * x
    >>> try:
    ...     check_grads(fickle, (2.0,), modes=("tape", "numeric"))
    ... except GradientMismatch as error:
    ...     print(error.message.partition(" along")[0])
    order 1: tape and numeric disagree
    """
    chosen = [i for i, a in enumerate(args) if _floats(a)] if argnums is None else argnums
    wrt = tuple(chosen)
    _require_checkable(modes, order, wrt)
    if order == 2 and any(_is_container(args[i]) for i in wrt):
        raise ValueError("second derivatives are compared with respect to numbers and arrays only")
    draw = np.random.default_rng(seed)
    directions = [_direction(draw, leaf) for i in wrt for leaf in _floats(args[i])]
    first = {mode: _gradients(mode, f, args, wrt) for mode in modes}
    _compare(1, {mode: _along(bars, directions) for mode, bars in first.items()}, rtol, atol)
    if order == 2:
        second = [_direction(draw, args[i]) for i in wrt]
        own = [mode for mode in modes if mode != "numeric"]
        answers = {mode: _along(_second(mode, f, args, wrt, directions), second) for mode in own}
        numeric = _numeric_product(own[0], f, args, wrt, directions, second)
        _compare(2, answers | {f"numeric of {own[0]}": numeric}, rtol, atol)


def check_rule(
    function: Callable[..., Any], *args: Any, rtol: float = 1e-6, atol: float = 1e-9, seed: int = 0
) -> None:
    """Compare the rule of a function with numeric derivatives of the function.

    For a random cotangent of the result, each cotangent that the rule returns is compared by its
    inner product with a random direction; the tolerance is ``atol + rtol · max(1, Σ |bar ·
    direction|)``. What the check cannot see: arguments of other shapes, kinks, and arguments that
    the rule returns no cotangent for.

    Parameters
    ----------
    function : a function that returns a number or an array, with a rule given by `vjp_rule`.
    *args : the point, away from kinks: floats and arrays of floats where the rule differentiates.
    rtol, atol : how much the two may differ.
    seed : of the random cotangent and directions.

    Raises
    ------
    RuleMismatch : says which cotangent is wrong, and both values.
    InvalidRule : the function has no rule.

    Examples
    --------
    >>> from adjoint import vjp_rule
    >>> def cube(x):
    ...     return x * x * x
    >>> @vjp_rule(cube)
    ... def cube_rule(z, x, z_bar):
    ...     x_bar = z_bar * 3.0 * x
    ...     return x_bar
    >>> try:
    ...     check_rule(cube, 2.0)
    ... except RuleMismatch as error:
    ...     print(error.message.partition(" along")[0])
    cube_rule: `x_bar` disagrees with the function
    """
    checked_rule(function, args, ridders, rtol, atol, seed)


@dataclass(frozen=True)
class _Product:
    """An inner product, and the sum of the sizes of its terms: what rounding is relative to."""

    value: float
    scale: float


def _require_checkable(modes: Sequence[str], order: int, wrt: Sequence[int]) -> None:
    unknown = [mode for mode in modes if mode not in MODES]
    if unknown or len(set(modes)) < 2:
        raise ValueError(f"modes={modes!r}: two or more of {', '.join(MODES)} are compared")
    if order not in (1, 2):
        raise ValueError(f"order={order!r}: derivatives of order 1 and 2 are compared")
    if not wrt:
        raise ValueError("no argument is a float, a complex number or an array of them")


def _gradients(
    mode: str, f: Callable[..., Any], args: Sequence[Any], wrt: tuple[int, ...]
) -> list[Any]:
    """The gradients with respect to `wrt` by one mode, those of containers leaf by leaf."""
    return [leaf for gradient in _structured(mode, f, args, wrt) for leaf in _floats(gradient)]


def _structured(
    mode: str, f: Callable[..., Any], args: Sequence[Any], wrt: tuple[int, ...]
) -> list[Any]:
    if mode == "numeric":
        return [numeric_gradient(f, args, i).gradient for i in wrt]
    point = copy.deepcopy(list(args))
    if mode == "tape":
        return list(grad(f, wrt, mode="tape")(*point))
    return list(grad(f, wrt, jit=mode == "compiled")(*point))


def _along(bars: Sequence[Any], directions: Sequence[Any]) -> _Product:
    # of complex numbers dL = Re(z_bar dz)
    terms = [np.real(np.asarray(b) * d) for b, d in zip(bars, directions, strict=True)]
    total = float(sum(np.sum(term) for term in terms))
    return _Product(total, float(sum(np.sum(abs(term)) for term in terms)))


def _direction(draw: np.random.Generator, arg: Any) -> Any:
    """A random direction in the space of an argument."""
    direction = draw.standard_normal(np.shape(arg))
    if np.asarray(arg).dtype.kind == "c":
        return direction + 1j * draw.standard_normal(np.shape(arg))
    return direction


def _second(
    mode: str,
    f: Callable[..., Any],
    args: Sequence[Any],
    wrt: tuple[int, ...],
    directions: Sequence[Any],
) -> list[Any]:
    """Gradient of gradient · direction by one mode."""
    if mode == "tape":
        return _tape_product(f, args, wrt, directions)
    jit = mode == "compiled"
    gradient = grad(f, wrt, jit=jit)
    along = tuple(d if np.ndim(d) else float(d) for d in directions)

    def product(*values: Any) -> Any:
        bars = gradient(*values)
        total = 0.0
        for bar, direction in zip(bars, along, strict=True):
            total = total + _inner(bar, direction)
        return total

    try:
        return list(grad(product, wrt, jit=jit, cache=False)(*copy.deepcopy(list(args))))
    except AdjointError as error:
        if error.at is not None and error.at.source.filename == __file__:
            error.at = None  # it is `f` that it is about, not this module
        raise


def _inner(bar: Any, direction: Any) -> Any:
    return np.sum(bar * direction) if isinstance(bar, np.ndarray) else bar * direction


def _tape_product(
    f: Callable[..., Any], args: Sequence[Any], wrt: tuple[int, ...], directions: Sequence[Any]
) -> list[Any]:
    """Gradient of gradient · direction, by the tape."""

    def product(*values: Any) -> Any:
        bars = grad(f, wrt, mode="tape")(*values)
        return sum(np.sum(b * d) for b, d in zip(bars, directions, strict=True))

    variables = {i: tape.array(args[i], dtype=np.asarray(args[i]).dtype) for i in wrt}
    for variable in variables.values():
        variable.attach_grad()
    point = [variables.get(i, copy.deepcopy(value)) for i, value in enumerate(args)]
    with autograd.record():
        total = product(*point)
    total.backward()
    return [variables[i].grad.asnumpy() for i in wrt]


def _numeric_product(
    mode: str,
    f: Callable[..., Any],
    args: Sequence[Any],
    wrt: tuple[int, ...],
    directions: Sequence[Any],
    second: Sequence[Any],
) -> _Product:
    """Derivative of gradient · direction along the second direction, by differences."""

    def along(shift: float) -> float:
        moved = list(args)
        for i, d in zip(wrt, second, strict=True):
            moved[i] = args[i] + shift * d
            if not isinstance(args[i], np.ndarray):
                moved[i] = float(moved[i])
        return _along(_gradients(mode, f, moved, wrt), directions).value

    value, _ = ridders(along, 0.02)
    return _Product(value, abs(value))


def _compare(order: int, answers: dict[str, _Product], rtol: float, atol: float) -> None:
    """Every answer with the first; not a number agrees with nothing, itself included."""
    (name, expected), *others = answers.items()
    for other, got in others:
        allowed = atol + rtol * max(1.0, expected.scale, got.scale)
        if not abs(got.value - expected.value) <= allowed:
            raise GradientMismatch(
                f"order {order}: {name} and {other} disagree along a random direction: "
                f"{name} gives {expected.value!r}, {other} gives {got.value!r}, "
                f"which may differ by {allowed:.1e}",
                hint="a kink nearby, a wrong rule, or a function that is not the same in each mode",
            )


def _is_container(arg: Any) -> bool:
    return not isinstance(kind(type(arg)), Role)


def _floats(arg: Any) -> list[Any]:
    """The leaves that have a gradient."""
    found: list[Any] = []
    split(arg, found)
    return [leaf for leaf in found if _is_float(leaf)]


def _is_float(arg: Any) -> bool:
    return isinstance(arg, float | complex | np.inexact) or (
        isinstance(arg, np.ndarray) and arg.dtype.kind in "fc"
    )
