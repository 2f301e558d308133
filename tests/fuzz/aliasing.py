"""Random programs about array memory: views of views, exchanged buffers, names bound anew.

`python -m tests.fuzz.aliasing 0 2000` checks the programs of these seeds.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable

from tests.fuzz.check import Outcome, check
from tests.fuzz.scope import sizes

INDENT = "    "


class AliasingWriter:
    """Writes one program; the lengths of all vectors are known to it."""

    def __init__(self, seed: int, most: int = 8) -> None:
        self.rng = random.Random(f"aliasing {seed}")
        size = sizes(seed)
        self.n, self.m = size["n"], size["m"]
        self.lines: list[str] = []
        self.depth = 1
        self.vectors: dict[str, int] = {"x": self.n, "y": self.n}
        self.matrices: dict[str, tuple[int, int]] = {"A": (self.n, self.m)}
        self.count = 0
        self.left = most

    def text(self) -> str:
        """The whole program."""
        self.line("def program(x, y, A):", 0)
        for _ in range(self.rng.randint(1, 3)):
            self.fresh()
        while self.left > 0:
            self.statement()
        terms = [f"np.sum({v} * {self.number()})" for v in [*self.vectors, *self.matrices]]
        self.line(f"return {' + '.join(terms)}")
        return "import numpy as np\n" + "\n".join(self.lines) + "\n"

    # ------------------------------------------------------------------------- pieces

    def line(self, text: str, depth: int | None = None) -> None:
        self.lines.append(INDENT * (self.depth if depth is None else depth) + text)

    def number(self) -> str:
        return str(round(self.rng.uniform(-1.5, 1.5), 2))

    def name(self) -> str:
        self.count += 1
        return "abcdefghpquvw"[self.count % 13] + str(self.count // 13 or "")

    def vector(self, length: int | None = None) -> str | None:
        known = [v for v, n in self.vectors.items() if length in (None, n)]
        return self.rng.choice(known) if known else None

    def index(self, length: int) -> str:
        return str(self.rng.randrange(-length, length))

    def test(self) -> str:
        v = self.vector() or "x"
        return f"{v}[{self.index(self.vectors[v])}] > {self.number()}"

    def value(self, length: int) -> str:
        """A computed vector of a length."""
        parts = [v for v, n in self.vectors.items() if n == length]
        a, b = self.rng.choice(parts), self.rng.choice(parts)
        forms = [
            f"{a} * {self.number()}",
            f"{a} * {b}",
            f"{a} + {self.number()} * {b}",
            f"{a}[::-1] * {b}",
            f"{a}.copy()",
            f"np.sin({a})",
        ]
        return self.rng.choice(forms)

    def view(self, base: str) -> tuple[str, int]:
        """A view of a vector and its length."""
        n = self.vectors[base]
        cut = self.rng.randint(1, n - 1) if n > 1 else 0
        forms = [
            (f"{base}[{cut}:]", n - cut),
            (f"{base}[:{n - cut}]", n - cut),
            (f"{base}[::-1]", n),
            (f"{base}[-{n - cut}:]", n - cut),
            (f"{base}[::2]", (n + 1) // 2),
            (f"{base}[:]", n),
            (f"np.flip({base})", n),
            (f"{base}.reshape(-1, 1)[:, 0]", n),
            (base, n),
        ]
        return self.rng.choice(forms)

    # ------------------------------------------------------------------------- statements

    def statement(self) -> None:
        """One statement, or one with blocks."""
        self.left -= 1
        choices: list[tuple[Callable[[], None], int]] = [
            (self.fresh, 2),
            (self.take_view, 4),
            (self.row, 2),
            (self.store, 6),
            (self.store_slice, 5),
            (self.store_matrix, 2),
            (self.in_place, 3),
            (self.exchange, 4),
            (self.rebind, 5),
            (self.shorten, 1),
            (self.choose, 2),
            (self.branch, 3 if self.depth < 3 else 0),
            (self.loop, 3 if self.depth < 3 else 0),
        ]
        makers, weights = zip(*choices, strict=True)
        self.rng.choices(makers, weights)[0]()

    def fresh(self) -> None:
        length = self.vectors[self.vector() or "x"]
        value, name = self.value(length), self.name()
        self.line(f"{name} = {value}")
        self.vectors[name] = length

    def take_view(self) -> None:
        text, length = self.view(self.vector() or "x")
        name = self.name()
        self.line(f"{name} = {text}")
        self.vectors[name] = length

    def row(self) -> None:
        base = self.rng.choice(list(self.matrices))
        n, m = self.matrices[base]
        name = self.name()
        if self.rng.random() < 0.2:
            self.line(f"{name} = {base} * {self.number()}")
            self.matrices[name] = (n, m)
            return
        kind = self.rng.randrange(4)
        if kind == 0:
            text, length = f"{base}[:, {self.index(m)}]", n
        elif kind == 1 and self.vectors:
            text, length = f"{base}.ravel()", n * m
        elif kind == 2:
            text, length = f"{base}.T[{self.index(m)}]", n
        else:
            text, length = f"{base}[{self.index(n)}]", m
        self.line(f"{name} = {text}")
        self.vectors[name] = length

    def store(self) -> None:
        a, b = self.vector() or "x", self.vector() or "x"
        sign = self.rng.choice(["=", "=", "+=", "*="])
        right = f"{b}[{self.index(self.vectors[b])}] * {self.number()}"
        self.line(f"{a}[{self.index(self.vectors[a])}] {sign} {right}")

    def store_slice(self) -> None:
        text, length = self.view(self.vector() or "x")
        if not text.endswith("]") or "reshape" in text:
            text += "[:]"
        sign = self.rng.choice(["=", "=", "+=", "*="])
        if self.vector(length) is None:
            self.line(f"{text} {sign} {self.number()}")
            return
        self.line(f"{text} {sign} {self.value(length)}")

    def store_matrix(self) -> None:
        base = self.rng.choice(list(self.matrices))
        n, m = self.matrices[base]
        right = self.vector(m)
        if right is not None and self.rng.random() < 0.5:
            self.line(f"{base}[{self.index(n)}] = {right} * {self.number()}")
        else:
            self.line(f"{base}[{self.index(n)}, {self.index(m)}] *= {self.number()}")

    def in_place(self) -> None:
        a = self.vector() or "x"
        self.line(f"{a} {self.rng.choice(['+=', '*=', '-='])} {self.value(self.vectors[a])}")

    def exchange(self) -> None:
        a = self.vector() or "x"
        same = [v for v, n in self.vectors.items() if n == self.vectors[a] and v != a]
        if len(same) > 1 and self.rng.random() < 0.3:
            b, c = self.rng.sample(same, 2)
            self.line(f"{a}, {b}, {c} = {b}, {c}, {a}")
        elif same:
            b = self.rng.choice(same)
            self.line(f"{a}, {b} = {b}, {a}")

    def rebind(self) -> None:
        a = self.vector() or "x"
        length = self.vectors[a]
        if self.rng.random() < 0.4:
            self.line(f"{a} = {self.vector(length)}")
        else:
            self.line(f"{a} = {self.value(length)}")

    def shorten(self) -> None:
        """A name for a shorter array; not in blocks, where the length would not be known."""
        a = self.vector() or "x"
        if self.depth > 1 or self.vectors[a] < 3:
            return
        self.line(f"while len({a}) > 2:")
        self.line(f"    {a} = {a}[1:] * {a}[:-1]")
        self.vectors[a] = 2

    def choose(self) -> None:
        a = self.vector() or "x"
        b, name = self.vector(self.vectors[a]), self.name()
        self.line(f"{name} = {a} if {self.test()} else {b}")
        self.vectors[name] = self.vectors[a]

    # ------------------------------------------------------------------------- blocks

    def block(self) -> None:
        vectors, matrices = dict(self.vectors), dict(self.matrices)
        self.depth += 1
        for _ in range(self.rng.randint(1, 3)):
            self.statement()
        self.line("pass")
        self.depth -= 1
        self.vectors, self.matrices = vectors, matrices

    def branch(self) -> None:
        self.line(f"if {self.test()}:")
        self.block()
        if self.rng.random() < 0.5:
            self.line("else:")
            self.block()

    def loop(self) -> None:
        self.line(f"for _ in range({self.rng.randint(1, 3)}):")
        self.block()


def check_seed(seed: int, most: int = 8) -> tuple[str, Outcome]:
    """Write and check the program of a seed."""
    text = AliasingWriter(seed, most).text()
    return text, check(text, seed)


def main(first: int, last: int, most: int = 8) -> None:
    """Check the programs of seeds, and print those that come out wrong."""
    kinds: dict[str, int] = {}
    for seed in range(first, last):
        text, outcome = check_seed(seed, most)
        kinds[outcome.kind] = kinds.get(outcome.kind, 0) + 1
        if outcome.failed:
            print(f"seed {seed}: {outcome.kind}: {outcome.detail}\n{text}")
    print(kinds)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
