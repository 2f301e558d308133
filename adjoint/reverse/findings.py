"""What was found out and decided while a program was differentiated, for those who explain it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from adjoint.analyses.versions import Version
from adjoint.program.core import For
from adjoint.reverse.facts import Facts
from adjoint.reverse.needs import Needs
from adjoint.reverse.retrieval import Plan


@dataclass(frozen=True)
class Findings:
    """The analyses' results and the choices that were made.

    Attributes
    ----------
    independent : parameters that the program is differentiated with respect to.
    plan : how the reverse sweep gets each value that it reads.
    needs : where it reads them.
    places : what holds the values that are stored.
    fused : loops whose iterations are reversed one by one.
    dependent : outermost `for` loops between whose iterations a derivative passes, with the reason.
    restored : arrays whose overwritten cells are given back their content.
    """

    facts: Facts
    independent: tuple[str, ...]
    plan: Plan
    needs: Needs
    places: Mapping[Version, str]
    fused: frozenset[For]
    dependent: Mapping[For, str]
    restored: frozenset[str]
