"""Arguments that all ufuncs take: the output at the end, `out=` in a tuple, `where=`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from adjoint.expansions import masked
from adjoint.program.core import Const
from adjoint.syntax.containers import contents
from adjoint.syntax.context import Context
from adjoint.syntax.values import Known, Value

Given = tuple[Any, tuple[Value, ...], dict[str, Value]]
"""A function, positional and named arguments."""


def ufunc_call(
    context: Context, callee: Any, positional: tuple[Value, ...], keywords: Mapping[str, Value]
) -> Given:
    """The call of a ufunc with its output by name, and that of what stands for `where=`."""
    ufunc, named = getattr(callee, "value", None), dict(keywords)
    if not isinstance(ufunc, np.ufunc) or ufunc.nout != 1:
        return callee, positional, named
    if len(positional) == ufunc.nin + 1:
        named["out"] = positional[-1]
        positional = positional[:-1]
    pack = contents(context, named["out"]) if "out" in named else None
    if pack is not None and len(pack.items) == 1:
        (named["out"],) = pack.items
    for name, usual in (("out", None), ("where", True)):
        if named.get(name) == Const(usual):
            del named[name]
    if "where" not in named:
        return callee, positional, named
    return Known(masked.where_it_holds, callee.path), (callee, *positional), named
