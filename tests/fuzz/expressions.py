"""Random expressions: indices, parts of arrays, numbers, conditions and whole arrays."""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.fuzz.scope import Scope, Shape, sizes

SLICES = ["1:", ":-1", "::-1", "::2", "1::2", "::-2", "-2:", "-1:0:-1", "-2::-1", "1:-1", ":2", ":"]


class Expressions:
    """Writes expressions over the variables in scope."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.sizes = sizes(seed)
        self.scope = Scope()

    # ------------------------------------------------------------------ pieces

    def chance(self, probability: float) -> bool:
        """True that often."""
        return self.rng.random() < probability

    def weight(self) -> str:
        """A constant of the order of one."""
        return f"{self.rng.choice([0.3, 0.4, 0.5, 0.7, 0.9, 1.1, 1.3, -0.6, -0.8])}"

    def length(self, extent: int) -> str:
        """A text for a length: `n`, `len(v)`, a number."""
        texts = [name for name, size in self.sizes.items() if size == extent] * 4
        texts += [f"len({a})" for a, of in self.scope.arrays.items() if of[0] == extent]
        return self.rng.choice(texts or [str(extent)])

    def size(self, shape: Shape) -> str:
        """A text for a shape."""
        texts = [self.length(extent) for extent in shape]
        return texts[0] if len(shape) == 1 else f"({', '.join(texts)})"

    def integer(self) -> str:
        """An integer expression, small."""
        names = [*self.scope.ints, *(i for i, _ in self.scope.loops)]
        if not names or self.chance(0.15):
            return str(self.rng.randint(0, 3))
        name, c = self.rng.choice(names), self.rng.randint(1, 3)
        forms = [name, name, f"({name} + {c})", f"({name} - {c})", f"(2 * {name})"]
        forms += [f"({name} // 2)", f"(({name} - {c}) // 2)", f"(-{name} % {c + 1})"]
        return self.rng.choice(forms)

    def index(self, extent: int) -> str:
        """An index into an axis of that length, in range."""
        inside = [i for i, below in self.scope.loops if below <= extent]
        if inside and self.chance(0.75):
            i = self.rng.choice(inside)
            return self.rng.choice(
                [i, i, i, i, f"{i} - 1", f"{self.length(extent)} - 1 - {i}", f"-1 - {i}"]
            )
        if self.scope.ints and self.chance(0.6):
            return f"{self.integer()} % {self.length(extent)}"
        return self.rng.choice(["0", "-1", f"{self.length(extent)} - 1"])

    # ------------------------------------------------------------------ arrays and parts of them

    def arrays_of(self, *shapes: Shape) -> list[str]:
        return [a for a, of in self.scope.arrays.items() if of in shapes]

    def part(self, text: str, shape: Shape) -> tuple[str, Shape]:
        """One basic index into an array: a slice, a row, a column, the transposed."""
        if len(shape) == 1:
            cut = self.rng.choice(SLICES)
            return f"{text}[{cut}]", (_cut(shape[0], cut),)
        rows, columns = shape
        one, other = self.rng.choice(SLICES), self.rng.choice(SLICES)
        forms: list[tuple[str, Shape]] = [
            (f"{text}[{one}, {other}]", (_cut(rows, one), _cut(columns, other))),
            (f"{text}[{one}]", (_cut(rows, one), columns)),
            (f"{text}.T", (columns, rows)),
        ]
        if rows:
            i = self.index(rows)
            forms += [(f"{text}[{i}]", (columns,))] * 2
            forms += [(f"{text}[{i}, {other}]", (_cut(columns, other),))]
        if columns:
            j = self.index(columns)
            forms += [(f"{text}[:, {j}]", (rows,)), (f"{text}[{one}, {j}]", (_cut(rows, one),))]
        return self.rng.choice(forms)

    def view_of_something(self) -> tuple[str, Shape]:
        """A view of an array, of a view of it one time in three."""
        text = self.rng.choice(list(self.scope.arrays))
        text, shape = self.part(text, self.scope.arrays[text])
        return self.part(text, shape) if self.chance(0.33) else (text, shape)

    def part_of_shape(self, shape: Shape) -> str | None:
        """A view of exactly that shape, if a few trials find one."""
        for _ in range(4):
            text, of = self.view_of_something()
            if of == shape:
                return text
        return None

    def load(self) -> str:
        """An element of some array that has any."""
        names = [a for a, of in self.scope.arrays.items() if 0 not in of]
        if not names:
            return self.weight()
        name = self.rng.choice(names)
        shape = self.scope.arrays[name]
        if len(shape) == 2 and self.chance(0.15):
            return f"{name}[{self.index(shape[0])}][{self.index(shape[1])}]"
        return f"{name}[{', '.join(self.index(extent) for extent in shape)}]"

    def whole(self, shape: Shape, depth: int = 2) -> str:
        """An array expression of that shape, possibly broadcast (never only a number)."""
        same = self.arrays_of(shape)
        part = self.part_of_shape(shape) if not same or self.chance(0.3) else None
        if part is None and not same:
            return f"np.full({self.size(shape)}, {self.leaf()})"
        a = part if part is not None else self.rng.choice(same)
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
            forms += [f"{inner} * {v}" for v in self.arrays_of((shape[1],))[:2]]
            forms += [f"({inner} + {v}[:, None])" for v in self.arrays_of((shape[0],))[:2]]
        else:
            matrices = [a for a, of in self.scope.arrays.items() if len(of) == 2]
            for b in matrices[:2]:
                if self.scope.arrays[b][0] == shape[0]:
                    forms.append(f"np.sum({b}, axis=1)")
                if self.scope.arrays[b][1] == shape[0]:
                    forms.append(f"np.sum({b}, axis=0)")
        return self.rng.choice(forms)

    # ------------------------------------------------------------------ numbers and conditions

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
            lambda: f"{self.rng.choice(['settled', 'halved'])}({a})",
            self.reduction,
            self.reduction,
            lambda: f"float({self.integer()}) * {a}",
            lambda: f"-{a}",
        ]
        return self.rng.choice(forms)()

    def leaf(self) -> str:
        """A variable, an element or a constant."""
        if self.scope.floats and self.chance(0.5):
            return self.rng.choice(self.scope.floats)
        if self.scope.arrays and self.chance(0.75):
            return self.load()
        return self.weight()

    def reduction(self) -> str:
        """A number made of an array or of a part of one."""
        if self.scope.loops and self.chance(0.2):
            return self.partial_sum()
        if self.chance(0.35):
            name, shape = self.view_of_something()
        else:
            name = self.rng.choice(list(self.scope.arrays))
            shape = self.scope.arrays[name]
        peer = self.rng.choice([*self.arrays_of(shape), name])
        forms = [f"np.sum({name})", f"np.sum({name} * {peer})", f"{name}.sum()"]
        if 0 not in shape:
            forms += [f"np.mean({name})", f"np.linalg.norm({name} + 2.0)"]
            forms += [f"np.max({name})", f"{name}.min()"]
        if len(shape) == 1:
            forms += [
                f"np.dot({name}, {peer})",
                f"({name} @ {peer})",
                f"first_over({name}, {self.leaf()})",
                f"first_pair({name}, {self.leaf()})",
                f"horner({name}, {self.leaf()})",
            ]
        return self.rng.choice(forms)

    def partial_sum(self) -> str:
        """A sum over a part of a vector that a loop counter bounds."""
        vectors = [a for a, of in self.scope.arrays.items() if len(of) == 1]
        i, _ = self.rng.choice(self.scope.loops)
        if not vectors:
            return f"float({i})"
        a = self.rng.choice(vectors)
        peer = self.rng.choice(self.arrays_of(self.scope.arrays[a]))
        cut = self.rng.choice([f"{i}:", f":{i}", f":{i} + 1", f"{i}::-1"])
        return self.rng.choice([f"np.sum({a}[{cut}])", f"np.dot({a}[{cut}], {peer}[{cut}])"])

    def test(self, depth: int = 1) -> str:
        """A condition, on data mostly."""
        forms = [
            f"{self.leaf()} < {self.leaf()}",
            f"{self.leaf()} > {self.weight()}",
            f"{self.integer()} % 2 == 0",
            f"{self.integer()} < {self.rng.randint(1, 3)}",
            f"-0.5 < {self.leaf()} <= {self.leaf()}",
            f"0 <= {self.integer()} < {self.integer()}",
        ]
        if depth:
            a, b = self.test(depth - 1), self.test(depth - 1)
            forms += [f"({a}) and ({b})", f"({a}) or ({b})", f"not ({a})"]
        return self.rng.choice(forms)


def _cut(extent: int, cut: str) -> int:
    """How many elements a slice takes of an axis."""
    bounds = [int(part) if part else None for part in cut.split(":")]
    return len(range(extent)[slice(*bounds)])
