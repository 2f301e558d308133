"""Calls of gradients: their generated functions are inlined like a user's own.

    g = grad(f)

    def h(x):                          def h(x):
        return np.sum(g(x) ** 2)   →       …          # the adjoint of f, as it was generated
                                           return np.sum(x_bar ** 2)

What comes out of the compiler is in the language that goes in, so `h` is differentiated as any
function is. All of it stands at the line of the call.
"""

from __future__ import annotations

import inspect
from functools import partial
from typing import Any

import gast
from numba.core import types
from numba.core.typing.typeof import typeof

from adjoint.errors import AdjointError, UnsupportedSyntax
from adjoint.expansions import is_stand_in
from adjoint.program.core import Const, Name
from adjoint.program.gradient_code import GradientCode
from adjoint.program.structure import Branch, Leaf, Static, Structure, kinds
from adjoint.syntax import resolve
from adjoint.syntax.calls import Arguments, applier, apply_function
from adjoint.syntax.containers import as_tuple, contents
from adjoint.syntax.context import Context
from adjoint.syntax.lifted import gradient_of_closure
from adjoint.syntax.static_types import type_of
from adjoint.syntax.values import Closure, Known, Pack, Value, is_number

_LEAVES = (types.Number, types.Boolean, types.Array, types.NumPyRandomGeneratorType)


def is_gradient(callee: Value) -> bool:
    """Whether a value is the gradient of a function."""
    function = callee.value if isinstance(callee, Known) else None
    kind = type(function)
    return getattr(kind, "is_gradient", False) and not getattr(kind, "is_differentiable", False)


@applier(is_gradient)
def call_gradient(
    context: Context, callee: Any, args: Arguments, node: Any, into: str | None = None
) -> Value:
    """`g(*args)` of a gradient `g`."""
    place = context.standing_at(node)
    if not hasattr(callee.value, "__adjoint_gradient__"):
        place.refuse(
            "a Jacobian is called in a function that is differentiated.",
            node,
            "call a gradient there, or differentiate outside: `hessian(f)` is `jacobian(grad(f))`",
        )
    bound = _bound(place, callee, args, node)
    leaves: list[Const | Name] = []
    kinds: list[Any] = []
    structures = tuple(_structure(place, bound[name], leaves, kinds, node) for name in bound)
    code = _code(place, callee, structures, tuple(kinds), node)
    _check_writes(place, callee, code, leaves, kinds, node)
    captured = [resolve.from_object(place, array, name) for name, array in code.captures.items()]
    for dependency in code.dependencies:
        key = (id(callee.value), dependency.name)
        context.unit.dependencies.setdefault(key, dependency)
    inlined = Known(code.function, callee.path)
    result = apply_function(place, inlined, Arguments((*leaves, *captured), {}), node)
    return _arranged(place, code, result, node)


def makes_gradient(callee: Value) -> bool:
    """Whether a value is `grad` or `value_and_grad`."""
    return isinstance(callee, Known) and hasattr(callee.value, "__adjoint_makes_gradient__")


@applier(makes_gradient)
def make_gradient(
    context: Context, callee: Any, args: Arguments, node: Any, into: str | None = None
) -> Value:
    """`grad(f)` inside a function: it is made now."""
    first = args.positional[0] if args.positional else None
    rest = args.positional[1:] if isinstance(first, Closure) else args.positional
    positional = [_settled(context, arg, node) for arg in rest]
    keywords = {key: _settled(context, arg, node) for key, arg in args.keywords.items()}
    if "f" not in keywords and not args.positional:
        context.refuse("a gradient is made without its function here.", node, "`grad(f)`")
    try:
        if isinstance(first, Closure):
            of_function = partial(_of_function, callee.value, positional, keywords)
            return gradient_of_closure(context, first, of_function, node)
        return Known(callee.value(*positional, **keywords), gast.unparse(node).strip())
    except AdjointError as error:
        error.at = error.at or context.at(node)
        raise
    except TypeError as error:
        context.refuse(f"`{callee.path}` cannot be called like this: {error}.", node)


def _of_function(make: Any, positional: list[Any], keywords: dict[str, Any], f: Any) -> Any:
    return make(f, *positional, **keywords)


def _settled(context: Context, value: Value, node: Any) -> Any:
    """An argument of `grad`."""
    pack = contents(context, value)
    if pack is not None and pack.kind is tuple:
        return tuple(_settled(context, item, node) for item in pack.items)
    if isinstance(value, Known | Const):
        return value.value
    return context.refuse(
        "the gradient of a function that is defined here, or of one known only when running, is "
        "asked for.",
        node,
        "define the function outside, and pass what it reads of this one as arguments",
    )


