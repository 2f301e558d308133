"""`jacobian` and `hessian`: one forward sweep, and a reverse sweep for each item of the result."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Unpack, overload

from adjoint.api.argnums import Argnum, Argnums
from adjoint.api.derivative import Derivative
from adjoint.api.location import definition
from adjoint.api.make import request_for
from adjoint.api.options import Options
from adjoint.errors import NotDifferentiable

Function = Callable[..., Any]


class Jacobian(Derivative):
    """The Jacobian of a function, compiled when first called with arguments of new types.

    Has the signature, name and docstring of the function. It can be called from Python and from
    functions compiled by Numba. Made by `adjoint.jacobian` and `adjoint.hessian`.
    """

    def _call_on_tape(self, args: tuple[Any, ...]) -> Any:
        raise NotDifferentiable(
            f"the Jacobian of {self._request.name} is called with arrays of the tape, and it is no "
            "operation that the tape can record",
            definition(self._request.function),
            "pass plain arrays, `x.asnumpy()`",
        )

    def __repr__(self) -> str:
        request = self._request
        asked = tuple(request.names[position] for position in request.positions)
        argnums = asked if len(asked) > 1 or request.single else asked[0]
        return f"jacobian({request.function.__qualname__}, argnums={argnums!r}{self._options()})"


@overload
def jacobian(f: Function, argnums: Argnums = ..., **options: Unpack[Options]) -> Jacobian: ...
@overload
def jacobian(
    f: None = ..., argnums: Argnums = ..., **options: Unpack[Options]
) -> Callable[[Function], Jacobian]: ...


def jacobian(
    f: Function | None = None,
    argnums: Argnums = 0,
    *,
    jit: bool = True,
    fastmath: bool = False,
    cache: bool = True,
    optimise: bool = True,
    memory: int | str | None = None,
) -> Jacobian | Callable[[Function], Jacobian]:
    """Return the function that computes the Jacobian of `f`.

    The forward sweep runs once, the reverse sweep once for each item of the result.

    Parameters
    ----------
    f : a Python function, or one compiled by Numba, whose result is a float or an array of floats.
        Left out, a decorator is returned.
    argnums : as for `grad`; the arguments must be real.
    jit, fastmath, cache, optimise, memory : as for `grad`.

    Returns
    -------
    Jacobian : a callable with the signature of `f`. For a result of shape `s` and an argument of
        shape `t` the Jacobian has shape `s + t`, `J[i, j] = ∂f[i] / ∂x[j]`; for several arguments
        there is a tuple of them. Called with `out=J`, or a tuple of arrays, it is written there:
        to any array of that shape and type, part of a larger one or not.

    Raises
    ------
    NotDifferentiable : when called, if numbers are complex.
    InvalidArgnums, SourceNotAvailable, AdjointError : as for `grad`.

    Examples
    --------
    >>> import numpy as np
    >>> from adjoint import jacobian
    >>> def polar(p):
    ...     return np.array([p[0] * np.cos(p[1]), p[0] * np.sin(p[1])])
    >>> jacobian(polar)(np.array([2.0, 0.0]))
    array([[ 1., -0.],
           [ 0.,  2.]])
    """
    options = Options(jit=jit, fastmath=fastmath, cache=cache, optimise=optimise, memory=memory)
    make = partial(_jacobian, argnums=argnums, options=options)
    return make if f is None else make(f)


def hessian(
    f: Function,
    argnums: Argnum = 0,
    *,
    jit: bool = True,
    fastmath: bool = False,
    cache: bool = True,
    optimise: bool = True,
    memory: int | str | None = None,
) -> Jacobian:
    """Return the function that computes the matrix of second derivatives of `f`.

    It is the Jacobian of the generated gradient, which is differentiated like any other program.

    Parameters
    ----------
    f : a Python function, or one compiled by Numba, whose result is a float.
    argnums : position or name of the parameter.
    jit, fastmath, cache, optimise, memory : as for `grad`.

    Returns
    -------
    Jacobian : a callable with the signature of `f`. For an argument of shape `t` the Hessian has
        shape `t + t`.

    Raises
    ------
    As for `jacobian`.

    Examples
    --------
    >>> import numpy as np
    >>> from adjoint import hessian
    >>> hessian(lambda x: x[0] ** 2 * x[1])(np.array([1.0, 3.0]))
    array([[6., 2.],
           [2., 0.]])
    """
    from adjoint.api.grad import grad

    options = Options(jit=jit, fastmath=fastmath, cache=cache, optimise=optimise, memory=memory)
    return _jacobian(grad(f, argnums, **options), argnums, options)


def _jacobian(f: Function, argnums: Argnums, options: Options) -> Jacobian:
    return Jacobian(
        request_for(f, argnums, options, items=True), (_jacobian, (f, argnums, options))
    )
