"""Arrays of the tape with NumPy's semantics: the API of MXNet's `np`.

Numbers become float32 unless told otherwise; results without axes have shape ().
"""

import numpy as _numpy

from adjoint.runtime.tape import numpy_functions as _functions
from adjoint.runtime.tape.array import Array as ndarray
from adjoint.runtime.tape.numpy_functions import (
    arange,
    array,
    clip,
    concat,
    copy,
    empty,
    empty_like,
    eye,
    full,
    full_like,
    identity,
    linspace,
    ones,
    ones_like,
    take,
    zeros,
    zeros_like,
)
from adjoint.runtime.tape.random_functions import numpy_like as random

globals().update(_functions.functions)


class linalg:
    """Linear algebra: `numpy.linalg`, recorded."""


for _name, _function in _functions.linalg_functions.items():
    setattr(linalg, _name, staticmethod(_function))

pi, e, inf, nan = _numpy.pi, _numpy.e, _numpy.inf, _numpy.nan
newaxis = None
float16, float32, float64 = _numpy.float16, _numpy.float32, _numpy.float64
int8, int32, int64, uint8 = _numpy.int8, _numpy.int32, _numpy.int64, _numpy.uint8
bool = bool_ = _numpy.bool_

__all__ = [  # noqa: PLE0604 - the functions are made from NumPy's
    *_functions.functions,
    "arange",
    "array",
    "clip",
    "concat",
    "copy",
    "e",
    "empty",
    "empty_like",
    "eye",
    "float32",
    "float64",
    "full",
    "full_like",
    "identity",
    "inf",
    "int32",
    "int64",
    "linalg",
    "linspace",
    "nan",
    "ndarray",
    "newaxis",
    "ones",
    "ones_like",
    "pi",
    "random",
    "take",
    "zeros",
    "zeros_like",
]
