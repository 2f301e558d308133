"""`grad`, `value_and_grad` and `differentiable`."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from types import FunctionType
from typing import Any, overload

from adjoint.api.argnums import Argnums, parameter_names, positions
from adjoint.api.differentiable import Differentiable
from adjoint.api.gradient import Gradient
from adjoint.api.options import Mode, require_mode
from adjoint.api.request import Request
from adjoint.errors import SourceNotAvailable
from adjoint.jit.numba_internals import CPUDispatcher, settings

Function = Callable[..., Any]


@overload
def grad(
    f: Function, argnums: Argnums = ..., *, jit: bool = ..., fastmath: bool = ...,
    cache: bool = ..., optimise: bool = ..., mode: Mode = ...,
) -> Gradient: ...  # fmt: skip


@overload
def grad(
    f: None = ..., argnums: Argnums = ..., *, jit: bool = ..., fastmath: bool = ...,
    cache: bool = ..., optimise: bool = ..., mode: Mode = ...,
) -> Callable[[Function], Gradient]: ...  # fmt: skip


def grad(
    f: Function | None = None,
    argnums: Argnums = 0,
    *,
    jit: bool = True,
    fastmath: bool = False,
    cache: bool = True,
    optimise: bool = True,
    mode: Mode = "compiled",
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
    mode : "compiled", or "tape" to run `f` itself at every call on arrays that record what is
        done with them: slower, for code that no compiler can type. `f` may be any callable
        then, and the options of the compiler must be left alone.

    Returns
    -------
    Gradient : a callable with the signature of `f`. The gradient has the type and shape of its
        argument: a float for a float, an array for an array.

    Raises
    ------
    InvalidArgnums : there is no such parameter.
    InvalidMode : there is no such mode, or an option means nothing in it.
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
    require_mode(mode, options)
    if f is None:
        return lambda function: _gradient(function, False, argnums, options, mode)
    return _gradient(f, False, argnums, options, mode)


@overload
def value_and_grad(
    f: Function, argnums: Argnums = ..., *, jit: bool = ..., fastmath: bool = ...,
    cache: bool = ..., optimise: bool = ..., mode: Mode = ...,
) -> Gradient: ...  # fmt: skip


@overload
def value_and_grad(
    f: None = ..., argnums: Argnums = ..., *, jit: bool = ..., fastmath: bool = ...,
    cache: bool = ..., optimise: bool = ..., mode: Mode = ...,
) -> Callable[[Function], Gradient]: ...  # fmt: skip


def value_and_grad(
    f: Function | None = None,
    argnums: Argnums = 0,
    *,
    jit: bool = True,
    fastmath: bool = False,
    cache: bool = True,
    optimise: bool = True,
    mode: Mode = "compiled",
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
    require_mode(mode, options)
    if f is None:
        return lambda function: _gradient(function, True, argnums, options, mode)
    return _gradient(f, True, argnums, options, mode)


@overload
def differentiable(
    f: Function, *, jit: bool = ..., fastmath: bool = ..., cache: bool = ..., optimise: bool = ...
) -> Differentiable: ...  # fmt: skip


@overload
def differentiable(
    f: None = ..., *, jit: bool = ..., fastmath: bool = ..., cache: bool = ..., optimise: bool = ...
) -> Callable[[Function], Differentiable]: ...  # fmt: skip


def differentiable(
    f: Function | None = None,
    *,
    jit: bool = True,
    fastmath: bool = False,
    cache: bool = True,
    optimise: bool = True,
) -> Differentiable | Callable[[Function], Differentiable]:
    """Return `f` compiled, and ready to be one operation of the tape.

    Called on arrays of `adjoint.nd` or `adjoint.np` under `autograd.record()`, its backward is
    the compiled adjoint: the tape for what holds a program together, the compiler for the loops.
    Anywhere else a call gives the value of `f`, computed by compiled code.

    Parameters
    ----------
    f : a Python function, or one compiled by Numba, whose result is a float or an array of
        floats. Left out, a decorator is returned.
    jit, fastmath, cache, optimise : as for `grad`.

    Raises
    ------
    SourceNotAvailable : `f` is not a Python function.
    AdjointError : when called; says what stands at which line of `f` and what to do about it.

    Examples
    --------
    >>> from adjoint import autograd, differentiable, nd
    >>> @differentiable
    ... def total(x):
    ...     s = 0.0
    ...     for i in range(len(x)):
    ...         s += x[i] ** 2
    ...     return s
    >>> x = nd.array([1, 2, 3])
    >>> x.attach_grad()
    >>> with autograd.record():
    ...     y = 2 * total(x)
    >>> y.backward()
    >>> x.grad.asnumpy().tolist()
    [4.0, 8.0, 12.0]
    """
    options = {"jit": jit, "fastmath": fastmath, "cache": cache, "optimise": optimise}
    if f is None:
        return lambda function: _differentiable(function, options)
    return _differentiable(f, options)


def _gradient(
    f: Function, value: bool, argnums: Argnums, options: dict[str, bool], mode: Mode
) -> Gradient:
    function = _python_function(f) if mode == "compiled" else _any_function(f)
    names = parameter_names(function)
    request = Request(
        function=function,
        names=names,
        wrt=positions(function, names, argnums),
        single=isinstance(argnums, tuple | list) and len(argnums) == 1,
        value=value,
        **_present(options),
    )
    recipe = _gradient, (f, value, argnums, options, mode)
    if mode == "compiled":
        return Gradient(request, recipe)
    from adjoint.api.tape_gradient import TapeGradient  # the tape is imported where it is used

    return TapeGradient(request, recipe)


def _differentiable(f: Function, options: dict[str, bool]) -> Differentiable:
    function = _python_function(f)
    names = parameter_names(function)
    request = Request(function, names, wrt=(), single=False, value=False, **_present(options))
    return Differentiable(request, (_differentiable, (f, options)))


def _present(options: dict[str, bool]) -> dict[str, bool]:
    return {**options, "jit": options["jit"] and not settings.DISABLE_JIT}  # Numba's own switch


def _python_function(f: Function) -> FunctionType:
    function = _unwrapped(f)
    if not isinstance(function, FunctionType):
        named = getattr(f, "__qualname__", None) or type(f).__qualname__
        raise SourceNotAvailable(
            f"{named} is not a Python function, so there is no source to differentiate",
            hint=_way_out(f),
        )
    return function


def _way_out(f: Function) -> str:
    if isinstance(f, Gradient):
        return (
            "second derivatives are computed on the tape: "
            "`autograd.grad(y, x, create_graph=True)`, or finite differences of the gradient"
        )
    return "wrap it in a function: `lambda x: ...`"


def _any_function(f: Function) -> FunctionType:
    """A plain function for any callable, whose name and parameters it takes over."""
    function = _unwrapped(f)
    if isinstance(function, FunctionType):
        return function

    def call(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    named = getattr(f, "__name__", None) or type(f).__name__
    call.__name__ = call.__qualname__ = named
    call.__signature__ = inspect.signature(f)  # type: ignore[attr-defined]
    assert isinstance(call, FunctionType)
    return call


def _unwrapped(f: Function) -> Function:
    if isinstance(f, CPUDispatcher):
        function: Function = f.py_func
        return function
    return f.__wrapped__ if isinstance(f, Differentiable) else f
