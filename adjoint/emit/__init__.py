"""The core language as readable Python text."""

from adjoint.emit.module import entry_points, lines_of, load, module_of, named, source_of
from adjoint.emit.parts import expression_text, head_text, line_text
from adjoint.emit.texts import Texts

__all__ = [
    "Texts",
    "entry_points",
    "expression_text",
    "head_text",
    "line_text",
    "lines_of",
    "load",
    "module_of",
    "named",
    "source_of",
]
