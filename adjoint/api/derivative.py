"""What gradients and Jacobians have in common: the function they are of."""

from __future__ import annotations

from typing import Any

from adjoint.api.compiled import Compiled


class Derivative(Compiled):
    """A derivative of a function, whose value it can compute as well."""

    def primal(self, *args: Any, **kwargs: Any) -> Any:
        """Return the function's own value, computed by compiled code.

        Parameters
        ----------
        *args, **kwargs : as for the function.
        """
        entry, leaves = self._find(args, kwargs)
        return entry.call_primal(leaves)
