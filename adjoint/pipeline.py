"""One function from the user's function and argument types to the text of its adjoint."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from adjoint.program.core import Dependency


@dataclass(frozen=True)
class Generated:
    """A generated module.

    Attributes
    ----------
    module : text of the module: imports, the primal, the adjoint, and the two entry points.
        Functions are plain Python without decorators; `jit` compiles them.
    primal, adjoint, gradient, value_and_gradient : names of functions in the module. For a user's
        `f(x, w)` with result `s` and both arguments asked for:

        ``f(x, w) -> s``
        ``f_adjoint(x, w, s_bar) -> (s, x_bar, w_bar)``
        ``f_gradient(x, w) -> (x_bar, w_bar)``  (one alone is not in a tuple)
        ``f_value_and_gradient(x, w) -> (s, (x_bar, w_bar))``

        Arrays that the function captures are further positional parameters after the user's.
    source : text of the adjoint function alone.
    stages : text of every intermediate program by stage name, in order.
    captures : names and values of captured arrays.
    dependencies : globals and closure variables that were read.
    mutated : positions of the parameters that are stored to, captures counted after the user's.
    """

    module: str
    primal: str
    adjoint: str
    gradient: str
    value_and_gradient: str
    source: str
    stages: Mapping[str, str]
    captures: Mapping[str, Any]
    dependencies: tuple[Dependency, ...]
    mutated: tuple[int, ...] = ()


def generate(
    function: Callable[..., Any],
    arg_types: tuple[Any, ...],
    wrt: tuple[int, ...],
    *,
    array_seed: bool = False,
    optimise: bool = True,
) -> Generated:
    """Write the adjoint of `function` for Numba types `arg_types`.

    Parameters
    ----------
    function : a Python function whose source is available.
    arg_types : one Numba type for each parameter.
    wrt : positions of the arguments to differentiate with respect to.
    array_seed : whether the adjoint of an array result takes an array as its cotangent;
        otherwise it takes one number, the cotangent of every element.
    optimise : whether the optional optimisations run.
    """
    raise NotImplementedError
