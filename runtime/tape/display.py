"""How arrays print, character for character as MXNet's do."""

from __future__ import annotations

from typing import Any

import numpy as np


def numpy_like(data: Any) -> str:
    """`array([0., 1.])`, the dtype shown only when it is neither float32 nor bool."""
    data = np.asarray(data)
    text = repr(data)
    if "dtype=" in text:
        if data.dtype in (np.float32, np.bool_):
            text = text[: text.rindex(",")] + ")"
    elif data.dtype not in (np.float32, np.bool_):
        text = f"{text[:-1]}, dtype={data.dtype.name})"
    return text


def classic(data: Any) -> str:
    """The values between newlines, and the shape and device."""
    shape = "x".join(str(n) for n in data.shape)
    return f"\n{np.asarray(data)!s}\n<NDArray {shape} @cpu(0)>"
