"""Write the generated section of `how-it-works.md`: one function carried through every stage.

The text between the two marks comes from `df.stages`, so it cannot say what the
compiler no longer does; a test compares it with what comes out now.
"""

from __future__ import annotations

import inspect
from pathlib import Path

import numpy as np

from adjoint import grad

PAGE = Path(__file__).resolve().parent / "how-it-works.md"
BEGIN = "<!-- stages: begin -->\n"
END = "<!-- stages: end -->\n"


def damped_energy(x, w):
    s = 0.0
    for i in range(len(x)):
        t = np.sin(x[i]) * w
        if t > 0:
            s += t * t
        x[i] *= 0.5
    return s + np.sum(x * x)


def section() -> str:
    """The worked example as Markdown."""
    gradient = grad(damped_energy, argnums=("x", "w"))
    args = (np.array([0.5, -1.0, 2.0]), 3.0)
    parts = [
        "A function with a loop, a branch, a write to its argument and a whole-array expression:",
        _code(inspect.getsource(damped_energy)),
        "Called with an array of float64 and a float, it goes through these programs.",
    ]
    for name, text in gradient.stages(*args).items():
        parts += [f"### {name}", _code(text)]
    parts.append("The last one is what `df.source` prints and Numba compiles.")
    return "\n\n".join(parts) + "\n"


def _code(text: str) -> str:
    return f"```python\n{text.strip()}\n```"


def page_with(generated: str) -> str:
    """The page with its generated section replaced."""
    before, rest = PAGE.read_text().split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}\n{generated}\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(page_with(section()))
