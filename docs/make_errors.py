"""Write the lists of `docs/errors.md`: every message that the source can raise, with its cure.

Run as `python docs/make_errors.py`. The messages are read from the source, where errors are made:
`raise NoRule(…)`, `context.refuse(…)`. What is known only when a message is made shows as `…`. The
cure is the hint that stands there, too; where there is none, `error_cures.txt` has one.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
PAGE = DOCS / "errors.md"
CURES = DOCS / "error_cures.txt"
OURS = {"AdjointError", "CommandError"}
HIDDEN = {"AdjointError", "InternalError"}  # the base; and what no program of a user should meet
PYTHON = ("IndexError", "TypeError", "ValueError")  # raised for arguments, with NumPy's words
FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Message:
    """What can be raised.

    Attributes
    ----------
    kind : the class.
    text : the words, `…` for what is known only then.
    hint : what to do, as the error says; empty if it says nothing.
    """

    kind: str
    text: str
    hint: str


@dataclass(frozen=True)
class Maker:
    """A function that makes errors of the message it is given: which class, and where it stands."""

    kind: str
    message: int
    hint: int | None


@dataclass
class Source:
    """The parsed modules, and what they define."""

    trees: list[ast.Module]
    kinds: set[str] = field(default_factory=set)
    constants: dict[str, ast.expr] = field(default_factory=dict)
    makers: dict[str, Maker] = field(default_factory=dict)


# ----------------------------------------------------------------------------------- reading


def read(folders: tuple[str, ...] = ("adjoint", "runtime")) -> Source:
    """Everything that raises errors of ours."""
    files = {
        path.resolve(): None for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))
    }
    source = Source([ast.parse(path.read_text()) for path in files])
    for tree in source.trees:
        for stmt in tree.body:
            if isinstance(stmt, ast.Assign) and isinstance(stmt.targets[0], ast.Name):
                source.constants.setdefault(stmt.targets[0].id, stmt.value)
    source.kinds = error_classes(source.trees)
    source.makers = {
        function.name: maker
        for tree in source.trees
        for function in ast.walk(tree)
        if isinstance(function, FUNCTION) and (maker := made_by(function, source.kinds))
    }
    return source


def error_classes(trees: list[ast.Module]) -> set[str]:
    """The names of all classes derived from ours."""
    bases = {
        node.name: {base.id for base in node.bases if isinstance(base, ast.Name)}
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    found = set(OURS)
    while more := {name for name, above in bases.items() if above & found} - found:
        found |= more
    return found


def made_by(function: ast.FunctionDef, kinds: set[str]) -> Maker | None:
    """Whether a function makes an error whose message is one of its parameters."""
    params = [arg.arg for arg in function.args.args if arg.arg != "self"]
    for call in ast.walk(function):
        if isinstance(call, ast.Call) and called(call) in kinds:
            message, hint = argument(call, 0, "message"), argument(call, 2, "hint")
            given = [name.id for name in names_in(message) if name.id in params]
            if given and not isinstance(message, ast.JoinedStr):
                hints = [params.index(n.id) for n in names_in(hint) if n.id in params]
                return Maker(called(call), params.index(given[0]), hints[0] if hints else None)
    return None


def names_in(tree: ast.AST | None) -> list[ast.Name]:
    return [] if tree is None else [n for n in ast.walk(tree) if isinstance(n, ast.Name)]


def called(call: ast.Call) -> str:
    """The last name of what is called."""
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def argument(call: ast.Call, position: int | None, name: str) -> ast.expr | None:
    """An argument of a call, None if it is left out."""
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    if position is None or position >= len(call.args):
        return None
    return call.args[position]


# ------------------------------------------------------------------------------------- words


def wordings(tree: ast.expr | None, source: Source, scope: ast.AST | None) -> list[str]:
    """The texts that an expression may have."""
    if tree is None:
        return [""]
    if isinstance(tree, ast.Constant):
        return [tree.value if isinstance(tree.value, str) else ""]
    if isinstance(tree, ast.JoinedStr):
        return ["".join(p.value if isinstance(p, ast.Constant) else "…" for p in tree.values)]
    if isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Add):
        sides = (wordings(side, source, scope) for side in (tree.left, tree.right))
        return ["".join(parts) for parts in itertools.product(*sides)]
    if isinstance(tree, ast.IfExp):
        return wordings(tree.body, source, scope) + wordings(tree.orelse, source, scope)
    if isinstance(tree, ast.BoolOp):
        return [text for value in tree.values for text in wordings(value, source, scope)]
    if isinstance(tree, ast.Name):
        return [t for v in values_of(tree.id, source, scope) for t in wordings(v, source, None)]
    return ["…"]


def values_of(name: str, source: Source, scope: ast.AST | None) -> list[ast.expr]:
    """What is assigned to a name where it is read, or in a module."""
    assigned = [
        stmt.value
        for stmt in (ast.walk(scope) if scope is not None else ())
        if isinstance(stmt, ast.Assign)
        and any(isinstance(t, ast.Name) and t.id == name for t in stmt.targets)
    ]
    if not assigned and name in source.constants:
        assigned = [source.constants[name]]
    return assigned or [ast.Constant("…")]


def messages(source: Source) -> list[Message]:
    """Every message, of each class in alphabetical order."""
    found = {message for tree in source.trees for message in in_module(tree, source)}
    said = [m for m in found if m.text.strip("….,: ")]
    return sorted(said, key=lambda m: (m.kind, m.text.lower(), m.hint))


def in_module(tree: ast.Module, source: Source) -> Iterator[Message]:
    for scope, call in calls(tree):
        name = called(call)
        if name in source.makers:
            maker = source.makers[name]
            kind = maker.kind
            message = argument(call, maker.message, "message")
            hint = argument(call, maker.hint, "hint")
        elif name in source.kinds:
            kind = name
            message, hint = argument(call, 0, "message"), argument(call, 2, "hint")
        else:
            continue
        if kind in HIDDEN:
            continue
        hints = [text for text in wordings(hint, source, scope) if text.strip("…")]
        for text in wordings(message, source, scope):
            yield Message(kind, squeezed(text), squeezed(" / ".join(hints)))


def of_python(source: Source) -> list[tuple[str, str]]:
    """Class and words of the errors that are raised as Python's own."""
    raised = (
        (called(stmt.exc), squeezed(text))
        for tree in source.trees
        for stmt in ast.walk(tree)
        if isinstance(stmt, ast.Raise) and isinstance(stmt.exc, ast.Call)
        for text in wordings(argument(stmt.exc, 0, ""), source, None)
    )
    return sorted({(kind, text) for kind, text in raised if kind in PYTHON and text.strip("…. ")})


