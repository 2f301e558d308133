"""What holds of the text generated for every corpus program."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import re
import subprocess
import sys

import numba
import pytest

from adjoint.errors import AdjointError
from adjoint.pipeline import generate
from tests.corpus import PROGRAMS

ALLOWED = {"numpy", "math", "cmath", "numba", "adjoint.runtime"}
COLUMNS = 100


def module(name):
    """Text of the generated module; None where a program is refused (test_corpus tells)."""
    entry = PROGRAMS[name]
    arg_types = [numba.typeof(arg) for arg in entry.args()]
    count, defaults = entry.function.__code__.co_argcount, entry.function.__defaults__ or ()
    arg_types += [
        numba.typeof(value) for value in defaults[len(defaults) + len(arg_types) - count :]
    ]
    try:
        return generate(entry.function, tuple(arg_types), entry.wrt()).module
    except AdjointError:
        return None


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(PROGRAMS))
def test_text(name):
    """It parses, its lines fit on a page, and it imports only what users have."""
    text = module(name)
    if text is None:
        pytest.skip("refused")
    tree = ast.parse(text)
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import)
                for alias in node.names}  # fmt: skip
    imported |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    packages = {re.sub(r"^adjoint\.runtime\..*", "adjoint.runtime", name) for name in imported}
    assert packages <= ALLOWED
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    names = [node.name for node in functions]
    called = {node.func.id for node in ast.walk(tree)
              if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}  # fmt: skip
    assert len(names) == len(set(names))
    own = names[-4]
    assert names[-3:] == [f"{own}_adjoint", f"{own}_gradient", f"{own}_value_and_gradient"]
    assert set(names[:-4]) <= called  # only functions that stay calls, besides the entries
    assert not [line for line in text.splitlines() if line != line.rstrip()]
    assert not [line for line in text.splitlines() if len(line) > COLUMNS]


def test_generated_twice():
    for name in ("readable-smooth", "mxnet-f", "control-while_on_value", "calls-call_in_a_loop"):
        assert module(name) == module(name)


FINGERPRINTS = """
import hashlib, json
from tests.golden.test_properties import module
from tests.corpus import PROGRAMS
texts = {name: module(name) or "" for name in sorted(PROGRAMS)[::20]}
print(json.dumps({name: hashlib.sha256(text.encode()).hexdigest() for name, text in texts.items()}))
"""


@pytest.mark.slow
def test_other_processes_generate_the_same():
    """No order of a set, no address and no random number is in the text."""
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", FINGERPRINTS],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.getcwd()},
            stdout=subprocess.PIPE,
            text=True,
        )
        for seed in ("1", "2")
    ]
    first, second = (json.loads(run.communicate()[0]) for run in runs)
    assert first == second
    name, fingerprint = next(iter(first.items()))
    assert fingerprint == hashlib.sha256(module(name).encode()).hexdigest()
