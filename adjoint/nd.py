"""Arrays of the tape with classic semantics: the API of MXNet's `nd`.

Every array has at least one axis, comparisons are float32 zeros and ones.
"""

from adjoint.runtime.tape import classic_functions as _functions
from adjoint.runtime.tape import classic_linalg as linalg
from adjoint.runtime.tape.classic import NDArray
from adjoint.runtime.tape.context import Context, cpu, current_context
from adjoint.runtime.tape.modes import waitall
from adjoint.runtime.tape.random_functions import classic as random

globals().update(_functions.functions | _functions.operations)

normal, uniform = random.normal, random.uniform
random_normal, random_uniform = random.normal, random.uniform

__all__ = [  # noqa: PLE0604 - the functions are made from tables
    *_functions.functions,
    *_functions.operations,
    "Context",
    "NDArray",
    "cpu",
    "current_context",
    "linalg",
    "normal",
    "random",
    "random_normal",
    "random_uniform",
    "uniform",
    "waitall",
]
