"""What is proved holds for all integers at which what is known does, and what is false is not."""

import itertools
import operator
import random

import pytest

from adjoint.program.core import Call, Const, Name
from adjoint.program.inequalities import consequences, proof
from adjoint.program.linear import Linear, linear
from adjoint.program.primitives import dim

I, J = Name("i"), Name("j")
N = Call(dim, (Name("a"), Const(0)))
HALF = Call(operator.floordiv, (N, Const(2)))
LEAST, GREATEST = Call(min, (I, J)), Call(max, (I, J))


def form(constant=0, **terms):
    return Linear({{"i": I, "j": J, "n": N}[name]: c for name, c in terms.items()}, constant)


COUNTING = [form(i=1), form(-1, n=1, i=-1)]  # for i in range(n)
INSIDE = [*COUNTING, form(-1, j=1, i=-1), form(-1, n=1, j=-1)]  # for j in range(i + 1, n)


@pytest.mark.parametrize(
    "goal, known",
    [
        (form(n=1), []),
        (form(n=1, i=-1), COUNTING),
        (form(-1, n=1), COUNTING),
        (form(-2, n=2, i=-2), COUNTING),
        (form(-1, j=1), INSIDE),
        (form(-2, n=1), INSIDE),
        (form(-1, n=1, i=1, j=-1), INSIDE),
        (form(-2, n=1, i=-1), INSIDE),
        (Linear({LEAST: 1}), INSIDE),
        (Linear({GREATEST: -1, N: 1}, -1), INSIDE),
        (Linear({N: 1, HALF: -2}), []),
        (Linear({N: 1, I: -1}, -1), [Linear({HALF: 1, I: -1}, -1), form(i=1)]),
    ],
)
def test_is_proved(goal, known):
    facts = [fact for one in known for fact in consequences(one)]
    assert proof(goal, facts) is not None


@pytest.mark.parametrize(
    "goal, known",
    [
        (form(-1, n=1), []),
        (form(i=1), []),
        (form(-1, i=1), COUNTING),
        (form(-2, n=1), COUNTING),
        (form(-2, n=1, i=-1), COUNTING),
        (form(-3, n=1), INSIDE),
        (form(-1, i=1, j=-1), INSIDE),
        (Linear({LEAST: 1}, -1), INSIDE),
        (Linear({GREATEST: -1, N: 1}, -2), INSIDE),
        (Linear({HALF: 2, N: -1}), []),
    ],
)
def test_is_not_claimed(goal, known):
    facts = [fact for one in known for fact in consequences(one)]
    assert proof(goal, facts) is None


@pytest.mark.parametrize("seed", range(300))
def test_proofs_are_true(seed):
    r = random.Random(seed)

    def some():
        atoms = r.sample([I, J, N, HALF, LEAST, GREATEST], r.randint(1, 3))
        return Linear({atom: r.choice((-2, -1, 1, 2)) for atom in atoms}, r.randint(-2, 2))

    known = [some() for _ in range(r.randint(0, 4))]
    goal = some()
    if proof(goal, [fact for one in known for fact in consequences(one)]) is None:
        return
    for i, j, n in itertools.product(range(-4, 5), range(-4, 5), range(6)):
        if all(value(fact, i, j, n) >= 0 for fact in known):
            assert value(goal, i, j, n) >= 0, (goal, known, i, j, n)


def value(one, i, j, n):
    atoms = {I: i, J: j, N: n, HALF: n // 2, LEAST: min(i, j), GREATEST: max(i, j)}
    return one.constant + sum(c * atoms[atom] for atom, c in one.terms.items())


def test_linear_forms_of_expressions():
    twice = Call(operator.mul, (Const(2), Call(operator.sub, (N, I))))
    assert linear(Call(operator.add, (twice, I))) == form(n=2, i=-1)
    assert linear(Call(operator.mul, (I, J))) == Linear({Call(operator.mul, (I, J)): 1})
