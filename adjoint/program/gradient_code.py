"""A gradient as code that another program may hold: what `api` gives to the front-end.

The front-end knows a gradient by its method `__adjoint_gradient__`, which takes the structures of
the arguments, each `Leaf` named by its position among the leaves, and the leaves' types.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from adjoint.program.core import Dependency
from adjoint.program.structure import Structure


@dataclass(frozen=True, eq=False)
class GradientCode:
    """The generated function of a gradient, for certain types.

    Attributes
    ----------
    function : plain Python; takes the leaves of the arguments and then the captured arrays.
        Returns the bars, one alone not in a tuple; `(value, bars)` if `value`.
    captures : captured arrays by name.
    dependencies : variables outside that were read.
    gradient : how the bars are arranged: leaves are named by the position of their bar.
    count : how many bars there are.
    mutated : positions of the parameters that are written to.
    """

    function: Callable[..., Any]
    captures: Mapping[str, Any]
    dependencies: tuple[Dependency, ...]
    gradient: Structure
    count: int
    value: bool
    mutated: tuple[int, ...]
