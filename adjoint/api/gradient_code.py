"""A gradient's generated function for a program that calls it and is differentiated itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count
from typing import Any

from adjoint.api.arguments import require_float
from adjoint.api.describe import Arguments, Description
from adjoint.api.rebuild import chosen_parts
from adjoint.api.request import Request
from adjoint.api.specialise import regenerate
from adjoint.jit.module import shared_module
from adjoint.program.gradient_code import GradientCode
from adjoint.program.structure import Branch, Leaf, Static, Structure
from adjoint.program.user_rules import stands_for


def gradient_code(
    request: Request, structures: tuple[Structure, ...], kinds: tuple[Any, ...]
) -> GradientCode:
    """Generate the function for arguments of these structures and types of leaves.

    Raises
    ------
    AdjointError : as a call of the gradient would.
    """
    arguments = _arguments(request, structures, kinds)
    require_float(request.function, arguments, request.wrt)
    made = regenerate(replace(request, parallel=False), arguments)  # it is differentiated as it is
    name = made.value_and_gradient if request.value else made.gradient
    parts = chosen_parts(arguments, request.wrt)
    number = count()
    shapes = [_bars(part.structure, iter(part.floats), number) for part in parts]
    whole = shapes[0]
    if len(shapes) > 1 or request.single:
        whole = Branch(tuple, tuple(range(len(shapes))), tuple(shapes))
    module = shared_module(request.name, made.module, None, jit=False)
    for given, rule in made.given.items():
        stands_for(module.function(given), rule)
    return GradientCode(
        function=module.function(name),
        captures=made.captures,
        dependencies=made.dependencies,
        gradient=whole,
        count=next(number),
        value=request.value,
        mutated=made.mutated,
    )


def _arguments(
    request: Request, structures: Sequence[Structure], kinds: Sequence[Any]
) -> Arguments:
    """What the arguments look like to the compiler, named after the parameters."""
    description = Description(request.function, request.names, ())

    def described(structure: Structure, name: str, label: str, parameter: str) -> Structure:
        if isinstance(structure, Leaf):
            description.add(kinds[int(structure.name)], label, False)
            return Leaf(name if name == parameter else description.fresh(name))
        if isinstance(structure, Static):
            return description.constant(structure.value)
        description.note(structure.kind, structure.keys)
        below = tuple(
            described(child, f"{name}_{key}", f"{label}[{key!r}]", parameter)
            for key, child in zip(structure.keys, structure.children, strict=True)
        )
        return Branch(structure.kind, structure.keys, below)

    return description.done(
        tuple(
            described(structure, name, name, name)
            for name, structure in zip(request.names, structures, strict=True)
        )
    )


def _bars(structure: Structure, floats: Iterator[bool], number: Iterator[int]) -> Structure:
    """The structure with its leaves named by the positions of their bars."""
    if isinstance(structure, Leaf):
        return Leaf(str(next(number))) if next(floats) else Static(None)
    if isinstance(structure, Static):
        return Static(None)
    below = tuple(_bars(child, floats, number) for child in structure.children)
    return Branch(structure.kind, structure.keys, below)
