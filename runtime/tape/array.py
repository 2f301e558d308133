"""The NumPy-like array: `adjoint.np.ndarray`, and the base of the classic one."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from adjoint.runtime.tape import display, protocols, variables
from adjoint.runtime.tape.context import Context, cpu
from adjoint.runtime.tape.operations import call
from adjoint.runtime.tape.operators import binary, comparison, unary
from adjoint.runtime.tape.state import state
from adjoint.runtime.tape.tensor import Tensor, raw, refuse_leaving
from adjoint.runtime.tape.writing import update, write


class Array(Tensor):
    """An array of the tape with NumPy's semantics: results without axes have shape ()."""

    __slots__ = ()
    __hash__ = object.__hash__

    # ------------------------------------------------------------------ description

    @property
    def shape(self) -> tuple[int, ...]:
        return self._data.shape

    @property
    def size(self) -> int:
        return self._data.size

    @property
    def ndim(self) -> int:
        return self._data.ndim

    @property
    def dtype(self) -> type:
        """The NumPy scalar type, as in MXNet (`numpy.float32`)."""
        return self._data.dtype.type

    @property
    def itemsize(self) -> int:
        return self._data.dtype.itemsize

    @property
    def context(self) -> Context:
        return cpu()

    ctx = context
    device = context

    @property
    def stype(self) -> str:
        return "default"

    def __len__(self) -> int:
        if not self._data.shape:
            raise TypeError("len() of unsized object")
        return self._data.shape[0]

    def __repr__(self) -> str:
        return display.numpy_like(self._data)

    def __str__(self) -> str:
        return str(self._data)

    def __format__(self, spec: str) -> str:
        return format(self.item(), spec) if spec else str(self)

    # ------------------------------------------------------------------ leaving the tape

    def asnumpy(self) -> np.ndarray:
        """A NumPy copy."""
        return np.array(self._data)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        if state.strict:
            refuse_leaving(self)
        return np.array(self._data, dtype=dtype)

    def item(self, *args: Any) -> Any:
        """An element as a Python number."""
        return self._data.item(*args)

    def tolist(self) -> Any:
        """Nested lists of Python numbers."""
        return self._data.tolist()

    def asscalar(self) -> Any:
        """The only element, as a NumPy scalar."""
        if self._data.size != 1:
            raise ValueError("The current array is not a scalar")
        return np.asarray(self._data).reshape(-1)[0]

    def _number(self) -> Any:
        if self._data.size != 1:
            raise TypeError("only size-1 arrays can be converted to Python scalars")
        return self._data.item()

    def __float__(self) -> float:
        if state.strict:
            refuse_leaving(self)
        return float(self._number())

    def __int__(self) -> int:
        return int(self._number())

    def __index__(self) -> int:
        if self._data.dtype.kind not in "iu":
            raise TypeError("only integer scalar arrays can be converted to a scalar index")
        return int(self._number())

    def __bool__(self) -> bool:
        if self._data.size > 1:
            raise ValueError(
                f"The truth value of {type(self).__name__} with multiple elements is ambiguous."
            )
        return bool(self._data.item()) if self._data.size else False

    # ------------------------------------------------------------------ NumPy's protocols

    __array_priority__ = 1000.0

    __array_ufunc__ = protocols.array_ufunc
    __array_function__ = protocols.array_function

    # ------------------------------------------------------------------ operators

    __add__ = binary(operator.add)
    __radd__ = binary(operator.add, swapped=True)
    __sub__ = binary(operator.sub)
    __rsub__ = binary(operator.sub, swapped=True)
    __mul__ = binary(operator.mul)
    __rmul__ = binary(operator.mul, swapped=True)
    __truediv__ = binary(operator.truediv)
    __rtruediv__ = binary(operator.truediv, swapped=True)
    __pow__ = binary(operator.pow)
    __rpow__ = binary(operator.pow, swapped=True)
    __mod__ = binary(operator.mod)
    __rmod__ = binary(operator.mod, swapped=True)
    __matmul__ = binary(operator.matmul)
    __rmatmul__ = binary(operator.matmul, swapped=True)
    __neg__ = unary(operator.neg)
    __abs__ = unary(np.absolute)

    __lt__ = comparison(operator.lt)
    __le__ = comparison(operator.le)
    __gt__ = comparison(operator.gt)
    __ge__ = comparison(operator.ge)
    __eq__ = comparison(operator.eq)
    __ne__ = comparison(operator.ne)
    __floordiv__ = comparison(operator.floordiv)
    __rfloordiv__ = comparison(operator.floordiv, swapped=True)
    __and__ = comparison(operator.and_)
    __or__ = comparison(operator.or_)
    __xor__ = comparison(operator.xor)

    def __invert__(self) -> Array:
        return call(np.invert, (self,))

    def __pos__(self) -> Array:
        return self

    def __divmod__(self, other: Any) -> tuple[Any, Any]:
        return self // other, self % other

    def __rdivmod__(self, other: Any) -> tuple[Any, Any]:
        return other // self, other % self

    def __round__(self, ndigits: int | None = None) -> Any:
        return call(np.round, (self, ndigits or 0))

    __iadd__ = update(operator.add)
    __isub__ = update(operator.sub)
    __imul__ = update(operator.mul)
    __itruediv__ = update(operator.truediv)
    __ipow__ = update(operator.pow)
    __imod__ = update(operator.mod)

    # ------------------------------------------------------------------ indexing

    def __getitem__(self, key: Any) -> Any:
        return variables.select(self, key)

    def __setitem__(self, key: Any, value: Any) -> None:
        write(self, key, value)

    def __iter__(self) -> Iterator[Any]:
        if not self._data.shape:
            raise TypeError("iteration over a 0-d array")
        for i in range(self._data.shape[0]):
            yield self[i]

    # ------------------------------------------------------------------ gradients

    def attach_grad(self, grad_req: str = "write") -> None:
        """Make this array a variable with a gradient buffer of zeros."""
        variables.attach(self, grad_req)

    def drop_grad(self) -> None:
        """Give the gradient up; the entry from before `attach_grad` comes back."""
        variables.drop(self)

    @property
    def grad(self) -> Any:
        """The gradient: each access wraps the same buffer. None unless attached."""
        return variables.gradient(self)

    @property
    def _fresh_grad(self) -> bool:
        return variables.leaf_of(self).fresh

    @_fresh_grad.setter
    def _fresh_grad(self, fresh: bool) -> None:
        variables.leaf_of(self).fresh = bool(fresh)

    def backward(
        self, out_grad: Any = None, retain_graph: bool = False, train_mode: bool = True
    ) -> None:
        """Compute the gradients of all variables this array was computed from.

        Parameters
        ----------
        out_grad : cotangent of this array; None means ones.
        retain_graph : keep the graph, so that it can be passed through again.
        train_mode : the mode in which derivatives are computed.
        """
        variables.backward([self], [out_grad], retain_graph, train_mode)

    def detach(self) -> Any:
        """The same memory without a gradient."""
        if isinstance(self._data, np.generic):
            self._data = np.asarray(self._data)
        return type(self)(self._data)

    # ------------------------------------------------------------------ copies and devices

    def copy(self) -> Any:
        """A copy, recorded."""
        return call(np.copy, (self,))

    def __deepcopy__(self, memo: Any) -> Any:
        """A copy, recorded: `dataclasses.asdict` and the like copy what they find."""
        return self.copy()

    def astype(self, dtype: Any, *args: Any, copy: bool = True, **kwargs: Any) -> Any:
        """The values in another precision, recorded; the gradient comes back in this one."""
        if not copy and np.dtype(dtype) == self._data.dtype:
            return self
        return variables.cast(self, dtype)

    def as_in_context(self, context: Any) -> Any:
        """Itself: there is one device."""
        return self

    as_in_ctx = as_in_context
    to_device = as_in_context

    def as_np_ndarray(self) -> Array:
        """The same array with NumPy's semantics: itself."""
        return self

    def copyto(self, other: Any) -> Any:
        """Copy into another array, or to a device."""
        if isinstance(other, Tensor):
            write(other, Ellipsis, self)
            return other
        return self.copy()

    def tostype(self, stype: str) -> Any:
        """Itself; only dense storage exists."""
        if stype != "default":
            raise ValueError(f"storage type {stype!r} does not exist here; only 'default' does")
        return self

    def wait_to_read(self) -> None:
        """Nothing to wait for: everything has been computed."""

    # ------------------------------------------------------------------ methods of functions

    @property
    def T(self) -> Any:
        return self.transpose()

    def transpose(self, *axes: Any) -> Any:
        """Axes in another order; a copy, as in MXNet."""
        order = axes[0] if len(axes) == 1 and not isinstance(axes[0], int) else axes or None
        return own_memory(call(np.transpose, (self, order)))

    def swapaxes(self, axis1: int, axis2: int) -> Any:
        """Two axes exchanged; a copy."""
        return own_memory(call(np.swapaxes, (self, axis1, axis2)))

    def reshape(self, *shape: Any, order: str = "C") -> Any:
        """The same elements in another shape, sharing memory."""
        new = shape[0] if len(shape) == 1 and not isinstance(shape[0], int) else shape
        if isinstance(new, np.integer | Array):
            new = int(new)
        return call(np.reshape, (self, new), {} if order == "C" else {"order": order})

    def reshape_like(self, other: Any) -> Any:
        """The same elements in the shape of another array."""
        return self.reshape(other.shape)

    def broadcast_to(self, shape: Any) -> Any:
        """Repeated to a shape."""
        return own_memory(call(np.broadcast_to, (self, shape)))

    def broadcast_like(self, other: Any) -> Any:
        """Repeated to the shape of another array."""
        return self.broadcast_to(other.shape)

    def repeat(self, repeats: Any, axis: int | None = None) -> Any:
        return call(np.repeat, (self, repeats, axis))

    def tile(self, reps: Any) -> Any:
        return call(np.tile, (self, reps))

    def flatten(self, order: str = "C") -> Any:
        return own_memory(call(np.ravel, (self, order)))

    def dot(self, other: Any) -> Any:
        return call(np.dot, (self, other))

    def round(self, decimals: int = 0) -> Any:
        return call(np.round, (self, decimals))

    def clip(self, a_min: Any = None, a_max: Any = None) -> Any:
        """Values within bounds; None means no bound."""
        low = -np.inf if a_min is None else a_min
        return call(np.clip, (self, low, np.inf if a_max is None else a_max))

    def take(self, indices: Any, axis: int | None = None, mode: str = "clip") -> Any:
        return call(np.take, (self, integers(indices), axis), {"mode": mode})


