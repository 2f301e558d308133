"""Adjoints of library calls on whole arrays: products, and calls of kernels of the runtime.

z = np.linalg.solve(a, b)     →     bars = kernels_compiled.solve_bars(a, b, z_bar)
                                    a_bar += bars[0]
                                    b_bar += bars[1]
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeGuard

import numpy as np
from numba.core import types

from adjoint.errors import NoRule
from adjoint.lowering.arrays import allocation
from adjoint.program.core import Assign, Call, Const, Expr, Item, Name, Store
from adjoint.program.numbers import is_complex, is_float
from adjoint.reverse.result_items import clear_bar, result_variables
from adjoint.rules.registry import Rule
from adjoint.runtime import eigen, fourier, kernels_compiled, kernels_complex

if TYPE_CHECKING:
    from adjoint.reverse.generate import ReverseSweep


@dataclass(frozen=True)
class Kernel:
    """A compiled adjoint.

    Attributes
    ----------
    function : takes all operands, then a cotangent for each item of the result (an array without
        elements for one that nothing depends on); returns a tuple of the arrays' cotangents.
    ndim : numbers of dimensions that each array may have; none of an operand that is a scalar.
    of_complex : whether the arrays hold complex numbers.
    of_either : whether they may hold either.
    """

    function: Callable[..., Any]
    ndim: tuple[tuple[int, ...], ...]
    of_complex: bool = False
    of_either: bool = False


_VECTOR, _MATRIX = (1,), (2,)

KERNELS: dict[Callable[..., Any], Kernel] = {
    np.linalg.solve: Kernel(kernels_compiled.solve_bars, (_MATRIX, (1, 2)), of_either=True),
    np.linalg.inv: Kernel(kernels_compiled.inv_bars, (_MATRIX,), of_either=True),
    np.linalg.det: Kernel(kernels_compiled.det_bars, (_MATRIX,), of_either=True),
    np.linalg.slogdet: Kernel(kernels_compiled.slogdet_bars, (_MATRIX,)),
    np.linalg.cholesky: Kernel(kernels_compiled.cholesky_bars, (_MATRIX,), of_either=True),
    np.linalg.eig: Kernel(kernels_compiled.eig_bars, (_MATRIX,), of_complex=True),
    eigen.real_eig: Kernel(kernels_compiled.real_eig_bars, (_MATRIX,)),
    np.linalg.eigh: Kernel(kernels_compiled.eigh_bars, (_MATRIX,)),
    np.linalg.svd: Kernel(kernels_compiled.svd_bars, (_MATRIX, ())),
    np.linalg.qr: Kernel(kernels_compiled.qr_bars, (_MATRIX,)),
    np.linalg.pinv: Kernel(kernels_compiled.pinv_bars, (_MATRIX, ())),
    np.outer: Kernel(kernels_compiled.outer_bars, (_VECTOR, _VECTOR)),
    np.sort: Kernel(kernels_compiled.sort_bars, (_VECTOR,)),
    np.cumsum: Kernel(kernels_compiled.cumsum_bars, (_VECTOR,)),
    np.cumprod: Kernel(kernels_compiled.cumprod_bars, (_VECTOR,)),
    fourier.forward: Kernel(fourier.forward_bars, (_MATRIX,), of_complex=True),
    fourier.backward: Kernel(fourier.backward_bars, (_MATRIX,), of_complex=True),
}

COMPLEX_KERNELS: dict[Callable[..., Any], Kernel] = {
    np.linalg.slogdet: Kernel(kernels_complex.slogdet_bars, (_MATRIX,), of_complex=True),
    np.linalg.eigh: Kernel(kernels_complex.eigh_bars, (_MATRIX,), of_complex=True),
    np.linalg.svd: Kernel(kernels_complex.svd_bars, (_MATRIX, ()), of_complex=True),
    np.linalg.qr: Kernel(kernels_complex.qr_bars, (_MATRIX,), of_complex=True),
    np.linalg.pinv: Kernel(kernels_complex.pinv_bars, (_MATRIX, ()), of_complex=True),
}
"""Those of functions whose adjoint is another one for complex numbers."""


def array_call_adjoint(
    sweep: ReverseSweep, stmt: Assign, target: str, call: Call, rule: Rule
) -> None:
    """Emit the adjoint of `target = call`, whose operands or result are arrays."""
    if call.function in (np.dot, np.matmul, operator.matmul):
        _product(sweep, stmt, target, call)
        clear_bar(sweep, target, stmt)
        return
    candidates = (table.get(call.function) for table in (KERNELS, COMPLEX_KERNELS))
    types_of = sweep.facts.types
    kernel = next((k for k in candidates if k is not None and _applies(k, call, types_of)), None)
    if kernel is None:
        raise NoRule(
            f"the derivative of this form of {call.function.__name__} is not available in "
            "compiled code yet",
            stmt.at,
            "write it as loops, or with elementwise functions, sums and products",
        )
    _kernel_call(sweep, stmt, call, kernel)


def _applies(kernel: Kernel, call: Call, table: dict[str, Any]) -> bool:
    if call.keywords or len(call.args) != len(kernel.ndim):
        return False
    allowed = [is_complex] if kernel.of_complex else [is_float]
    if kernel.of_either:
        allowed = [is_float, is_complex]
    return any(all(map(partial(_fits, table, holds), call.args, kernel.ndim)) for holds in allowed)


def _fits(
    table: dict[str, Any], holds: Callable[[Any], bool], arg: Expr, allowed: tuple[int, ...]
) -> bool:
    """Whether an operand is an array of such numbers with so many dimensions, or a scalar."""
    kind = table[arg.id] if isinstance(arg, Name) else None
    if not isinstance(kind, types.Array):
        return isinstance(arg, Name | Const) and not allowed
    return holds(kind) and kind.ndim in allowed


def _kernel_call(sweep: ReverseSweep, stmt: Assign, call: Call, kernel: Kernel) -> None:
    items = result_variables(stmt, sweep)
    if not any(name is not None and sweep.has_bar(name) for name, _ in items):
        return
    arrays = [arg for arg in call.args if _is_array(arg, sweep)]
    given = tuple(
        sweep.array_operand(arg, stmt) if arg in arrays else sweep.operand(arg, stmt)
        for arg in call.args
    )
    seeds = tuple(_seed(sweep, name, kind) for name, kind in items)
    kinds = [sweep.facts.types[arg.id] for arg in arrays]
    bars = sweep.fresh("bars", types.BaseTuple.from_types(kinds))
    sweep.emit(Assign(bars.id, Call(kernel.function, (*given, *seeds))))
    for name, _ in items:
        if name is not None:
            sweep.bars.live.discard(name)
            clear_bar(sweep, name, stmt)
    for k, arg in enumerate(arrays):
        if sweep._is_active(arg):
            _add(sweep, arg, Item(bars, (Const(k),)))


def _is_array(arg: Expr, sweep: ReverseSweep) -> TypeGuard[Name]:
    return isinstance(arg, Name) and isinstance(sweep.facts.types[arg.id], types.Array)


def _seed(sweep: ReverseSweep, name: str | None, kind: Any) -> Expr:
    """The cotangent of an item of the result; nothing for one that nothing depends on."""
    if name is not None and sweep.has_bar(name):
        return sweep.bars.name(name)
    if not isinstance(kind, types.Array):
        return Const(0.0)
    nothing = sweep.fresh("nothing", types.Array(kind.dtype, kind.ndim, "C"))
    sweep.emit(Assign(nothing.id, allocation((Const(0),) * kind.ndim, kind.dtype)))
    return nothing


def _product(sweep: ReverseSweep, stmt: Assign, target: str, call: Call) -> None:
    """z = x @ y of matrices: x_bar += z_bar yᵀ, y_bar += xᵀ z_bar (Giles 2008, sec. 2.2.2)."""
    left, right = call.args
    bar: Expr = sweep.bars.name(target)
    if sweep._is_active(left):
        transposed = Call(np.transpose, (sweep.array_operand(right, stmt),))
        _add(sweep, left, Call(np.dot, (bar, transposed)))
    if sweep._is_active(right):
        transposed = Call(np.transpose, (sweep.array_operand(left, stmt),))
        _add(sweep, right, Call(np.dot, (transposed, bar)))


def _add(sweep: ReverseSweep, operand: Expr, amount: Expr) -> None:
    """Add an array to the bar of an operand."""
    assert isinstance(operand, Name)
    bar = sweep.bars.name(operand.id).id
    product = sweep.fresh(f"{operand.id}_bar", sweep.facts.types[operand.id])
    sweep.emit(Assign(product.id, amount))
    with sweep.loops_over(operand.id) as index:
        sweep.emit(Store(bar, index, Item(product, index), accumulate=True))
