"""What is done with a program as a whole, once it is translated."""

from __future__ import annotations

from adjoint.program.core import Program
from adjoint.syntax.absent import flag_absent_numbers
from adjoint.syntax.checkpoints import split_off_checkpointed
from adjoint.syntax.copies import propagate_copies
from adjoint.syntax.names import Names
from adjoint.syntax.versions import rename_versions


def finished(program: Program, names: Names) -> Program:
    """The program in its final form: one variable a value, absent numbers flagged, no copies."""
    versions = flag_absent_numbers(rename_versions(program, names), names)
    return split_off_checkpointed(propagate_copies(versions, names), names)
