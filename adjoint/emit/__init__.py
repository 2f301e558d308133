"""The core language as readable Python text."""

from adjoint.emit.module import load, module_of, source_of

__all__ = ["load", "module_of", "source_of"]
