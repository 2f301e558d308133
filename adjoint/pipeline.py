"""One function from the user's function and argument types to the text of its adjoint."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import CodeType
from typing import Any, Literal

import numba
import numpy as np
from numba.core.types import unliteral

from adjoint.callees import Callees
from adjoint.emit import Texts, entry_points, load, module_of, named, source_of
from adjoint.errors import NotDifferentiable, TypingFailed, UnsupportedSyntax
from adjoint.explanation import Explanation, explanation, header
from adjoint.inference import infer, infer_all, promoted
from adjoint.into import into
from adjoint.joint import with_joint_calls
from adjoint.lowering import Sizes, checks, lower_as_called
from adjoint.optimise import combine_loops, compute_once, polish, settle_lengths, tidy
from adjoint.parallel import LoopVerdict, parallelise
from adjoint.program.core import Const, Dependency, Program, Return, Stmt
from adjoint.program.functions import Joint
from adjoint.program.growth import KNOWN
from adjoint.program.merge import Same, merged, representative
from adjoint.program.numbers import is_complex, is_float
from adjoint.program.stopwatch import Stopwatch
from adjoint.program.structure import Structure
from adjoint.program.user_rules import user_rule_of
from adjoint.program.walk import stored
from adjoint.reverse import differentiate_explained, differentiate_items
from adjoint.reverse.cotangents import one
from adjoint.rules.registry import complex_rule_for, rule_for
from adjoint.syntax import Questions, parse


@dataclass(frozen=True)
class Generated:
    """A generated module.

    Attributes
    ----------
    module : text of the module: imports, the primal, the adjoint, and the two entry points.
        Functions are plain Python without decorators; `jit` compiles them.
    primal, adjoint, gradient, value_and_gradient : names of functions in the module. For a user's
        `f(x, w)` with result `s` and both arguments asked for:

        ``f(x, w) -> s``
        ``f_adjoint(x, w, s_bar) -> (s, x_bar, w_bar)``
        ``f_gradient(x, w) -> (x_bar, w_bar)``  (one alone is not in a tuple)
        ``f_value_and_gradient(x, w) -> (s, (x_bar, w_bar))``

        Arrays that the function captures are further positional parameters after the user's.
    source : text of the adjoint function alone.
    programs : those that the text is made of, the primal first.
    independent : names of the parameters that the bars are of, in the order asked for.
    stages : text of every intermediate program by stage name, in order.
    captures : names and values of captured arrays.
    dependencies : globals and closure variables that were read.
    mutated : positions of the parameters that are stored to, captures counted after the user's.
    given : by name, the rules that the user gave for functions of the module.
    fits : name of a function of the module that raises `OtherLengths` for arguments with lengths
        that the module was not made for; None if there are none.
    universal : whether it would be the same module whatever the sizes of the arguments.
    into : name of the function that writes the derivatives to arrays of the caller, if that is
        what was asked for.
    axes : then, for each derivative, the number of axes of that array; None for a number.
    seconds : what each stage took.
    explanation : what was decided on the way, and why.
    """

    module: str
    primal: str
    adjoint: str
    gradient: str
    value_and_gradient: str
    source: str
    programs: tuple[Program, ...]
    independent: tuple[str, ...]
    stages: Mapping[str, str]
    captures: Mapping[str, Any]
    dependencies: tuple[Dependency, ...]
    explanation: Explanation
    mutated: tuple[int, ...] = ()
    fits: str | None = None
    universal: bool = True
    into: str | None = None
    axes: tuple[int | None, ...] = ()
    given: Mapping[str, Any] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)


def generate(
    function: Callable[..., Any],
    arg_types: tuple[Any, ...],
    wrt: tuple[int, ...],
    *,
    structures: Mapping[str, Structure] | None = None,
    array_seed: bool = False,
    items: bool = False,
    optimise: bool = True,
    memory: int | None = None,
    parallel: bool = False,
    same: Same = (),
    calls: Sequence[Sizes] = (),
    out: Literal["gradient", "value_and_gradient"] | None = None,
) -> Generated:
    """Write the adjoint of `function` for Numba types `arg_types`.

    Parameters
    ----------
    function : a Python function whose source is available.
    arg_types : one Numba type for each parameter, or for each leaf of `structures`, in order.
    wrt : positions, among these, of what to differentiate with respect to.
    structures : what the argument of each parameter looks like; plain leaves if left out.
    array_seed : whether the adjoint of an array result takes an array as its cotangent;
        otherwise it takes one number, the cotangent of every element.
    items : write the Jacobian instead, with a reverse sweep for each item of the result; it is the
        module's `gradient`, and there is no other.
    optimise : whether the optional optimisations run.
    memory : bytes that a checkpointed loop may take.
    parallel : have threads run the loops of the adjoint where that is safe.
    same : pairs of positions, captures after the others, at which calls have the same array. Its
        cotangent is that of both parameters.
    calls : for calls seen so far, the sizes of the arguments and, if known, of the captured arrays.
        Lengths that were equal in all of them are assumed to be; without any, nothing is.
    out : write one function instead, which gives this and takes arrays that the derivatives are
        written to, after all other parameters.
    """
    clock, stages = Stopwatch(), Texts()
    questions = Questions(arg_types, type_of_program(arg_types))
    program = parse(function, structures or {}, has_rule, questions)
    stages.add("syntax", program)
    clock.lap("syntax")
    types = (*arg_types, *(numba.typeof(value) for value in program.captures.values()))
    program = promoted(program, types, load)
    program, result, typed = infer_all(program, types, load)
    stages.add("inference", _type_table(program))
    clock.lap("inference")
    _check_result(program, result)
    if items:
        _refuse_complex(program, result, arg_types)
    program, joints = with_joint_calls(program, typed)
    _check_budget(program, memory, joints.values())
    callees = Callees(joints.values(), optimise, memory)
    captured = tuple(np.shape(value) for value in program.captures.values())
    called = [(*sizes, *captured)[: len(program.params)] for sizes in calls]
    found = lower_as_called(merged(program, same), called)
    lowered = found.program
    if optimise:
        lowered = combine_loops(compute_once(tidy(settle_lengths(lowered))))
    stages.add("lowering", lowered)
    clock.lap("lowering")
    independent = tuple(program.params[representative(position, same)] for position in wrt)
    if items:
        swept, findings = differentiate_items(lowered, independent)
    else:
        swept, findings = differentiate_explained(lowered, independent, array_seed)
    kinds = swept.types or {}
    swept = promoted(swept, (*types, *(kinds[p] for p in swept.params[len(types) :])), load)
    stages.add("reverse", swept)
    clock.lap("reverse")
    adjoint, primal = swept, lowered
    keep = _users_variables(function)
    if optimise:
        tapes = frozenset(findings.places.values())
        adjoint, primal = polish(swept, keep, tapes), polish(lowered, keep, tapes)
        stages.add("optimise", adjoint)
        clock.lap("optimise")
    functions_called = callees.finish()
    verdicts: tuple[LoopVerdict, ...] = ()
    if parallel:
        split = parallelise(adjoint, frozenset(findings.places.values()))
        adjoint, verdicts = split.program, split.verdicts
        functions_called += split.functions
    clock.lap("callees")
    told = explanation(program, findings, adjoint, keep, _first_line(function), verdicts)
    assumed = checks(found.assumed)
    primal, adjoint = (replace(p, body=(*assumed, *p.body)) for p in (primal, adjoint))
    functions: tuple[Program, ...] = primal, adjoint
    written = None
    if out is not None:
        written = into(adjoint, None if items else one(result), value=out == "value_and_gradient")
        functions = (written.program,)
    elif not items:
        functions += entry_points(adjoint, program.name, len(wrt), one(result))
    checks_alone = (_fits(primal, assumed),) if assumed else ()
    module = module_of((*functions, *checks_alone), header(told))
    source = "\n\n".join(map(source_of, [*map(named, functions_called), adjoint]))
    clock.lap("emit")
    return Generated(
        module=module,
        primal=primal.name,
        adjoint=adjoint.name,
        gradient=functions[-2].name if len(functions) > 2 else adjoint.name,
        value_and_gradient=functions[-1].name,
        source=source,
        programs=(*functions, *checks_alone),
        independent=independent,
        stages=stages,
        captures=program.captures,
        dependencies=program.dependencies,
        explanation=told,
        mutated=_mutated(lowered, same),
        given={j.name: j.rule.origin for j in joints.values() if j.rule is not None},
        fits=checks_alone[0].name if checks_alone else None,
        universal=not found.asked,
        into=written.program.name if written is not None else None,
        axes=written.axes if written is not None else (),
        seconds=clock.seconds,
    )


def _fits(primal: Program, assumed: tuple[Stmt, ...]) -> Program:
    """A function that checks whether a call is like those that the module was made for."""
    body = (*assumed, Return(Const(True)))
    return Program(f"{primal.name}_fits", primal.params, body, primal.source)


def type_of_program(arg_types: tuple[Any, ...]) -> Callable[[Program], Any]:
    """What types a part of a program that returns a variable, while the rest is not there yet."""

    def type_of(program: Program) -> Any:
        types = (*arg_types, *(numba.typeof(value) for value in program.captures.values()))
        try:
            return unliteral(infer(program, types, load)[1])
        except TypingFailed:
            return None

    return type_of


def _users_variables(function: Callable[..., Any]) -> frozenset[str]:
    """Names that the user gave: they keep their assignments in the generated text."""
    code = _code(function)
    return frozenset() if code is None else frozenset(code.co_varnames)


def _first_line(function: Callable[..., Any]) -> int:
    # What stands for the call of a gradient leads to the function that this is the gradient of.
    calls = hasattr(function, "__adjoint_calls__")
    code = _code(inspect.unwrap(function) if calls else function)
    return 0 if code is None else code.co_firstlineno


def _code(function: Callable[..., Any]) -> CodeType | None:
    return getattr(getattr(function, "py_func", function), "__code__", None)


def has_rule(function: object) -> bool:
    """Whether calls of a function stay calls, because the table says what their adjoint is."""
    if not callable(function) or user_rule_of(function) is not None:
        return False  # a user's rule is not put in the place of the call
    return function in KNOWN or (rule_for(function) or complex_rule_for(function)) is not None


def _type_table(program: Program) -> str:
    """The types that inference found, one variable a line."""
    table = program.types or {}
    return "".join(f"{name}: {table[name]}\n" for name in sorted(table))


def _refuse_complex(program: Program, result: Any, arg_types: tuple[Any, ...]) -> None:
    if any(map(is_complex, (result, *arg_types))):
        raise NotDifferentiable(
            "the Jacobian of complex numbers is not supported",
            program.body[-1].at,
            "take the real and the imaginary part apart, or `grad`",
        )


def _check_budget(program: Program, memory: int | None, joints: Iterable[Joint]) -> None:
    if memory is not None and all(joint.steps is None for joint in joints):
        raise UnsupportedSyntax(
            "memory= is about loops marked `checkpointed`, and there is none",
            program.body[-1].at,
            "mark the long one: `for t in adjoint.checkpointed(range(n))`",
        )


def _mutated(program: Program, same: Same) -> tuple[int, ...]:
    written = stored(program.body)
    names = [program.params[representative(k, same)] for k in range(len(program.params))]
    return tuple(k for k, name in enumerate(names) if name in written)


def _check_result(program: Program, result: Any) -> None:
    """Only a float, or an array of floats, has a gradient."""
    if not is_float(result):
        last = program.body[-1]
        raise NotDifferentiable(
            f"{program.name} returns {result}, which has no gradient",
            last.at if isinstance(last, Return) else None,
            "return z.real or abs(z)"
            if is_complex(result)
            else "return a float, or an array of floats",
        )
