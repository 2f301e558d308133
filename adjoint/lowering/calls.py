"""Calls of the array dialect: which become loops, which views, which stay library calls."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numba.core import types
from numba.np.numpy_support import as_dtype, from_dtype

from adjoint.errors import UnsupportedSyntax
from adjoint.lowering.arrays import allocation, is_array, stored
from adjoint.lowering.displays import display
from adjoint.lowering.indexing import transposed
from adjoint.lowering.joint_calls import item_of, joint_value, library_array
from adjoint.lowering.regions import only_element
from adjoint.program import primitives
from adjoint.program.core import Call, Const, Expr, Name
from adjoint.program.functions import Joint
from adjoint.program.numbers import is_complex
from adjoint.rules.registry import complex_rule_for, rule_for
from adjoint.runtime.stopping import stop_gradient

if TYPE_CHECKING:
    from adjoint.lowering.lower import Lowering

Handler = Callable[["Lowering", str, Call], Any]
_handlers: dict[Callable[..., Any], Handler] = {}


def handles(*functions: Callable[..., Any]) -> Callable[[Handler], Handler]:
    """Register the decorated function as what lowers calls of `functions`."""

    def register(handler: Handler) -> Handler:
        for function in functions:
            _handlers[function] = handler
        return handler

    return register


def lowered(function: Callable[..., Any]) -> bool:
    """Whether calls of a library function become loops or views."""
    return function in _handlers


def lower_call(low: Lowering, target: str, call: Call) -> Any:
    """The value of a call: an array value, a tuple, a scalar expression."""
    if isinstance(call.function, Joint):
        return joint_value(low, target, call)
    values = [low.value(arg) for arg in call.args]
    handler = _handlers.get(call.function)
    if handler is not None:
        result = handler(low, target, call)
        if result is not NotImplemented:
            return result
    if any(is_array(value) for value in values):
        if is_elementwise(call.function):
            return _elementwise(low, target, call)
        return _opaque(low, target, call)
    if any(isinstance(value, tuple) for value in values) or isinstance(
        low.types.get(target), types.Array | types.BaseTuple
    ):
        return _opaque(low, target, call)
    keywords = tuple((key, low.atom(value)) for key, value in call.keywords)
    return Call(call.function, tuple(values), keywords)


def is_elementwise(function: Callable[..., Any]) -> bool:
    """Whether a function of arrays is that function of their elements."""
    if isinstance(function, np.ufunc):
        return function.nin + function.nout <= 5 and function.signature is None
    if function.__module__ in ("_operator", "operator"):
        return function is not operator.matmul
    rule = rule_for(function) or complex_rule_for(function)
    return rule is not None and rule.broadcasts


def _elementwise(low: Lowering, target: str, call: Call) -> Any:
    operands = tuple(low.value(arg) for arg in call.args)
    keywords = dict(call.keywords)
    out = keywords.pop("out", None)
    if keywords:
        raise UnsupportedSyntax(
            f"keyword {next(iter(keywords))!r} of {call.function.__name__} is not supported here",
            low.builder.at,
        )
    if out is None and all(operand.shape == () for operand in operands if is_array(operand)):
        return _of_elements(low, call)
    dtype = low.dtype(out.id if isinstance(out, Name) else target)
    value = low.elementwise(_scalar_form(call.function), operands, dtype, target)
    if not isinstance(out, Name):
        return value
    low.bound["out value"] = value
    low.store(out.id, (Const(Ellipsis),), Name("out value"), False)
    del low.bound["out value"]
    return low.value(out)


def _of_elements(low: Lowering, call: Call) -> Call:
    """A function of arrays without axes: NumPy gives a scalar."""
    values = [low.value(arg) for arg in call.args]
    elements = tuple(v.element(low.builder, ()) if is_array(v) else v for v in values)
    return Call(_scalar_form(call.function), elements)


def _scalar_form(function: Callable[..., Any]) -> Callable[..., Any]:
    """What computes one element: operators read better than the ufuncs of the same meaning."""
    return _OPERATORS.get(function, function)


_OPERATORS: dict[Callable[..., Any], Callable[..., Any]] = {
    np.add: operator.add,
    np.subtract: operator.sub,
    np.multiply: operator.mul,
    np.divide: operator.truediv,
    np.negative: operator.neg,
    np.power: operator.pow,
    np.floor_divide: operator.floordiv,
    np.less: operator.lt,
    np.less_equal: operator.le,
    np.greater: operator.gt,
    np.greater_equal: operator.ge,
    np.equal: operator.eq,
    np.not_equal: operator.ne,
    np.where: primitives.select,
}


def _opaque(low: Lowering, target: str, call: Call) -> Any:
    """A library call on whole arrays; its result is memory of its own."""
    args = tuple(low.argument(arg) for arg in call.args)
    keywords = tuple((key, low.argument(value)) for key, value in call.keywords)
    opaque = Call(call.function, args, keywords)
    if isinstance(low.types.get(target), types.BaseTuple):
        kind = low.types[target]
        whole = low.builder.define(f"{call.function.__name__}_all", kind, opaque)
        return tuple(item_of(low, whole, item, k, call) for k, item in enumerate(kind))
    if not isinstance(low.types.get(target), types.Array):
        return opaque
    if low.bindings[target] == 1:
        low.builder.assign(target, opaque)
        low.bound[target] = library_array(low, target, call, 0)
        return low.bound[target]
    name = low.builder.define(target, low.types[target], opaque)
    return library_array(low, name.id, call, 0)


# --------------------------------------------------------------------------- shapes


@handles(np.shape)
def _shape(low: Lowering, target: str, call: Call) -> Any:
    value = low.value(call.args[0])
    return value.shape if is_array(value) else ()


@handles(len)
def _len(low: Lowering, target: str, call: Call) -> Any:
    value = low.value(call.args[0])
    if isinstance(value, tuple):
        return Const(len(value))
    return value.shape[0] if is_array(value) else NotImplemented


@handles(primitives.dim)
def _dim(low: Lowering, target: str, call: Call) -> Any:
    value = low.value(call.args[0])
    axis = call.args[1]
    return value.shape[axis.value] if isinstance(axis, Const) else NotImplemented


@handles(np.ndim)
def _ndim(low: Lowering, target: str, call: Call) -> Any:
    value = low.value(call.args[0])
    return Const(len(value.shape) if is_array(value) else 0)


@handles(np.size)
def _size(low: Lowering, target: str, call: Call) -> Any:
    value = low.value(call.args[0])
    count: Expr = Const(1)
    for length in value.shape if is_array(value) else ():
        count = low.builder.integer(operator.mul, count, length, stem="count")
    return count


@handles(np.transpose)
def _transpose(low: Lowering, target: str, call: Call) -> Any:
    value = low.value(call.args[0])
    given = dict(zip(("a", "axes"), call.args, strict=False)) | dict(call.keywords)
    if not is_array(value) or not given.keys() <= {"a", "axes"}:
        return NotImplemented
    if given.get("axes", Const(None)) == Const(None):
        return transposed(value)
    ndim, axes = len(value.shape), low.value(given["axes"])
    order = tuple(axis.value % ndim for axis in axes)
    if sorted(order) != list(range(ndim)):
        raise UnsupportedSyntax("axes don't match array", low.builder.at, "name each axis once")
    return transposed(value, order)


@handles(primitives.item)
def _item(low: Lowering, target: str, call: Call) -> Any:
    value = low.value(call.args[0])
    return only_element(low, value) if is_array(value) else value


@handles(np.real)
def _real(low: Lowering, target: str, call: Call) -> Any:
    """The real part of a real array is the array itself."""
    value = low.value(call.args[0])
    return value if is_array(value) and not is_complex(value.dtype) else NotImplemented


@handles(np.copy, np.array, np.asarray, np.ascontiguousarray)
def _copy(low: Lowering, target: str, call: Call) -> Any:
    value = low.value(call.args[0])
    given = dict(zip(("a", "dtype"), call.args, strict=False)) | dict(call.keywords)
    dtype = given.get("dtype")
    if isinstance(dtype, Const) and len(given) == 2 and is_array(value):
        same = from_dtype(np.dtype(dtype.value)) == value.dtype
        if call.function is np.asarray and same:
            return value
        return _astype(low, target, Call(primitives.astype, (call.args[0], dtype)))
    if len(given) > 1 and (is_array(value) or given.keys() != {"a", "dtype"}):
        return NotImplemented
    if isinstance(value, tuple):
        return display(low, low.dtype(target), value)
    if not is_array(value):
        is_made = isinstance(low.types.get(target), types.Array)
        return display(low, low.dtype(target), value) if is_made else NotImplemented
    if call.function is np.asarray:
        return value
    if low.bindings[target] > 1:
        target = low.builder.fresh(target, low.types[target]).id
    return low.compute(target, value)


# --------------------------------------------------------------------------- creation


def _length_atoms(low: Lowering, shape: Any) -> tuple[Expr, ...]:
    return shape if isinstance(shape, tuple) else (shape,)


def allocated(low: Lowering, target: str, shape: tuple[Expr, ...], function: Any) -> Any:
    """An allocation under the target's name, or another if several assignments bind the target."""
    name = target
    if low.bindings[target] > 1:
        name = low.builder.fresh(target, low.types[target]).id
    low.builder.assign(name, allocation(shape, low.dtype(target), function))
    low.remember_lengths(name, shape)
    if all(low.is_stable(n) for n in shape):
        return stored(low.builder, name, shape)
    return low.memory(name)


