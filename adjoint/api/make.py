"""Makes what `grad` and the like return, when called and again when it is unpickled."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from types import FunctionType
from typing import Any

from adjoint.api.argnums import Argnums, Chosen, parameter_names, positions
from adjoint.api.derivative import Derivative
from adjoint.api.differentiable import Differentiable
from adjoint.api.gradient import Gradient
from adjoint.api.options import GradientOptions, Mode, Options, bytes_of, require_mode
from adjoint.api.request import Request
from adjoint.api.target import Target, name_of, target_of
from adjoint.errors import NotDifferentiable, SourceNotAvailable
from adjoint.jit.numba_internals import settings

Function = Callable[..., Any]


def gradient(
    f: Function, value: bool, argnums: Argnums, options: GradientOptions, mode: Mode
) -> Gradient:
    """The gradient of `f`, with its value if `value`; the other parameters are those of `grad`."""
    require_mode(mode, options)
    target = _python_target(f) if mode == "compiled" else _any_target(f)
    parallel = options.get("parallel", False)
    request = _request(f, target, argnums, options, value=value, parallel=parallel)
    recipe = gradient, (f, value, argnums, options, mode)
    if mode == "compiled":
        return Gradient(request, recipe)
    from adjoint.api.tape_gradient import TapeGradient  # the tape is imported where it is used

    return TapeGradient(request, recipe)


def request_for(f: Function, argnums: Argnums, options: Options, *, items: bool) -> Request:
    """What is asked of the compiler; `items` as in `Request`."""
    return _request(f, _python_target(f), argnums, options, items=items)


def _request(
    f: Function, target: Target, argnums: Argnums, options: Options, **asked: bool
) -> Request:
    names = parameter_names(target.function)
    return Request(
        called=f,
        function=target.function,
        first=target.first,
        keywords=target.keywords,
        names=names,
        wrt=_wrt(f, target, names, argnums),
        single=isinstance(argnums, tuple | list) and len(argnums) == 1,
        **{"value": False, **asked},
        **_present(options),
        memory=bytes_of(options.get("memory")),
    )


def operation(f: Function, options: Options) -> Differentiable:
    """What `differentiable` returns."""
    target = _python_target(f)
    names = parameter_names(target.function)
    request = Request(
        called=f,
        function=target.function,
        first=target.first,
        keywords=target.keywords,
        names=names,
        wrt=(),
        single=False,
        value=False,
        **_present(options),
        memory=bytes_of(options.get("memory")),
    )
    return Differentiable(request, (operation, (f, options)))


def _wrt(
    f: Function, target: Target, names: tuple[str, ...], argnums: Argnums
) -> tuple[Chosen, ...]:
    """Among all parameters, what `argnums` says of those that are left to give."""
    left = inspect.signature(f if target.bound else target.function)
    found = positions(target.function, left, argnums)
    given = tuple(left.parameters)
    return tuple((names.index(given[position]), key) for position, key in found)


def _present(options: Options) -> dict[str, bool]:
    """The switches; Numba has one of its own for compiling."""
    return {
        "jit": options["jit"] and not settings.DISABLE_JIT,
        "fastmath": options["fastmath"],
        "cache": options["cache"],
        "optimise": options["optimise"],
    }


def _python_target(f: Function) -> Target:
    target = target_of(f)
    if isinstance(f, Gradient):
        return Target(_calling(f))
    if isinstance(f, Derivative):
        raise NotDifferentiable(
            f"{f!r} is a Jacobian, and the derivative of one is not taken",
            hint="differentiate gradients: `hessian(f)` is `jacobian(grad(f))`",
        )
    if not isinstance(target.function, FunctionType):
        named = getattr(f, "__qualname__", None) or type(f).__qualname__
        raise SourceNotAvailable(
            f"{named} is not a Python function, so there is no source to differentiate",
            hint="wrap it in a function: `lambda x: ...`",
        )
    return target


def _calling(gradient: Gradient) -> FunctionType:
    """A plain function that stands for a gradient that is differentiated.

    Raises
    ------
    NotDifferentiable : it is not known, when compiling, how the gradient is computed.
    """
    gradient.require_code()

    @functools.wraps(gradient)
    def call(*args: Any, **kwargs: Any) -> Any:
        return gradient(*args, **kwargs)

    call.__adjoint_calls__ = gradient  # type: ignore[attr-defined]
    return call  # type: ignore[return-value]


def _any_target(f: Function) -> Target:
    """The target of any callable: a plain function that takes over its name and parameters."""
    target = target_of(f)
    if isinstance(target.function, FunctionType):
        return target

    def call(*args: Any, **kwargs: Any) -> Any:
        return f(*args, **kwargs)

    call.__name__ = call.__qualname__ = name_of(f)
    call.__signature__ = inspect.signature(f)  # type: ignore[attr-defined]
    return Target(call)
