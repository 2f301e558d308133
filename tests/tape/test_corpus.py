"""Corpus programs on the tape against the generated adjoint: they agree, or the tape refuses."""

from __future__ import annotations

import os
import warnings
from collections import Counter

import pytest
from numba.core.errors import TypingError

from adjoint.errors import NoRule, NotDifferentiable
from adjoint.runtime.tape.errors import TapeError
from adjoint.testing import check_grads
from tests.corpus import PROGRAMS

# Writes in place, values that leave the tape, and compiled callees: what the tape may refuse.
REFUSALS = (TapeError, NotDifferentiable, NoRule, TypingError)
# A number of the tape is an array, and no `float` as NumPy's are: another case matches.
OTHER_PATH = {"containers-match_on_structure"}
ONE_IN = 1 if "ADJOINT_ALL_CASES" in os.environ else 4
METHODS = {"norm", "item"}  # of MXNet's arrays, which NumPy's do not have


def outcome(program):
    """What became of the comparison; a disagreement is not caught here."""
    try:
        check_grads(
            program.function,
            program.args(),
            modes=("python", "tape"),
            argnums=program.wrt(),
            rtol=1e-6,
        )
    except REFUSALS as error:
        return type(error).__name__
    except AttributeError as error:
        if error.name not in METHODS:
            raise
        return "method"
    return "agrees"


@pytest.mark.slow
def test_programs_agree_unless_the_tape_refuses():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        outcomes = Counter(
            outcome(program)
            for k, (name, program) in enumerate(PROGRAMS.items())
            if k % ONE_IN == 0 and not program.random and name not in OTHER_PATH
        )
    assert outcomes["agrees"] >= 150 / ONE_IN, outcomes
    assert outcomes["method"] <= 4, outcomes
