"""From where on an array has had the content that a statement reads.

    for t in range(steps):
        q = np.empty(n)
        fill(q)
        …                              # from here on, and up to the loads
        for i in range(m):
            for j in range(n):
                s += a[i, j] * q[j]

Neither is `q` written to between that place and any load in the nest, nor does its name get to mean
another array. All that reads the array from there on, up to its next change, finds the same.
"""

from __future__ import annotations

from adjoint.analyses.places import Places
from adjoint.program.core import For, Stmt, While
from adjoint.program.growth import grown
from adjoint.program.walk import assigned, stored


def outermost_unchanging(stmt: Stmt, array: str, places: Places) -> Stmt:
    """The outermost loop around a statement that leaves an array alone; itself if there is none."""
    found = stmt
    owner = places.of[stmt].block.owner
    while owner is not None:
        if isinstance(owner, For | While):
            if changes(owner, array):
                break
            found = owner
        owner = places.of[owner].block.owner
    return found


def since(stmt: Stmt, array: str, places: Places) -> Stmt:
    """The first statement of a block from which on nothing changes an array before `stmt`."""
    place = places.of[stmt]
    block, index = places.contents[place.block], place.index
    while index > 0 and not changes(block[index - 1], array):
        index -= 1
    return block[index]


def changes(stmt: Stmt, array: str) -> bool:
    """Whether a statement may change an array's content or length, or which one a name means."""
    block = (stmt,)
    return array in stored(block) or array in assigned(block) or array in grown(block)
