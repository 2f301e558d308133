"""Generated code made small, fast and readable, without changing a result but for rounding.

A pass is a function from program to program in a file of its own; `tidy` and `polish` are the
lists in which they run.
"""

from __future__ import annotations

from adjoint.optimise.adopt import adopt_products
from adjoint.optimise.comment import comment_lines
from adjoint.optimise.contract import contract_arrays
from adjoint.optimise.counters import name_counters
from adjoint.optimise.dead_code import remove_dead_code
from adjoint.optimise.extrema import read_extrema
from adjoint.optimise.factor import factor_cotangents
from adjoint.optimise.first_store import store_first
from adjoint.optimise.first_write import write_first
from adjoint.optimise.fold import fold
from adjoint.optimise.forward import run_forward
from adjoint.optimise.fuse_loops import fuse_loops
from adjoint.optimise.invariants import lift_invariants
from adjoint.optimise.join_tests import join_tests
from adjoint.optimise.lay_out import lay_out_arrays
from adjoint.optimise.order import settle_order
from adjoint.optimise.propagate import propagate
from adjoint.optimise.reciprocals import multiply_by_reciprocals
from adjoint.optimise.rename import name_temporaries
from adjoint.optimise.repeats import remove_repeats
from adjoint.optimise.settle_lengths import settle_lengths
from adjoint.optimise.simplify import simplify
from adjoint.optimise.small_arrays import small_arrays_as_variables
from adjoint.optimise.split_scatters import split_scatters
from adjoint.optimise.unread import drop_unread_names
from adjoint.program.core import Program


def tidy(program: Program) -> Program:
    """Remove what lowering or differentiation wrote twice or for nothing; still A-normal."""
    program = propagate(simplify(program))
    return remove_dead_code(propagate(simplify(program)))


def compute_once(program: Program) -> Program:
    """Remove, after `tidy`, loops and branches that compute what is known, and what needs them."""
    once = remove_repeats(program)
    return program if once is program else tidy(settle_lengths(once))


def combine_loops(program: Program) -> Program:
    """Fuse loops, after `tidy`, before differentiation.

    What one loop passes to the next one in an array is a variable then, which costs the reverse
    sweep no array of cotangents, and no tape if it is cheap to compute again.
    """
    while True:
        fused = fuse_loops(program, contract=True)
        if fused is program:
            return program
        program = tidy(fused)


def polish(
    program: Program, keep: frozenset[str] = frozenset(), tapes: frozenset[str] | None = None
) -> Program:
    """The form that is printed: temporaries folded into formulas.

    Parameters
    ----------
    keep : the user's own variables, which keep their lines.
    tapes : arrays that keep the order of their axes, while others may get another one; all keep it
        in a function that is called so often that it must not copy arrays.
    """
    program = small_arrays_as_variables(tidy(read_extrema(program)))
    factored = remove_dead_code(factor_cotangents(multiply_by_reciprocals(tidy(program))))
    stored = tidy(adopt_products(store_first(fuse_loops(run_forward(factored)))))
    fused = join_tests(stored if tapes is None else tidy(contract_arrays(stored, tapes)))
    folded = write_first(simplify(remove_dead_code(fold(split_scatters(fused), keep))))
    lifted = lift_invariants(drop_unread_names(folded))
    settled = settle_order(lifted if tapes is None else lay_out_arrays(lifted, tapes))
    return comment_lines(name_temporaries(name_counters(settled, keep), keep))


__all__ = ["combine_loops", "compute_once", "polish", "settle_lengths", "tidy"]
