"""Tuples, lists, dicts and objects as variables of a program."""

import copy
import dataclasses
import math
import warnings
from typing import NamedTuple

import numpy as np

from tests.corpus.registry import program


def vector(r, n):
    return r.uniform(-1.5, 1.5, n)


def positive(r, n):
    return r.uniform(0.5, 1.5, n)


class Point(NamedTuple):
    x: float
    y: float = 1.0

    def squared(self):
        return self.x * self.x + self.y * self.y


@dataclasses.dataclass
class State:
    position: float
    velocity: float
    trace: list = dataclasses.field(default_factory=list)

    @property
    def energy(self):
        return 0.5 * self.velocity**2 + 0.5 * self.position**2


@dataclasses.dataclass(frozen=True)
class Constants:
    k: float = 2.0
    m: float = 0.5


class Vector:
    """A small vector with operators."""

    def __init__(self, x, y):
        self.x, self.y = x, y

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)

    def __sub__(self, other):
        return Vector(self.x - other.x, self.y - other.y)

    def __mul__(self, factor):
        return Vector(self.x * factor, self.y * factor)

    __rmul__ = __mul__

    def __neg__(self):
        return Vector(-self.x, -self.y)

    def __getitem__(self, k):
        return self.x if k == 0 else self.y

    def __len__(self):
        return 2

    def dot(self, other):
        return self.x * other.x + self.y * other.y


class Oscillator:
    """An object that is changed in place by its methods."""

    order = 2

    def __init__(self, x, v, k=1.0):
        self.x = x
        self.v = v
        self.k = k
        self.steps = 0

    def step(self, dt):
        self.v -= dt * self.k * self.x
        self.x += dt * self.v
        self.steps += 1

    def run(self, dt, n):
        for _ in range(n):
            self.step(dt)
            if self.x > 10.0:
                return self
        return self

    @property
    def energy(self):
        return 0.5 * self.k * self.x**self.order + 0.5 * self.v**2

    @staticmethod
    def scale(x):
        return 3.0 * x

    @classmethod
    def at_rest(cls, x):
        return cls(x, 0.0)


class Damped(Oscillator):
    def __init__(self, x, v, c):
        super().__init__(x, v)
        self.c = c

    def step(self, dt):
        super().step(dt)
        self.v *= 1.0 - dt * self.c


# --------------------------------------------------------------------------- tuples


@program(lambda r: (vector(r, 4),), compiled=True)
def tuple_carried_by_a_loop(x):
    pair = (0.0, 1.0)
    for v in x:
        pair = (pair[1], pair[0] + v * pair[1])
    return pair[0] * pair[1]


@program(lambda r: (vector(r, 4),))
def tuple_of_one_kind_on_each_path(x):
    if x[0] > 0:
        pair = x[1], x[2] * 2
    else:
        pair = x[2], x[1] * 3
    a, b = pair
    return a * b


@program(lambda r: (vector(r, 4),))
def nested_tuples_exchanged(x):
    a = (x[0], (x[1], x[2]))
    for _ in range(3):
        a = (a[1][0], (a[1][1] * a[0], a[0]))
    return a[0] + a[1][0] * a[1][1]


@program(lambda r: (vector(r, 4),), compiled=True)
def tuple_returned_by_a_function_with_two_exits(x):
    def sorted_pair(a, b):
        if a > b:
            return b, a
        return a, b

    s = 0.0
    for k in range(3):
        low, high = sorted_pair(x[k], x[k + 1])
        s += low * high**2
    return s


@program(lambda r: (vector(r, 3),))
def best_so_far(x):
    best = (-100.0, 0.0)
    for v in x:
        if v * v > best[0]:
            best = (v * v, math.sin(v))
    return best[0] * best[1]


@program(lambda r: (vector(r, 4),))
def tuple_after_an_early_exit(x):
    last = (x[0], x[1])
    for v in x:
        if v > 5.0:
            break
        last = (last[1] * v, last[0])
    else:
        last = (last[0] + 1.0, last[1])
    return last[0] * last[1]


@program(lambda r: (vector(r, 3),))
def named_tuple(x):
    p = Point(x[0])
    q = p._replace(y=x[1])
    for _ in range(2):
        p, q = q, Point(p.x + q.y, p.y * q.x)
    return p.squared() * q[0] + q._asdict()["y"]


@program(lambda r: (vector(r, 3),))
def star_unpacking(x):
    first, *rest = (x[0], x[1], x[2], 2.0)
    a, *_, b = [*rest, first]
    return a * b * sum(rest)


# --------------------------------------------------------------------------- lists


@program(lambda r: (vector(r, 3),), compiled=True)
def list_changed_in_place(x):
    values = [x[0], x[1], 3.0]
    other = values
    other[1] = values[0] * 2.0
    values[-1] *= x[2]
    return values[0] * values[1] + other[2] + len(other)


