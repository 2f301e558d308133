"""What a random program is made of: its parameters with their sizes, and the names in scope.

The writer knows the sizes of the arguments, so that indices stay in range and slices of slices
have a known length; the text says `n`, `len(v)` or a number, whatever comes to hand.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

Shape = tuple[int, ...]

PARAMETERS: dict[str, tuple[str, ...] | str] = {
    "x": ("n",),
    "y": ("n",),
    "w": ("m",),
    "A": ("n", "m"),
    "s": "float",
    "t": "float",
    "k": "int",
}


def sizes(seed: int) -> dict[str, int]:
    """What `n` and `m` are for a seed."""
    rng = random.Random(f"sizes {seed}")
    return {"n": rng.choice([3, 3, 3, 2, 4, 1]), "m": rng.choice([4, 2, 3, 1])}


@dataclass
class Scope:
    """Variables bound at one point of the text.

    Attributes
    ----------
    floats, ints : names.
    loops : counters of the loops around, which stay below a length: (name, length).
    arrays : shape by name.
    """

    floats: list[str] = field(default_factory=list)
    ints: list[str] = field(default_factory=list)
    loops: list[tuple[str, int]] = field(default_factory=list)
    arrays: dict[str, Shape] = field(default_factory=dict)

    def copy(self) -> Scope:
        """The same variables, to be added to inside a block."""
        return Scope(list(self.floats), list(self.ints), list(self.loops), dict(self.arrays))
