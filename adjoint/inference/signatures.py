"""Types of programs that call each other, some of them themselves.

A call is typed by typing its callee for the arguments' types. Where that is being typed already,
what it returns is not known yet: in a first round the branches with such calls are left out, so
that the base case gives a type; further rounds take the types of the round before for granted,
until a round finds what it took for granted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from numba.core import types
from numba.core.typing.templates import AbstractTemplate, signature
from numba.core.typing.typeof import typeof
from numba.np.numpy_support import as_dtype

from adjoint.errors import TypingFailed
from adjoint.inference.expectations import without_expectations
from adjoint.inference.infer import infer
from adjoint.inference.numba_types import declare_function
from adjoint.program.core import (
    Assign,
    Block,
    Call,
    Const,
    Evaluate,
    Expr,
    Program,
    Raise,
    Return,
    Slice,
    Stmt,
)
from adjoint.program.functions import Function, name_apart, reachable
from adjoint.program.numbers import element_of, item_types
from adjoint.program.walk import map_blocks, map_operands, rewrite, subexpressions

Key = tuple[Function, tuple[Any, ...]]
_ROUNDS = 8


@dataclass(frozen=True, eq=False)
class Typed:
    """A callee for certain types of its arguments.

    Attributes
    ----------
    program : in the array dialect; calls name the functions that `parse` gave.
    result : type of what it returns.
    """

    program: Program
    result: Any


def callee_key(call: Call, table: Any) -> Key:
    """Function and argument types of a call in a typed program."""
    given = (typeof(a.value) if isinstance(a, Const) else table[a.id] for a in call.args)  # type: ignore[union-attr]
    return callee_key_of(call.function, given)  # type: ignore[arg-type]


def callee_key_of(function: Function, args: Iterable[Any]) -> Key:
    """A function and the types of its parameters, for types of arguments."""
    if function.elementwise is None:
        return function, tuple(map(passed, args))
    elements = tuple(element_of(types.unliteral(arg)) for arg in args)
    _check_compiled_for(function, elements)
    return function, elements


def _check_compiled_for(function: Function, elements: tuple[Any, ...]) -> None:
    """A function compiled for certain signatures would cast other arguments."""
    if function.elementwise and all(isinstance(e, types.Number | types.Boolean) for e in elements):
        own = "".join(as_dtype(element).char for element in elements)
        if own not in (signature.partition("->")[0] for signature in function.elementwise):
            raise TypingFailed(
                f"`{function.name}` is compiled for {', '.join(function.elementwise)}, not for "
                f"({', '.join(map(str, elements))})",
                None,
                "leave out the signatures, or pass arguments of these types",
            )


def passed(type_: Any) -> Any:
    """The type in which a value is passed to a callee, and returned: arrays are contiguous."""
    type_ = types.unliteral(type_)
    if isinstance(type_, types.Array):
        return types.Array(type_.dtype, type_.ndim, "C")
    if isinstance(type_, types.BaseTuple):
        return types.BaseTuple.from_types([passed(item) for item in item_types(type_)])
    return type_


def infer_all(
    program: Program, arg_types: tuple[Any, ...], load: Callable[..., Callable[..., Any]]
) -> tuple[Program, Any, dict[Key, Typed]]:
    """The program with types, the type of its result, and the callees it needs.

    Raises
    ------
    TypingFailed : with the user's line.
    """
    name_apart([program])
    if not reachable([program]):
        return *infer(program, arg_types, load), {}
    return _Typing(program, arg_types, load).run()


class _Typing:
    """Rounds of inference.

    Attributes
    ----------
    results : what callees return, as far as it is known.
    typed : callees typed in the current round.
    blocked : functions whose result was asked for and not known, by the program being typed.
    """

    def __init__(self, program: Program, arg_types: tuple[Any, ...], load: Any) -> None:
        self._program = program
        self._arg_types = arg_types
        self._load = load
        self.results: dict[Key, Any] = {}
        self.typed: dict[Key, Typed] = {}
        self._visited: set[Key] = set()
        self._blocked: list[set[Function]] = []
        self._incomplete = False
        self._functions = reachable([program])

    def run(self) -> tuple[Program, Any, dict[Key, Typed]]:
        """Type everything."""
        for _ in range(_ROUNDS):
            before = dict(self.results)
            self.typed, self._visited, self._incomplete = {}, set(), False
            program, result = self._infer(self._program, self._arg_types)
            if self.results == before and not self._incomplete:
                return program, result, self.typed
        names = sorted({function.name for function, _ in self._visited})
        raise TypingFailed(
            f"the type of what {', '.join(names)} returns cannot be told: "
            "there may be no case without recursion",
            None,
            "return a value of one type, and one without recursion first",
        )

    def result_of(self, function: Function, args: tuple[Any, ...]) -> Any | None:
        """What a callee returns, None where that is not known yet."""
        key = callee_key_of(function, args)
        if key not in self._visited:
            self._visited.add(key)
            assert function.program is not None
            program, result = self._infer(function.program, key[1])
            self.typed[key] = Typed(program, passed(result))
            if result != types.none or _returns_nothing(program):
                self.results[key] = passed(result)
        if key not in self.results:
            self._blocked[-1].add(function)
            self._incomplete = True
        return self.results.get(key)

    def _infer(self, program: Program, arg_types: tuple[Any, ...]) -> tuple[Program, Any]:
        """Type one program; as long as calls in it are not known, without their branches."""
        left_out: set[Function] = set()
        while True:
            with self._watched() as blocked:
                try:
                    return self._infer_once(program, arg_types, left_out)
                except TypingFailed:
                    if blocked <= left_out:
                        raise
            left_out |= blocked

    @contextmanager
    def _watched(self) -> Iterator[set[Function]]:
        self._blocked.append(set())
        try:
            yield self._blocked[-1]
        finally:
            self._blocked.pop()

    def _infer_once(
        self, program: Program, arg_types: tuple[Any, ...], left_out: set[Function]
    ) -> tuple[Program, Any]:
        shown = replace(program, body=_without_calls(program.body, left_out))
        # New ones each time, because Numba remembers calls that it could not type.
        given = {function.name: self._stub(function) for function in self._functions}
        apart = f"{program.name}__typed"  # a program that calls itself means its stand-in
        loaded = replace(shown, name=apart, body=_referring(shown.body))
        found, result = infer(loaded, arg_types, lambda p: self._load(p, given))
        return replace(without_expectations(program), types=found.types), result

    def _stub(self, function: Function) -> Callable[..., Any]:
        """A Python function that Numba types as the callee."""

        def stub(*args: Any) -> Any:
            raise AssertionError("a stand-in for inference is never run")

        class Template(AbstractTemplate):
            key = stub

            def generic(_, args: Any, kws: Any) -> Any:
                result = self.result_of(function, args)
                if result is None:
                    return None
                ndims = [arg.ndim for arg in args if isinstance(arg, types.Array)]
                if function.elementwise is not None and ndims:
                    result = types.Array(result, max(ndims), "C")
                return signature(result, *args)

        declare_function(stub, types.Function(Template))
        return stub


def _returns_nothing(program: Program) -> bool:
    last = program.body[-1]
    return isinstance(last, Return) and last.value == Const(None)


def _without_calls(block: Block, functions: set[Function]) -> Block:
    """The block, left by an error where one of the functions is called."""
    if not functions:
        return block
    kept: list[Stmt] = []
    for stmt in block:
        if _calls(stmt) & functions:
            return (*kept, Raise(RecursionError, (), at=stmt.at))
        kept.append(map_blocks(stmt, lambda inner: _without_calls(inner, functions)))
    return tuple(kept)


def _calls(stmt: Stmt) -> set[Any]:
    if not isinstance(stmt, Assign | Evaluate):
        return set()
    expr = stmt.value if isinstance(stmt, Assign) else stmt.call
    return {e.function for e in subexpressions(expr) if isinstance(e, Call)}


def _referring(block: Block) -> Block:
    """The block with functions that are only referred to: their programs are not written beside."""

    def change(expr: Expr | Slice) -> Expr | Slice:
        if isinstance(expr, Call) and isinstance(expr.function, Function):
            return replace(expr, function=Function(expr.function.name))
        return expr

    return tuple(
        map_operands(map_blocks(stmt, _referring), lambda e: rewrite(e, change)) for stmt in block
    )
