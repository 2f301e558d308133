"""Names for what the user gave none: an element is called after its array, other values in order.

t_14 = x[i, j]       →    x_ij = x[i, j]
x_t_2 = x[i, j]      →    x_ij = x[i, j]
t_31_bar = y_bar     →    x_ij_bar = y_bar
exp_1_1 = np.exp(z)  →    exp_1 = np.exp(z)
t_17 = a * b         →    t_1 = a * b
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import count

from adjoint.program.core import (
    Assign,
    Block,
    Const,
    Expr,
    For,
    Item,
    Name,
    Program,
    Slice,
    Store,
)
from adjoint.program.walk import assigned, map_blocks, map_operands, read, statements, substitute
from adjoint.syntax.names import RESERVED

# What `syntax` and `lowering` call a part of an expression, an element of an array, what an array
# becomes in place, and the element of a part: `t_3`, `x_t_1`, `x_updated_1`, `exp_1_1`. The user
# may have called a variable `x_t` too: it is called after an element only if it is one.
_PART = re.compile(r"t(_\d+)+")
_ELEMENT = re.compile(r"(\w+?)_(t|updated)_*(_\d+)*")
_ELEMENT_OF_PART = re.compile(r"\w*[^\W\d](_\d+){2,}")
_BAR = re.compile(r"(\w+?)_bar(_\d+)*")
_TAPE = re.compile(r"(stored|branch|trips)_\d+")
_LONGEST = 24


def name_temporaries(program: Program, keep: frozenset[str] = frozenset()) -> Program:
    """The program with other names for temporaries; the last pass but for comments.

    Parameters
    ----------
    keep : the user's own variables.
    """
    definitions: dict[str, list[Expr]] = {}
    for stmt in statements(program.body):
        if isinstance(stmt, Assign):
            definitions.setdefault(stmt.target, []).append(stmt.value)
    kept = {*program.params, *keep}
    old = [name for name in definitions if name not in kept and _is_ours(name)]
    taken = {*RESERVED, *kept, *read(program.body), *assigned(program.body)} - set(old)
    new: dict[str, str] = {}
    for name in sorted(old, key=lambda name: _BAR.fullmatch(name) is not None):
        new[name] = _free(_base(name, definitions[name], new), taken)
    if all(name == other for name, other in new.items()):
        return program
    types = program.types
    if types is not None:
        # A new name may be that of a variable that is not there any more.
        types = {**types, **{name: types[old] for old, name in new.items() if old in types}}
    return replace(program, body=_renamed(program.body, new), types=types)


def _is_ours(name: str) -> bool:
    bar = _BAR.fullmatch(name)
    name = name if bar is None else bar[1]
    return any(form.fullmatch(name) for form in (_PART, _ELEMENT, _ELEMENT_OF_PART))


def _is_part(name: str) -> bool:
    bar = _BAR.fullmatch(name)
    return bool(_PART.fullmatch(name if bar is None else bar[1]))


def _base(name: str, values: list[Expr], new: dict[str, str]) -> str:
    """What a temporary is called after: its array, or the temporary that it is the bar of."""
    bases = {_element(value) for value in values} - {""}  # read back from a tape it has none
    if len(bases) == 1:
        return bases.pop()
    bar = _BAR.fullmatch(name)
    if bar is not None:
        return f"{new.get(bar[1]) or _stem(bar[1])}_bar"
    return _stem(name)


def _stem(name: str) -> str:
    """What is left of a name without a number that tells nothing."""
    if _PART.fullmatch(name):
        return "t"
    element = _ELEMENT.fullmatch(name)
    if element is not None:
        return "t" if _PART.fullmatch(element[1]) else f"{element[1]}_{element[2]}"
    return name[: name.rindex("_")] if _ELEMENT_OF_PART.fullmatch(name) else name


def _element(value: Expr) -> str:
    """`x_ij` for an element `x[i, j]`, whatever number the counters have; empty for the others."""
    if not (isinstance(value, Item) and isinstance(value.value, Name)):
        return ""
    array = value.value.id
    parts = [_index(item) for item in value.index]
    if not all(parts) or _is_part(array) or _TAPE.fullmatch(array):
        return ""
    joined = "".join(parts) if all(len(part) == 1 for part in parts) else "_".join(parts)
    name = f"{array}_{joined}"
    return name if len(name) <= _LONGEST else ""


def _index(item: Expr | Slice) -> str:
    match item:
        case Name(id) if not _is_part(id):
            return re.sub(r"_\d+$", "", id)
        case Const(int() as value) if value >= 0:
            return str(value)
    return ""


def _free(base: str, taken: set[str]) -> str:
    """The name itself, or with the first number that makes it new; `t` always has one."""
    for number in count(1 if base == "t" else 0):
        name = f"{base}_{number}" if number else base
        if name not in taken:
            taken.add(name)
            return name
    raise AssertionError


def _renamed(block: Block, new: dict[str, str]) -> Block:
    mapping: dict[str, Expr] = {old: Name(name) for old, name in new.items()}

    def change(inner: Block) -> Block:
        done = []
        for stmt in inner:
            stmt = map_operands(map_blocks(stmt, change), lambda e: substitute(e, mapping))
            if isinstance(stmt, Assign | For) and stmt.target in new:
                stmt = replace(stmt, target=new[stmt.target])
            elif isinstance(stmt, Store) and stmt.array in new:
                stmt = replace(stmt, array=new[stmt.array])
            done.append(stmt)
        return tuple(done)

    return change(block)
