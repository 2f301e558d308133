"""The object that `grad` and `value_and_grad` give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adjoint.api.derivative import Derivative
from adjoint.api.differentiable import Differentiable
from adjoint.api.location import definition
from adjoint.api.request import Request
from adjoint.errors import NotDifferentiable
from adjoint.program.gradient_code import GradientCode
from adjoint.program.structure import Structure

if TYPE_CHECKING:
    from adjoint.api.preallocated import Preallocated


class Gradient(Derivative):
    """The gradient of a function, compiled when it is first called with arguments of new types.

    Has the signature, name and docstring of the function. It can be called from Python and from
    functions compiled by Numba, where it may be a global, a closure variable or an argument; and
    on arrays of the tape, where the value of a `value_and_grad` is one recorded operation.
    Made by `adjoint.grad` and `adjoint.value_and_grad`, which describe the arguments.
    """

    def __init__(self, request: Request, recipe: tuple[Any, ...]) -> None:
        super().__init__(request, recipe)
        self._differentiable: Differentiable | None = None

    def differentiable(self) -> Differentiable:
        """Return the function itself, with the same options, as `adjoint.differentiable` does."""
        if self._differentiable is None:
            self._differentiable = Differentiable(self._request, self._recipe)
        return self._differentiable

    def preallocate(self, *args: Any, **kwargs: Any) -> Preallocated:
        """Return this gradient with memory for its tapes that is kept from call to call.

        Parameters
        ----------
        *args, **kwargs : as for the function, which is not run; later ones may be longer.
        """
        from adjoint.api.preallocated import Preallocated  # it imports the compiler

        return Preallocated(self, self._find(args, kwargs)[0])

    def require_code(self) -> None:
        """Refuse where the generated function cannot be part of another program."""
        if self._request.bound:
            name = self._request.name
            raise NotDifferentiable(
                f"the gradient of {name} has arguments bound to it, so it cannot be "
                "differentiated again",
                definition(self._request.function),
                f"take the gradient of the plain function {name} and pass all arguments; "
                f"or `{self._request.tape_call}`",
            )

    def __adjoint_gradient__(
        self, structures: tuple[Structure, ...], kinds: tuple[Any, ...]
    ) -> GradientCode:
        """Return the generated function, for a function that calls this and is differentiated."""
        from adjoint.api.gradient_code import gradient_code  # it imports the compiler

        self.require_code()
        return gradient_code(self._request, structures, kinds)

    def _call_on_tape(self, args: tuple[Any, ...]) -> Any:
        from adjoint.api import on_tape  # it imports the tape, which a compiled call does not need

        return on_tape.call_gradient(self, args)

    def __repr__(self) -> str:
        request = self._request
        names = request.names
        asked = tuple(names[i] if k is None else f"{names[i]}[{k!r}]" for i, k in request.wrt)
        argnums = asked if len(asked) > 1 or request.single else asked[0]
        name = "value_and_grad" if request.value else "grad"
        return f"{name}({request.function.__qualname__}, argnums={argnums!r}{self._options()})"
