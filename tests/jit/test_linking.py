"""What is linked into a generated function: machine code only where Python calls."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numba import float64, njit, types
from numba.core.registry import cpu_target
from numba.extending import overload

from adjoint.jit.linking import LinkedLibrary, linking
from adjoint.jit.module import Module

pytestmark = pytest.mark.compiled

TEXT = """\
import numpy as np


def even(n):
    return True if n == 0 else odd(n - 1)


def odd(n):
    return False if n == 0 else even(n - 1)


def helper(x):
    if x[0] < 0.0:
        raise ValueError("negative", x[0])
    return np.sqrt(x) + 1.0


def caller(x):
    return helper(x).sum() + len(np.zeros(3))


def other(x):
    return helper(x)[0] + caller(x)
"""
ARRAY = (types.Array(float64, 1, "C"),)


def _library(function: Any) -> Any:
    (result,) = function.overloads.values()
    return result.library


def test_only_the_entry_has_machine_code() -> None:
    module = Module("linked", TEXT, None)
    module.compile("caller", ARRAY)
    caller = module.function("caller")
    helper = caller.py_func.__globals__["helper"]
    assert isinstance(_library(helper), LinkedLibrary)
    assert (_library(caller)._finalized, _library(helper)._finalized) == (True, False)
    assert caller(np.array([4.0, 9.0])) == 10.0


def test_a_function_is_linked_into_all_that_call_it() -> None:
    module = Module("linked", TEXT, None)
    x = np.array([4.0, 9.0])
    for name, expected in (("caller", 10.0), ("other", 13.0)):
        module.compile(name, ARRAY)
        assert module.function(name)(x) == expected
    module.compile("helper", ARRAY)
    np.testing.assert_array_equal(module.function("helper")(x), [3.0, 4.0])


def test_an_exception_with_values_finds_the_environment_of_its_function() -> None:
    module = Module("linked", TEXT, None)
    module.compile("other", ARRAY)
    with pytest.raises(ValueError, match="negative") as raised:
        module.function("other")(np.array([-1.5]))
    assert raised.value.args == ("negative", -1.5)


def test_functions_that_call_each_other() -> None:
    module = Module("linked", TEXT, None)
    module.compile("even", (types.int64,))
    assert [module.function("even")(n) for n in range(4)] == [True, False, True, False]


def shared(x: float) -> float:
    return x + 1.0


@overload(shared, strict=False)
def _shared(x: Any) -> Any:
    return lambda x: x + 1.0


def test_numbas_own_compilations_may_use_what_was_left_without_machine_code() -> None:
    first, second = njit(lambda x: 3.0 * shared(x)), njit(lambda x: 2.0 * shared(x))
    own = cpu_target.target_context.codegen()
    with linking():
        first.compile((float64,))
    assert cpu_target.target_context.codegen() is own
    assert not isinstance(own.create_library("one"), LinkedLibrary)
    assert (first(1.0), second(1.0)) == (6.0, 4.0)
