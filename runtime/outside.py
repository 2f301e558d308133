"""Functions that Numba cannot compile, called by compiled code: out of machine code and back.

Each has a stand-in here, under a name that generated modules use. As Python the stand-in calls the
function; in machine code it enters the interpreter (`numba.objmode`), which costs some microseconds
a call and holds the global lock.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
from numba import objmode, types
from numba.core.errors import TypingError
from numba.extending import overload
from numba.np.numpy_support import as_dtype, from_dtype

Function = Callable[..., Any]
ResultType = Callable[[tuple[Any, ...]], Any]
"""From Numba types of the arguments to that of the result, or the reason why it is not known."""


def stand_in(name: str, function: Function, result_type: ResultType) -> Function:
    """The stand-in of a function, an attribute of this module called after `name`.

    `result_type` tells numbers and arrays: a type, or a tuple of them.
    """
    unique = base = re.sub(r"\W", "_", name)
    number = 0
    while unique in globals():  # another function of this name, which generated code may still call
        number += 1
        unique = f"{base}_{number}"

    def outside(*args: Any) -> Any:
        kind = result_type(tuple(_kind(arg) for arg in args))
        return _checked(function(*args), kind, name)

    outside.__name__ = outside.__qualname__ = unique
    outside.__module__ = __name__
    globals()[unique] = outside

    @overload(outside, strict=False)
    def compiled(*args: Any) -> Any:
        packed = len(args) == 1 and isinstance(args[0], types.BaseTuple)
        try:
            kind = result_type(tuple(map(types.unliteral, args[0] if packed else args)))
        except ValueError as error:
            raise TypingError(str(error)) from None

        def enter(*args: Any) -> Any:
            with objmode(z=kind):
                z = outside(*args)
            return z  # noqa: RET504 - objmode hands out variables only

        return enter

    return outside


def _kind(arg: Any) -> Any:
    if isinstance(arg, np.ndarray):
        return types.Array(from_dtype(arg.dtype), arg.ndim, "C")
    return from_dtype(np.asarray(arg).dtype)


def _checked(value: Any, kind: Any, name: str) -> Any:
    """The value in contiguous memory, if it is of the type that compiled code expects.

    Raises
    ------
    TypeError : it is not.
    """
    if isinstance(kind, types.BaseTuple):
        kinds: tuple[Any, ...] = tuple(kind)  # type: ignore[arg-type]
        if len(value) != len(kinds):
            raise TypeError(f"{name} returned {len(value)} results instead of {len(kinds)}")
        pairs = zip(value, kinds, strict=True)
        return tuple([_checked(item, item_kind, name) for item, item_kind in pairs])
    found = np.asarray(value)
    if isinstance(kind, types.Array):
        dtype, ndim = as_dtype(kind.dtype), kind.ndim
    else:
        dtype, ndim = as_dtype(kind), 0
    if found.ndim != ndim or not np.can_cast(found.dtype, dtype, "same_kind"):
        raise TypeError(
            f"{name} returned {found.dtype} with {found.ndim} dimensions where "
            f"{dtype} with {ndim} is expected"
        )
    if ndim:
        return np.ascontiguousarray(found, dtype)
    return dtype.type(found.item()).item() if isinstance(kind, types.Number) else found
