"""Random Python functions, as text.

In goes a seed, out comes the source of `program` and of what it calls. What is written is what
people write who do numerics in plain Python: loops, branches, exits, element and slice stores,
views and aliases, accumulations, reductions, calls of functions that write to their arguments.

By construction a program mostly runs: indices are kept in range, variables are read where they are
bound, and values pass through bounded functions. The few that do not run are skipped by the check.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.fuzz.helpers import HELPERS
from tests.fuzz.scope import PARAMETERS
from tests.fuzz.statements import Statements

WRITING = ("store", "exchange", "slice_store", "part_store", "bounded_store", "in_place")
WRITING += ("new_array", "view", "helper_call")


class Writer(Statements):
    """Writes one program, of up to about `most` statements.

    Attributes
    ----------
    params : the parameters of the program, a part of `PARAMETERS`.
    pure : whether it writes to no array and calls NumPy only, so that the tape can run it.
    """

    def __init__(self, seed: int, most: int = 16) -> None:
        super().__init__(seed)
        self.budget = self.rng.randint(3, most)
        self.pure = self.chance(0.2)
        self.in_loop = False
        self.liking: dict[str, float] = {}

    # ------------------------------------------------------------------ the whole

    def text(self) -> str:
        """Source of the program, helpers first."""
        optional = [p for p in ("y", "w", "A", "t", "k") if self.rng.random() < 0.6]
        self.params = [p for p in PARAMETERS if p in ("x", "s", *optional)]
        for param in self.params:
            self._bind_parameter(param)
        self.line("n = len(x)" if self.chance(0.5) else "n = x.shape[0]")
        if "A" in self.params:
            self.line("m = A.shape[1]")
        elif "w" in self.params:
            self.line("m = w.shape[0]")
        else:
            self.line(f"m = {self.sizes['m']}")
        while self.budget > 0:
            self.statement()
        self.line(f"return {self.result()}")
        head = f"def program({', '.join(self.params)}):"
        text = HELPERS + "\n".join([head, *self.lines]) + "\n"
        return text.replace("math.", "np.") if self.pure else text

    def _bind_parameter(self, name: str) -> None:
        kind = PARAMETERS[name]
        if kind == "float":
            self.scope.floats.append(name)
        elif kind == "int":
            self.scope.ints.append(name)
        else:
            self.scope.arrays[name] = tuple(self.sizes[axis] for axis in kind)

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

    # ------------------------------------------------------------------ statements

    def likes(self, kind: str) -> float:
        """How much this program is given to a kind of statement: each has habits of its own."""
        if kind not in self.liking:
            self.liking[kind] = self.rng.choice([0.0, 0.5, 1.0, 1.0, 3.0])
        return self.liking[kind]

    def statement(self) -> None:
        """Write one statement."""
        self.budget -= 1
        simple = [
            (self.assign_float, 5),
            (self.accumulate, 4),
            (self.assign_int, 1),
            (self.store, 7),
            (self.exchange, 2),
            (self.slice_store, 2),
            (self.part_store, 2),
            (self.bounded_store, 1),
            (self.new_array, 2),
            (self.rebind_array, 1),
            (self.in_place, 1),
            (self.view, 2),
            (self.helper_call, 2),
            (self.count, 1),
        ]
        compound = [(self.for_loop, 4), (self.if_else, 4), (self.while_loop, 1), (self.leave, 1)]
        compound += [(self.work_loop, 1), (self.same_test_twice, 1), (self.contraction, 1)]
        compound += [(self.search, 1), (self.local_function, 0.5)]
        if self.pure:
            simple = [(kind, weight) for kind, weight in simple if kind.__name__ not in WRITING]
            compound = [(kind, weight) for kind, weight in compound if kind != self.work_loop]
        choices = simple + (compound if self.depth < 5 and self.budget > 0 else [])
        weights = [weight * self.likes(kind.__name__) for kind, weight in choices]
        kinds = [kind for kind, _ in choices]
        (self.rng.choices(kinds, weights)[0] if any(weights) else self.assign_float)()

    def some(self, most: int) -> None:
        """Up to `most` statements, at least one."""
        for _ in range(self.rng.randint(1, most)):
            self.statement()

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

    def announced(self) -> None:
        """Bind a variable before a compound statement, so that it may be used after it."""
        if self.chance(0.3):
            name = self.fresh("f")
            self.line(f"{name} = {self.leaf()}")
            self.scope.floats.append(name)

    # ------------------------------------------------------------------ loops

    def span(self, extent: int) -> str:
        """A range whose values are indices of an axis of that length."""
        size = self.length(extent)
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
        for j in [j for j, below in self.scope.loops if below <= extent]:
            spans += [f"range({j})", f"range({j}, {size})", f"range({j}, -1, -1)"] * 2
        return self.rng.choice(spans)

    def for_loop(self) -> None:
        self.announced()
        i = self.fresh("i")
        extent = self.rng.choice([of[0] for of in self.scope.arrays.values()])
        used_after = self.chance(0.25)
        if used_after:
            self.line(f"{i} = 0")
            self.fixed.add(i)
        vectors, floats = self.arrays_of((extent,)), []
        form = self.rng.random()
        if form < 0.15 and vectors:
            floats = [self.fresh("f")]
            names = f"{i}, {floats[0]}" if form < 0.1 else floats[0]
            array = self.rng.choice(vectors)
            self.line(f"for {names} in {f'enumerate({array})' if form < 0.1 else array}:")
            i = i if form < 0.1 else ""
        else:
            self.line(f"for {i} in {self.span(extent)}:")
        with self.block(in_loop=True):
            self.scope.floats += floats
            if i:
                self.scope.loops.append((i, extent))
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
            self.scope.arrays[work] = (self.sizes[size],)
        self.line(f"for {i} in range({self.rng.choice(['3', 'n', 'm'])}):")
        with self.block(in_loop=True):
            if not outside:
                self.line(f"{work} = np.zeros({size})")
                self.scope.arrays[work] = (self.sizes[size],)
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
            self.scope.loops.append((j, self.sizes[size]))
            forms = [
                f"{work}[{j}] = {self.number()}",
                f"{work}[{j}] = {self.leaf()} * {self.leaf()}",
                f"{total} += {work}[{j}] * {self.leaf()}",
                f"{total} += {work}[{j}] * {work}[{self.index(self.sizes[size])}]",
                f"{total} = math.sin({total} * {work}[{j}])",
            ]
            self.line(self.rng.choice(forms))
            if self.chance(0.2):
                self.line(f"if {self.test()}:")
                self.line(f"    {self.rng.choice(['break', 'continue', f'{work}[{j}] = 0.5'])}")
            if self.chance(0.2):
                self.statement()

    def search(self) -> None:
        """Two loops with exits from the inner one: the function, a loop, a trip."""
        i, j = self.fresh("i"), self.fresh("i")
        rows, columns = (self.rng.choice(list(self.sizes.values())) for _ in range(2))
        self.line(f"for {i} in {self.span(rows)}:")
        with self.block(in_loop=True):
            self.scope.loops.append((i, rows))
            if self.chance(0.5):
                self.statement()
            self.line(f"for {j} in {self.span(columns)}:")
            with self.block(in_loop=True):
                self.scope.loops.append((j, columns))
                self.some(2)
                self.line(f"if {self.test()}:")
                with self.block():
                    if self.chance(0.3):
                        self.statement()
                    exits = ["break", "continue", f"return {self.number()}"]
                    self.line(self.rng.choice(exits))
                self.statement()
            if self.chance(0.5):
                self.line(f"if {self.test()}:")
                self.line(f"    {self.rng.choice(['break', 'continue'])}")
                self.statement()

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

    def contraction(self) -> None:
        """A loop until a number is small, which only data say when."""
        f = self.fresh("f")
        self.line(f"{f} = {self.leaf()} + {self.weight()}")
        self.line(f"while abs({f}) > {self.rng.choice([0.05, 0.2])}:")
        with self.block(in_loop=True):
            self.line(f"{f} = {self.rng.choice([0.3, -0.4, 0.6])} * math.sin({f})")
            if self.chance(0.5):
                self.line(f"{self.rng.choice(self.scope.floats)} += {f} * {self.leaf()}")
            self.some(2)
        self.scope.floats.append(f)

    # ------------------------------------------------------------------ choices

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

    def local_function(self) -> None:
        """A function defined inside, which reads variables of the program, called once or twice."""
        if self.depth > 1:
            return self.assign_float()
        g, u = self.fresh("g"), self.fresh("u")
        captured = self.rng.choice(self.scope.floats)
        body = [f"{u} * {captured}", f"math.sin({u}) + {captured}", f"{u} - {captured} ** 2"]
        if self.chance(0.5):
            self.line(f"{g} = lambda {u}: {self.rng.choice(body)}")
        else:
            self.line(f"def {g}({u}):")
            self.line(f"    if {u} > {self.weight()}:")
            self.line(f"        return {captured} * 0.5")
            self.line(f"    return {self.rng.choice(body)}")
        for _ in range(self.rng.randint(1, 2)):
            self.line(f"{self.rng.choice(self.scope.floats)} = {g}({self.leaf()})")
        return None
