"""A stand-in for the compiler: adjoints written by hand, so that `api` is tested alone."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import pytest

from adjoint.pipeline import Generated
from adjoint.program.core import Dependency
from adjoint.program.structure import Static, Structure, leaves


class Fake:
    """A `generate` that gives modules of one shape.

    Parameters
    ----------
    value : the function's value, an expression in its parameters.
    bars : the gradient with respect to each parameter, expressions.
    constants : outside numbers, which become constants of the module.
    captures : outside arrays, which become parameters.
    mutated : positions of the parameters that are stored to.
    before : a statement that runs first, such as a store.
    """

    def __init__(
        self,
        value: str,
        *,
        constants: tuple[str, ...] = (),
        captures: tuple[str, ...] = (),
        mutated: tuple[int, ...] = (),
        before: str = "pass",
        **bars: str,
    ) -> None:
        self.value, self.bars, self.before = value, bars, before
        self.constants, self.captures, self.mutated = constants, captures, mutated
        self.calls: list[tuple[str, ...]] = []

    def install(self, monkeypatch: pytest.MonkeyPatch) -> Fake:
        """Put it in the place of `adjoint.pipeline.generate`."""
        monkeypatch.setattr("adjoint.pipeline.generate", self)
        return self

    def __call__(
        self,
        function: Any,
        arg_types: tuple[Any, ...],
        wrt: tuple[int, ...],
        structures: Mapping[str, Structure],
        **_: Any,
    ) -> Generated:
        self.calls.append(tuple(map(str, arg_types)))
        names = [leaf.name for structure in structures.values() for leaf in leaves(structure)]
        known = {n: s.value for n, s in structures.items() if isinstance(s, Static)}
        module = self._text(
            function, known, ", ".join([*names, *self.captures]), [names[i] for i in wrt]
        )
        outside = (*self.constants, *self.captures)
        return Generated(
            module=module,
            primal="f",
            adjoint="f_adjoint",
            gradient="f_gradient",
            value_and_gradient="f_value_and_gradient",
            source=module[module.index("def f_adjoint") : module.index("def f_gradient")],
            stages={"syntax": "one", "adjoint": "two"},
            programs=(),
            independent=(),
            explanation=None,  # nobody asks
            captures={name: _read(function, name) for name in self.captures},
            dependencies=tuple(_dependency(function, name) for name in outside),
            mutated=self.mutated,
        )

    def _text(self, function: Any, known: dict[str, Any], params: str, wrt: list[str]) -> str:
        known |= {name: _read(function, name) for name in self.constants}
        constants = [f"{name} = {value!r}" for name, value in known.items()]
        bars = ", ".join(self.bars[name] for name in wrt)
        return "\n".join(
            [
                "import math",
                "import numpy as np",
                *constants,
                f"def f({params}):",
                f"    {self.before}",
                f"    return {self.value}",
                f"def f_adjoint({params}, s_bar):",
                f"    {self.before}",
                f"    return {self.value}, {bars}",
                f"def f_gradient({params}):",
                f"    {self.before}",
                f"    return {bars}",
                f"def f_value_and_gradient({params}):",
                f"    {self.before}",
                f"    return {self.value}, ({bars})",
                "",
            ]
        )


def _read(function: Any, name: str) -> Any:
    outside = inspect.getclosurevars(function)
    return {**outside.globals, **outside.nonlocals}.get(name)


def _dependency(function: Any, name: str) -> Dependency:
    return Dependency(name, _read(function, name), lambda: _read(function, name))
