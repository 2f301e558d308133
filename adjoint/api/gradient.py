"""The object that `grad` and `value_and_grad` give."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Mapping
from typing import Any

from numba.core import types

from adjoint.api.binding import Binding
from adjoint.api.entry import Entry
from adjoint.api.references import scan
from adjoint.api.request import Request
from adjoint.api.version import Detour, Version
from adjoint.jit.numba_internals import global_compiler_lock


class Gradient:
    """The gradient of a function, compiled when it is first called with arguments of new types.

    Has the signature, name and docstring of the function. It can be called from Python and from
    functions compiled by Numba, where it may be a global, a closure variable or an argument.
    Made by `adjoint.grad` and `adjoint.value_and_grad`, which describe the arguments.
    """

    is_gradient = True  # for `references`, which may not import this module
    __wrapped__: Callable[..., Any]
    __name__: str
    __qualname__: str

    def __init__(self, request: Request, recipe: tuple[Any, ...]) -> None:
        functools.update_wrapper(self, request.function, updated=())
        self._request = request
        self._recipe = recipe  # what pickle calls to make it again
        self._count = len(request.names)
        self._bound = Binding(request.function)
        self._versions: dict[str, Version] = {}
        self._version: Version | None = None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return the gradient at these arguments, or the pair of value and gradient."""
        if kwargs or len(args) != self._count:
            args = self._bound(args, kwargs)
        version = self._version
        if version is None or version.changed():
            version = self._present_version()
        if version.direct:
            try:
                return version.door(*args)
            except Detour:
                pass  # the first call that found out; the entry is made
            except ValueError:
                version.types(args)  # Numba's C code has its own words for an empty list
                raise
        return version.entry(args).call(args)

    def primal(self, *args: Any, **kwargs: Any) -> Any:
        """Return the function's own value, computed by compiled code.

        Parameters
        ----------
        *args, **kwargs : as for the function.
        """
        args, entry = self._entry(args, kwargs)
        return entry.call_primal(args)

    def source(self, *args: Any, **kwargs: Any) -> str:
        """Return the text of the adjoint for arguments of these types.

        Parameters
        ----------
        *args, **kwargs : as for the function, which is not run.
        """
        return self._entry(args, kwargs)[1].made.record.source

    def stages(self, *args: Any, **kwargs: Any) -> Mapping[str, str]:
        """Return the text of every program between the function and its adjoint, by stage name.

        Parameters
        ----------
        *args, **kwargs : as for the function, which is not run.
        """
        return self._entry(args, kwargs)[1].generated().stages

    @property
    def _numba_type_(self) -> types.Type:
        return self._present_version().door._numba_type_

    def __repr__(self) -> str:
        request = self._request
        asked = tuple(request.names[i] for i in request.wrt)
        argnums = asked if len(asked) > 1 or request.single else asked[0]
        options = "".join(
            f", {name}={not default}"
            for name, default in (("jit", True), ("fastmath", False), ("cache", True))
            if getattr(request, name) is not default
        )
        name = "value_and_grad" if request.value else "grad"
        return f"{name}({request.function.__qualname__}, argnums={argnums!r}{options})"

    def __reduce__(self) -> str | tuple[Any, ...]:
        module = sys.modules.get(self.__module__)
        if getattr(module, self.__qualname__, None) is self:  # it took its function's name
            return self.__qualname__
        return self._recipe

    def _entry(
        self, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[tuple[Any, ...], Entry]:
        if kwargs or len(args) != self._count:
            args = self._bound(args, kwargs)
        return args, self._present_version().entry(args)

    def _present_version(self) -> Version:
        with global_compiler_lock:  # Numba's: a second lock could wait for the first
            if self._version is not None and not self._version.changed():
                return self._version
            references = scan(self._request.function)
            version = self._versions.get(references.fingerprint)
            if version is None or not version.renew(references):
                version = Version(self._request, references)
                self._versions[references.fingerprint] = version
            self._version = version
            return version
