"""`grad` and `value_and_grad`."""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any, overload

from adjoint.api.argnums import Argnums, parameter_names, positions
from adjoint.api.gradient import Gradient
from adjoint.api.request import Request
from adjoint.errors import SourceNotAvailable
from adjoint.jit.numba_internals import CPUDispatcher, settings

Function = Callable[..., Any]


@overload
def grad(
    f: Function, argnums: Argnums = ..., *, jit: bool = ..., fastmath: bool = ...,
    cache: bool = ..., optimise: bool = ...,
) -> Gradient: ...  # fmt: skip


@overload
def grad(
    f: None = ..., argnums: Argnums = ..., *, jit: bool = ..., fastmath: bool = ...,
    cache: bool = ..., optimise: bool = ...,
) -> Callable[[Function], Gradient]: ...  # fmt: skip


def grad(
    f: Function | None = None,
    argnums: Argnums = 0,
    *,
    jit: bool = True,
    fastmath: bool = False,
    cache: bool = True,
    optimise: bool = True,
) -> Gradient | Callable[[Function], Gradient]:
    """Return the function that computes the gradient of `f`.

    The gradient is generated as Python source when it is first called with arguments of new
    types, and compiled by Numba. A function whose result is an array is differentiated as the
    sum of its elements.

    Parameters
    ----------
    f : a Python function, or one compiled by Numba. Left out, a decorator is returned.
    argnums : position or name of the parameter to differentiate with respect to, or a tuple
        of them; then a tuple of gradients is returned. These arguments must be float32 or
        float64, scalars or arrays.
    jit : compile; otherwise the same generated text runs as plain Python, for debuggers.
    fastmath : let LLVM reassociate floating-point arithmetic.
    cache : keep generated modules and machine code in the user's cache folder, or in the
        folder that the environment variable `ADJOINT_CACHE_DIR` names.
    optimise : run the optional optimisations on the generated text.

    Returns
    -------
    Gradient : a callable with the signature of `f`. The gradient has the type and shape of its
        argument: a float for a float, an array for an array.

    Raises
    ------
    InvalidArgnums : there is no such parameter.
    SourceNotAvailable : `f` is not a Python function.
    AdjointError : when called; says what stands at which line of `f` and what to do about it.

    Examples
    --------
    >>> from adjoint import grad
    >>> @grad
    ... def slope(x):
    ...     return x * x
    >>> slope(3.0)
    6.0
    """
    options = {"jit": jit, "fastmath": fastmath, "cache": cache, "optimise": optimise}
    if f is None:
        return lambda function: _gradient(function, False, argnums, options)
    return _gradient(f, False, argnums, options)


@overload
def value_and_grad(
    f: Function, argnums: Argnums = ..., *, jit: bool = ..., fastmath: bool = ...,
    cache: bool = ..., optimise: bool = ...,
) -> Gradient: ...  # fmt: skip


@overload
def value_and_grad(
    f: None = ..., argnums: Argnums = ..., *, jit: bool = ..., fastmath: bool = ...,
    cache: bool = ..., optimise: bool = ...,
) -> Callable[[Function], Gradient]: ...  # fmt: skip


def value_and_grad(
    f: Function | None = None,
    argnums: Argnums = 0,
    *,
    jit: bool = True,
    fastmath: bool = False,
    cache: bool = True,
    optimise: bool = True,
) -> Gradient | Callable[[Function], Gradient]:
    """Return the function that computes the value of `f` and its gradient in one go.

    Parameters, errors and the meaning of the gradient are those of `grad`.

    Returns
    -------
    Gradient : a callable with the signature of `f` that returns `(value, gradient)`.

    Examples
    --------
    >>> from adjoint import value_and_grad
    >>> value_and_grad(lambda x, w: w * x * x, argnums=("x", "w"))(3.0, 2.0)
    (18.0, (12.0, 9.0))
    """
    options = {"jit": jit, "fastmath": fastmath, "cache": cache, "optimise": optimise}
    if f is None:
        return lambda function: _gradient(function, True, argnums, options)
    return _gradient(f, True, argnums, options)


def _gradient(f: Function, value: bool, argnums: Argnums, options: dict[str, bool]) -> Gradient:
    function = _python_function(f)
    names = parameter_names(function)
    jit = options["jit"] and not settings.DISABLE_JIT  # Numba's own switch for debugging
    request = Request(
        function=function,
        names=names,
        wrt=positions(function, names, argnums),
        single=isinstance(argnums, tuple | list) and len(argnums) == 1,
        value=value,
        **{**options, "jit": jit},
    )
    return Gradient(request, (_gradient, (f, value, argnums, options)))


def _python_function(f: Function) -> FunctionType:
    function = f.py_func if isinstance(f, CPUDispatcher) else f
    if not isinstance(function, FunctionType):
        named = getattr(f, "__qualname__", None) or type(f).__qualname__
        raise SourceNotAvailable(
            f"{named} is not a Python function, so there is no source to differentiate",
            hint="wrap it in a function: `lambda x: ...`",
        )
    return function
