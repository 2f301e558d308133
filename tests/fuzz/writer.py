"""Random Python functions, as text.

In goes a seed, out comes the source of `program` and of its arguments. What is written is what
people write who do numerics in plain Python: loops, branches, exits, element and slice stores,
views and aliases, accumulations, reductions, calls of functions that write to their arguments.

By construction a program mostly runs: indices are kept in range, variables are read where they are
bound, and values pass through bounded functions. The few that do not run are skipped by the check.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

HELPERS = """\
import math

import numpy as np


def bounded(u):
    if u < -1.0:
        return -1.0 + 0.1 * u
    if u > 1.0:
        u = 1.0 / u
    return u * u - 0.5


def shifted(a, c):
    for i in range(1, len(a)):
        a[i] = 0.5 * a[i] + c * a[i - 1]


def first_over(a, c):
    for i in range(len(a)):
        if a[i] > c:
            return a[i] * a[i]
    return c


def scaled(a, c):
    out = np.empty_like(a)
    for i in range(len(a)):
        out[i] = a[i] * c
        c = math.sin(c)
    return out


def both(u, v):
    u = u * v
    return u, v - u


def swapped(a, i, j):
    t = a[i]
    a[i] = a[j]
    a[j] = t
    return t


def horner(a, u):
    p = 0.0
    for i in range(len(a) - 1, -1, -1):
        p = p * math.tanh(u) + a[i]
    return p


def settled(u):
    k = 0
    while k < 4:
        u = math.cos(u)
        k += 1
        if u * u < 0.3:
            break
    else:
        u = u + 0.1
    return u


