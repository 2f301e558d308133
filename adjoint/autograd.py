"""Recording and differentiating, define-by-run: the API of MXNet's `autograd`."""

from adjoint.runtime.tape.autograd import (
    Function,
    backward,
    get_symbol,
    grad,
    is_recording,
    is_training,
    mark_variables,
    pause,
    predict_mode,
    record,
    record_call,
    set_recording,
    set_training,
    train_mode,
)
from adjoint.runtime.tape.errors import TapeError as MXNetError

__all__ = [
    "Function",
    "MXNetError",
    "backward",
    "get_symbol",
    "grad",
    "is_recording",
    "is_training",
    "mark_variables",
    "pause",
    "predict_mode",
    "record",
    "record_call",
    "set_recording",
    "set_training",
    "train_mode",
]