def own_memory(result: Any) -> Any:
    """Give a view memory of its own, so that writing to the operand does not change it."""
    if isinstance(result._data, np.ndarray) and result._data.base is not None:
        result._data = result._data.copy()
    return result


def integers(indices: Any) -> Any:
    values = np.asarray(raw(indices))
    return values if values.dtype.kind in "iub" else values.astype(np.int64)


def _method(function: Callable[..., Any]) -> Callable[..., Any]:
    def method(self: Array, *args: Any, **kwargs: Any) -> Any:
        return call(function, (self, *args), kwargs)

    method.__name__ = function.__name__
    method.__doc__ = f"`numpy.{function.__name__}` of this array."
    return method


_FUNCTIONS: tuple[Any, ...] = (
    *(np.sum, np.mean, np.prod, np.max, np.min, np.var, np.std, np.all, np.any),
    *(np.argmax, np.argmin, np.argsort, np.sort, np.cumsum, np.cumprod, np.squeeze),
    *(np.ravel, np.diagonal, np.trace, np.nonzero, np.expand_dims),
    *(np.exp, np.log, np.log2, np.log10, np.log1p, np.expm1, np.sqrt, np.cbrt, np.square),
    *(np.sin, np.cos, np.tan, np.arcsin, np.arccos, np.arctan, np.sinh, np.cosh, np.tanh),
    *(np.arcsinh, np.arccosh, np.arctanh, np.abs, np.sign, np.floor, np.ceil, np.trunc),
    *(np.rint, np.reciprocal, np.degrees, np.radians, np.split, np.flip),
)
# `numpy.max` calls itself amax, and `abs` absolute.
_METHODS = {f.__name__: f for f in _FUNCTIONS} | {
    "abs": np.absolute,
    "max": np.max,
    "min": np.min,
    "fix": np.trunc,
}
for _name, _function in _METHODS.items():
    setattr(Array, _name, _method(_function))