def _bound(context: Context, callee: Known, args: Arguments, node: Any) -> dict[str, Value]:
    """Which value each parameter of the gradient gets, in their order."""
    signature = inspect.signature(callee.value)
    try:
        given = signature.bind(*args.positional, **args.keywords).arguments
    except TypeError as error:
        if "out" in args.keywords:
            context.refuse(
                "derivatives are not written to `out` in a function that is differentiated itself.",
                node,
                f"store what is returned: `out[:] = {callee.path}(...)`",
            )
        context.refuse(f"`{callee.path}` cannot be called like this: {error}.", node)
    bound: dict[str, Value] = {}
    for name, param in signature.parameters.items():
        value = given.get(name)
        if param.kind is param.VAR_POSITIONAL:
            bound[name] = Pack(value or ())
        elif param.kind is param.VAR_KEYWORD:
            bound[name] = Pack(tuple((value or {}).values()), dict, tuple(value or {}))
        elif name in given:
            bound[name] = given[name]
        else:
            bound[name] = resolve.from_object(context, param.default, f"{callee.path}_{name}")
    return bound


def _structure(
    context: Context, value: Value, leaves: list[Const | Name], kinds: list[Any], node: Any
) -> Structure:
    """What an argument looks like; its numbers and arrays are appended to `leaves`."""
    pack = contents(context, value)
    if pack is not None:
        below = tuple(_structure(context, item, leaves, kinds, node) for item in pack.items)
        return Branch(pack.kind, tuple(pack.keys), below)
    if isinstance(value, Known):
        return Static(value.value)
    if isinstance(value, Const) and not is_number(value):
        return Static(value.value)
    atom = context.as_atom(value, node)
    kind = typeof(atom.value) if isinstance(atom, Const) else type_of(context, atom, node)
    kind = None if kind is None else types.unliteral(kind)
    if not isinstance(kind, _LEAVES):
        context.refuse(
            "the type of an argument of a gradient is "
            + ("known only when running." if kind is None else f"{kind} here."),
            node,
            "call the gradient in the function itself, with numbers, arrays or tuples of them",
        )
    leaves.append(atom)
    kinds.append(kind)
    return Leaf(str(len(leaves) - 1))


def _code(
    context: Context,
    callee: Known,
    structures: tuple[Structure, ...],
    kinds: tuple[Any, ...],
    node: Any,
) -> GradientCode:
    """The gradient's generated function; its errors stand in what it differentiates, or here."""
    try:
        code: GradientCode = callee.value.__adjoint_gradient__(structures, kinds)
    except AdjointError as error:
        error.at = error.at or context.at(node)
        raise
    return code


def _check_writes(
    context: Context,
    callee: Known,
    code: GradientCode,
    leaves: list[Const | Name],
    kinds: list[Any],
    node: Any,
) -> None:
    """Refuse arguments that might share memory, if one of them is written to.

    Two parameters of the program are known to be apart: that is checked when it is called.
    """
    arrays = [
        leaf.id
        for leaf, kind in zip(leaves, kinds, strict=True)
        if isinstance(kind, types.Array) and isinstance(leaf, Name)
    ]
    unit = context.unit
    apart = len(set(arrays)) == len(arrays) and all(
        name in unit.params and name not in unit.rebound for name in arrays
    )
    if code.mutated and len(arrays) + len(code.captures) > 1 and not (apart and not code.captures):
        raise UnsupportedSyntax(
            f"`{callee.path}` writes to its arguments, and two of them may be the same array.",
            context.at(node),
            "pass parameters of this function, or differentiate one that works on copies",
        )


# --------------------------------------------------------------------------- the result


def _arranged(context: Context, code: GradientCode, result: Value, node: Any) -> Value:
    """What the gradient promises to return: bars in the structure of the arguments."""
    if not code.value:
        return _gradient(context, code, result, node)
    whole = as_tuple(context, result, node)
    assert whole is not None
    value, bars = whole.items
    return Pack((value, _gradient(context, code, bars, node)))


def _gradient(context: Context, code: GradientCode, bars: Value, node: Any) -> Value:
    if any(map(is_stand_in, kinds(code.gradient))):
        context.refuse(
            "the gradient with respect to a sparse matrix is taken inside a function.",
            node,
            "differentiate with respect to its array `data`, and make the matrix of it",
        )
    if code.count == 1:
        return _filled(code.gradient, (bars,))
    whole = as_tuple(context, bars, node)
    assert whole is not None
    return _filled(code.gradient, whole.items)


def _filled(structure: Structure, bars: tuple[Value, ...]) -> Value:
    match structure:
        case Leaf(name):
            return bars[int(name)]
        case Branch(kind, keys, children):
            fixed = issubclass(kind, tuple)
            return Pack(
                tuple(_filled(child, bars) for child in children),
                kind,
                () if fixed and not hasattr(kind, "_fields") else keys,
                frozenset() if fixed else frozenset({resolve.SITE_OF_ARGUMENT}),
            )
    return Const(None)
