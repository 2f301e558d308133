"""Subscripts of `einsum`: which axes of the operands and of the result go together.

    "ij,jk"        →    (i, j), (j, k)  →  (i, k)
    "...i,...i"    →    (-1, i), (-1, i)  →  (-1,)      of two matrices

Axes of the ellipsis are numbers, counted from the last of them, so that they are broadcast as NumPy
broadcasts shapes.
"""

from __future__ import annotations

from collections.abc import Sequence

Label = str | int
Labels = tuple[Label, ...]


def parsed(subscripts: str, ndims: Sequence[int]) -> tuple[tuple[Labels, ...], Labels]:
    """Labels of the operands' axes, and of the result's.

    Raises
    ------
    ValueError : in NumPy's words, where they do not fit the operands.
    """
    given, arrow, result = subscripts.replace(" ", "").partition("->")
    terms = given.split(",")
    if len(terms) != len(ndims):
        few = "more" if len(terms) < len(ndims) else "fewer"
        raise ValueError(f"{few} operands provided to einstein sum function than specified")
    inputs = tuple(
        _labels(term, ndim, k) for k, (term, ndim) in enumerate(zip(terms, ndims, strict=True))
    )
    every = [label for labels in inputs for label in labels]
    ellipsis = tuple(sorted({label for label in every if isinstance(label, int)}))
    if arrow:
        before, dots, after = result.partition("...")
        output: Labels = (*before, *(ellipsis if dots else ()), *after)
    else:
        once = (label for label in set(every) if every.count(label) == 1)
        output = (*ellipsis, *sorted(label for label in once if isinstance(label, str)))
    for label in output:
        if label not in every:
            raise ValueError(
                f"einstein sum subscripts string included output subscript '{label}' which never "
                "appeared in an input"
            )
        if output.count(label) > 1:
            raise ValueError(
                f"einstein sum subscripts string includes output subscript '{label}' multiple times"
            )
    return inputs, output


def _labels(term: str, ndim: int, operand: int) -> Labels:
    before, dots, after = term.partition("...")
    if not all(label.isalpha() for label in before + after):
        raise ValueError("invalid subscript in einstein sum subscripts string")
    rest = ndim - len(before) - len(after)
    if rest < 0:
        raise ValueError(
            f"einstein sum subscripts string contains too many subscripts for operand {operand}"
        )
    if rest > 0 and not dots:
        raise ValueError(
            "operand has more dimensions than subscripts given in einstein sum, but no '...' "
            "ellipsis provided to broadcast the extra dimensions."
        )
    return (*before, *range(-rest, 0), *after)
