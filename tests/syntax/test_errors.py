"""Refusals: the class of the error, the line, the columns under the caret, and the key words."""

# The constructs that a linter would change are the point.
# ruff: noqa: E702, F821, PLC2401, PLC3002, PLW0603, RET503, RET504, RUF059

import linecache
import math
import re

import numpy as np
import pytest

from adjoint.errors import AdjointError, NoRule, SourceNotAvailable, UnsupportedSyntax
from adjoint.syntax import parse

TABLE = {"a": 1.0}
NAMES = ["x"]


class Thing:
    pass


THING = Thing()


def sometimes(x):
    if x > 0:
        return x


def unpacked(x):
    a, b = x, x + 1, x + 2  # at: a, b
    return a + b


def tries(x):
    try:
        return math.sqrt(x)
    except ValueError:  # at: except ValueError:
        return 0.0


def catches_the_machine(x, k):
    try:
        return x[k]
    except IndexError:  # at: except IndexError:
        return 0.0


def opens(x):
    with open("file") as f:  # at: open("file")
        return x + len(f.read())


def yields(x):
    yield x  # at: yield x


def assigns_global(x):
    global NAMES  # at: global NAMES
    NAMES = x
    return x


def assigns_attribute(x):
    THING.value = x  # at: THING.value
    return x


def local_dict(x):
    d = {x: 1.0}  # at: x
    return d[x]


def global_dict(x):
    return x * TABLE  # at: TABLE


def unknown_method(x):
    return x.frobnicate()  # at: x.frobnicate


def unknown_attribute(x):
    return 2.0 * x.flags  # at: x.flags


def unknown_name(x):
    y = x + nowhere  # at: nowhere
    return y


def unknown_member(x):
    return np.sinus(x)  # at: np.sinus


def formatted(x):
    y = f"{x}"  # at: f"{x}"
    return y


def class_instance(x):
    return x + THING  # at: THING


def makes_an_object(x):
    return x * bytearray(3)[0]  # at: bytearray(3)


def no_rule(x):
    return x * re.compile("a").flags  # at: re.compile("a")


def calls_a_number(x):
    return x(2.0)  # at: x


def too_many_arguments(x):
    return (lambda t: t)(x, 1.0)  # at: (lambda t: t)(x, 1.0)


def missing_argument(x):
    return sometimes()  # at: sometimes()


def function_as_number(x):
    return math.sin + x  # at: math.sin


def chosen_function(x):
    if x > 0:
        f = math.sin
    else:
        f = math.cos
    return f(x)  # at: f


def chosen_in_a_loop(x):
    f = math.sin
    for _ in range(3):
        x = f(x)  # at: f
        f = math.cos
    return x


def uses_nothing(x):
    y = sometimes(x)
    return y + 1  # at: y


def star_of_an_array(x):
    return max(*x)  # at: *x


def starred_target(x):
    a, *b = x  # at: *b
    return a


def raises_a_number(x):
    raise x  # at: x


def reads_items_of_a_tuple(x):
    t = (x, x)
    return t[5]  # at: t[5]


def local_class(x):
    class Local:  # at: class Local:
        pass

    return x


def matches(x):
    match {"a": x}:
        case {**rest}:  # at: {**rest}
            return rest["a"]
    return x


def deletes(x):
    del x[0]  # at: x[0]
    return x


def relative_import(x):
    from . import something  # at: from . import something

    return something(x)


def item_of_tuple_assigned(x):
    t = (x, x)
    t[0] = 1.0  # at: t[0]
    return t


# Accents count as one character each.
def accents(x):
    é = x; ü = é + nowhere  # at: nowhere  # fmt: skip
    return ü


