"""Every refusal, through the public API: which error, at which line, why, and the way out."""

from __future__ import annotations

import copy
import math
import re
import statistics
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.special

from adjoint import grad, value_and_grad
from adjoint.errors import (
    AdjointError,
    ArgumentsOverlap,
    InvalidArgnums,
    NoRule,
    NotDifferentiable,
    ShapeMismatch,
    SourceNotAvailable,
    TypingFailed,
    UnsupportedSyntax,
)

INTERNALS = (
    "Traceback", "numba.core", "nopython", "Failed in", "Unknown attribute", "Module(",
    "<adjoint", "$", "gast.",
)  # fmt: skip
VECTOR = np.array([0.5, 1.5, 2.5])
MATRIX = np.array([[2.0, 0.5], [0.5, 1.0]])


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADJOINT_CACHE_DIR", str(tmp_path / "cache"))


def files(folder: Path) -> dict[str, bytes]:
    """Everything below a folder."""
    return {str(p): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def under_caret(error: AdjointError) -> str:
    """The text that the caret of a message points at."""
    rows = str(error).splitlines()
    (caret,) = [k for k, row in enumerate(rows) if re.fullmatch(r" +\^+", row)]
    start = rows[caret].index("^")
    return rows[caret - 1][start : len(rows[caret])]


def refused(function: Any, args: tuple, **options: Any) -> AdjointError:
    """The error of a call; the arguments stay as they were."""
    given = copy.deepcopy(args)
    with pytest.raises(AdjointError) as raised:
        grad(function, **options)(*given)
    for one, other in zip(given, args, strict=True):
        np.testing.assert_array_equal(one, other)
    return raised.value


def assert_names_the_line(error: AdjointError, function: Any, line: str) -> None:
    """File and line are those of the user's text, which is shown."""
    assert error.at is not None
    shown = Path(error.at.source.filename).read_text().splitlines()[error.at.line - 1]
    assert error.at.source.filename == function.__code__.co_filename
    assert line in shown
    assert f'File "{error.at.source.filename}", line {error.at.line}' in str(error)


def assert_no_internals(error: AdjointError) -> None:
    """Nothing of Numba's report, of our stages, nor of how the error came about."""
    text = str(error)
    for word in INTERNALS:
        assert word not in text, text
    assert error.__cause__ is None
    assert error.__context__ is None or error.__suppress_context__


# --------------------------------------------------------------------------- unsupported syntax


def with_statement(x):
    with open("nothing") as _:
        return x * x


def try_statement(x):
    try:
        return x / x
    except ZeroDivisionError:
        return x


def yields(x):
    yield x * x


def local_class(x):
    class Local:
        pass

    return x * x


def lambda_kept(x):
    table = {x: x}
    return table[x] * x


def global_statement(x):
    global _written  # noqa: PLW0603 - the statement under test
    _written = x
    return x * x


def set_display(x):
    return x * len({x, 2.0})


def index_of_floats(x):
    return np.sum(x[x])


def rebound_and_written(x):
    y = x * 1.0
    z = x * 2.0
    if x[0] > 0.0:
        y = z
    y[0] = 3.0
    return np.sum(y * z)


@pytest.mark.parametrize(
    "function, args, line, words",
    [
        (with_statement, (1.5,), "with open", "with"),
        (try_statement, (1.5,), "except ZeroDivisionError:", "divides as NumPy"),
        (yields, (1.5,), "yield x", "yield|generator"),
        (local_class, (1.5,), "class Local", "class"),
        (lambda_kept, (1.5,), "x", "dict"),
        (global_statement, (1.5,), "global _written", "global"),
        (set_display, (1.5,), "len({x, 2.0})", "set"),
        (index_of_floats, (VECTOR,), "x[x]", "index"),
        (rebound_and_written, (VECTOR,), "y[0] = 3.0", "different arrays"),
    ],
)
def test_unsupported_statements(function, args, line, words):
    error = refused(function, args)
    assert isinstance(error, UnsupportedSyntax | SyntaxError)
    assert re.search(words, error.message)
    assert_names_the_line(error, function, line)
    assert under_caret(error).strip()
    assert_no_internals(error)


@pytest.mark.parametrize(
    "function", [with_statement, try_statement, local_class, index_of_floats, rebound_and_written]
)
def test_a_way_out_is_named(function):
    args = {index_of_floats: (VECTOR,), rebound_and_written: (VECTOR,)}
    assert refused(function, args.get(function, (1.5,))).hint


# --------------------------------------------------------------------------- unknown functions


def no_rule(x):
    return scipy.special.elliprd(x, 1.0, 1.0)


def no_source_function(x):
    return statistics.fmean((x, x))


def object_method(x):
    return x.hex()


@pytest.mark.parametrize(
    "function, args, line, name",
    [
        (no_rule, (0.5,), "scipy.special.elliprd(x, 1.0, 1.0)", "elliprd"),
        (no_source_function, (1.5,), "statistics.fmean", "fmean"),
    ],
)
def test_functions_without_a_rule(function, args, line, name):
    error = refused(function, args)
    assert isinstance(error, NoRule | TypingFailed)
    assert name in error.message
    assert_names_the_line(error, function, line)
    assert name in under_caret(error)
    assert error.hint
    assert_no_internals(error)


def test_unknown_methods():
    error = refused(object_method, (1.5,))
    assert "hex" in str(error)
    assert_names_the_line(error, object_method, "x.hex()")


def test_functions_without_a_rule_may_be_called_where_nothing_flows():
    """Only what the derivative passes through needs a rule."""
    assert grad(lambda x, k: x * x * k.astype(np.float64)[0], jit=False)(3.0, np.array([2])) == 12.0


# --------------------------------------------------------------------------- source


def test_no_source():
    namespace: dict[str, Any] = {}
    exec("def typed_in(x):\n    return x * x\n", namespace)
    error = refused(namespace["typed_in"], (1.5,))
    assert isinstance(error, SourceNotAvailable)
    assert isinstance(error, OSError)
    assert "typed_in" in str(error)
    assert error.hint
    assert_no_internals(error)


@pytest.mark.parametrize("function, name", [(math.sin, "sin"), (np.sum, "sum"), (len, "len")])
def test_not_a_python_function(function, name):
    with pytest.raises(SourceNotAvailable, match=name) as raised:
        grad(function)
    assert "lambda" in raised.value.hint


def calls_without_source(x):
    return _typed_in(x)


_namespace: dict[str, Any] = {}
exec("def _typed_in(x):\n    return x * x\n", _namespace)
_typed_in = _namespace["_typed_in"]


def test_a_callee_without_source():
    error = refused(calls_without_source, (1.5,))
    assert isinstance(error, SourceNotAvailable | NoRule | UnsupportedSyntax)
    assert "_typed_in" in str(error)
    assert_names_the_line(error, calls_without_source, "return _typed_in(x)")


# --------------------------------------------------------------------------- argnums


def weighted(x, w=2.0):
    return x * w


@pytest.mark.parametrize(
    "argnums, words",
    [
        (2, "2 parameters"),
        (-3, "2 parameters"),
        ("y", "no parameter 'y'"),
        (("x", "y"), "no parameter 'y'"),
        ((), "empty"),
        ((0, "x"), "twice"),
        (1.0, "neither a position nor a name"),
    ],
)
@pytest.mark.parametrize("make", [grad, value_and_grad])
def test_argnums(make, argnums, words):
    """Refused when the gradient is made, not when it is called."""
    with pytest.raises(InvalidArgnums, match=words) as raised:
        make(weighted, argnums=argnums)
    assert_names_the_line(raised.value, weighted, "def weighted(x, w=2.0):")
    assert "'x'" in raised.value.hint
    assert "'w'" in raised.value.hint


# --------------------------------------------------------------------------- arguments


@pytest.mark.parametrize(
    "value, words",
    [
        (2, "int64"),
        (True, "bool"),
        (np.array([1, 2]), "int64"),
        ("text", "unicode|str"),
        (None, "none|None"),
        (object(), "object"),
    ],
)
def test_what_has_no_gradient(value, words):
    with pytest.raises(NotDifferentiable, match=words) as raised:
        grad(weighted)(value)
    assert isinstance(raised.value, TypeError)
    assert_names_the_line(raised.value, weighted, "def weighted")
    assert under_caret(raised.value) == "x"
    assert raised.value.hint
    assert_no_internals(raised.value)


def test_integers_may_be_passed_where_no_gradient_is_asked():
    assert grad(weighted, jit=False)(3.0, 2) == 2.0


def writes(x, y):
    x[0] = 1.0
    return np.sum(x * y)


def test_overlapping_arguments():
    x = VECTOR.copy()
    with pytest.raises(ArgumentsOverlap, match=r"'x'.*'y'"):
        grad(writes, jit=False)(x[:-1], x[1:])
    np.testing.assert_array_equal(x, VECTOR)


# --------------------------------------------------------------------------- results


def whole_number(x):
    return int(x)


def test_result(x):
    return x > 1.0


test_result.__test__ = False


def two_results(x):
    return x, x * x


def no_result(x):
    print(x)


def bare_return(x):
    if x > 0.0:
        return
    return


def number_or_none(x):
    if x > 0.0:
        return x * x
    return None


def text(x):
    return "result"


def whole_numbers(x):
    return np.ones(3, np.int64)


@pytest.mark.parametrize(
    "function, args, words",
    [
        (whole_number, (1.5,), "int64"),
        (test_result, (1.5,), "bool"),
        (two_results, (1.5,), "[tT]uple"),
        (no_result, (1.5,), "[nN]one|return"),
        (bare_return, (1.5,), "[nN]one|return"),
        (number_or_none, (1.5,), "[nN]one|return"),
        (text, (1.5,), "unicode|str"),
        (whole_numbers, (1.5,), "int64"),
    ],
)
def test_what_is_returned_has_to_be_float(function, args, words):
    error = refused(function, args)
    assert isinstance(error, NotDifferentiable | UnsupportedSyntax)
    assert re.search(words, error.message)
    assert error.at is not None
    assert error.at.source.filename == __file__
    assert "return" in error.hint or "float" in error.hint
    assert_no_internals(error)


# --------------------------------------------------------------------------- types of variables


def two_types(x):
    y = x
    if x > 0.0:
        y = np.ones(2)
    return np.sum(y)


def test_a_variable_of_two_types():
    error = refused(two_types, (1.5,))
    assert isinstance(error, TypingFailed)
    assert isinstance(error, TypeError)
    for part in ("'y'", "float64", "array(float64, 1d, C)"):
        assert part in error.message
    assert_names_the_line(error, two_types, "y")
    assert error.hint
    assert_no_internals(error)


def test_a_call_that_numba_cannot_type():
    def wrong_kind(x):
        return np.linalg.cholesky(x)[0, 0] * np.dot(x, 2)[0]

    error = refused(wrong_kind, (MATRIX[0].copy(),))
    assert isinstance(error, AdjointError)
    assert_no_internals(error)


# --------------------------------------------------------------------------- shapes, at run time


def added(x, y):
    return np.sum(x + y)


def test_shapes_that_do_not_fit_are_numpys_error():
    x, y = VECTOR.copy(), np.ones(2)
    with pytest.raises(ValueError, match="broadcast"):
        grad(added, jit=False)(x, y)
    np.testing.assert_array_equal(x, VECTOR)


def test_a_users_own_exception_passes():
    def checked(x):
        if x < 0.0:
            raise ValueError("negative")
        return x * x

    df = grad(checked, jit=False)
    assert df(3.0) == 6.0
    with pytest.raises(ValueError, match="negative") as raised:
        df(-3.0)
    assert not isinstance(raised.value, AdjointError)


def too_many_dimensions(x, y):
    x[:] = y
    return np.sum(x)


def test_dimensions_that_cannot_fit():
    error = refused(too_many_dimensions, (VECTOR, np.ones((2, 3))))
    assert isinstance(error, ShapeMismatch)
    assert_names_the_line(error, too_many_dimensions, "x[:] = y")


# --------------------------------------------------------------------------- nothing is lost


def good(x):
    return x * x


@pytest.mark.parametrize(
    "function, args",
    [
        (with_statement, (1.5,)),
        (no_rule, (np.ones((2, 2)),)),
        (two_types, (1.5,)),
        (two_results, (1.5,)),
        (index_of_floats, (VECTOR,)),
        (weighted, (2,)),
    ],
)
def test_an_error_leaves_the_cache_as_it_was(function, args, tmp_path):
    assert grad(good, jit=False)(3.0) == 6.0
    before = files(tmp_path)
    assert before
    for _ in range(2):
        refused(function, args)
    assert files(tmp_path) == before
    assert grad(good, jit=False)(3.0) == 6.0


def test_source_and_stages_refuse_alike():
    df = grad(with_statement)
    for ask in (df, df.source, df.stages):
        with pytest.raises(UnsupportedSyntax, match="with"):
            ask(1.5)


def test_every_error_is_ours_and_pythons():
    for ours, builtin in (
        (UnsupportedSyntax, SyntaxError),
        (SourceNotAvailable, OSError),
        (NoRule, NotImplementedError),
        (NotDifferentiable, TypeError),
        (TypingFailed, TypeError),
        (ShapeMismatch, ValueError),
        (ArgumentsOverlap, ValueError),
        (InvalidArgnums, ValueError),
    ):
        assert issubclass(ours, AdjointError)
        assert issubclass(ours, builtin)
        assert str(ours("what", None, "how")) == "what\nhint: how"
