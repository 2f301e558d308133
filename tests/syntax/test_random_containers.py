"""Random programs with containers mean what they meant before they were translated."""

import linecache

import pytest

from adjoint.emit import load
from adjoint.errors import UnsupportedSyntax
from adjoint.syntax import parse
from tests.syntax.random_containers import Writer

ARGUMENTS = (0.7, 2.3)
SEEDS = 240


def outcome(seed):
    """Whether the program, translated and run as Python, gives what it should."""
    text, filename = Writer(seed).program(), f"<containers {seed}>"
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    namespace = {"__name__": "containers"}
    exec(compile(text, filename, "exec"), namespace)
    program = namespace["program"]
    expected = program(*ARGUMENTS)
    try:
        found = load(parse(program))(*ARGUMENTS)
    except UnsupportedSyntax:
        return "refused"
    assert found == pytest.approx(expected, rel=1e-12), text
    return "right"


@pytest.mark.parametrize("first", range(0, SEEDS, 40))
def test_same_value(first):
    outcomes = [outcome(seed) for seed in range(first, first + 40)]
    assert outcomes.count("right") > 30
