"""The namespace of `adjoint.nd`, and the methods of `NDArray` that are its functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from adjoint.runtime.tape import classic_creation, classic_operations, classic_shapes, network
from adjoint.runtime.tape.classic import NDArray
from adjoint.runtime.tape.elementwise import general, operator_functions, unary_functions
from adjoint.runtime.tape.operations import call

Function = Callable[..., Any]


def _as_float(compare: Function) -> Function:
    function = general(compare, NDArray)

    def apply(lhs: Any, rhs: Any) -> Any:
        result = function(lhs, rhs)
        result._data = result._data.astype(np.float32)
        return result

    apply.__name__ = compare.__name__
    return apply


def _round_half_away(data: Any) -> Any:
    rounded = call(np.floor, (abs(data) + 0.5,))
    return rounded * call(np.sign, (data,))


def rcbrt(data: Any) -> Any:
    """x^(-1/3)."""
    return 1.0 / call(np.cbrt, (data,))


def rsqrt(data: Any) -> Any:
    """x^(-1/2)."""
    return 1.0 / call(np.sqrt, (data,))


def softmin(data: Any, axis: int = -1) -> Any:
    """Softmax of the negated values."""
    return network.softmax(-data, axis=axis)


operations: dict[str, Function] = {
    name: getattr(module, name)
    for module in (classic_creation, classic_operations, classic_shapes)
    for name in module.__all__
}

functions: dict[str, Function] = unary_functions() | operator_functions()
functions |= {
    "maximum": general(np.maximum, NDArray),
    "minimum": general(np.minimum, NDArray),
    "hypot": general(np.hypot, NDArray),
    "logical_and": _as_float(np.logical_and),
    "logical_or": _as_float(np.logical_or),
    "logical_xor": _as_float(np.logical_xor),
    "logical_not": lambda data: data == 0,
    "lesser": functions["less"],
    "lesser_equal": functions["less_equal"],
    "modulo": functions["mod"],
    "round": _round_half_away,
    "rsqrt": rsqrt,
    "rcbrt": rcbrt,
    "softmin": softmin,
    "relu": network.relu,
    "sigmoid": network.sigmoid,
    "softsign": network.softsign,
    "erf": network.erf,
    "gamma": network.gamma,
    "gammaln": network.gammaln,
    "softmax": network.softmax,
    "log_softmax": network.log_softmax,
    "SoftmaxActivation": network.softmax,
    "smooth_l1": network.smooth_l1,
    "one_hot": network.one_hot,
    "pick": network.pick,
    "gather_nd": network.gather_nd,
    "topk": network.topk,
    "batch_dot": network.batch_dot,
    "softmax_cross_entropy": network.softmax_cross_entropy,
    "moments": network.moments,
    "Dropout": network.dropout,
    "FullyConnected": network.fully_connected,
    "Activation": network.activation,
    "LeakyReLU": network.leaky_relu,
    "BatchNorm": network.batch_norm,
    "LayerNorm": network.layer_norm,
    "L2Normalization": network.l2_normalization,
    "Convolution": network.convolution,
    "Deconvolution": network.deconvolution,
    "Pooling": network.pooling,
    "Embedding": network.embedding,
    "SequenceMask": network.sequence_mask,
    "sequence_mask": network.sequence_mask,
    "SoftmaxOutput": network.softmax_output,
    "LinearRegressionOutput": network.linear_regression_output,
    "LogisticRegressionOutput": network.logistic_regression_output,
    "MAERegressionOutput": network.mae_regression_output,
    "BlockGrad": network.stop_gradient,
    "stop_gradient": network.stop_gradient,
    "MakeLoss": network.make_loss,
    "make_loss": network.make_loss,
    "Concat": classic_shapes.concat,
    "Flatten": classic_shapes.flatten,
    "Reshape": classic_shapes.reshape,
    "SwapAxis": classic_shapes.swapaxes,
    "SliceChannel": classic_shapes.split,
    "Cast": classic_shapes.cast,
    "ElementWiseSum": classic_operations.add_n,
    "reverse": classic_shapes.flip,
    "Pad": classic_shapes.pad,
    "elemwise_add": functions["add"],
    "elemwise_sub": functions["subtract"],
    "elemwise_mul": functions["multiply"],
    "elemwise_div": functions["divide"],
}
functions |= {
    f"broadcast_{short}": functions[name]
    for short, name in {
        "add": "add",
        "sub": "subtract",
        "mul": "multiply",
        "div": "divide",
        "plus": "add",
        "minus": "subtract",
        "power": "power",
        "mod": "mod",
        "maximum": "maximum",
        "minimum": "minimum",
        "hypot": "hypot",
        "equal": "equal",
        "not_equal": "not_equal",
        "lesser": "less",
        "greater": "greater",
        "lesser_equal": "less_equal",
        "greater_equal": "greater_equal",
        "logical_and": "logical_and",
        "logical_or": "logical_or",
    }.items()
}

_METHODS = (
    *("sum", "mean", "max", "min", "prod", "norm", "argmax", "argmin", "expand_dims", "squeeze"),
    *("broadcast_to", "broadcast_like", "split", "slice_axis", "slice_like", "tile", "repeat"),
    *("flip", "pad", "diag", "take", "sort", "argsort", "clip", "zeros_like", "ones_like", "dot"),
)
for _name in _METHODS:
    if _name != "clip":
        setattr(NDArray, _name, operations[_name])
for _name in (
    *("relu", "sigmoid", "softmax", "log_softmax", "one_hot", "pick", "topk", "round", "rsqrt"),
    *("rcbrt", "softmin"),
):
    setattr(NDArray, _name, functions[_name])
