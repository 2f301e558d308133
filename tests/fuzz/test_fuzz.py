"""Random programs, the same ones at every run; `make fuzz` goes on from other seeds."""

from __future__ import annotations

import pytest

from tests.fuzz.check import check_seed

PROGRAMS = 1000
PROGRAMS_PER_TEST = 20
STATEMENTS = 6  # most faults show in few statements, and short programs take less time


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, PROGRAMS, PROGRAMS_PER_TEST))
def test_gradients_of_random_programs(first: int) -> None:
    for seed in range(first, first + PROGRAMS_PER_TEST):
        text, outcome = check_seed(seed, STATEMENTS)
        assert not outcome.failed, f"seed {seed}: {outcome.kind}: {outcome.detail}\n{text}"
