"""Which lines of the user each line of generated text is of."""

from __future__ import annotations

import numpy as np
import pytest

from adjoint import checkpoint, grad, jacobian
from adjoint.emit import lines_of, source_of
from adjoint.program.core import Assign, Store
from adjoint.program.walk import statements
from adjoint.report.pieces import Pieces
from adjoint.report.views import views
from tests.corpus import PROGRAMS

CHOSEN = [
    "calls-call_in_a_loop",
    "calls-call_with_default_and_keyword",
    "containers-operators_of_a_class",
    "control-break_in_for",
    "control-early_return",
    "kernels_stencils-adi",
    "models-garch_likelihood",
    "models-two_layer_network",
    "mutation-shift_in_place",
    "readable-energy",
    "recursion-power_by_squaring",
    "traps-result_does_not_depend_on_the_last_write",
]


def made_for(function, *args, argnums=0):
    """What the compiler gives for a function at arguments."""
    gradient = grad(function, argnums, jit=False, cache=False)
    return gradient.find(args)[0].generated()


@pytest.fixture(params=CHOSEN, scope="module")
def made(request):
    program = PROGRAMS[request.param]
    return made_for(program.function, *program.args(), argnums=program.wrt())


def pieces_of(made):
    lowered = made.stages.program("lowering")
    return Pieces(lowered, made.explanation.line, (lowered, *made.programs))


def test_the_lines_are_the_text(made):
    for program in made.programs:
        text = "".join(f"{line}\n" for line, _ in lines_of(program))
        assert text == source_of(program)


def test_the_module_is_shown_as_it_is(made):
    (module,) = (view for view in views(made) if view.name == "module")
    assert module.text == made.module


def test_every_active_line_has_a_counterpart(made):
    pieces = pieces_of(made)
    active = {variable.name for variable in made.explanation.variables if variable.active}
    wanted = {
        pieces.key(stmt.at)
        for stmt in statements(made.stages.program("lowering").body)
        if (isinstance(stmt, Assign) and stmt.target in active)
        or (isinstance(stmt, Store) and stmt.array in active)
    }
    (adjoint,) = (view for view in views(made) if view.name == "adjoint")
    found = {key for _, stmt in adjoint.lines if stmt is not None for key in pieces.keys(stmt)}
    assert wanted
    assert wanted <= found


def test_comments_name_the_line_that_they_are_a_counterpart_of(made):
    for line, stmt in lines_of(made.programs[1]):
        if "# adjoint of line " in line:
            assert stmt.reverse
            assert int(line.rpartition(" ")[2]) == stmt.at.line


def sines(x, w):
    s = 0.0
    for i in range(len(x)):
        a = np.sin(x[i])
        b = a * w
        s += b
    return s


def counterparts(function, *args, reverse):
    """Generated lines of one sweep with the user's lines, counted from `def`, that they are of."""
    first = function.__code__.co_firstlineno
    lines = lines_of(made_for(function, *args, argnums=(0, 1)).programs[1])
    return {
        text.strip(): {at.line - first for at in (stmt.at, *stmt.merged) if at is not None}
        for text, stmt in lines
        if stmt is not None and stmt.reverse == reverse
    }


def test_a_folded_line_is_of_all_that_it_was_folded_of():
    reverse = counterparts(sines, np.ones(2), 2.0, reverse=True)
    (x_bar,) = (lines for text, lines in reverse.items() if text.startswith("x_bar[i] "))
    (w_bar,) = (lines for text, lines in reverse.items() if text.startswith("w_bar += "))
    assert {3, 4} <= x_bar
    assert 4 in w_bar
    assert 3 not in w_bar


def branches(x, w):
    s = 0.0
    for i in range(3):
        if x > w:
            s += x * i
        elif x > 0.0:
            s += w * x
        else:
            s -= w
    return s


def test_lines_in_branches():
    forward = counterparts(branches, 0.5, 2.0, reverse=False)
    assert forward["s += x * i"] == {4}
    assert forward["s -= w"] == {8}


def test_comments_above_a_long_line_belong_to_it():
    made = made_for(PROGRAMS["control-while_on_value"].function, 1.5)
    lines = lines_of(made.programs[1])
    (k,) = (k for k, (line, _) in enumerate(lines) if " = np.empty(" in line)
    assert lines[k - 1][0].lstrip().startswith("#")
    assert lines[k - 1][1] is lines[k - 2][1] is lines[k][1]


def helper(z):
    return z * z * z


def calls_helper(x):
    y = helper(x)
    return y + helper(2.0 * x)


def test_functions_that_are_inlined_are_pieces_of_their_own():
    pieces = pieces_of(made_for(calls_helper, 1.5)).all
    first = helper.__code__.co_firstlineno
    assert [(p.first, p.last) for p in pieces] == [(first + 4, first + 6), (first, first + 1)]
    assert next(iter(pieces[1].lines())) == (first, "def helper(z):")


def test_a_lambda_is_shown_with_its_statement():
    f = lambda x: x * x
    (piece,) = pieces_of(made_for(f, 1.5)).all
    assert [text for _, text in piece.lines()] == ["f = lambda x: x * x"]


@checkpoint
def cube(x):
    return x * x * x


def test_functions_that_stay_calls_are_in_the_adjoint():
    made = made_for(lambda x: cube(x) + x, 1.5)
    (adjoint,) = (view for view in views(made) if view.name == "adjoint")
    (module,) = (view for view in views(made) if view.name == "module")
    assert "def cube" in adjoint.text
    assert module.text == made.module


def test_a_jacobian_has_views():
    of_rows = jacobian(lambda x: np.sin(x) * x, jit=False, cache=False)
    made = of_rows.find((np.ones(3),))[0].generated()
    assert [view.name for view in views(made)][-2:] == ["adjoint", "module"]
    assert views(made)[-1].text == made.module
