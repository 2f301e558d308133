"""Optimised and plain text of the same adjoint do the same on every corpus program."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from adjoint.emit import load
from adjoint.optimise import polish, tidy
from adjoint.reverse import differentiate
from tests.corpus import PROGRAMS
from tests.stages import lowered


def missing_defaults(entry):
    """Defaults of the parameters that are not given; the API fills them in."""
    count, defaults = entry.function.__code__.co_argcount, entry.function.__defaults__ or ()
    return defaults[len(defaults) - (count - len(entry.args())) :]


def outcome(program, entry, args):
    """Results and arguments afterwards."""
    args = copy.deepcopy(args)
    if entry.random:
        np.random.seed(1)
    with np.errstate(all="ignore"):
        return load(program)(*args, *program.captures.values(), 1.0), args


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(PROGRAMS))
def test_polished_equals_plain(name):
    """With nothing reassociated the two agree to a few units in the last place."""
    entry = PROGRAMS[name]
    args = (*entry.args(), *missing_defaults(entry))
    program = lowered(entry.function, *args)
    wrt = tuple(program.params[k] for k in entry.wrt())
    plain = differentiate(program, wrt, False)
    polished = polish(differentiate(tidy(program), wrt, False))
    (expected, left), (found, found_left) = (outcome(p, entry, args) for p in (plain, polished))
    for one, other in zip((*expected, *left), (*found, *found_left), strict=True):
        scale = float(np.max(np.abs(one), initial=1.0)) if np.size(one) else 1.0
        rounding = 1e-5 if np.asarray(one).dtype == np.float32 else 1e-12
        np.testing.assert_allclose(other, one, rtol=rounding, atol=rounding * scale)
