"""Write `coverage.md`: which library functions are differentiated, as the compiler's tables say.

A function counts as differentiated in compiled code if it is written down in `adjoint/expansions`,
lowered to loops, a call with a compiled adjoint, or elementwise with a rule where Numba knows the
function; on the tape, if it has a rule. A test compares the page with what comes out now.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import scipy.special
from numba.core import types
from numba.core.errors import TypingError
from numba.core.registry import cpu_target

from adjoint.expansions import expansion_of
from adjoint.lowering.calls import is_elementwise, lowered
from adjoint.reverse.array_calls import KERNELS
from adjoint.rules import complex_rule_for, is_piecewise_constant, registered, rule_for
from adjoint.runtime import special as _compiled  # noqa: F401 - tells Numba of SciPy's functions

PAGE = Path(__file__).resolve().parent / "coverage.md"
LIBRARIES = (np, np.linalg, np.fft, math, scipy.special)

HEAD = """# Coverage

Which functions of the libraries are differentiated. The page is written by
`docs/make_coverage.py` from the compiler's own tables. Some forms of a function that is named here
may be refused; the error then says so ([limitations](limitations.md)). *Zero* are functions whose
derivative is zero wherever it exists; what is *not yet* differentiated is refused.
"""

# Functions of files, text, types, dates, memory and integers: nothing to differentiate.
NO_NUMBERS = """
    array2string array_repr array_str asarray_chkfinite base_repr binary_repr busday_count
    busday_offset bmat byte_bounds can_cast common_type datetime_as_string datetime_data
    einsum_path format_float_positional format_float_scientific from_dlpack frombuffer fromfile
    frompyfunc fromregex fromstring genfromtxt get_include get_printoptions getbufsize geterr
    geterrcall info is_busday isdtype isfortran issctype issubdtype iterable load loadtxt
    may_share_memory min_scalar_type mintypecode nested_iters packbits printoptions
    promote_types result_type save savetxt savez savez_compressed set_printoptions setbufsize
    seterr seterrcall shares_memory show_config show_runtime test typename unpackbits
    bitwise_count bitwise_invert bitwise_left_shift bitwise_right_shift gcd lcm comb factorial
    isqrt perm add_newdoc asmatrix isnat isscalar require
"""

KINDS = (
    "Compiled and on the tape",
    "Compiled",
    "On the tape",
    "Zero",
    "Not yet",
)


def kind_of(function: Callable[..., Any]) -> str:
    """Where a function is differentiated: one of `KINDS`."""
    compiled, taped = is_compiled(function), is_taped(function)
    if compiled and taped:
        return "Compiled and on the tape"
    if is_piecewise_constant(function):
        return "Zero"
    if compiled or taped:
        return "Compiled" if compiled else "On the tape"
    return "Not yet"


def is_taped(function: Callable[..., Any]) -> bool:
    """Whether the tape differentiates it: rules of complex matrices are not for it."""
    rule = rule_for(function) or complex_rule_for(function)
    alone = rule is not None and rule_for(function) is None and not rule.broadcasts
    return has_rule(function) and not alone


def has_rule(function: Callable[..., Any]) -> bool:
    """Whether the table has a rule for it that differentiates something."""
    rule = rule_for(function) or complex_rule_for(function)
    return rule is not None and bool(rule.differentiable)


def is_compiled(function: Callable[..., Any]) -> bool:
    """Whether generated code differentiates it."""
    if expansion_of(function) is not None or function in KERNELS:
        return True
    if is_elementwise(function):
        return has_rule(function) and is_known_to_numba(function)
    return has_rule(function) and lowered(function)


def is_known_to_numba(function: Callable[..., Any]) -> bool:
    """Whether Numba can type a call with numbers."""
    rule = rule_for(function) or complex_rule_for(function)
    operands = [types.float64 if p in rule.differentiable else types.int64 for p in rule.params]
    context = cpu_target.typing_context
    context.refresh()
    try:
        kind = context.resolve_value_type(function)
        return context.resolve_function_type(kind, tuple(operands), {}) is not None
    except (TypingError, ValueError):  # a ValueError if it knows nothing of the function
        return False


def functions_of(library: ModuleType) -> dict[str, Callable[..., Any]]:
    """The public functions of numbers, by name; second names of one function are left out."""
    names = getattr(library, "__all__", None) or dir(library)
    left_out = NO_NUMBERS.split()
    found: dict[str, Callable[..., Any]] = {}
    for name in sorted(n for n in names if not n.startswith("_") and n not in left_out):
        member = getattr(library, name)
        if callable(member) and not isinstance(member, type) and member not in found.values():
            found[name] = member
    return found


def section(library: ModuleType) -> str:
    """The functions of one library, by kind."""
    kinds: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for name, function in functions_of(library).items():
        kinds[kind_of(function)].append(f"`{name}`")
    parts = [f"## {library.__name__}"]
    for kind, names in kinds.items():
        if names:
            parts.append(textwrap.fill(f"**{kind}** ({len(names)}): {', '.join(names)}", 105))
    return "\n\n".join(parts)


def page() -> str:
    """The whole page."""
    registered()  # fills in the rules of SciPy's functions
    return "\n\n".join([HEAD.strip(), *map(section, LIBRARIES)]) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page())
