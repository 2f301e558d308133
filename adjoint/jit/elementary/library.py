"""The elementary functions as LLVM definitions, and how modules come to call them.

A module *takes* ours: what it declares as a function of the C library is renamed. When all that it
calls is linked, our functions are *defined* in it: that for one number is marked with the names of
those for vectors, which the vectoriser looks for in loops. None is inlined, so code stays small,
and the rare cases may branch.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

from llvmlite import binding, ir

from adjoint.jit.elementary.exponential import exp, expm1, tanh
from adjoint.jit.elementary.inverse import acos, are_moderate, asin, atan, atan2
from adjoint.jit.elementary.lanes import DOUBLE, Lanes, declared, vector_of, where
from adjoint.jit.elementary.logarithm import is_above, is_normal, log, log1p
from adjoint.jit.elementary.trigonometric import cos, is_moderate, sin

KEPT = "llvm.compiler.used"
"""Names what is not to be removed though nothing calls it yet."""


@dataclass(frozen=True)
class Elementary:
    """A function of float64.

    Attributes
    ----------
    name : as in C.
    called : what code of Numba's calls.
    kernel : writes the instructions.
    inside : where they are right; elsewhere C's is called. None if they are everywhere.
    """

    name: str
    called: str
    kernel: Callable[..., Lanes]
    inside: Callable[..., Lanes] | None = None
    arity: int = 1

    def symbol(self, width: int = 1) -> str:
        """The name of the definition for so many lanes."""
        return f"adjoint.{self.name}" + (f".{width}" if width > 1 else "")

    @property
    def outside(self) -> str:
        """C's function, under a name that is not renamed."""
        return f"adjoint.libm.{self.name}"


FUNCTIONS = (
    Elementary("exp", "llvm.exp.f64", exp),
    Elementary("expm1", "expm1", expm1),
    Elementary("tanh", "tanh", tanh),
    Elementary("log", "llvm.log.f64", log, is_normal),
    Elementary("log1p", "log1p", log1p, is_above),
    Elementary("sin", "llvm.sin.f64", sin, is_moderate),
    Elementary("cos", "llvm.cos.f64", cos, is_moderate),
    Elementary("asin", "asin", asin),
    Elementary("acos", "acos", acos),
    Elementary("atan", "atan", atan),
    Elementary("atan2", "atan2", atan2, are_moderate, arity=2),
)

_process = ctypes.CDLL(None)
for _function in FUNCTIONS:
    _address = ctypes.cast(getattr(_process, _function.name), ctypes.c_void_p).value
    binding.add_symbol(_function.outside, _address)


def take(module: Any, codegen: Any) -> None:
    """Have a module call our functions instead of C's; before others are linked into it."""
    for function in _replaceable(module, codegen):
        module.get_function(function.called).name = function.symbol()


def taken(module: Any, codegen: Any) -> Any:
    """A module that calls ours, or a copy that does."""
    if not any(_replaceable(module, codegen)):
        return module
    copied = module.clone()
    take(copied, codegen)
    return copied


@contextmanager
def defined(module: Any, codegen: Any) -> Iterator[None]:
    """While a module is optimised it has our functions in all widths, then in those it uses."""
    define(module, codegen)
    yield
    _forget_unused(module, codegen)


def define(module: Any, codegen: Any) -> None:
    """Give a module the functions that it calls, in all widths."""
    for function in FUNCTIONS:
        if _get(module, function.symbol()) is not None:
            module.link_in(_definitions(function, _widths(codegen)), preserve=True)


def _replaceable(module: Any, codegen: Any) -> Iterator[Elementary]:
    """Those that a module calls C for. One that calls both would need its calls rewritten."""
    if not _is_able(codegen):
        return
    for function in FUNCTIONS:
        if _get(module, function.called) is not None and _get(module, function.symbol()) is None:
            yield function


def _is_able(codegen: Any) -> bool:
    """Whether the processor multiplies and adds in one instruction: without, C's are faster; and
    llvmlite can tidy up."""
    triple, _, features = codegen.magic_tuple()
    has_fma = "+fma" in features.split(",") or triple.startswith(("aarch64", "arm64", "powerpc64"))
    return has_fma and hasattr(binding, "create_new_module_pass_manager")