MARKED = [
    function
    for name, function in list(globals().items())
    if getattr(function, "__module__", None) == __name__ and hasattr(function, "__code__")
    if name != "sometimes"
]
WORDS = {
    "unpacked": "3 values are unpacked into 2",
    "tries": "raises ValueError in Python",
    "catches_the_machine": "does not raise",
    "opens": "`with`",
    "yields": "`yield`",
    "assigns_global": "`global`",
    "assigns_attribute": "attribute",
    "local_dict": "key of a dict",
    "global_dict": "`TABLE` is a dict",
    "unknown_method": "`.frobnicate()`",
    "unknown_attribute": "`.flags`",
    "unknown_name": "`nowhere` is not defined",
    "unknown_member": "no attribute `sinus`",
    "formatted": "formatted string",
    "class_instance": "`THING` is a Thing",
    "makes_an_object": "`bytearray` is neither",
    "no_rule": "table of rules",
    "calls_a_number": "not a function",
    "too_many_arguments": "takes 1 positional",
    "missing_argument": "needs the argument `x`",
    "function_as_number": "`math.sin`",
    "chosen_function": "one path",
    "chosen_in_a_loop": "one path",
    "uses_nothing": "may return None",
    "star_of_an_array": "length",
    "starred_target": "starred",
    "raises_a_number": "exception",
    "reads_items_of_a_tuple": "outside the tuple",
    "local_class": "class",
    "matches": "pattern",
    "deletes": "`del`",
    "relative_import": "relative import",
    "item_of_tuple_assigned": "tuple",
    "accents": "nowhere",
}


def marked_line(function):
    """The line that holds `# at: text` in the function, and the text."""
    found = re.compile(r"# at: (.*?)(?:  # fmt: skip)?$")
    lines = linecache.getlines(__file__)
    for number in range(function.__code__.co_firstlineno, len(lines) + 1):
        match = found.search(lines[number - 1].rstrip())
        if match:
            return number, match[1]
    raise AssertionError(function)


@pytest.mark.parametrize("function", MARKED, ids=lambda f: f.__name__)
def test_refusals_show_the_place(function):
    with pytest.raises(AdjointError) as caught:
        parse(function)
    error = caught.value
    number, text = marked_line(function)
    line = linecache.getline(__file__, number)
    assert isinstance(error, UnsupportedSyntax | NoRule)
    assert error.at.line == number
    assert line[error.at.column :].startswith(text)
    assert error.at.end_column == error.at.column + len(text) or text.endswith(":")
    assert WORDS[function.__name__] in error.message
    caret = str(error).splitlines()[-2 if error.hint else -1]
    assert set(caret.strip()) == {"^"}


def test_every_marked_function_has_key_words():
    assert {function.__name__ for function in MARKED} == set(WORDS)


def test_path_without_return():
    with pytest.raises(UnsupportedSyntax, match="may return None") as caught:
        parse(sometimes)
    assert caught.value.at.line == sometimes.__code__.co_firstlineno


def test_no_return_at_all():
    def nothing(x):
        x[0] = 1.0

    with pytest.raises(UnsupportedSyntax, match="may return None"):
        parse(nothing)


def test_any_number_of_arguments():
    def function(x, *others):
        return x

    with pytest.raises(UnsupportedSyntax, match="any number of arguments"):
        parse(function)


@pytest.mark.parametrize("function", [math.sin, np.sin, len, int, 3])
def test_builtins_have_no_source(function):
    with pytest.raises(SourceNotAvailable, match="no source"):
        parse(function)


def test_text_that_is_nowhere():
    namespace = {}
    exec("def f(x):\n    return x", namespace)
    with pytest.raises(SourceNotAvailable, match="not available") as caught:
        parse(namespace["f"])
    assert "linecache" in caught.value.hint


def test_source_that_changed():
    text = "def f(x):\n    return x\n"
    linecache.cache["<changed>"] = (len(text), None, text.splitlines(keepends=True), "<changed>")
    namespace = {}
    exec(compile(text.replace("x\n", "2 * x\n"), "<changed>", "exec"), namespace)
    with pytest.raises(SourceNotAvailable, match="changed"):
        parse(namespace["f"])


def test_callee_without_source():
    namespace = {}
    exec("def g(x):\n    return x", namespace)
    g = namespace["g"]

    def function(x):
        return g(x)

    with pytest.raises(SourceNotAvailable, match="not available"):
        parse(function)


def test_lambdas_that_look_alike():
    first, second = (lambda x: x + 1), (lambda x: x - 1)
    assert parse(first).body[0].value != parse(second).body[0].value