@handles(np.zeros, np.empty, np.ones)
def _creation(low: Lowering, target: str, call: Call) -> Any:
    shape = low.value(call.args[0] if call.args else dict(call.keywords)["shape"])
    return allocated(low, target, _length_atoms(low, shape), call.function)


@handles(np.zeros_like, np.empty_like, np.ones_like)
def _creation_like(low: Lowering, target: str, call: Call) -> Any:
    value = low.value(call.args[0])
    if not is_array(value):
        return NotImplemented
    function = {np.zeros_like: np.zeros, np.empty_like: np.empty, np.ones_like: np.ones}
    return allocated(low, target, value.shape, function[call.function])


@handles(np.full, np.full_like)
def _full(low: Lowering, target: str, call: Call) -> Any:
    given = dict(zip(("shape", "fill_value", "dtype"), call.args, strict=False))
    given.update(call.keywords)
    first = low.value(given["shape"] if "shape" in given else given["a"])
    shape = first.shape if is_array(first) else _length_atoms(low, first)
    array = allocated(low, target, shape, np.empty)
    content = low.value(given["fill_value"])
    with low.builder.loops(array.shape) as index:
        low.builder.store(array.name, index, content)
    return array


# --------------------------------------------------------------------------- types


@handles(primitives.astype)
def _astype(low: Lowering, target: str, call: Call) -> Any:
    """A cast; of an array, of each element, into a new array."""
    value, dtype = low.value(call.args[0]), call.args[1]
    if not isinstance(dtype, Const):
        return NotImplemented
    cast = np.dtype(dtype.value).type
    if not is_array(value):
        return Call(cast, (value,))
    return low.elementwise(cast, (value,), from_dtype(np.dtype(cast)), target)


@handles(stop_gradient)
def _stop_gradient(low: Lowering, target: str, call: Call) -> Any:
    """A copy of an array, made of constants."""
    value = low.value(call.args[0])
    if not is_array(value):
        return NotImplemented
    name = target
    if low.bindings[target] > 1:
        name = low.builder.fresh(target, low.types[target]).id
    return low.compute(name, low.elementwise(stop_gradient, (value,), value.dtype, target))


@handles(primitives.dtype)
def _dtype(low: Lowering, target: str, call: Call) -> Any:
    """`x.dtype` is known when compiling."""
    value = low.value(call.args[0])
    return Const(as_dtype(value.dtype).type) if is_array(value) else NotImplemented