def calls(tree: ast.Module) -> Iterator[tuple[ast.AST | None, ast.Call]]:
    """Every call, with the innermost function it stands in."""

    def visit(node: ast.AST, scope: ast.AST | None) -> Iterator[tuple[ast.AST | None, ast.Call]]:
        if isinstance(node, ast.Call):
            yield scope, node
        inner = node if isinstance(node, FUNCTION) else scope
        for child in ast.iter_child_nodes(node):
            yield from visit(child, inner)

    return visit(tree, None)


def squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


# -------------------------------------------------------------------------------------- page

# The causes, class by class, in the order of the page.
CAUSES = {
    "UnsupportedSyntax": "a statement or expression outside the language that is differentiated, "
    "or one whose meaning is known only when running.",
    "TypingFailed": "a variable that does not have one type that Numba can give it, or an argument "
    "that it cannot compile.",
    "NoRule": "a function that is neither Python source nor in the table of rules "
    "([coverage](coverage.md)).",
    "NotDifferentiable": "a gradient of, or with respect to, something that is not float or "
    "complex; or of something that was not recorded.",
    "InvalidArgnums": "`argnums` names no parameter of the function.",
    "InvalidOut": "what `out=` names is not an array for each derivative, of its type "
    "([Jacobians](howto-jacobians.md)).",
    "ArgumentsOverlap": "two array arguments share memory, and the function writes to one of them.",
    "SourceNotAvailable": "the source of the function cannot be read: the compiler reads text.",
    "InvalidMode": "`mode`, or an option that means nothing in it.",
    "InvalidMemory": "`memory`, the budget of what is stored, is none ([memory](memory.md)).",
    "ShapeMismatch": "shapes that do not fit each other.",
    "TapeError": "the tape was used in a way that has no gradient; the words are MXNet's.",
    "InvalidRule": "a [rule](custom-rules.md) that is not written as rules are.",
    "RuleMismatch": "`adjoint.testing.check_rule` found a rule that is wrong.",
    "GradientMismatch": "`adjoint.testing.check_grads` found gradients that differ.",
    "NotStandAlone": "generated code that needs this package, where a [file of its own]"
    "(command-line.md#a-file-of-its-own) was asked for.",
    "UnsafeCache": "the folder of generated code may be written to by others, who could have "
    "theirs run.",
    "CommandError": "the command line is wrong ([the command line](command-line.md)).",
}


@cache
def cures() -> dict[str, str]:
    """What `error_cures.txt` says: a cure for each message."""
    entries = re.findall(r"^(.+)\n→ (.+)$", CURES.read_text(), re.MULTILINE)
    return dict(entries)


def cure(message: Message) -> str:
    """What to do, as the message or the table says; empty if nobody knows."""
    if message.hint:
        return message.hint
    found = cures()
    begins = (v for k, v in found.items() if k.endswith("*") and message.text.startswith(k[:-1]))
    return found.get(message.text) or next(begins, "")


def section(found: list[Message]) -> str:
    """The lists, a table for each class."""
    by_kind: defaultdict[str, dict[str, list[str]]] = defaultdict(dict)
    for message in found:
        ways = by_kind[message.kind].setdefault(message.text, [])
        if (way := cure(message)) not in ways:
            ways.append(way)
    kinds = [*CAUSES, *sorted(by_kind.keys() - CAUSES.keys())]
    return "\n".join(_table(kind, by_kind[kind]) for kind in kinds if kind in by_kind)


def _table(kind: str, cures_of: dict[str, list[str]]) -> str:
    rows = [f"| {cell(text)} | {cell('; or '.join(ways))} |" for text, ways in cures_of.items()]
    cause = f"Cause: {CAUSES[kind]}\n\n" if kind in CAUSES else ""
    return "\n".join([f"## {kind}\n\n{cause}| message | cure |", "|---|---|", *rows, ""])


def cell(text: str) -> str:
    """Text in a table; what Markdown would read as something else is marked."""
    special = r"\|" if "`" in text else r"([|*<>])"
    return re.sub(special, r"\\\g<0>", text)


def section_of_python(found: list[tuple[str, str]]) -> str:
    """The table of Python's own errors."""
    rows = [f"| {kind} | {cell(text)} |" for kind, text in found]
    return "\n".join(["| error | message |", "|---|---|", *rows, ""])


def page_with(page: str, name: str, text: str) -> str:
    """A page with another text between the marks of this name."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    before, _, rest = page.partition(begin)
    return f"{before}{begin}\n\n{text}\n{end}{rest.partition(end)[2]}"


def main() -> None:
    source = read()
    page = page_with(PAGE.read_text(), "lists", section(messages(source)))
    PAGE.write_text(page_with(page, "python", section_of_python(of_python(source))))


if __name__ == "__main__":
    main()
