"""LLVM told which loads and stores are never to the same memory.

    x[i] = y[i]       →      store …, !alias.scope {x}, !noalias {y}

Without it each loop over several arrays first compares their addresses, and exists twice: once in
vectors, once for arrays that overlap. With many arrays LLVM gives up, and what a loop adds to a
cell goes through memory each time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir as llvm
from numba.core import types

from adjoint.jit.apart import origins
from adjoint.jit.from_the_front import count_from_the_front
from adjoint.jit.numba_internals import Lower, NativeLowering, ir, register_pass
from adjoint.program.numbers import item_types

_MOST = 64  # places that arrays come from: lists of scopes grow with their square
_DECLARE = "llvm.experimental.noalias.scope.decl"


@register_pass(mutates_CFG=True, analysis_only=False)
class LoweringWithScopes(NativeLowering):
    """Numba's pass that makes LLVM code of a function.

    Parameters are taken for apart in memory if the function has an attribute `apart` that is true.
    """

    _name = "adjoint_lowering_with_scopes"

    def run_pass(self, state: Any) -> bool:
        """Lower the function."""
        self._apart = getattr(state.func_id.func, "apart", False)
        count_from_the_front(state.func_ir.blocks, state.typemap, state.calltypes)
        return bool(super().run_pass(state))

    @property
    def lowering_class(self) -> Any:
        """Numba's hook for the class that lowers a function."""
        return _LowerApart if self._apart else _Lower


class _Lower(Lower):
    """Numba's lowering, with scopes on what is loaded and stored by index."""

    parameters_are_apart = False

    def pre_lower(self) -> None:
        """Declare the scopes where the function starts."""
        super().pre_lower()
        self._origins = origins(self.blocks, self.fndesc.typemap, self.parameters_are_apart)
        places = sorted(set().union(*self._origins.values()))
        if not 1 < len(places) <= _MOST:
            self._origins = {}
            return
        name = self.fndesc.mangled_name
        domain = self.module.add_metadata([name])
        self._scopes = {p: self.module.add_metadata([f"{name} {p}", domain]) for p in places}
        # Inlined in a loop, each iteration has scopes of its own.
        declared = llvm.FunctionType(llvm.VoidType(), [llvm.MetaDataType()])
        declare = self.module.declare_intrinsic(_DECLARE, fnty=declared)
        for scope in self._scopes.values():
            self.builder.call(declare, [self.module.add_metadata([scope])])

    def lower_inst(self, inst: Any) -> None:
        """Lower a statement, and put it in the scope of the array it indexes."""
        found = self._origins.get(self._indexed(inst))
        block = self.builder.block
        start = len(block.instructions)
        super().lower_inst(inst)
        if not found or self.builder.block is not block:
            return
        accesses = [i for i in block.instructions[start:] if _is_to_an_item(i)]
        for access in accesses:
            access.set_metadata("alias.scope", self._list_of(lambda place: place in found))
            access.set_metadata("noalias", self._list_of(lambda place: place not in found))

    def _list_of(self, wanted: Callable[[str], bool]) -> Any:
        return self.module.add_metadata([s for place, s in self._scopes.items() if wanted(place)])

    def _indexed(self, inst: Any) -> str:
        """The array of which a statement loads or stores one item; "" if it does neither."""
        match inst:
            case ir.SetItem(target=array, index=index, value=value):
                involved = [index, value]
            case ir.StaticSetItem(target=array, index_var=index, value=value):
                involved = [index, value]
            case ir.Assign(value=ir.Expr(op="getitem" | "typed_getitem") as item):
                array, involved = item.value, [item.index]
            case ir.Assign(value=ir.Expr(op="static_getitem") as item):
                array, involved = item.value, [item.index_var]
            case _:
                return ""
        one = all(_is_of_numbers(self.typeof(variable.name)) for variable in involved)
        return str(array.name) if one else ""


class _LowerApart(_Lower):
    parameters_are_apart = True


def _is_of_numbers(kind: Any) -> bool:
    if isinstance(kind, types.BaseTuple):
        return all(_is_of_numbers(item) for item in item_types(kind))
    return isinstance(kind, types.Number | types.Boolean)


def _is_to_an_item(made: Any) -> bool:
    """Whether an instruction loads or stores, and not a variable of the function."""
    if not isinstance(made, llvm.LoadInstr | llvm.StoreInstr):
        return False
    pointer = made.operands[-1]
    while isinstance(pointer, llvm.GEPInstr | llvm.CastInstr):
        pointer = pointer.operands[0]
    return not isinstance(pointer, llvm.AllocaInstr)
