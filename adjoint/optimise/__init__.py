"""Generated code made small and readable, without changing a result."""

from adjoint.program.core import Program


def optimise(program: Program) -> Program:
    return program
