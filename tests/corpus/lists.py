"""Lists whose length is known only when running: grown, shrunk, made anew, handed over."""

import math

import numpy as np

from tests.corpus.registry import program


def vector(n, low=0.5, high=1.5):
    return lambda r: (r.uniform(low, high, n),)


@program(vector(6), compiled=True)
def appended_in_a_loop(x):
    parts = []
    for i in range(len(x)):
        parts.append(math.sin(x[i]) * x[i])
    s = 0.0
    for j in range(len(parts)):
        s += parts[j] * parts[j]
    return s * parts[-1]


@program(vector(40))
def longer_than_the_first_buffer(x):
    parts = []
    for k in range(3):
        for i in range(len(x)):
            parts.append(x[i] ** (k + 1))
    s = 1.0
    for v in parts:
        s = 0.5 * s + v * math.cos(s)
    return s


@program(lambda r: (np.array([0.3, 1.2, 0.8, 1.4, 0.1]),))
def appended_on_a_condition(x):
    large = []
    for v in x:
        if v > 0.5:
            large.append(v * v)
    a = np.array(large)
    return np.sum(a * a) + a[0]


@program(vector(5), compiled=True)
def a_stack_machine(x):
    """Reverse Polish notation: numbers are pushed, operators take two and push one."""
    code = (0, 1, -1, 2, -2, 3, 4, -1, -3)
    stack = []
    for k in code:
        if k >= 0:
            stack.append(x[k])
        else:
            b = stack.pop()
            a = stack.pop()
            if k == -1:
                stack.append(a * b)
            elif k == -2:
                stack.append(a - math.sin(b))
            else:
                stack.append(a / (1.0 + b * b))
    return stack[0]


@program(vector(7))
def a_tree_by_a_stack(values):
    """Depth first over the nodes of a heap; what a leaf weighs depends on the way to it."""
    nodes = [0]
    weights = [1.0]
    total = 0.0
    while nodes:
        node = nodes.pop()
        weight = weights.pop() * values[node]
        left = 2 * node + 1
        if left >= len(values):
            total += weight * weight
        else:
            for child in range(left, left + 2):
                nodes.append(child)
                weights.append(weight * math.cos(child * 0.3))
    return total


@program(lambda r: (r.uniform(2.0, 3.0), r.uniform(0.6, 0.8)), compiled=True)
def bounces_of_a_ball(height, restitution):
    """Event times of a simulation: each bounce follows from the last."""
    times = []
    speed = math.sqrt(2.0 * 9.81 * height)
    t = speed / 9.81
    while t < 4.0:
        times.append(t)
        speed = restitution * speed
        t = t + 2.0 * speed / 9.81
        if speed < 0.5:
            break
    mean = sum(times) / len(times)
    spread = 0.0
    for v in times:
        spread += (v - mean) ** 2
    return spread


@program(lambda r: (np.array([0.3, -1.2, 0.8, 1.4, -0.1]),))
def comprehension_with_a_filter(x):
    roots = [math.sqrt(v) for v in x if v > 0.0]
    s = 0.0
    for i, root in enumerate(roots):
        s += (i + 1) * root
    return s * len(roots)


@program(lambda r: (r.uniform(0.5, 1.0, 3), 0.1), compiled=True)
def states_of_a_time_loop(start, dt):
    states = [start.copy()]
    for k in range(20):
        u = states[-1]
        states.append(u + dt * np.sin(u[::-1]))
    s = 0.0
    for u in states:
        s += u[0] * u[1]
    return s + np.sum(states[3] ** 2) + states[-1][2]


@program(lambda r: (r.uniform(0.5, 1.0, 4), 0.1))
def states_in_new_arrays(start, dt):
    u = start
    history = []
    for k in range(10):
        following = np.empty(len(u))
        for i in range(len(u)):
            following[i] = u[i] + dt * math.sin(u[i - 1])
        history.append(following)
        u = following
    h = np.array(history)
    return np.sum(h * h) + history[2][1] * history[-1][0]