@program(lambda r: (vector(r, 3),))
def list_passed_to_a_function_that_changes_it(x):
    def double(items, k):
        items[k] *= 2.0
        return items

    values = [x[0], x[1]]
    kept = double(values, 0)
    double(kept, 0)
    return values[0] * kept[1]


@program(lambda r: (vector(r, 4),))
def list_of_rows_of_unequal_length(x):
    rows = [x, x[:2], x[1:] * 2.0]
    rows.append(rows[1] * rows[1])
    s = 0.0
    for k, row in enumerate(rows):
        s += (k + 1) * np.sum(row) * row[0]
    return s


@program(lambda r: (vector(r, 3),))
def list_methods(x):
    values = [x[0]]
    values.extend([x[1], x[2]])
    values.insert(1, 2.0 * x[0])
    last = values.pop()
    values.reverse()
    values += [last * values[0]]
    return sum(v * (k + 1) for k, v in enumerate(values)) * values[-1]


@program(lambda r: (vector(r, 3),))
def list_built_on_both_paths(x):
    terms = []
    if x[0] > 0:
        terms.append(x[1] * x[0])
    else:
        terms.append(x[2])
    terms.append(x[1])
    return terms[0] * terms[1]


@program(lambda r: (vector(r, 3),))
def list_of_functions(x):
    steps = [math.sin, lambda t: t * t, math.exp]
    y = x[0]
    for f, v in zip(steps, x, strict=True):
        y = f(y) * v
    return y


@program(lambda r: (vector(r, 4),), compiled=True)
def comprehensions(x):
    squares = [v * v for v in x]
    chosen = [s * k for k, s in enumerate(squares) if k % 2 == 1]
    table = {k: squares[k] + 1.0 for k in range(3)}
    matrix = np.array([[x[i] * x[j] for j in range(2)] for i in range(3)])
    return sum(chosen) * table[2] + np.sum(matrix * matrix) + max(v * v for v in x)


@program(lambda r: (vector(r, 3),))
def list_repeated(x):
    memo = [0.0] * 5
    memo[0], memo[1] = x[0], x[1]
    for k in range(2, 5):
        memo[k] = memo[k - 1] * x[2] + memo[k - 2]
    return memo[4] * memo[2]


@program(lambda r: (vector(r, 3), 6), compiled=True)
def list_repeated_n_times(x, n):
    memo = [0.0] * (n + 1)
    memo[0], memo[1] = x[0], x[1]
    for k in range(2, n + 1):
        memo[k] = memo[k - 1] * x[2] + memo[k - 2]
    return memo[n] * memo[2]


@program(lambda r: (vector(r, 4),))
def zipped_columns(x):
    points = [(x[0], x[1]), (x[2], x[3])]
    first, second = zip(*points, strict=True)
    return first[0] * second[1] + first[1] * second[0]


# --------------------------------------------------------------------------- dicts


@program(lambda r: (vector(r, 3),))
def dict_as_a_record(x):
    parameters = {"rate": x[0], "gain": x[1], "kind": "linear"}
    parameters["offset"] = parameters["rate"] * parameters["gain"]
    parameters["rate"] += 1.0
    if parameters["kind"] == "linear":
        parameters.update(gain=x[2])
    total = 0.0
    for key, value in parameters.items():
        if key != "kind":
            total += value * value
    return total * parameters.get("missing", 2.0)


@program(lambda r: (vector(r, 3),), compiled=True)
def dict_changed_in_a_loop(x):
    state = {"a": x[0], "b": 0.5, "n": 0}
    for v in x:
        state["a"] = state["a"] * v + state["b"]
        if v > 0:
            state["b"] += state["a"]
            state["n"] += 1
    return state["a"] * state["b"] + state["n"]


@program(lambda r: (vector(r, 3),))
def dict_of_functions(x):
    table = {"sin": np.sin, "square": lambda t: t * t}
    return table["sin"](x[0]) * table["square"](x[1]) * ("cos" in table or x[2])


@program(lambda r: (vector(r, 3),))
def keyword_arguments_forwarded(x):
    def inner(a, *, b=1.0, c=2.0):
        return a * b + c

    def outer(a, **options):
        options.setdefault("c", a)
        return inner(a, **options)

    return outer(x[0], b=x[1]) * outer(x[2])


@program(lambda r: (vector(r, 2),))
def merged_dicts(x):
    defaults = {"a": 1.0, "b": x[0]}
    given = {**defaults, "a": x[1]}
    given["b"] *= 2.0
    return given["a"] * given["b"] + defaults["b"]


# --------------------------------------------------------------------------- objects


