"""Each pass on its own, then all of them on the corpus."""

from __future__ import annotations

import copy

import numba
import numpy as np
import pytest

from adjoint.emit import load, source_of
from adjoint.optimise import polish, tidy
from adjoint.optimise.dead_code import remove_dead_code
from adjoint.optimise.fold import fold
from adjoint.optimise.propagate import propagate
from adjoint.optimise.simplify import simplify
from adjoint.program.verify import verify
from adjoint.program.walk import statements
from tests.literal import body_text, definition, literal
from tests.optimise.cases import CASES

IDS = [f"{change.__name__}-{before.__qualname__.split('.')[0]}" for change, before, *_ in CASES]


@pytest.mark.parametrize("change, before, after, args", CASES, ids=IDS)
def test_before_and_after(change, before, after, args):
    program = literal(before, *args)
    assert body_text(source_of(program)) == body_text(definition(before))
    assert body_text(source_of(change(program))) == body_text(definition(after))


@pytest.mark.parametrize("change, before, after, args", CASES, ids=IDS)
def test_the_result_is_the_same(change, before, after, args):
    program = literal(before, *args)
    np.random.seed(0)
    expected = load(program)(*copy.deepcopy(args))
    for changed in (change(program), tidy(program), polish(program)):
        np.random.seed(0)
        assert load(changed)(*copy.deepcopy(args)) == expected


@pytest.mark.parametrize("change", [simplify, remove_dead_code, propagate, fold, tidy, polish])
def test_a_second_run_changes_nothing(change):
    for _, before, _, args in CASES:
        once = change(literal(before, *args))
        assert source_of(change(once)) == source_of(once)


@pytest.mark.parametrize("change", [simplify, remove_dead_code])
def test_the_same_object_if_nothing_changed(change):
    """So that running passes until nothing changes is a test of identity."""
    for _, before, _, args in CASES:
        once = change(literal(before, *args))
        assert change(once) is once


@pytest.mark.parametrize("change", [simplify, remove_dead_code, propagate, fold])
def test_inputs_are_left_alone(change):
    for _, before, _, args in CASES:
        program = literal(before, *args)
        text, body = source_of(program), list(statements(program.body))
        change(program)
        assert source_of(program) == text
        assert list(statements(program.body)) == body


@pytest.mark.parametrize("change", [simplify, remove_dead_code, propagate, fold, tidy, polish])
def test_the_grammar_is_kept(change):
    for _, before, _, args in CASES:
        verify(change(literal(before, *args)), "scalar", strict=False)


def test_docstrings_show_what_a_pass_does():
    for module in (
        "simplify",
        "propagate",
        "dead_code",
        "fold",
        "factor",
        "first_write",
        "invariants",
        "small_arrays",
        "unread",
        "rename",
    ):
        text = __import__(f"adjoint.optimise.{module}", fromlist=["_"]).__doc__
        assert "→" in text


def test_types_are_needed_for_numbers_only():
    """Without types nothing is known of what names hold, so copies stay."""

    def before(x):
        y = x
        return y * y

    def some(x):
        return x * 2.0

    assert numba.typeof(1.0) == literal(some, 1.0).types["x"]
    assert "y" in source_of(remove_dead_code(literal(before)))
