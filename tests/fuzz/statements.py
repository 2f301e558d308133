"""Random simple statements: assignments, stores, views, in-place operators, calls that write."""

from __future__ import annotations

from tests.fuzz.expressions import Expressions
from tests.fuzz.scope import Shape


class Statements(Expressions):
    """Writes statements of one line, or of a few without a choice in them.

    Attributes
    ----------
    lines, depth : the text so far, and how deep the next line stands.
    fixed : integer variables that only their loop may bind.
    """

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self.lines: list[str] = []
        self.depth = 1
        self.numbers = 0
        self.fixed: set[str] = set()

    def line(self, text: str) -> None:
        """Write one line at the current depth."""
        self.lines.append("    " * self.depth + text)

    def fresh(self, stem: str) -> str:
        """A name that is not in use yet."""
        self.numbers += 1
        return f"{stem}{self.numbers}"

    def any_array(self) -> tuple[str, Shape]:
        name = self.rng.choice(list(self.scope.arrays))
        return name, self.scope.arrays[name]

    # ------------------------------------------------------------------ numbers

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

    def bind_float(self, name: str) -> None:
        if name not in self.scope.floats:
            self.scope.floats.append(name)

    def assign_float(self) -> None:
        value = self.bounded_number()
        name = self.target()
        self.line(f"{name} = {value}")
        self.bind_float(name)

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
            + [f"({self.integer()} - {self.integer()} * 2) // 3"]
        )
        self.line(f"{name} = {value}")
        if name not in self.scope.ints:
            self.scope.ints.append(name)

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

    def exchange(self) -> None:
        """Two or three numbers, elements or rows change places."""
        floats = self.scope.floats
        tall = [a for a, of in self.scope.arrays.items() if len(of) == 2 and of[0] > 0]
        if len(floats) > 2 and self.chance(0.3):
            a, b, c = self.rng.sample(floats, 3)
            self.line(f"{a}, {b}, {c} = {b}, {c}, {a} * {self.weight()}")
        elif len(floats) > 1 and self.chance(0.4):
            a, b = self.rng.sample(floats, 2)
            self.line(f"{a}, {b} = {b}, {self.rng.choice([a, f'({a} - {b})'])}")
        elif tall and self.chance(0.3):
            name = self.rng.choice(tall)
            i, j = (self.index(self.scope.arrays[name][0]) for _ in range(2))
            self.line(f"{name}[{i}], {name}[{j}] = {name}[{j}].copy(), {name}[{i}].copy()")
        else:
            a, b = self.element(), self.element()
            self.line(f"{a}, {b} = {b}, {a}")

    # ------------------------------------------------------------------ stores

    def element(self) -> str:
        """An element, or a variable where no array has one."""
        text = self.load()
        return text if "[" in text else self.rng.choice(self.scope.floats)

    def store(self) -> None:
        element = self.element()
        operator = self.rng.choice(["=", "=", "=", "+=", "-=", "*="])
        value = f"math.cos({self.number(1)})" if operator == "*=" else self.bounded_number()
        self.line(f"{element} {operator} {value}")

    def slice_store(self) -> None:
        name, shape = self.any_array()
        c = self.leaf()
        if len(shape) == 1:
            forms = [
                f"{name}[1:] = {name}[:-1] * {c}",
                f"{name}[:-1] += {name}[1:] * {c}",
                f"{name}[1:] += {name}[:-1]",
                f"{name}[::2] = np.sin({name}[::2])",
                f"{name}[:] = {self.whole(shape)}",
                f"{name}[::-1] = {name} * {c}",
                f"{name}[:] = {name}[::-1]",
                f"{name}[::-1] *= {name}",
                f"{name}[:2] *= {self.weight()}",
                f"{name}[1:-1] = 0.5 * ({name}[:-2] + {name}[2:])",
            ]
        else:
            forms = [
                f"{name}[1:] = {name}[:-1] * {c}",
                f"{name}[:, 1:] -= np.tanh({name}[:, :-1])",
                f"{name}[:, ::-1] += {name}",
                f"{name}[...] = {self.whole(shape)}",
                f"{name}[:] = {self.leaf()}",
            ]
        self.line(self.rng.choice(forms))

    def part_store(self) -> None:
        """A store to any view, of a number or of an array, maybe one that overlaps it."""
        text, shape = self.view_of_something()
        if text.endswith(".T"):
            text += "[:]"
        operator = self.rng.choice(["=", "=", "+=", "-=", "*="])
        self.line(f"{text} {operator} {self.leaf() if self.chance(0.3) else self.whole(shape)}")

    def bounded_store(self) -> None:
        """A store to the part of a vector before or behind a loop counter."""
        vectors = [a for a, of in self.scope.arrays.items() if len(of) == 1]
        if not vectors or not self.scope.loops:
            return self.part_store()
        a, (i, _) = self.rng.choice(vectors), self.rng.choice(self.scope.loops)
        peer = self.rng.choice(self.arrays_of(self.scope.arrays[a]))
        cut = self.rng.choice([f"{i}:", f":{i}", f"{i} + 1:", f":{i} + 1"])
        c = self.leaf()
        forms = [f"{a}[{cut}] *= {c}", f"{a}[{cut}] -= {c} * {peer}[{cut}]", f"{a}[{cut}] = {c}"]
        self.line(self.rng.choice(forms))
        return None

    def in_place(self) -> None:
        name, shape = self.any_array()
        if self.chance(0.2):
            self.line(f"{name} /= 1.0 + {self.rng.choice([name, self.leaf()])} ** 2")
            return
        operator = self.rng.choice(["+=", "-=", "*="])
        self.line(f"{name} {operator} {self.rng.choice([self.whole(shape), self.leaf()])}")

    # ------------------------------------------------------------------ arrays

    def new_array(self) -> None:
        n, m = self.sizes["n"], self.sizes["m"]
        shape: Shape = self.rng.choice([(n,), (n,), (m,), (n, m)])
        size = self.size(shape)
        forms = [f"np.zeros({size})", f"np.ones({size})", self.whole(shape), self.whole(shape)]
        for a in self.arrays_of(shape)[:3]:
            forms += [f"{a}.copy()", f"np.copy({a})", f"np.zeros_like({a})"]
            if len(shape) == 1:
                forms += [f"scaled({a}, {self.leaf()})", f"{a}[::-1].copy()"]
        name = self.fresh("a")
        self.line(f"{name} = {self.rng.choice(forms)}")
        self.scope.arrays[name] = shape
        if self.chance(0.4):
            self.filled(name, shape)

    def filled(self, name: str, shape: Shape) -> None:
        """Loops over all elements of an array."""
        counters = [self.fresh("i") for _ in shape]
        depth, scope = self.depth, self.scope
        self.scope = scope.copy()
        for counter, extent in zip(counters, shape, strict=True):
            self.line(f"for {counter} in range({self.length(extent)}):")
            self.scope.loops.append((counter, extent))
            self.depth += 1
        operator = self.rng.choice(["=", "+="])
        self.line(f"{name}[{', '.join(counters)}] {operator} {self.number()}")
        self.depth, self.scope = depth, scope

    def rebind_array(self) -> None:
        name, shape = self.any_array()
        self.line(f"{name} = {self.whole(shape)}")

    def view(self) -> None:
        """A second name for an array or for a part of one, often written through at once."""
        if self.chance(0.2):
            value, of = self.any_array()
        else:
            value, of = self.view_of_something()
        new = self.fresh("v")
        self.line(f"{new} = {value}")
        self.scope.arrays[new] = of
        if self.chance(0.6) and 0 not in of:
            self.line(f"{new}[{', '.join(self.index(extent) for extent in of)}] = {self.number()}")

    # ------------------------------------------------------------------ calls

    def helper_call(self) -> None:
        """A call of a function that writes to its argument, or that gives two results."""
        vectors = [(a, of) for a, of in self.scope.arrays.items() if len(of) == 1 and of[0] > 0]
        if self.chance(0.4):
            text, shape = self.view_of_something()
            if len(shape) == 1 and shape[0] > 0:
                vectors = [(text, shape)]
        if not vectors:
            return self.assign_float()
        (array, (extent,)), c = self.rng.choice(vectors), self.leaf()
        other, _ = self.rng.choice(vectors)
        forms = [
            f"shifted({array}, {c})",
            f"{self.rng.choice(self.scope.floats)} += added({array}, {other}, {c})",
            f"added({array}, {array}, {c})",
            f"added({array}[1:], {array}[:-1], {c})",
            f"{self.rng.choice(self.scope.floats)} -= 0.3 * smoothed({array}, {c})",
            f"clipped_in_place({array}, -0.4)",
            f"clipped_in_place({array}, low=-0.5, high=1.0 + {c} ** 2)",
        ]
        if self.chance(0.2):
            name = self.target()
            self.line(f"{name} = swapped({array}, {self.index(extent)}, {self.index(extent)})")
            self.bind_float(name)
        elif self.chance(0.2) and len(self.scope.floats) > 1:
            a, b = self.rng.sample(self.scope.floats, 2)
            self.line(f"{a}, {b} = both({self.leaf()}, math.sin({self.leaf()}))")
        else:
            self.line(self.rng.choice(forms))
        return None
