"""Docstrings of generated functions: what they compute, types of parameters, what they return."""

from __future__ import annotations

import textwrap

from adjoint.explanation.words import type_text
from adjoint.pipeline import Generated
from adjoint.program.core import Program

_WIDTH = 93


def docstring(program: Program, generated: Generated) -> str:
    """The docstring of one of a module's functions."""
    told = generated.explanation
    name = told.function
    bars = _bars(generated)
    about = {
        generated.primal: (f"Return what `{name}` does.", told.result),
        generated.adjoint: (
            f"Return the value of `{name}` and the cotangents of {_listed(bars)}.",
            f"({told.result}, {', '.join(bars.values())})",
        ),
        generated.gradient: (
            f"Return the gradient of `{name}` with respect to {_listed(bars)}.",
            _one_or_tuple(bars),
        ),
        generated.value_and_gradient: (
            f"Return the value of `{name}` and its gradient with respect to {_listed(bars)}.",
            f"({told.result}, {_one_or_tuple(bars)})",
        ),
    }
    types = dict(told.parameters)
    if program.name not in about:
        types = {param: type_text((program.types or {})[param]) for param in program.params}
        return _text(f"A function that `{name}` calls.", types, "")
    summary, result = about[program.name]
    if program.name == generated.adjoint:
        seed = program.params[-1]
        types[seed] = f"{type_text((program.types or {})[seed])}, the cotangent of the result"
    return _text(summary, types, result)


def _bars(generated: Generated) -> dict[str, str]:
    """Types of the parameters that the adjoint returns cotangents of."""
    types = dict(generated.explanation.parameters)
    return {name: types[name] for name in generated.independent}


def _listed(names: dict[str, str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def _one_or_tuple(bars: dict[str, str]) -> str:
    texts = list(bars.values())
    return f"({', '.join(texts)})" if len(texts) > 1 else texts[0]


def _text(summary: str, types: dict[str, str], result: str) -> str:
    lines = textwrap.wrap(summary, _WIDTH)
    if types:
        lines += ["", "Parameters", "----------"]
        lines += [part for n, t in types.items() for part in _wrapped(f"{n} : {t}")]
    if result:
        lines += ["", "Returns", "-------", *_wrapped(result)]
    return "\n    ".join(lines).replace("\n    \n", "\n\n") + "\n    "


def _wrapped(line: str) -> list[str]:
    return textwrap.wrap(line, _WIDTH, subsequent_indent="    ")
