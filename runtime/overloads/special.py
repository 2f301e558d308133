"""SciPy's special functions of real numbers, compiled as calls of the C functions behind them.

`scipy.special.cython_special` holds the C functions by name; of those with several types
(`__pyx_fuse_0erf`, `__pyx_fuse_1erf`, …) the one of doubles is taken. Machine code calls
`adjoint_special_erf`, which is given the address at import.

Functions of arrays are typed too, for inference; they are compiled as loops over elements only.
"""

from __future__ import annotations

import ctypes
import re
from typing import Any

import llvmlite.binding as llvm
import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.core.imputils import lower_builtin
from numba.core.typing.templates import AbstractTemplate, builtin_registry, signature
from scipy import special
from scipy.special import cython_special

NAMES = (
    *("erf", "erfc", "erfcx", "erfinv", "erfcinv", "dawsn", "ndtr", "ndtri", "log_ndtr"),
    *("gamma", "gammaln", "loggamma", "rgamma", "psi", "beta", "betaln", "gammainc", "gammaincc"),
    *("betainc", "expit", "log_expit", "logit", "xlogy", "xlog1py", "entr", "rel_entr", "kl_div"),
    *("j0", "j1", "y0", "y1", "jv", "yv", "iv", "ive", "kv", "kve"),
    *("i0", "i0e", "i1", "i1e", "k0", "k0e", "k1", "k1e"),
    *("expi", "exp1", "exprel", "expm1", "log1p", "cosm1", "exp2", "exp10", "cbrt"),
    *("huber", "pseudo_huber", "stdtr", "ellipk", "ellipe", "boxcox", "poch", "binom"),
    *("ndtri_exp", "owens_t", "gammaincinv", "gammainccinv", "gdtr", "gdtrc", "chdtr", "chdtrc"),
    *("chdtri", "pdtr", "pdtrc", "betaincc", "betaincinv", "betainccinv", "stdtrit", "fdtr"),
    *("fdtrc", "fdtri", "ellipkm1", "ellipkinc", "ellipeinc", "elliprd"),
    *("hyp0f1", "hyp1f1", "hyp2f1", "hyperu", "erfi", "spence", "powm1", "inv_boxcox"),
    *("inv_boxcox1p", "boxcox1p", "sindg", "cosdg", "tandg", "gammasgn"),
)
"""The functions of doubles that are compiled."""

_VARIANT = re.compile(r"__pyx_fuse_\d+")
_ARGUMENTS = re.compile(r"double \(((?:double, )+)int __pyx_skip_dispatch\)")


def _addresses() -> dict[str, int]:
    """Addresses of the C functions that take and give doubles, by name."""
    name_of = ctypes.pythonapi.PyCapsule_GetName
    name_of.restype, name_of.argtypes = ctypes.c_char_p, [ctypes.py_object]
    pointer = ctypes.pythonapi.PyCapsule_GetPointer
    pointer.restype, pointer.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    found = {}
    for entry, capsule in cython_special.__pyx_capi__.items():
        text = name_of(capsule)
        if _ARGUMENTS.fullmatch(text.decode()):
            found[_VARIANT.sub("", entry)] = pointer(capsule, text)
    return found


def _declare(function: np.ufunc, symbol: str) -> None:
    """Type a function, and compile it for numbers as a call of a C function."""

    class Template(AbstractTemplate):
        key = function

        def generic(self, args: Any, kws: Any) -> Any:
            return None if kws else _signature(args, function.nin)

    builtin_registry.register_global(function, types.Function(Template))
    for kind in (types.float64, types.float32):

        def lowered(context: Any, builder: Any, sig: Any, args: Any, kind: Any = kind) -> Any:
            double = ir.DoubleType()
            c_type = ir.FunctionType(double, [double] * len(args) + [ir.IntType(32)])
            callee = cgutils.get_or_insert_function(builder.module, c_type, symbol)
            wide = [context.cast(builder, arg, kind, types.float64) for arg in args]
            result = builder.call(callee, [*wide, ir.Constant(ir.IntType(32), 0)])
            return context.cast(builder, result, types.float64, kind)

        lower_builtin(function, *(kind,) * function.nin)(lowered)


def _signature(args: tuple[Any, ...], count: int) -> Any:
    """float32 for what fits in it, as NumPy promotes; else float64. Nothing for complex numbers."""
    elements = [a.dtype if isinstance(a, types.Array) else types.unliteral(a) for a in args]
    if len(args) != count or not all(isinstance(e, _REAL) for e in elements):
        return None
    kind = types.float32 if all(e in _FITS for e in elements) else types.float64
    ndims = [a.ndim for a in args if isinstance(a, types.Array)]
    if ndims:
        return signature(types.Array(kind, max(ndims), "C"), *args)
    return signature(kind, *(kind,) * count)


_REAL = (types.Float, types.Integer, types.Boolean)
_FITS = {types.float32, types.boolean, types.int8, types.uint8, types.int16, types.uint16}


def _declare_all() -> None:
    addresses = _addresses()
    for name in NAMES:
        function = getattr(special, name, None)
        if isinstance(function, np.ufunc) and name in addresses:
            symbol = f"adjoint_special_{name}"
            llvm.add_symbol(symbol, addresses[name])
            _declare(function, symbol)


_declare_all()
