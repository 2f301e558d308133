"""Programs that came out wrong, or were refused, as parts of longer ones: see `real_*.py`.

Each docstring says what was wrong.
"""

import numpy as np

from tests.corpus.registry import program


@program(lambda r: (r.uniform(0.1, 0.3), r.uniform(1, 2)), compiled=True, exact=True)
def no_previous_value_at_first(kd, x):
    """A variable that is None on the first trip was no active variable: a derivative got lost."""
    previous = None
    cost = 0.0
    for k in range(4):
        slope = 0.0 if previous is None else x - previous
        previous = x
        x += kd * slope * x - 0.5
        cost += x * x
    return cost


@program(lambda r: (r.normal(size=5),))
def best_so_far_or_none(x):
    best, last = None, None
    total = 0.0
    for v in x:
        if best is None or v > best:
            last = best
            best = v
        elif last is not None:
            total += last * v
            best = None
    return total + (1.0 if best is None else best * best)


@program(lambda r: (r.uniform(0.5, 1), r.uniform(0.5, 1)), step=1e-3)
def distance_to_boxes(x, y):
    """The adjoint bound a variable called `max`, and called `max` before."""

    def box(a, b, half=0.3):
        da, db = abs(a) - half, abs(b) - half
        return np.sqrt(max(da, 0.0) ** 2 + max(db, 0.0) ** 2) + min(max(da, db), 0.0)

    picture = 0.0
    for k in range(3):
        t = 0.0
        for step in range(20):
            d = min(box(x + t, y), box(y, x - t) + 0.2)
            if d < 0.1:
                break
            t += 0.3 * d
        picture += t * box(x + 0.1 * k, t) + box(t, y)
    return picture
