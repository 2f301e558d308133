"""A gradient's module as a file of its own."""

from __future__ import annotations

from typing import Any

from adjoint.api.gradient import Gradient
from adjoint.api.rebuild import chosen_parts
from adjoint.standalone import standalone


def stand_alone(gradient: Gradient, args: tuple[Any, ...]) -> str:
    """Return the text of a file with a gradient for arguments of these types.

    The file needs NumPy and Numba only. Its functions take the numbers and arrays that the
    arguments are made of, and then the arrays that the function captures.

    Parameters
    ----------
    args : also those at which the file tests itself when it is executed.

    Raises
    ------
    NotStandAlone : the function is compiled with the help of this package.
    """
    entry, leaves = gradient.find_universal(args)
    parts = chosen_parts(entry.arguments, entry.request.wrt)
    wrt = tuple(position for part in parts for position in part.positions())
    return standalone(entry.generated(), (*leaves, *entry.captured), wrt)
