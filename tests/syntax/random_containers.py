"""Random programs with tuples, lists, dicts, objects and closures, as text."""

from __future__ import annotations

import random

HEAD = """
class Thing:
    def __init__(self, a, b):
        self.a, self.b = a, b

    def bump(self, by):
        self.a += by
        if self.a > 2.0:
            return self.b
        self.b = self.a * 0.5
        return self.a

    def mixed(self, other):
        return Thing(self.a + other.b, other.a - self.b)
"""


class Writer:
    """Writes one program; kinds of variables are tracked so that most programs run."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.lines: list[str] = []
        self.numbers = ["x", "y"]
        self.pairs: list[str] = ["p"]
        self.dicts: list[str] = ["d"]
        self.things: list[str] = ["o"]
        self.lists: list[str] = ["l"]
        self.depth = 0
        self.in_loop = False

    def program(self) -> str:
        """The text of a module with a function `program(x, y)`."""
        self.emit("def program(x, y):")
        self.depth = 1
        self.emit("p = (x, y * 2.0)")
        self.emit("d = {'a': x, 'b': 1.0, 'c': y}")
        self.emit("o = Thing(x, y)")
        self.emit("l = [x, 1.5, y]")
        self.emit("c = 0.5")
        self.emit("def add(v):")
        self.emit("    nonlocal c")
        self.emit("    c = c * 0.5 + v")
        self.emit("    return c + x")
        self.numbers.append("c")
        self.block(self.random.randint(4, 9))
        total = " + ".join(
            [f"{n} * {k + 1}.0" for k, n in enumerate(self.numbers)]
            + [f"{p}[0] - {p}[1] * 3.0" for p in self.pairs]
            + [f"{d}['a'] * {d}['b'] + {d}['c']" for d in self.dicts]
            + [f"{o}.a - 2.0 * {o}.b" for o in self.things]
            + [f"{e}[0] + {e}[-1] * {e}[1] + len({e})" for e in self.lists]
        )
        self.emit(f"return {total}")
        return HEAD + "\n\n" + "\n".join(self.lines) + "\n"

    def emit(self, line: str) -> None:
        self.lines.append("    " * self.depth + line)

    def pick(self, names: list[str]) -> str:
        return self.random.choice(names)

    def number(self) -> str:
        """An expression that is a number."""
        forms = [
            lambda: self.pick(self.numbers),
            lambda: f"{self.random.choice([0.5, 1.5, -1.0, 2.0])}",
            lambda: f"{self.pick(self.pairs)}[{self.random.choice([0, 1, -1])}]",
            lambda: f"{self.pick(self.dicts)}['{self.random.choice('abc')}']",
            lambda: f"{self.pick(self.things)}.{self.random.choice('ab')}",
            lambda: f"{self.pick(self.lists)}[{self.random.choice([0, 1, -1])}]",
            lambda: f"({self.number()} + {self.number()} * 0.5)",
            lambda: f"({self.number()} - {self.number()})",
            lambda: f"{self.pick(self.things)}.bump({self.number()})",
            lambda: f"add({self.number()})",
            lambda: f"sum({self.pick(self.lists)})",
            lambda: f"({self.number()} if {self.test()} else {self.number()})",
        ]
        weights = [6, 4, 4, 4, 4, 3, 3, 3, 1, 1, 1, 1]
        return self.random.choices(forms, weights)[0]()

    def test(self) -> str:
        return f"{self.number()} {self.random.choice('<>')} {self.number()}"

    def block(self, count: int) -> None:
        for _ in range(count):
            self.statement()

    def statement(self) -> None:
        kinds = [
            (self.assign, 4),
            (self.assign_pair, 3),
            (self.swap, 2),
            (self.set_item, 4),
            (self.set_attribute, 4),
            (self.set_element, 3),
            (self.rebind_container, 2),
            (self.call, 2),
            (self.alias, 1),
        ]
        if self.depth < 4:
            kinds += [(self.branch, 2), (self.loop, 2), (self.walk, 1)]
        if self.in_loop:
            kinds += [(self.leave, 1)]
        self.random.choices([k for k, _ in kinds], [w for _, w in kinds])[0]()

    def assign(self) -> None:
        name = self.random.choice(self.numbers[2:] + ["s", "t"])
        if name not in self.numbers and self.depth > 1:
            name = "c"
        op = self.random.choice(["=", "+="]) if name in self.numbers else "="
        self.emit(f"{name} {op} {self.number()}")
        if name not in self.numbers:
            self.numbers.append(name)

    def assign_pair(self) -> None:
        p = self.pick(self.pairs)
        self.emit(f"{p} = ({self.number()}, {self.number()})")

    def swap(self) -> None:
        p, d = self.pick(self.pairs), self.pick(self.dicts)
        form = self.random.randint(0, 3)
        if form == 0:
            self.emit(f"{p} = {p}[1], {p}[0]")
        elif form == 1:
            self.emit(f"{d}['a'], {d}['b'] = {d}['b'], {p}[0]")
        elif form == 2:
            self.emit(f"c, {self.pick(self.things)}.a = {self.number()}, c")
        else:
            self.emit(f"{p}, c = (c, {self.number()}), {p}[0]")

    def set_item(self) -> None:
        key = self.random.choice("abc")
        op = self.random.choice(["=", "+=", "*="])
        self.emit(f"{self.pick(self.dicts)}['{key}'] {op} {self.number()}")

    def set_attribute(self) -> None:
        op = self.random.choice(["=", "+=", "-="])
        self.emit(f"{self.pick(self.things)}.{self.random.choice('ab')} {op} {self.number()}")

    def set_element(self) -> None:
        op = self.random.choice(["=", "+="])
        self.emit(
            f"{self.pick(self.lists)}[{self.random.choice([0, 1, 2, -1])}] {op} {self.number()}"
        )

    def rebind_container(self) -> None:
        form = self.random.randint(0, 3)
        if form == 0:
            self.emit(f"o = o.mixed({self.pick(self.things)})")
        elif form == 1:
            self.emit(f"d = {{**d, 'b': {self.number()}}}")
        elif form == 2:
            self.emit(f"l = [l[1], {self.number()}, l[0]]")
        else:
            self.emit(f"l.append({self.number()})")

    def alias(self) -> None:
        if self.depth > 1:
            return self.call()
        kind, name = self.random.choice(
            [(self.pairs, "q"), (self.dicts, "e"), (self.things, "w"), (self.lists, "m")]
        )
        if name not in kind:
            self.emit(f"{name} = {kind[0]}")
            kind.append(name)
        return None

    def call(self) -> None:
        self.emit(
            self.random.choice([f"add({self.number()})", f"{self.pick(self.things)}.bump(0.25)"])
        )

    def leave(self) -> None:
        self.emit(f"if {self.test()}:")
        self.depth += 1
        if self.random.random() < 0.5:
            self.emit(f"{self.pick(self.dicts)}['c'] += 1.0")
        self.emit(self.random.choice(["break", "continue"]))
        self.depth -= 1

    def branch(self) -> None:
        self.emit(f"if {self.test()}:")
        self.inside(2)
        if self.random.random() < 0.6:
            self.emit("else:")
            self.inside(2)

    def loop(self) -> None:
        self.emit(f"for i in range({self.random.choice(['2', '3', 'int(y)'])}):")
        was, self.in_loop = self.in_loop, True
        self.inside(3)
        self.in_loop = was
        if self.random.random() < 0.3:
            self.emit("else:")
            self.inside(1)

    def walk(self) -> None:
        source = self.random.choice(
            [self.pick(self.pairs), f"{self.pick(self.dicts)}.values()", "(x, y)"]
        )
        self.emit(f"for v in {source}:")
        was, self.in_loop = self.in_loop, True
        self.depth += 1
        self.emit(f"{self.pick(self.things)}.b += v")
        self.depth -= 1
        self.inside(2)
        self.in_loop = was

    def inside(self, count: int) -> None:
        self.depth += 1
        self.block(self.random.randint(1, count))
        self.depth -= 1
