"""One name for each value that a variable holds, where control flow lets them be told apart.

Definitions that some read may see both of are one *web* and keep one name; webs of the same
variable get names of their own. So a name that is assigned twice in the result really merges
values: it is carried by a loop, or assigned in branches and read after them.

    t = a + b            t = a + b
    s = sin(t)           s = sin(t)
    t = a * b       →    t_1 = a * b
    s = s + t            s_1 = s + t_1

A parameter is never assigned, and a loop's counter by nothing but its loop: where values merge
with one of them, a new variable is assigned from it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from adjoint.program.core import Assign, Block, For, Name, Program, Stmt, Store
from adjoint.program.walk import blocks, map_blocks, map_operands, statements, substitute
from adjoint.syntax.names import Names
from adjoint.syntax.reaching import Definition, Reaching, names_read, reaching_definitions


def rename_versions(program: Program, names: Names) -> Program:
    """The program with each web under a name of its own."""
    reaching = reaching_definitions(program.params, program.body)
    webs = _Webs(program, reaching)
    renamed = _name_webs(program, webs, names)
    body = _Renamer(reaching, webs, renamed, names).block(program.body)
    copies = tuple(
        Assign(new, Name(param))
        for param in program.params
        if (new := renamed[webs.find(param)]) != param
    )
    return replace(program, body=(*copies, *body))


class _Webs:
    """Union-find over definitions."""

    def __init__(self, program: Program, reaching: Reaching) -> None:
        self.parent: dict[Definition, Definition] = {}
        self.members: dict[Definition, list[Definition]] = {}
        ordered: list[Definition] = [*program.params, *_definitions(program.body)]
        for definition in ordered:
            self.parent[definition] = definition
        for found in reaching.at.values():
            self._unite(found)
        for definition in ordered:
            self.members.setdefault(self.find(definition), []).append(definition)
        self.escaping = _read_outside(program.body, reaching)

    def find(self, definition: Definition) -> Definition:
        """The representative of a definition's web."""
        while self.parent[definition] is not definition:
            definition = self.parent[definition]
        return definition

    def _unite(self, found: Iterable[Definition]) -> None:
        roots = list({self.find(definition): None for definition in found})
        for root in roots[1:]:
            self.parent[root] = roots[0]

    def needs_counter(self, loop: For) -> bool:
        """Whether the loop's variable lives on after the loop, or is assigned elsewhere too."""
        return len(self.members[self.find(loop)]) > 1 or loop in self.escaping


def _definitions(body: Block) -> list[Stmt]:
    return [stmt for stmt in statements(body) if isinstance(stmt, Assign | For)]


def _read_outside(body: Block, reaching: Reaching) -> set[For]:
    """Loops whose variable is read after the loop."""
    inside = {
        loop: {id(stmt) for stmt in statements(loop.body)}
        for loop in statements(body)
        if isinstance(loop, For)
    }
    return {
        definition
        for (stmt, _), found in reaching.at.items()
        for definition in found
        if isinstance(definition, For) and id(stmt) not in inside[definition]
    }


def _name_webs(program: Program, webs: _Webs, names: Names) -> dict[Definition, str]:
    """A name for each web, in the order of their first definitions."""
    given: dict[Definition, str] = {}
    used: set[str] = set()
    for root, members in webs.members.items():
        variable = _variable(members[0])
        is_parameter = variable in program.params
        keeps = members == [variable] if is_parameter else variable not in used
        given[root] = variable if keeps else names.version(variable)
        used.add(given[root])
    return given


def _variable(definition: Definition) -> str:
    if isinstance(definition, str):
        return definition
    assert isinstance(definition, Assign | For)
    return definition.target


class _Renamer:
    def __init__(
        self,
        reaching: Reaching,
        webs: _Webs,
        renamed: dict[Definition, str],
        names: Names,
    ) -> None:
        self.reaching = reaching
        self.webs = webs
        self.renamed = renamed
        self.names = names

    def block(self, block: Block) -> Block:
        return tuple(self.statement(stmt) for stmt in block)

    def statement(self, stmt: Stmt) -> Stmt:
        mapping = {name: Name(self._name(stmt, name)) for name in names_read(stmt)}
        new = map_operands(stmt, lambda expr: substitute(expr, mapping))
        if isinstance(new, Store):
            new = replace(new, array=mapping[new.array].id)
        if blocks(new):
            new = map_blocks(new, self.block)
        if isinstance(stmt, Assign):
            assert isinstance(new, Assign)
            return replace(new, target=self.renamed[self.webs.find(stmt)])
        if isinstance(stmt, For):
            assert isinstance(new, For)
            return self._loop(stmt, new)
        return new

    def _name(self, stmt: Stmt, name: str) -> str:
        found = self.reaching.at.get((stmt, name))
        if not found:  # never assigned, or in code that control does not reach
            return name
        return self.renamed[self.webs.find(next(iter(found)))]

    def _loop(self, stmt: For, new: For) -> For:
        variable = self.renamed[self.webs.find(stmt)]
        if not self.webs.needs_counter(stmt):
            return replace(new, target=variable)
        counter = self.names.version(variable)
        first = Assign(variable, Name(counter), at=stmt.at)
        return replace(new, target=counter, body=(first, *new.body))
