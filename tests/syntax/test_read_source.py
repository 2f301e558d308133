"""Functions are found in their files, whatever stands around them."""

import __future__

import functools
import linecache
import textwrap

import gast
import pytest

from adjoint.errors import SourceNotAvailable
from adjoint.syntax.read_source import location, python_function, read_source


def register(text, filename="<cell>"):
    """Run a text whose source is registered, as notebooks do; its names."""
    text = textwrap.dedent(text)
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    namespace = {"__name__": "cell"}
    exec(compile(text, filename, "exec"), namespace)
    return namespace


def test_nested_and_decorated():
    def decorator(f):
        return f

    @decorator
    @functools.lru_cache
    @decorator
    def function(x):
        return x

    plain = python_function(function)
    tree, source = read_source(plain)
    assert tree.name == "function"
    assert source.line(tree.lineno).strip() == "def function(x):"


def test_the_right_one_of_several_definitions():
    namespace = register(
        """
        def f(x):
            return 1
        first = f
        def f(x):
            return 2
        """
    )
    for name, value in (("first", 1), ("f", 2)):
        tree, _ = read_source(namespace[name])
        assert tree.body[0].value.value == value


def test_lambdas_on_one_line():
    pair = (lambda x: x + 1, lambda x: x * (2 + x))
    trees = [read_source(function)[0] for function in pair]
    assert [type(tree.body.op) for tree in trees] == [gast.Add, gast.Mult]


def test_lambda_over_several_lines():
    function = (
        lambda x: (
            x
            + 1
        )
    )  # fmt: skip
    tree, source = read_source(function)
    at = location(source, tree.body)
    assert source.line(at.line).strip() == "x"
    assert at.end_column == len(source.line(at.line))


def test_columns_count_characters():
    namespace = register("def f(x):\n    ä = 'ö'; return x + ä\n", "<accents>")
    tree, source = read_source(namespace["f"])
    at = location(source, tree.body[1].value)
    assert source.line(at.line)[at.column : at.end_column] == "x + ä"


@pytest.mark.parametrize("name", ["f", "g"])
def test_registered_text(name):
    namespace = register("def f(x): return x\ng = lambda x: x\n", "<registered>")
    assert read_source(namespace[name])[1].filename == "<registered>"


@pytest.mark.parametrize(
    "before, after",
    [
        ("def f(x):\n    return 2.0 * x\n", "def f(x):\n    return 3.0 * x\n"),
        ("f = lambda x: 2.0 * x\n", "f = lambda x: x + x\n"),
        ("def f(x):\n    return (lambda u: u)(x)\n", "def f(x):\n    return (lambda u: -u)(x)\n"),
        ("def f(x):\n    return x\n", "y = 1\ndef f(x):\n    return -x\n"),
        ("def f(x):\n    return x\n", "\ndef f(x):\n    return x\ndef f(x):\n    return x\n"),
    ],
)
def test_text_edited_after_the_function_was_made(before, after):
    function = register(before, "<edited>")["f"]
    read_source(function)
    register(after, "<edited>")
    with pytest.raises(SourceNotAvailable, match="changed after the function was made"):
        read_source(function)


@pytest.mark.parametrize("text", ["def f(x):\n    return 2.0 * x\n", "f = lambda x: 2.0 * x\n"])
def test_a_function_that_stands_elsewhere_now_as_it_was(text):
    function = register(text, "<moved>")["f"]
    register(f"import math\n\n\n{text}", "<moved>")
    tree, source = read_source(function)
    assert tree.lineno == 4
    assert "2.0 * x" in "".join(source.lines[3:])


def test_flags_of_the_text_that_ran_it():
    """The text says nothing of the flags that a tool compiled it with."""
    text = "def f(x):\n    def g(u: float) -> float:\n        return u\n    return g(x)\n"
    linecache.cache["<inherited>"] = (len(text), None, text.splitlines(True), "<inherited>")
    namespace = {}
    flags = __future__.annotations.compiler_flag
    exec(compile(text, "<inherited>", "exec", flags, dont_inherit=True), namespace)
    assert read_source(namespace["f"])[0].name == "f"


def test_a_part_of_the_text_that_was_run_alone():
    """As cells are: an import in another one changes how the compiler writes a call."""
    cells = ("import numpy\n", "\ndef f(x):\n    return numpy.sum(numpy.exp(x))\n")
    text = cells[1].replace("\n", cells[0], 1)
    linecache.cache["<cells>"] = (len(text), None, text.splitlines(True), "<cells>")
    namespace = {}
    for cell in cells:
        exec(compile(cell, "<cells>", "exec"), namespace)
    assert read_source(namespace["f"])[0].name == "f"
