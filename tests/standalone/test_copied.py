"""Functions of this package copied into files, with what they refer to."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special

from adjoint.errors import NotStandAlone
from adjoint.runtime import buffers, fourier, kernels_compiled, kernels_special, shapes
from adjoint.standalone.copied import Copied


def executed(copied):
    """The names that the copies define."""
    namespace = {}
    text = "\n".join(["from __future__ import annotations", *sorted(copied.imports), copied.text()])
    exec(compile(text, "copied", "exec"), namespace)
    return namespace


def test_a_function_is_copied_as_it_is():
    copied = Copied(set())
    assert copied.refer(shapes.check_aligned) == ("check_aligned", None)
    assert '"""The common length of the axes that a product sums over."""' in copied.text()
    assert executed(copied)["check_aligned"](3, 3) == 3


def test_what_a_function_calls_is_copied_before_it():
    copied = Copied(set())
    copied.refer(buffers.with_room)
    text = copied.text()
    assert text.index("def reserve(") < text.index("def with_room(")
    assert executed(copied)["with_room"](np.zeros(2), 2).shape == (4,)


def test_constants_and_other_names_for_types_are_copied():
    copied = Copied(set())
    copied.refer(buffers.with_room_for)
    copied.refer(kernels_compiled.solve_bars)
    assert "_FIRST_CAPACITY = 16" in copied.text()
    assert "Array = Any" in copied.text()
    assert "from typing import Any" in copied.imports
    executed(copied)


def test_what_tells_numba_how_to_compile_a_function_is_copied_with_it():
    copied = Copied(set())
    copied.refer(kernels_special.chosen)
    assert "@overload(chosen)" in copied.text()
    executed(copied)


def test_a_name_that_a_variable_has_is_not_given():
    copied = Copied({"span", "reserve"})
    assert copied.refer(shapes.span) == ("shapes_span", None)
    copied.refer(buffers.with_room)
    assert "def buffers_reserve(" in copied.text()
    assert "return buffers_reserve(items, count + 1)" in copied.text()
    namespace = executed(copied)
    assert namespace["shapes_span"](5, 2) == 3


def test_a_transform_is_copied_whole():
    copied = Copied(set())
    copied.refer(fourier.forward)
    x = np.random.default_rng(0).standard_normal((2, 6)) + 0j
    assert np.allclose(executed(copied)["forward"](x), np.fft.fft(x))


def test_functions_of_numpy_are_imported():
    assert Copied(set()).refer(np.sin) == ("np.sin", "import numpy as np")


def test_what_needs_this_package_is_refused():
    with pytest.raises(NotStandAlone, match=r"special\.j0"):
        Copied(set()).refer(special.j0)


def test_scipys_functions_that_are_formulas_are_written_as_such():
    copied = Copied({"expit"})
    assert copied.refer(special.expit) == ("special_expit", None)
    assert copied.refer(special.psi) == ("psi", None)
    assert "adjoint" not in " ".join(copied.imports)
    namespace = executed(copied)
    assert np.isclose(namespace["special_expit"](0.3), special.expit(0.3))
    assert np.isclose(namespace["psi"](0.7), special.psi(0.7))