@program(lambda r: (vector(r, 2),), compiled=True)
def object_changed_by_its_methods(x):
    o = Oscillator(x[0], x[1])
    o.run(0.1, 5)
    return o.energy * Oscillator.scale(o.x) + o.steps


@program(lambda r: (vector(r, 2),))
def two_names_of_one_object(x):
    a = Oscillator(x[0], x[1])
    b = a
    b.step(0.5)
    a.k = 3.0
    return a.energy + b.x


@program(lambda r: (vector(r, 2),))
def two_objects_of_one_class(x):
    a, b = Oscillator(x[0], 0.0), Oscillator.at_rest(x[1])
    for _ in range(3):
        a.step(0.1)
        b.step(0.1 * a.x)
    return a.energy * b.energy


@program(lambda r: (vector(r, 3),))
def inheritance(x):
    d = Damped(x[0], x[1], c=x[2])
    for _ in range(4):
        d.step(0.2)
    return d.energy


@program(lambda r: (vector(r, 2),), compiled=True)
def made_by_one_function_twice(x):
    def started(v):
        o = Oscillator(v, 1.0)
        o.step(0.3)
        return o

    a, b = started(x[0]), started(x[1])
    a.step(0.1)
    return a.x * b.x + a.v * b.v


@program(lambda r: (vector(r, 4),), compiled=True)
def operators_of_a_class(x):
    a, b = Vector(x[0], x[1]), Vector(x[2], x[3])
    for _ in range(2):
        a, b = a + 0.5 * b, -(b - a * 0.25)
    return a.dot(b) + a[0] * b[1] + len(a)


@program(lambda r: (vector(r, 2),))
def dataclass_rebound(x):
    s = State(x[0], x[1])
    c = Constants(m=2.0)
    for _ in range(5):
        s = State(s.position + 0.1 * s.velocity, s.velocity - 0.1 * c.k / c.m * s.position)
    return s.energy


@program(lambda r: (vector(r, 2),))
def dataclass_replaced(x):
    s = State(x[0], x[1])
    t = dataclasses.replace(s, velocity=2.0 * s.position)
    d = dataclasses.asdict(Constants(k=x[1]))
    return s.energy * t.energy + d["k"] * d["m"]


@program(lambda r: (vector(r, 2),))
def dataclass_with_a_trace(x):
    s = State(x[0], x[1])
    for _ in range(4):
        s.velocity -= 0.2 * s.position
        s.position += 0.2 * s.velocity
    return s.energy


@program(lambda r: (vector(r, 2),))
def object_copied(x):
    a = Oscillator(x[0], x[1])
    b = copy.copy(a)
    a.step(0.5)
    return a.x * b.x + b.v


@program(lambda r: (vector(r, 3),))
def object_in_an_object(x):
    class_of = {"inner": Oscillator(x[0], x[1]), "weight": x[2]}
    class_of["inner"].step(0.1)
    class_of["inner"].x *= 2.0
    return class_of["inner"].energy * class_of["weight"]


@program(lambda r: (vector(r, 3),))
def attribute_read_before_it_changes(x):
    o = Oscillator(x[0], x[1])
    before = o.x
    pair = (o.x, o.v)
    o.step(x[2])
    return before * o.x + pair[0] * pair[1] * o.v


@program(lambda r: (vector(r, 3),))
def argument_evaluated_before_a_method_changes_it(x):
    o = Oscillator(x[0], x[1])

    def moved(value, by):
        o.x += by
        return value * o.x

    return moved(o.x, x[2]) + o.x * moved(o.x, 1.0)


@program(lambda r: (vector(r, 3),))
def attribute_assigned_on_one_path(x):
    o = Oscillator(x[0], x[1])
    if x[0] > 0:
        o.x = x[2]
    for v in x:
        if v > 100.0:
            continue
        o.v += v * o.x
    return o.energy


# --------------------------------------------------------------------------- nonlocal, match, try


@program(lambda r: (vector(r, 4),), compiled=True)
def counter_in_a_closure(x):
    total, calls = 0.0, 0

    def add(v):
        nonlocal total, calls
        total += v * v
        calls += 1
        return total

    s = 0.0
    for v in x:
        s += add(v) * calls
    return s * total


@program(lambda r: (vector(r, 4),))
def argument_changed_by_the_callee_through_nonlocal(x):
    c = x[0]

    def twice(v):
        nonlocal c
        c = c * 2.0
        return v * c

    return twice(c) + c * twice(x[1])


@program(lambda r: (vector(r, 4), 2))
def match_on_numbers(x, kind):
    match kind:
        case 0:
            y = x[0]
        case 1 | 2 if x[1] > 100.0:
            y = x[1]
        case 2 | 3:
            y = x[2] ** 2
        case _:
            y = x[3]
    return y * x[0]


