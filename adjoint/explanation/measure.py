"""The bytes that stored values take at given arguments."""

from __future__ import annotations

import builtins
import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from adjoint.explanation.data import Explanation
from adjoint.runtime import shapes

_FUNCTIONS = {"__builtins__": builtins, "math": math, "np": np, "shapes": shapes}


def measured(explanation: Explanation, arguments: Mapping[str, Any]) -> Explanation:
    """The explanation with the numbers of bytes that its formulas give.

    `arguments` are the numbers and arrays of the program's parameters, by name.
    """

    def count(formula: str) -> int | None:
        # The text of an expression of generated code, which is to be run anyway.
        return int(eval(formula, _FUNCTIONS, dict(arguments))) if formula else None

    values = tuple(replace(value, bytes=count(value.formula)) for value in explanation.values)
    return replace(explanation, values=values)