def _widths(codegen: Any) -> tuple[int, ...]:
    """How many numbers registers hold, the largest and, for what is left over, half of it."""
    triple, _, features = codegen.magic_tuple()
    if not triple.startswith("x86"):
        return (2,)
    return (4, 8) if "+avx512f" in features.split(",") else (2, 4)


def _forget_unused(module: Any, codegen: Any) -> None:
    try:
        kept = module.get_global_variable(KEPT)
    except NameError:
        return
    kept.name, kept.linkage = "adjoint.unused", binding.Linkage.internal
    passes = binding.create_new_module_pass_manager()
    passes.add_global_dead_code_eliminate_pass()
    passes.run(module, codegen._pass_builder())


def _get(module: Any, name: str) -> Any:
    try:
        return module.get_function(name)
    except NameError:
        return None


@cache
def _definitions(function: Elementary, widths: tuple[int, ...]) -> Any:
    module = ir.Module(function.name)
    module.triple = binding.get_process_triple()
    vectors = {width: _definition(module, function, width) for width in widths}
    mapping = ",".join(
        f"_ZGV_LLVM_N{width}{'v' * function.arity}_{function.symbol()}({vector.name})"
        for width, vector in vectors.items()
    )
    variants = f'"vector-function-abi-variant"="{mapping}"'
    _mark(_definition(module, function, 1), "speculatable", "willreturn", variants)
    _keep(module, vectors.values())
    parsed = binding.parse_assembly(str(module))
    parsed.verify()
    return parsed


def _definition(module: Any, function: Elementary, width: int) -> Any:
    kind = vector_of(DOUBLE, width)
    signature = ir.FunctionType(kind, [kind] * function.arity)
    definition = ir.Function(module, signature, function.symbol(width))
    definition.linkage = "linkonce_odr"
    _mark(definition, "noinline", "nounwind", "readnone")
    builder = ir.IRBuilder(definition.append_basic_block())
    args = [Lanes(builder, arg) for arg in definition.args]
    result = function.kernel(*args)
    if function.inside is not None:
        result = _corrected(function, args, result, function.inside(*args))
    builder.ret(result.value)
    return definition


def _mark(function: Any, *attributes: str) -> None:
    for attribute in attributes:
        set.add(function.attributes, attribute)  # llvmlite does not know all that LLVM does


def _keep(module: Any, functions: Any) -> None:
    pointer = ir.IntType(8).as_pointer()
    addresses = [function.bitcast(pointer) for function in functions]
    kind = ir.ArrayType(pointer, len(addresses))
    kept = ir.GlobalVariable(module, kind, KEPT)
    kept.linkage, kept.section = "appending", "llvm.metadata"
    kept.initializer = ir.Constant(kind, addresses)


def _corrected(function: Elementary, args: list[Lanes], result: Lanes, inside: Lanes) -> Lanes:
    """C's results in the lanes where ours are not right; registers without any skip that."""
    builder, kind = result.builder, result.value.type
    outside, done = (builder.append_basic_block(name) for name in ("outside", "done"))
    before = builder.block
    builder.cbranch(_all(inside), done, outside).set_weights([1000, 1])
    builder.position_at_end(outside)
    corrected = where(inside, result, Lanes(builder, _of_c(function, builder, args)))
    builder.branch(done)
    builder.position_at_end(done)
    merged = builder.phi(kind)
    merged.add_incoming(result.value, before)
    merged.add_incoming(corrected.value, outside)
    return Lanes(builder, merged)


def _all(test: Lanes) -> Any:
    if test.width == 1:
        return test.value
    whole = ir.IntType(test.width)
    return test.builder.icmp_unsigned(
        "==", test.builder.bitcast(test.value, whole), ir.Constant(whole, -1)
    )


def _of_c(function: Elementary, builder: Any, args: list[Lanes]) -> Any:
    signature = ir.FunctionType(DOUBLE, [DOUBLE] * function.arity)
    called = declared(builder.module, function.outside, signature)
    _mark(called, "nounwind", "readnone")
    if args[0].width == 1:
        return builder.call(called, [arg.value for arg in args])
    results: Any = ir.Constant(args[0].value.type, ir.Undefined)
    for lane in range(args[0].width):
        index = ir.Constant(ir.IntType(32), lane)
        values = [builder.extract_element(arg.value, index) for arg in args]
        results = builder.insert_element(results, builder.call(called, values), index)
    return results
