"""The core language as readable Python text."""

from adjoint.emit.module import entry_points, load, module_of, named, source_of

__all__ = ["entry_points", "load", "module_of", "named", "source_of"]
