"""Random programs of nested control flow compute what Python computes."""

import itertools
import linecache
import random

import pytest

from adjoint.emit import load, source_of
from adjoint.program.verify import verify
from adjoint.syntax import parse

VARIABLES = ("a", "b", "c", "d")
PROGRAMS_PER_TEST = 50
INPUTS = [(a, b, 3) for a in (-2, 1, 5) for b in (0, 4)]
_numbers = itertools.count()

HELPERS = """
def early(p, q=1):
    for r in range(3):
        if p > q + r:
            return p - r
        q = q + 1
    return q

def pair(p, q):
    if p > 3:
        return q, p
    p = p + 1
    return p, q

def plain(p):
    q = p % 7
    return q * 2
"""


class Writer:
    """Writes one random function."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.lines = []
        self.counter = 0

    def function(self):
        self.lines.append("def program(a, b, n):")
        self.line(1, "c = a + b")
        self.line(1, "d = 1")
        self.line(1, "i = -1")
        self.block(1, 5, in_loop=False)
        self.line(1, f"return {self.expression()}")
        return "\n".join(self.lines) + "\n"

    def line(self, depth, text):
        self.lines.append("    " * depth + text)

    def block(self, depth, size, in_loop):
        for _ in range(self.random.randint(1, size)):
            self.statement(depth, in_loop)

    def statement(self, depth, in_loop):
        simple = [self.assign, self.assign, self.augment, self.swap, self.call]
        nested = [self.branch, self.branch, self.for_loop, self.while_loop]
        exits = [self.leave] if depth > 1 else []
        kinds = simple + (nested if depth < 5 else []) + exits
        self.random.choice(kinds)(depth, in_loop)

    def name(self):
        return self.random.choice(VARIABLES)

    def expression(self):
        x, y, k = self.name(), self.name(), self.random.randint(-3, 3)
        return self.random.choice(
            [x, f"{x} + {k}", f"{x} - {y}", f"{x} % 5 + {y}", f"min({x}, {y}) * 2 % 11", str(k)]
            + [f"({x} if {y} > {k} else {k})", f"({x} - 1 if {y} > {x} else plain({y}))", "i"]
            + [f"({x} and {y})", f"({x} or plain({k}))", f"early({x})"]
        )

    def test(self):
        x, y, k = self.name(), self.name(), self.random.randint(-2, 6)
        return self.random.choice(
            [f"{x} > {y}", f"{x} < {k}", f"{x} % 2 == 0", f"{k} < {x} < {y}", f"not {x} > {k}"]
            + [f"{x} > {k} and {y} < 4", f"{x} > {y} or early({y}) > {k}", f"{x} in (1, {k})"]
            + [f"(d := {x} - {y}) > {k}"]
        )

    def assign(self, depth, _):
        self.line(depth, f"{self.name()} = {self.expression()}")

    def augment(self, depth, _):
        self.line(depth, f"{self.name()} {self.random.choice('+-')}= {self.expression()}")

    def swap(self, depth, _):
        x, y = self.random.sample(VARIABLES, 2)
        self.line(depth, f"{x}, {y} = {self.random.choice([f'{y}, {x}', f'{y}, {x} + {y}'])}")

    def call(self, depth, _):
        x, y = self.random.sample(VARIABLES, 2)
        called = self.random.choice([f"pair({y}, {x})", f"(early({x}, q={y}), plain({x}))"])
        self.line(depth, f"{x}, {y} = {called}")

    def branch(self, depth, in_loop):
        self.line(depth, f"if {self.test()}:")
        self.block(depth + 1, 3, in_loop)
        if self.random.random() < 0.3:
            self.line(depth, f"elif {self.test()}:")
            self.block(depth + 1, 2, in_loop)
        if self.random.random() < 0.5:
            self.line(depth, "else:")
            self.block(depth + 1, 3, in_loop)

    def for_loop(self, depth, in_loop):
        loop = self.random.choice(
            ["for i in range(n)", "for i in range(3, n - 4, -2)", "for i in range(b % 3)"]
            + ["for c in range(2)", "for i, d in enumerate(range(2, 5))", "for b in (1, a)"]
            + ["for a, d in zip(range(3), range(5, 1, -1))", "for i in reversed(range(1, n))"]
        )
        self.line(depth, f"{loop}:")
        self.block(depth + 1, 3, in_loop=True)
        self.otherwise(depth, in_loop)

    def while_loop(self, depth, in_loop):
        self.counter += 1
        count = f"k{self.counter}"
        self.line(depth, f"{count} = 0")
        test = self.random.choice(["True", self.test()])
        if test == "True":
            self.line(depth, "while True:")
            self.line(depth + 1, f"if {count} > 3:")
            self.line(depth + 2, self.random.choice(["break", "return a - c"]))
        else:
            self.line(depth, f"while {count} < 4 and ({test}):")
        self.line(depth + 1, f"{count} += 1")
        self.block(depth + 1, 3, in_loop=True)
        self.otherwise(depth, in_loop)

    def otherwise(self, depth, in_loop):
        if self.random.random() < 0.3:
            self.line(depth, "else:")
            self.block(depth + 1, 2, in_loop)

    def leave(self, depth, in_loop):
        exits = [f"return {self.expression()}"] + (["break", "continue"] * 2 if in_loop else [])
        self.line(depth, self.random.choice(exits))


def define(text):
    """The function of a text that has registered source."""
    filename = f"<random {next(_numbers)}>"
    whole = HELPERS + text
    linecache.cache[filename] = (len(whole), None, whole.splitlines(keepends=True), filename)
    namespace = {}
    exec(compile(whole, filename, "exec"), namespace)
    return namespace["program"]


def check(seed):
    text = Writer(seed).function()
    function = define(text)
    program = parse(function)
    verify(program)
    parsed = load(program)
    for args in INPUTS:
        assert parsed(*args) == function(*args), f"{text}\n{source_of(program)}\n{args}"


@pytest.mark.slow
@pytest.mark.parametrize("start", range(0, 300, PROGRAMS_PER_TEST))
def test_random_programs(start):
    for seed in range(start, start + PROGRAMS_PER_TEST):
        check(seed)
