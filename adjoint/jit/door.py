"""A Numba dispatcher whose machine code is made elsewhere.

Numba's dispatcher finds, in C, the overload for the types of the arguments. `Door` is one whose
missing overloads come from a function of ours instead of from compiling its own body. Calls
from Python and calls out of other compiled functions enter through the same table: to Numba it
is a compiled function like any other, so it works as a global, a closure variable and an
argument of `njit` code.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from numba.core import types, typing

from adjoint.errors import InternalError
from adjoint.jit.numba_internals import CPUDispatcher, global_compiler_lock, normalize_signature

Supplier = Callable[[tuple[types.Type, ...]], Any]


class Door(CPUDispatcher):
    """The dispatcher of a gradient.

    Parameters
    ----------
    name : shown by Numba where it prints the function.
    signature : of the user's function; folds keywords and defaults inside compiled code.
    types_of : the Numba types of Python arguments; raises our errors for what has none.
    supply : machine code for argument types; an omitted default arrives as `types.Omitted`.
    more : one parameter more, which compiled code may give by its name.
    """

    def __init__(
        self,
        name: str,
        signature: inspect.Signature,
        types_of: Callable[[tuple[Any, ...]], tuple[types.Type, ...]],
        supply: Supplier,
        more: inspect.Parameter | None = None,
    ) -> None:
        super().__init__(_stub(name, signature), targetoptions={"nopython": True})
        self._types_of = types_of
        self._supply = supply
        self._more = more
        self._count = len(signature.parameters)

    def compile(self, sig: Any) -> Any:
        """Return the entry point for a signature, asking for its machine code once."""
        args, _ = normalize_signature(sig)
        with global_compiler_lock:  # Numba's own, so that two locks cannot wait for each other
            if args not in self.overloads:
                result = self._supply(args)
                if len(args) == self._count:  # Python code gives the further one elsewhere
                    self._insert([arg._code for arg in args], result.entry_point, False)
                self.overloads[args] = result
            return self.overloads[args].entry_point

    def get_call_template(self, args: Any, kws: Any) -> Any:
        """Type a call from compiled code (Numba's protocol)."""
        pysig, folded = self._folded(args, dict(kws))
        folded = tuple(
            arg if isinstance(arg, types.StringLiteral) else types.unliteral(arg) for arg in folded
        )
        self.compile(folded)
        signature = self.overloads[folded].signature
        template = typing.make_concrete_template(self.__name__, self.__name__, [signature])
        return template, pysig, folded, {}

    def _folded(self, args: Any, kws: dict[str, Any]) -> tuple[inspect.Signature, Any]:
        """The types in the order of the parameters, with the further one last where it is given."""
        if self._more is None or self._more.name not in kws:
            return self.fold_argument_types(args, kws)
        further = kws.pop(self._more.name)
        pysig, folded = self.fold_argument_types(args, kws)
        parameters = (*pysig.parameters.values(), self._more)
        return pysig.replace(parameters=parameters), (*folded, further)

    def _make_finalizer(self) -> Callable[[], None]:
        return lambda: None  # the machine code belongs to the module's dispatchers

    def _compile_for_args(self, *args: Any, **kws: Any) -> Any:
        try:
            return self.compile(self._types_of(args))
        finally:
            self._types_active_call.clear()


def _stub(name: str, signature: inspect.Signature) -> Callable[..., Any]:
    def stub(*_: Any) -> Any:
        raise InternalError(f"the body of the door of {name} was entered")

    stub.__name__ = stub.__qualname__ = name
    stub.__signature__ = signature  # type: ignore[attr-defined]
    return stub