@program(vector(6, -1.0, 1.0), exact=True)
def sorted_by_insertion(x):
    ordered = []
    for v in x:
        ordered.append(v)
        j = len(ordered) - 1
        while j > 0 and ordered[j - 1] > v:
            ordered[j] = ordered[j - 1]
            j -= 1
        ordered[j] = v
    s = 0.0
    for k in range(len(ordered)):
        s += ordered[k] * (k + 1)
    return s


@program(vector(5))
def a_sieve(x):
    is_prime = [True] * 30
    primes = []
    for i in range(2, 30):
        if is_prime[i]:
            primes.append(i)
            for j in range(i * i, 30, i):
                is_prime[j] = False
    s = 0.0
    for p in primes:
        s += p * x[p % len(x)] ** 2
    return s


def _powers(v, n):
    found = [1.0]
    for k in range(n):
        found.append(found[-1] * v)
    return found


def _push_twice(items, v):
    items.append(v)
    items.append(math.sin(v))


@program(vector(4))
def lists_of_inlined_functions(x):
    s = 0.0
    items = []
    for i in range(len(x)):
        powers = _powers(x[i], i + 2)
        s += powers[-1] * powers[1]
        _push_twice(items, powers[2])
    for k in range(len(items) - 1):
        s += items[k] * items[k + 1]
    return s


@program(vector(5), compiled=True)
def made_anew_in_each_iteration(x):
    s = 0.0
    for i in range(len(x)):
        row = []
        for j in range(i + 1):
            row.append(x[j] * x[i])
        t = 0.0
        for j in range(len(row)):
            t += math.sin(row[j]) * row[-1]
        s += t * t
    return s


@program(vector(5))
def items_overwritten(x):
    sums = [0.0] * len(x)
    for i in range(1, len(x)):
        sums[i] = 0.5 * sums[i - 1] + x[i] ** 2
        sums[0] += sums[i] * x[0]
    return sums[-1] * sums[2] + math.sin(sums[0])


@program(vector(6))
def parts_of_lists(x):
    squares = []
    for v in x:
        squares.append(v * v)
    middle = squares[1:3]
    last = squares[-2:]
    both = middle + last
    both.append(middle[0] * last[1])
    middle.append(1.0)
    s = 0.0
    for k in range(len(both)):
        s += math.sin(both[k]) * k
    return s * len(middle)


@program(vector(4))
def two_names_for_a_list(x):
    items = [x[0]]
    same = items
    same.append(x[1] * x[2])
    items[0] *= x[3]
    return same[0] * items[-1]


@program(vector(12, 0.1, 2.0))
def adaptive_steps(x):
    """Times and values of an integration whose steps depend on the solution."""
    times = [0.0]
    values = [x[0]]
    while times[-1] < 1.0:
        y = values[-1]
        h = 0.05 + 0.1 / (1.0 + y * y)
        times.append(times[-1] + h)
        values.append(y + h * math.cos(y) * x[1])
    area = 0.0
    for k in range(len(times) - 1):
        area += 0.5 * (values[k] + values[k + 1]) * (times[k + 1] - times[k])
    return area


@program(vector(4))
def matrices_in_a_list(x):
    products = []
    m = np.empty((2, 2))
    for i in range(2):
        m[i] = x[i] * x[2:]
    for k in range(4):
        m = m * x[0] + m.T * np.sin(x[k])
        products.append(m)
    s = 0.0
    for k in range(1, len(products)):
        s += np.sum(products[k] * products[k - 1])
    return s


@program(vector(7))
def breadth_first(values):
    """Level by level: the next level's list takes the place of this one's."""
    level = [values[0]]
    total = 0.0
    for depth in range(4):
        following = []
        for v in level:
            total += v * v / (depth + 1)
            following.append(math.sin(v) * values[depth])
            if depth < 2:
                following.append(v * values[depth + 1])
        level = following
    return total + level[0]


@program(vector(7))
def emptied_when_full(x):
    batch = []
    total = 0.0
    for v in x:
        batch.append(v * v)
        if len(batch) == 3:
            total += math.sin(batch[0] * batch[1]) * batch[2]
            batch = []
    return total + len(batch) * batch[0]


@program(vector(5), exact=True)
def running_window(x):
    window = [0.0, 0.0]
    s = 0.0
    for v in x:
        window.append(v)
        window = window[1:]
        s += window[0] * window[1]
    return s