@program(lambda r: (vector(r, 4),))
def match_on_structure(x):
    def area(shape):
        match shape:
            case ("circle", r):
                return math.pi * r * r
            case ("box", a, b) | ["box", a, b] if False:
                return a
            case ("box", a, b):
                return a * b
            case {"side": a}:
                return a * a
            case Point(x=a, y=b):
                return a - b
            case float(a):
                return 2.0 * a
        return 0.0

    found = area(("circle", x[0])) * area(("box", x[1], x[2])) + area({"side": x[3]})
    return found + area(Point(x[0], x[1])) * area(x[2])


@program(lambda r: (positive(r, 4),))
def exception_of_a_callee(x):
    def checked(v):
        if v > 1.0:
            raise ValueError("too large")
        return v * v

    s = 0.0
    for v in x:
        try:
            s += checked(v)
        except (KeyError, ValueError):
            s += v
        except RuntimeError:
            s += 100.0
        else:
            s *= 1.5
    return s


@program(lambda r: (vector(r, 4),), compiled=True)
def finally_on_every_way_out(x):
    count = 0.0

    def search(limit):
        nonlocal count
        for v in x:
            try:
                if v > limit:
                    return v * v
                if v < -limit:
                    continue
                count += v
            finally:
                count += 1.0
        return -1.0

    return search(0.5) * count + search(50.0) * count


@program(lambda r: (vector(r, 3),), compiled=True)
def handler_around_a_loop(x):
    s = 1.0
    try:
        for k in range(3):
            s *= x[k]
            if s < -100.0:
                raise RuntimeError
            assert k < 2, "the last"
        s += 10.0
    except AssertionError:
        s += x[0]
    return s * s


# --------------------------------------------------------------------------- static decisions


@program(lambda r: (vector(r, 3),))
def decided_by_type(x):
    def norm(v):
        if isinstance(v, tuple):
            return sum(t * t for t in v)
        if isinstance(v, (int, float)):
            return abs(v)
        if v.ndim == 2 and v.dtype == np.float64:
            return np.sum(v[0, 0] * v)
        return np.sqrt(np.sum(v * v))

    return norm((x[0], x[1])) + norm(x) * norm(x[2]) + norm(x[:, None] * x)


@program(lambda r: (vector(r, 3),))
def found_or_not(x):
    found = None
    for item in (x[0], x[1], x[2]):
        if item > 0.0:
            found = item
            break
    if found is None:
        found = 1.0
    return found * x[0] * x[1]


@program(lambda r: (np.arange(6.0).reshape(2, 3) / 7 + 0.3,), compiled=True)
def all_indices(a):
    s = 0.0
    for i, j in np.ndindex(a.shape):
        if (i + j) % 2:
            continue
        s += a[i, j] ** 2 * a[i, 0]
    for index in np.ndindex(2, 2):
        if s > 100.0:
            break
        s *= a[index]
    for (i, j), v in np.ndenumerate(a):
        s += i * v * a[i, j] + j
    return s


# --------------------------------------------------------------------------- lists of tuples


@program(lambda r: (vector(r, 5),), compiled=True)
def events_of_a_simulation(x):
    events = []
    t, y = 0.0, x[0]
    for v in x:
        t += 0.1
        y = y * v + t
        if y > 0.0:
            events.append((t, y))
    s = 0.0
    for t, y in events:
        s += t * y * y
    return s + len(events) * events[-1][1]


@program(lambda r: (vector(r, 5),))
def stack_of_intervals(x):
    stack = [(0, 5)]
    s = 0.0
    while stack:
        low, high = stack.pop()
        if high - low == 1:
            s += x[low] * low
        else:
            middle = (low + high) // 2
            stack.append((low, middle))
            stack.append((middle, high))
            s += x[middle] * s
    return s


@program(lambda r: (vector(r, 4),))
def list_of_named_tuples(x):
    points = [Point(v, v * v) for v in x if v > -10.0]
    points[1] = Point(points[0].y, 2.0)
    best = points[0]
    for p in points:
        if p.x > best.x:
            best = p
    return best.squared() + sum(p.x * p.y for p in points)


@program(lambda r: (vector(r, 4),))
def keys_made_of_text(x):
    weights = {f"w{k}": x[k] for k in range(3)}
    total = 0.0
    with warnings.catch_warnings(), np.printoptions(precision=3):
        for k in range(3):
            total += x[k] * k
    return weights["w" + "1"] * weights["w2"] + total


@program(lambda r: (r.normal(), r.normal(), r.normal(size=(4, 5))), exact=True)
def comprehension_of_containers(x, y, a):
    (p, q), (u, v) = [(k, 2.0 * k) for k in (x * x, y)]
    corner = tuple(slice(i, i + n) for i, n in zip((1, 2), (2, 3)))
    return p * v + q * u + np.sum(a[corner] * a[:2, :3])