"""

Shape = tuple[str, ...]


@dataclass
class Scope:
    """Variables bound at one point of the text.

    Attributes
    ----------
    floats, ints : names.
    loops : counters of the loops around, which stay in the range of their shape: (name, size).
    arrays : shape by name.
    """

    floats: list[str] = field(default_factory=list)
    ints: list[str] = field(default_factory=list)
    loops: list[tuple[str, str]] = field(default_factory=list)
    arrays: dict[str, Shape] = field(default_factory=dict)

    def copy(self) -> Scope:
        """The same variables, to be added to inside a block."""
        return Scope(list(self.floats), list(self.ints), list(self.loops), dict(self.arrays))


PARAMETERS: dict[str, Shape | str] = {
    "x": ("n",),
    "y": ("n",),
    "w": ("m",),
    "A": ("n", "m"),
    "s": "float",
    "t": "float",
    "k": "int",
}


class Writer:
    """Writes one program, of up to about `most` statements.

    Attributes
    ----------
    params : the parameters of the program, a part of `PARAMETERS`.
    """

    def __init__(self, seed: int, most: int = 16) -> None:
        self.rng = random.Random(seed)
        self.lines: list[str] = []
        self.depth = 1
        self.numbers = 0
        self.budget = self.rng.randint(3, most)
        self.scope = Scope()
        self.in_loop = False
        self.fixed: set[str] = set()
        self.liking: dict[str, float] = {}

    # ------------------------------------------------------------------ the whole

    def text(self) -> str:
        """Source of the program, helpers first."""
        optional = [p for p in ("y", "w", "A", "t", "k") if self.rng.random() < 0.6]
        self.params = [p for p in PARAMETERS if p in ("x", "s", *optional)]
        for param in self.params:
            self._bind_parameter(param)
        self.line("n = len(x)" if self.rng.random() < 0.5 else "n = x.shape[0]")
        if "A" in self.params:
            self.line("m = A.shape[1]")
        elif "w" in self.params:
            self.line("m = w.shape[0]")
        else:
            self.line("m = 4")
        while self.budget > 0:
            self.statement()
        self.line(f"return {self.result()}")
        head = f"def program({', '.join(self.params)}):"
        return HELPERS + "\n".join([head, *self.lines]) + "\n"

    def _bind_parameter(self, name: str) -> None:
        kind = PARAMETERS[name]
        if kind == "float":
            self.scope.floats.append(name)
        elif kind == "int":
            self.scope.ints.append(name)
        else:
            assert isinstance(kind, tuple)
            self.scope.arrays[name] = kind

    def result(self) -> str:
        """A value that everything bound at the end goes into; sometimes an array."""
        arrays = list(self.scope.arrays)
        if self.chance(0.08):
            return self.rng.choice(arrays)
        terms = [f"{self.weight()} * {name}" for name in self.scope.floats]
        terms += [f"{self.weight()} * {self.summed(name)}" for name in arrays]
        return " + ".join(terms)

    def summed(self, name: str) -> str:
        """A number made of all elements of an array, each with another weight where easy."""
        if len(self.scope.arrays[name]) == 1 and self.chance(0.5):
            return f"np.sum({name} * np.cos({name} + {self.weight()}))"
        return self.rng.choice([f"np.sum({name})", f"{name}.sum()", f"np.sum({name} * {name})"])

    # ------------------------------------------------------------------ pieces

    def chance(self, probability: float) -> bool:
        """True that often."""
        return self.rng.random() < probability

    def likes(self, kind: str) -> float:
        """How much this program is given to a kind of statement: each has habits of its own."""
        if kind not in self.liking:
            self.liking[kind] = self.rng.choice([0.0, 0.5, 1.0, 1.0, 3.0])
        return self.liking[kind]

    def line(self, text: str) -> None:
        """Write one line at the current depth."""
        self.lines.append("    " * self.depth + text)

    def fresh(self, stem: str) -> str:
        """A name that is not in use yet."""
        self.numbers += 1
        return f"{stem}{self.numbers}"

    def weight(self) -> str:
        """A constant of the order of one."""
        return f"{self.rng.choice([0.3, 0.4, 0.5, 0.7, 0.9, 1.1, 1.3, -0.6, -0.8])}"

    @contextmanager
    def block(self, *, in_loop: bool | None = None) -> Iterator[None]:
        """An indented block, whose own variables are forgotten after it."""
        scope, inside, lines = self.scope, self.in_loop, len(self.lines)
        self.scope, self.depth = scope.copy(), self.depth + 1
        self.in_loop = inside if in_loop is None else in_loop
        yield
        if len(self.lines) == lines:
            self.line("pass")
        self.scope, self.in_loop, self.depth = scope, inside, self.depth - 1

    def some(self, most: int) -> None:
        """Up to `most` statements, at least one."""
        for _ in range(self.rng.randint(1, most)):
            self.statement()

    # ------------------------------------------------------------------ expressions

    def index(self, size: str) -> str:
        """An index into an axis of that size, in range."""
        inside = [i for i, of in self.scope.loops if of == size]
        if inside and self.chance(0.75):
            i = self.rng.choice(inside)
            return self.rng.choice([i, i, i, f"{i} - 1", f"{size} - 1 - {i}"])
        if self.scope.ints and self.chance(0.6):
            return f"{self.integer()} % {self.atom(size)}"
        return self.rng.choice(["0", "-1", f"{size} - 1"])

    def atom(self, size: str) -> str:
        return size if size.isidentifier() else f"({size})"

    def integer(self) -> str:
        """An integer expression, small."""
        names = [*self.scope.ints, *(i for i, _ in self.scope.loops)]
        if not names or self.chance(0.15):
            return str(self.rng.randint(0, 3))
        name = self.rng.choice(names)
        return self.rng.choice(
            [name, name, f"({name} + {self.rng.randint(1, 3)})", f"(2 * {name})", f"({name} // 2)"]
        )

    def load(self) -> str:
        """An element of some array."""
        name = self.rng.choice(list(self.scope.arrays))
        shape = self.scope.arrays[name]
        if len(shape) == 2 and self.chance(0.15):
            return f"{name}[{self.index(shape[0])}][{self.index(shape[1])}]"
        return f"{name}[{', '.join(self.index(size) for size in shape)}]"

    def number(self, depth: int = 2) -> str:
        """A float expression."""
        if depth == 0 or self.chance(0.2):
            return self.leaf()
        a, b = self.number(depth - 1), self.number(depth - 1)
        forms: list[Callable[[], str]] = [
            lambda: f"({a} + {b})",
            lambda: f"({a} - {b})",
            lambda: f"{a} * {b}",
            lambda: f"{a} * {b}",
            lambda: f"math.sin({a})",
            lambda: f"np.tanh({a})",
            lambda: f"{a} / (1.0 + {b} ** 2)",
            lambda: f"math.exp(-{a} * {a})",
            lambda: f"np.sqrt(1.0 + {a} * {a})",
            lambda: f"max({a}, {b})",
            lambda: f"min({a}, {b})",
            lambda: f"abs({a})",
            lambda: f"({a} if {self.test()} else {b})",
            lambda: f"bounded({a})",
            lambda: f"settled({a})",
            self.reduction,
            lambda: f"float({self.integer()}) * {a}",
            lambda: f"-{a}",
        ]
        return self.rng.choice(forms)()

    def leaf(self) -> str:
        if self.scope.floats and self.chance(0.5):
            return self.rng.choice(self.scope.floats)
        if self.scope.arrays and self.chance(0.75):
            return self.load()
        return self.weight()

    def reduction(self) -> str:
        name = self.rng.choice(list(self.scope.arrays))
        shape = self.scope.arrays[name]
        peer = self.rng.choice([a for a, of in self.scope.arrays.items() if of == shape])
        forms = [
            f"np.sum({name})",
            f"np.mean({name})",
            f"np.sum({name} * {peer})",
            f"np.linalg.norm({name})",
            f"np.max({name})",
            f"{name}.min()",
        ]
        if len(shape) == 1:
            forms += [
                f"np.dot({name}, {peer})",
                f"({name} @ {peer})",
                f"first_over({name}, {self.leaf()})",
                f"horner({name}, {self.leaf()})",
            ]
        return self.rng.choice(forms)

    def test(self, depth: int = 1) -> str:
        """A condition, on data mostly."""
        forms = [
            f"{self.leaf()} < {self.leaf()}",
            f"{self.leaf()} > {self.weight()}",
            f"{self.integer()} % 2 == 0",
            f"{self.integer()} < {self.rng.randint(1, 3)}",
            f"-0.5 < {self.leaf()} <= {self.leaf()}",
        ]
        if depth:
            a, b = self.test(depth - 1), self.test(depth - 1)
            forms += [f"({a}) and ({b})", f"({a}) or ({b})", f"not ({a})"]
        return self.rng.choice(forms)

    def whole(self, shape: Shape, depth: int = 2) -> str:
        """An array expression of that shape, possibly broadcast (never only a number)."""
        same = [a for a, of in self.scope.arrays.items() if of == shape]
        if not same:
            return f"np.full({self.size(shape)}, {self.leaf()})"
        a = self.rng.choice(same)
        if depth == 0:
            return a
        inner = self.whole(shape, depth - 1)
        forms = [
            a,
            f"({inner} + {a})",
            f"{a} * {self.leaf()}",
            f"{inner} * {a}",
            f"np.sin({inner})",
            f"np.tanh({inner})",
            f"({inner} - {self.leaf()})",
            f"{inner} / (1.0 + {a} ** 2)",
            f"np.maximum({inner}, {a})",
            f"np.where({a} > {self.leaf()}, {inner}, {a})",
        ]
        if len(shape) == 2:
            forms += [f"{inner} * {v}" for v in self.arrays_of((shape[1],))]
            forms += [f"({inner} + {v}[:, None])" for v in self.arrays_of((shape[0],))]
        elif shape == ("n",):
            forms += [f"np.sum({b}, axis=1)" for b in self.arrays_of(("n", "m"))]
            forms += [f"{b}[:, {self.index('m')}]" for b in self.arrays_of(("n", "m"))]
        elif shape == ("m",):
            forms += [f"{b}[{self.index('n')}]" for b in self.arrays_of(("n", "m"))]
        return self.rng.choice(forms)

    def arrays_of(self, shape: Shape) -> list[str]:
        return [a for a, of in self.scope.arrays.items() if of == shape]

    def size(self, shape: Shape) -> str:
        return shape[0] if len(shape) == 1 else f"({', '.join(shape)})"

    # ------------------------------------------------------------------ statements

    def statement(self) -> None:
        """Write one statement."""
        self.budget -= 1
        simple = [
            (self.assign_float, 5),
            (self.accumulate, 4),
            (self.assign_int, 1),
            (self.store, 7),
            (self.swap, 1),
            (self.slice_store, 2),
            (self.new_array, 2),
            (self.rebind_array, 1),
            (self.in_place, 1),
            (self.view, 1),
            (self.helper_call, 2),
            (self.count, 1),
        ]
        compound = [(self.for_loop, 4), (self.if_else, 4), (self.while_loop, 1), (self.leave, 1)]
        compound += [(self.work_loop, 1), (self.same_test_twice, 1)]
        choices = simple + (compound if self.depth < 5 and self.budget > 0 else [])
        weights = [weight * self.likes(kind.__name__) for kind, weight in choices]
        kinds = [kind for kind, _ in choices]
        (self.rng.choices(kinds, weights)[0] if any(weights) else self.assign_float)()

    def bounded_number(self) -> str:
        """An expression that stays small when it is assigned again and again."""
        a = self.number()
        if self.chance(0.5):
            return f"{self.rng.choice(['math.sin', 'np.tanh', '0.5 * '])}({a})"
        return a

    def target(self) -> str:
        """A float variable to assign to, mostly one that exists."""
        if self.scope.floats and self.chance(0.65):
            return self.rng.choice(self.scope.floats)
        return self.fresh("f")

    def assign_float(self) -> None:
        value = self.bounded_number()
        name = self.target()
        self.line(f"{name} = {value}")
        if name not in self.scope.floats:
            self.scope.floats.append(name)

    def accumulate(self) -> None:
        name = self.rng.choice(self.scope.floats)
        operator = self.rng.choice(["+=", "+=", "-=", "*="])
        value = self.number() if operator != "*=" else f"math.cos({self.number(1)})"
        self.line(f"{name} {operator} {value}")

    def assign_int(self) -> None:
        free = [name for name in self.scope.ints if name not in self.fixed]
        name = self.rng.choice(free) if free and self.chance(0.5) else self.fresh("k")
        value = self.rng.choice(
            [f"{self.integer()} % 4", f"({self.integer()} + {self.integer()}) % 5"]
            + [f"int(abs({self.leaf()}) * 3.0) % 4", f"({self.integer()} if {self.test()} else 1)"]
        )
        self.line(f"{name} = {value}")
        if name not in self.scope.ints:
            self.scope.ints.append(name)

    def store(self) -> None:
        element = self.load()
        operator = self.rng.choice(["=", "=", "=", "+=", "-=", "*="])
        value = f"math.cos({self.number(1)})" if operator == "*=" else self.bounded_number()
        self.line(f"{element} {operator} {value}")

    def swap(self) -> None:
        if len(self.scope.floats) > 1 and self.chance(0.5):
            a, b = self.rng.sample(self.scope.floats, 2)
        else:
            a, b = self.load(), self.load()
        self.line(f"{a}, {b} = {b}, {a}")

    def slice_store(self) -> None:
        name = self.rng.choice(list(self.scope.arrays))
        shape = self.scope.arrays[name]
        c = self.leaf()
        if len(shape) == 1:
            forms = [
                f"{name}[1:] = {name}[:-1] * {c}",
                f"{name}[:-1] += {name}[1:] * {c}",
                f"{name}[::2] = np.sin({name}[::2])",
                f"{name}[:] = {self.whole(shape)}",
                f"{name}[::-1] = {name} * {c}",
                f"{name}[1:] = {c}",
                f"{name}[:2] *= {self.weight()}",
                f"{name}[1:-1] = 0.5 * ({name}[:-2] + {name}[2:])",
            ]
        else:
            i, j = self.index(shape[0]), self.index(shape[1])
            forms = [
                f"{name}[{i}] = {self.whole((shape[1],))}",
                f"{name}[:, {j}] += {self.whole((shape[0],))}",
                f"{name}[{i}, :] *= {c}",
                f"{name}[1:] = {name}[:-1] * {c}",
                f"{name}[:, 1:] -= np.tanh({name}[:, :-1])",
                f"{name}[...] = {self.whole(shape)}",
                f"{name}[:] = {self.leaf()}",
            ]
        self.line(self.rng.choice(forms))

    def new_array(self) -> None:
        shape: Shape = self.rng.choice([("n",), ("n",), ("m",), ("n", "m")])
        size = self.size(shape)
        same = self.arrays_of(shape)
        forms = [f"np.zeros({size})", f"np.ones({size})", self.whole(shape), self.whole(shape)]
        for a in same:
            forms += [f"{a}.copy()", f"np.copy({a})", f"np.zeros_like({a})"]
            if len(shape) == 1:
                forms += [f"scaled({a}, {self.leaf()})", f"{a}[::-1]"]
        if len(shape) == 1 and self.chance(0.02):
            forms = [f"np.array([{self.leaf()} for _ in range({size})])"]
        name = self.fresh("a")
        value = self.rng.choice(forms)
        self.line(f"{name} = {value}")
        self.scope.arrays[name] = shape
        if self.chance(0.4):
            self.filled(name, shape)

    def filled(self, name: str, shape: Shape) -> None:
        """Loops over all elements of an array."""
        counters = [self.fresh("i") for _ in shape]
        depth, scope = self.depth, self.scope
        self.scope = scope.copy()
        for counter, size in zip(counters, shape, strict=True):
            self.line(f"for {counter} in range({size}):")
            self.scope.loops.append((counter, size))
            self.depth += 1
        operator = self.rng.choice(["=", "+="])
        self.line(f"{name}[{', '.join(counters)}] {operator} {self.number()}")
        self.depth, self.scope = depth, scope

    def rebind_array(self) -> None:
        name = self.rng.choice(list(self.scope.arrays))
        self.line(f"{name} = {self.whole(self.scope.arrays[name])}")

    def in_place(self) -> None:
        name = self.rng.choice(list(self.scope.arrays))
        operator = self.rng.choice(["+=", "-=", "*="])
        value = self.rng.choice([self.whole(self.scope.arrays[name]), self.leaf()])
        self.line(f"{name} {operator} {value}")

    def view(self) -> None:
        """A second name for (a part of) an array."""
        name = self.rng.choice(list(self.scope.arrays))
        shape = self.scope.arrays[name]
        forms: list[tuple[str, Shape]] = [(name, shape)]
        if len(shape) == 2:
            forms += [(f"{name}[{self.index(shape[0])}]", (shape[1],))] * 3
            forms += [(f"{name}[:, {self.index(shape[1])}]", (shape[0],))]
        else:
            forms += [(f"{name}[::-1]", shape)]
            if shape[0] in ("n", "m"):
                forms += [(f"{name}[1:]", (f"{shape[0]} - 1",))]
        value, of = self.rng.choice(forms)
        new = self.fresh("v")
        self.line(f"{new} = {value}")
        self.scope.arrays[new] = of
        if self.chance(0.6):
            self.line(f"{new}[{', '.join(self.index(size) for size in of)}] = {self.number()}")

    def helper_call(self) -> None:
        arrays = [a for a, of in self.scope.arrays.items() if len(of) == 1]
        rows = [f"{a}[{self.index(of[0])}]" for a, of in self.scope.arrays.items() if len(of) == 2]
        array = self.rng.choice(arrays + rows)
        shape = self.scope.arrays.get(array, ("m",))
        kind = self.rng.randint(0, 2)
        if kind == 0:
            self.line(f"shifted({array}, {self.leaf()})")
        elif kind == 1:
            i, j = self.index(shape[0]), self.index(shape[0])
            name = self.target()
            self.line(f"{name} = swapped({array}, {i}, {j})")
            if name not in self.scope.floats:
                self.scope.floats.append(name)
        elif len(self.scope.floats) > 1:
            a, b = self.rng.sample(self.scope.floats, 2)
            self.line(f"{a}, {b} = both({self.leaf()}, math.sin({self.leaf()}))")

    def count(self) -> None:
        """A packed counter, which an optimisation counts back."""
        free = [name for name in self.scope.ints if name not in self.fixed]
        if not free or self.chance(0.2):
            free = [self.fresh("k")]
            self.line(f"{free[0]} = 0")
            self.scope.ints += free
        else:
            self.line(
                f"{self.rng.choice(free)} {self.rng.choice(['+= 1', '+= 1', '-= 1', '+= 2'])}"
            )

    # ------------------------------------------------------------------ control flow

    def announced(self) -> None:
        """Bind a variable before a compound statement, so that it may be used after it."""
        if self.chance(0.3):
            name = self.fresh("f")
            self.line(f"{name} = {self.leaf()}")
            self.scope.floats.append(name)

    def for_loop(self) -> None:
        self.announced()
        i = self.fresh("i")
        size = self.rng.choice(["n", "n", "m"])
        outer = [j for j, of in self.scope.loops if of == size]
        spans = [f"range({size})"] * 4 + [
            f"range({size} - 1, -1, -1)",
            f"range(1, {size})",
            f"range(0, {size}, 2)",
            f"range({size} - 1, 0, -2)",
            f"range(min({size}, {self.integer()}))",
            f"range({size}, {size})",
            f"reversed(range({size}))",
            f"range(0, {size}, {self.integer()} % 2 + 1)",
        ]
        for j in outer:
            spans += [f"range({j})", f"range({j}, {size})", f"range({j}, -1, -1)"] * 2
        used_after = self.chance(0.15)
        if used_after:
            self.line(f"{i} = 0")
            self.fixed.add(i)
        form = self.rng.random()
        vectors = self.arrays_of((size,))
        if form < 0.1 and vectors:
            v = self.fresh("f")
            self.line(f"for {i}, {v} in enumerate({self.rng.choice(vectors)}):")
            floats = [v]
        elif form < 0.15 and vectors:
            v = self.fresh("f")
            self.line(f"for {v} in {self.rng.choice(vectors)}:")
            i, floats = "", [v]
        else:
            self.line(f"for {i} in {self.rng.choice(spans)}:")
            floats = []
        with self.block(in_loop=True):
            self.scope.floats += floats
            if i:
                self.scope.loops.append((i, size))
            self.some(4)
        if self.chance(0.1):
            self.line("else:")
            with self.block():
                self.some(2)
        if used_after and i:
            self.scope.ints.append(i)

    def work_loop(self) -> None:
        """A loop that fills an array, all of it or not, reads it, and may overwrite it."""
        size = self.rng.choice(["n", "m"])
        work, i, total = self.fresh("a"), self.fresh("i"), self.rng.choice(self.scope.floats)
        outside = self.chance(0.6)
        if outside:
            self.line(f"{work} = np.zeros({size})")
            self.scope.arrays[work] = (size,)
        self.line(f"for {i} in range({self.rng.choice(['3', 'n', 'm'])}):")
        with self.block(in_loop=True):
            if not outside:
                self.line(f"{work} = np.zeros({size})")
                self.scope.arrays[work] = (size,)
            self.scope.ints.append(i)
            self.fixed.add(i)
            for _ in range(self.rng.randint(1, 2)):
                self.pass_over(work, size, total)
            if self.chance(0.3):
                self.statement()
            self.pass_over(work, size, total)

    def pass_over(self, work: str, size: str, total: str) -> None:
        """One loop over a work array."""
        j = self.fresh("i")
        spans = [f"range({size})"] * 4 + [f"range(1, {size})", f"range({size} - 1, -1, -1)"]
        self.line(f"for {j} in {self.rng.choice(spans)}:")
        with self.block(in_loop=True):
            self.scope.loops.append((j, size))
            forms = [
                f"{work}[{j}] = {self.number()}",
                f"{work}[{j}] = {self.leaf()} * {self.leaf()}",
                f"{total} += {work}[{j}] * {self.leaf()}",
                f"{total} += {work}[{j}] * {work}[{self.index(size)}]",
                f"{total} = math.sin({total} * {work}[{j}])",
            ]
            self.line(self.rng.choice(forms))
            if self.chance(0.2):
                self.line(f"if {self.test()}:")
                self.line(f"    {self.rng.choice(['break', 'continue', f'{work}[{j}] = 0.5'])}")
            if self.chance(0.2):
                self.statement()

    def same_test_twice(self) -> None:
        """A variable that is bound, and used, only if a test holds."""
        test = f"{self.fresh('b')}"
        name = self.fresh("f")
        self.line(f"{test} = {self.test()}")
        self.line(f"if {test}:")
        with self.block():
            self.line(f"{name} = {self.number()}")
            self.some(1)
        self.statement()
        self.line(f"if {test}:")
        with self.block():
            self.scope.floats.append(name)
            self.accumulate()
        if self.chance(0.5):
            self.line(f"{name} = {self.number()}")
            self.scope.floats.append(name)

    def while_loop(self) -> None:
        self.announced()
        k = self.fresh("k")
        self.line(f"{k} = 0")
        test = f" and ({self.test()})" if self.chance(0.5) else ""
        self.line(f"while {k} < {self.rng.choice(['3', 'n', '4'])}{test}:")
        self.fixed.add(k)
        self.scope.ints.append(k)
        with self.block(in_loop=True):
            self.line(f"{k} += 1")
            self.some(4)

    def if_else(self) -> None:
        self.announced()
        shared = self.fresh("f") if self.chance(0.25) else None
        self.line(f"if {self.test()}:")
        branches = self.rng.choice([1, 2, 2, 3])
        for branch in range(branches):
            if branch:
                last = branch == branches - 1
                self.line("else:" if last else f"elif {self.test()}:")
            with self.block():
                if shared:
                    self.line(f"{shared} = {self.number()}")
                self.some(3)
        if shared and branches > 1:
            self.scope.floats.append(shared)

    def leave(self) -> None:
        exits = [f"return {self.number()}"]
        if self.in_loop:
            exits += ["break", "continue"] * 3
        if self.chance(0.9):
            self.line(f"if {self.test()}:")
            with self.block():
                if self.chance(0.3):
                    self.statement()
                self.line(self.rng.choice(exits))
