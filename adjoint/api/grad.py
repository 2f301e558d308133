"""`grad`, `value_and_grad` and `differentiable`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Unpack, overload

from adjoint.api.argnums import Argnums
from adjoint.api.differentiable import Differentiable
from adjoint.api.gradient import Gradient
from adjoint.api.make import gradient, operation
from adjoint.api.options import GradientOptions, GradOptions, Mode, Options

Function = Callable[..., Any]


@overload
def grad(f: Function, argnums: Argnums = ..., **options: Unpack[GradOptions]) -> Gradient: ...
@overload
def grad(
    f: None = ..., argnums: Argnums = ..., **options: Unpack[GradOptions]
) -> Callable[[Function], Gradient]: ...


def grad(
    f: Function | None = None,
    argnums: Argnums = 0,
    *,
    jit: bool = True,
    fastmath: bool = False,
    cache: bool = True,
    optimise: bool = True,
    memory: int | str | None = None,
    parallel: bool = False,
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
        of them; then a tuple of gradients is returned. These arguments must be floats or
        complex numbers, scalars or arrays.
    jit : compile; otherwise the same generated text runs as plain Python, for debuggers.
    fastmath : let LLVM reassociate floating-point arithmetic.
    cache : keep generated modules and machine code in the user's cache folder, or in the
        folder that the environment variable `ADJOINT_CACHE_DIR` names.
    optimise : run the optional optimisations on the generated text.
    memory : how much a loop marked `checkpointed` may take, in bytes or as "200MB"; left out, it
        takes little.
    parallel : have threads run the outermost loops of the adjoint where that is safe, and nothing
        depends on how many they are: `explain` says of which loops that is, and why.
    mode : "compiled", or "tape" to run `f` itself at every call on arrays that record what is
        done with them: slower, for code that no compiler can type. `f` may be any callable
        then, and the options of the compiler must be left alone.

    Returns
    -------
    Gradient : a callable with the signature of `f`. The gradient has the type and shape of its
        argument: a float for a float, an array for an array. Called with `out=`, an array or a
        tuple with one for each array among the arguments (None for a number), it is written there.

    Raises
    ------
    InvalidArgnums : there is no such parameter.
    InvalidMode : there is no such mode, or an option means nothing in it.
    InvalidMemory : `memory` is no number of bytes.
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
    options = GradientOptions(
        jit=jit,
        fastmath=fastmath,
        cache=cache,
        optimise=optimise,
        memory=memory,
        parallel=parallel,
    )
    make = partial(gradient, value=False, argnums=argnums, options=options, mode=mode)
    return make if f is None else make(f)


@overload
def value_and_grad(
    f: Function, argnums: Argnums = ..., **options: Unpack[GradOptions]
) -> Gradient: ...
@overload
def value_and_grad(
    f: None = ..., argnums: Argnums = ..., **options: Unpack[GradOptions]
) -> Callable[[Function], Gradient]: ...


def value_and_grad(
    f: Function | None = None,
    argnums: Argnums = 0,
    *,
    jit: bool = True,
    fastmath: bool = False,
    cache: bool = True,
    optimise: bool = True,
    memory: int | str | None = None,
    parallel: bool = False,
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
    options = GradientOptions(
        jit=jit,
        fastmath=fastmath,
        cache=cache,
        optimise=optimise,
        memory=memory,
        parallel=parallel,
    )
    make = partial(gradient, value=True, argnums=argnums, options=options, mode=mode)
    return make if f is None else make(f)


for _maker in (grad, value_and_grad):  # called in functions that are differentiated: see `syntax`
    _maker.__adjoint_makes_gradient__ = True  # type: ignore[attr-defined]


@overload
def differentiable(f: Function, **options: Unpack[Options]) -> Differentiable: ...
@overload
def differentiable(
    f: None = ..., **options: Unpack[Options]
) -> Callable[[Function], Differentiable]: ...


def differentiable(
    f: Function | None = None,
    *,
    jit: bool = True,
    fastmath: bool = False,
    cache: bool = True,
    optimise: bool = True,
    memory: int | str | None = None,
) -> Differentiable | Callable[[Function], Differentiable]:
    """Return `f` compiled, and ready to be one operation of the tape.

    Called on arrays of `adjoint.nd` or `adjoint.np` under `autograd.record()`, its backward is
    the compiled adjoint: the tape for what holds a program together, the compiler for the loops.
    Anywhere else a call gives the value of `f`, computed by compiled code.

    Parameters
    ----------
    f : a Python function, or one compiled by Numba, whose result is a float or an array of
        floats. Left out, a decorator is returned.
    jit, fastmath, cache, optimise, memory : as for `grad`.

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
    options = Options(jit=jit, fastmath=fastmath, cache=cache, optimise=optimise, memory=memory)
    return partial(operation, options=options) if f is None else operation(f, options)
