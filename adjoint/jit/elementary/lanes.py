"""Arithmetic on one float64, or on several in the lanes of a vector register, written once.

A kernel is a Python function of `Lanes`: run, it writes LLVM instructions for as many lanes as its
arguments have. No operation may be reassociated or contracted, so that a result has the same bits
whether it was computed alone or beside others.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from llvmlite import ir

DOUBLE, INT64 = ir.DoubleType(), ir.IntType(64)


class Lanes:
    """A float64 (or an integer, or a truth value) in each of `width` lanes."""

    def __init__(self, builder: Any, value: Any) -> None:
        self.builder = builder
        self.value = value

    @property
    def width(self) -> int:
        """How many numbers there are."""
        return self.value.type.count if isinstance(self.value.type, ir.VectorType) else 1

    def __add__(self, other: Operand) -> Lanes:
        return self._operation("add", other)

    def __sub__(self, other: Operand) -> Lanes:
        return self._operation("sub", other)

    def __mul__(self, other: Operand) -> Lanes:
        return self._operation("mul", other)

    def __truediv__(self, other: Operand) -> Lanes:
        return self._operation("div", other)

    def __rsub__(self, other: Operand) -> Lanes:
        return self.like(other) - self

    def __rtruediv__(self, other: Operand) -> Lanes:
        return self.like(other) / self

    __radd__, __rmul__ = __add__, __mul__

    def __neg__(self) -> Lanes:
        return self._made(self.builder.fneg(self.value))

    def __and__(self, other: Operand) -> Lanes:
        return self._made(self.builder.and_(self.value, self.like(other).value))

    def __or__(self, other: Operand) -> Lanes:
        return self._made(self.builder.or_(self.value, self.like(other).value))

    def __xor__(self, other: Operand) -> Lanes:
        return self._made(self.builder.xor(self.value, self.like(other).value))

    def __lshift__(self, count: int) -> Lanes:
        return self._made(self.builder.shl(self.value, self.like(count).value))

    def __rshift__(self, count: int) -> Lanes:
        """Shift zeros in from the left: AVX2 has no other shift of 64 bits."""
        return self._made(self.builder.lshr(self.value, self.like(count).value))

    def __lt__(self, other: Operand) -> Lanes:
        return self._compared("<", other)

    def __le__(self, other: Operand) -> Lanes:
        return self._compared("<=", other)

    def __gt__(self, other: Operand) -> Lanes:
        return self._compared(">", other)

    def __ge__(self, other: Operand) -> Lanes:
        return self._compared(">=", other)

    def same(self, other: Operand) -> Lanes:
        """Where the two are equal."""
        return self._compared("==", other)

    def like(self, other: Operand) -> Lanes:
        """A constant in all lanes; what is no constant as it is."""
        if isinstance(other, Lanes):
            return other
        return self._made(_constant(self.value.type, other))

    def bits(self) -> Lanes:
        """The representations of floats, as integers."""
        return self._made(self.builder.bitcast(self.value, _with_lanes(INT64, self.width)))

    def float(self) -> Lanes:
        """The floats that integers represent."""
        return self._made(self.builder.bitcast(self.value, _with_lanes(DOUBLE, self.width)))

    def intrinsic(self, name: str, *others: Operand) -> Lanes:
        """One of LLVM's functions that are instructions: `llvm.fma`, `llvm.sqrt`."""
        values = [self.value, *(self.like(other).value for other in others)]
        kind = self.value.type
        suffix = "f64" if self.width == 1 else f"v{self.width}f64"
        signature = ir.FunctionType(kind, [kind] * len(values))
        function = declared(self.builder.module, f"{name}.{suffix}", signature)
        return self._made(self.builder.call(function, values))

    def _operation(self, name: str, other: Operand) -> Lanes:
        prefix = "f" if _is_float(self.value.type) else ""
        operation = getattr(self.builder, prefix + name)
        return self._made(operation(self.value, self.like(other).value))

    def _compared(self, relation: str, other: Operand) -> Lanes:
        is_float = _is_float(self.value.type)
        compare = self.builder.fcmp_ordered if is_float else self.builder.icmp_unsigned
        return self._made(compare(relation, self.value, self.like(other).value))

    def _made(self, value: Any) -> Lanes:
        return Lanes(self.builder, value)


Operand = Lanes | float | int


def fma(x: Lanes, y: Operand, z: Operand) -> Lanes:
    """`x * y + z`, rounded once."""
    return x.intrinsic("llvm.fma", y, z)


def where(test: Lanes, x: Operand, y: Operand) -> Lanes:
    """`x` where the test holds, elsewhere `y`; one of them is no constant."""
    number = x if isinstance(x, Lanes) else y
    assert isinstance(number, Lanes)
    like = number.like
    return like(x)._made(test.builder.select(test.value, like(x).value, like(y).value))


def magnitude(x: Lanes) -> Lanes:
    """|x|."""
    return x.intrinsic("llvm.fabs")


def signed(x: Lanes, sign: Lanes) -> Lanes:
    """|x| with the sign of another."""
    return x.intrinsic("llvm.copysign", sign)


def polynomial(x: Lanes, coefficients: Sequence[float]) -> Lanes:
    """`c[0] + c[1] x + c[2] x**2 …`, four at a time: loops that wait for each result wait less."""
    square = x * x
    fourth = square * square
    fours = [coefficients[k : k + 4] for k in range(0, len(coefficients), 4)]
    *others, total = [_cubic(x, square, four) for four in fours]
    for other in reversed(others):
        total = fma(fourth, total, other)
    return total


def _cubic(x: Lanes, square: Lanes, coefficients: Sequence[float]) -> Lanes:
    low = _line(x, coefficients[:2])
    return low if len(coefficients) < 3 else fma(square, _line(x, coefficients[2:]), low)


def _line(x: Lanes, coefficients: Sequence[float]) -> Lanes:
    first = x.like(coefficients[0])
    return first if len(coefficients) == 1 else fma(x, coefficients[1], first)


def declared(module: Any, name: str, signature: Any) -> Any:
    """A function that is defined elsewhere, declared once in a module."""
    return module.globals.get(name) or ir.Function(module, signature, name)


def vector_of(kind: Any, width: int) -> Any:
    """The type of so many numbers."""
    return kind if width == 1 else ir.VectorType(kind, width)


_with_lanes = vector_of


def _is_float(kind: Any) -> bool:
    return getattr(kind, "element", kind) == DOUBLE


def _constant(kind: Any, number: float) -> Any:
    element = getattr(kind, "element", kind)
    number = float(number) if element == DOUBLE else int(number)
    if isinstance(kind, ir.VectorType):
        return ir.Constant(kind, [ir.Constant(element, number)] * kind.count)
    return ir.Constant(kind, number)
