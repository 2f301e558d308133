"""Operations of neural networks, for both array classes: the table of contents."""

from __future__ import annotations

from adjoint.runtime.tape.activations import (
    activation,
    erf,
    gamma,
    gammaln,
    leaky_relu,
    log_softmax,
    relu,
    sigmoid,
    smooth_l1,
    softmax,
    softplus,
    softsign,
)
from adjoint.runtime.tape.convolutions import (
    convolution,
    deconvolution,
    pooling,
)
from adjoint.runtime.tape.layers import (
    batch_norm,
    dropout,
    embedding,
    fully_connected,
    l2_normalization,
    layer_norm,
)
from adjoint.runtime.tape.losses import (
    linear_regression_output,
    logistic_regression_output,
    mae_regression_output,
    make_loss,
    moments,
    softmax_cross_entropy,
    softmax_output,
    stop_gradient,
)
from adjoint.runtime.tape.selections import (
    batch_dot,
    gather_nd,
    one_hot,
    pick,
    sequence_mask,
    topk,
)
from adjoint.runtime.tape.semantics import (
    semantics,
)

__all__ = [
    "activation",
    "batch_dot",
    "batch_norm",
    "convolution",
    "deconvolution",
    "dropout",
    "embedding",
    "erf",
    "fully_connected",
    "gamma",
    "gammaln",
    "gather_nd",
    "l2_normalization",
    "layer_norm",
    "leaky_relu",
    "linear_regression_output",
    "log_softmax",
    "logistic_regression_output",
    "mae_regression_output",
    "make_loss",
    "moments",
    "one_hot",
    "pick",
    "pooling",
    "relu",
    "semantics",
    "sequence_mask",
    "sigmoid",
    "smooth_l1",
    "softmax",
    "softmax_cross_entropy",
    "softmax_output",
    "softplus",
    "softsign",
    "stop_gradient",
    "topk",
]
