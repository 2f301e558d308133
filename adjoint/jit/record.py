"""What is kept of a generated module between processes, and the folder of such records.

Two files: the module, named after its text, so that equal texts share their machine code; and
a record, named after everything the text was made from, which says where its captured arrays
are to be read and what its functions are called.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from adjoint.jit.files import read_sealed, write_sealed, write_whole
from adjoint.jit.module import digest, stem


@dataclass(frozen=True)
class Record:
    """A generated module, in terms that mean the same in another process.

    Attributes
    ----------
    name : of the user's function.
    module : text of the module.
    functions : names in the module, by role: primal, gradient, value_and_gradient.
    source : text of the adjoint alone.
    captures : parameter names of captured arrays, each with the path of the variable that
        holds it.
    mutated : positions of the parameters that are stored to.
    fits : name of the function that checks whether a call has the lengths that the module is for;
        empty if all have.
    universal : whether it would be the same module for arguments of any sizes.
    axes : where derivatives are written to arrays of the caller, how many axes each of these has;
        None for one that is a number.
    """

    name: str
    module: str
    functions: Mapping[str, str]
    source: str
    captures: tuple[tuple[str, str], ...]
    mutated: tuple[int, ...]
    fits: str = ""
    universal: bool = True
    axes: tuple[int | None, ...] = ()


def module_path(folder: Path, record: Record) -> Path:
    """Return the file of a record's module, which need not be there yet."""
    return folder / f"{stem(record.name, digest(record.module))}.py"


def save(folder: Path, key: str | None, record: Record) -> None:
    """Write the module, if it is not there as it should be, and keep the record under `key`."""
    path, text = module_path(folder, record), record.module.encode()
    written = _content(path) == text or write_whole(path, text)
    if written and key is not None:
        content = asdict(record)
        del content["module"]
        content["digest"] = digest(record.module)
        write_sealed(_record_path(folder, key), json.dumps(content).encode())


def load(folder: Path, key: str) -> Record | None:
    """Return the record kept under `key`; None if it or its module is missing or damaged."""
    sealed = read_sealed(_record_path(folder, key))
    if sealed is None:
        return None
    content = json.loads(sealed)
    expected = content.pop("digest")
    text = _content(folder / f"{stem(content['name'], expected)}.py")
    if text is None or digest(text.decode(errors="replace")) != expected:
        return None
    captures = tuple((name, path) for name, path in content.pop("captures"))
    mutated, axes = (tuple(content.pop(name)) for name in ("mutated", "axes"))
    return Record(module=text.decode(), captures=captures, mutated=mutated, axes=axes, **content)


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _record_path(folder: Path, key: str) -> Path:
    return folder / f"{key}.record"
