"""`np.add.at(array, index, value)`: a list as its index selects elements, a tuple an element."""

from __future__ import annotations

from typing import Any

import numpy as np

from adjoint.program.core import Call
from adjoint.syntax.calls import special_call
from adjoint.syntax.context import Context
from adjoint.syntax.terms import index_atom
from adjoint.syntax.translate import expression, values
from adjoint.syntax.values import Known, Value

_SCATTERS = [
    ufunc.at for ufunc in vars(np).values() if isinstance(ufunc, np.ufunc) and ufunc.nout == 1
]


@special_call(*_SCATTERS)
def _scatter(context: Context, node: Any) -> Value | None:
    if len(node.args) != 3 or node.keywords:
        context.refuse(
            "this form is not supported.", node, "give an array, an index and a value, by position"
        )
    callee = expression(context, node.func)
    assert isinstance(callee, Known)
    array, index, value = values(context, node.args)
    args = (
        context.as_atom(array, node.args[0]),
        index_atom(context, index, node.args[1]),
        context.as_atom(value, node.args[2]),
    )
    return Call(callee.value, args)
