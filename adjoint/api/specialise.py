"""A generated module for a function and argument types: from the cache folder or the compiler."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from adjoint.api.describe import Arguments
from adjoint.api.rebuild import chosen_parts
from adjoint.api.references import References
from adjoint.api.request import Request
from adjoint.api.sizes import pattern
from adjoint.errors import NoRule, SourceNotAvailable, TypingFailed, UnsupportedSyntax
from adjoint.jit import folder
from adjoint.jit.record import Record, load, module_path, save
from adjoint.program.core import Dependency

if TYPE_CHECKING:
    from adjoint.pipeline import Generated


@dataclass(frozen=True, eq=False)
class Specialisation:
    """A module, where it lies, and what it reads besides its arguments.

    Attributes
    ----------
    record : the module and what its functions are called.
    path : file of the module, in the cache folder; None if it is only in memory.
    key : under which the record is to be kept; None if it is there or would not hold.
    unwatched : captured arrays that no variable known to `References` holds, by parameter.
    dependencies : variables that `References` does not know and that must be asked themselves.
    seconds : what each stage of the compiler took; empty if the module came from the cache folder.
    """

    record: Record
    path: Path | None
    key: str | None
    unwatched: Mapping[str, Any]
    dependencies: tuple[Dependency, ...]
    seconds: Mapping[str, float] = field(default_factory=dict)

    def keep(self) -> None:
        """Write the files, now that the module has proved to compile."""
        if self.path is not None:
            save(self.path.parent, self.key, self.record)


def specialise(
    request: Request, references: References, arguments: Arguments, fresh: bool = False
) -> Specialisation:
    """Find the module in the cache folder, or generate it.

    Parameters
    ----------
    references : also those of functions and objects among the arguments.
    fresh : leave the cache folder alone, whose module turned out to be for other lengths.
    """
    place = folder.folder() if request.cache else None
    if place is None or fresh or not references.portable:
        return _generated(request, references, arguments, place, keep=False)
    for calls in dict.fromkeys(((), arguments.calls)):
        record = load(place, _key(request, references, replace(arguments, calls=calls)))
        if record is None or not (record.universal or calls == arguments.calls):
            continue
        if all(path in references.places for _, path in record.captures):
            return Specialisation(record, module_path(place, record), None, {}, ())
    return _generated(request, references, arguments, place, keep=True)


def regenerate(request: Request, arguments: Arguments) -> Generated:
    """Run the compiler, for the stages between source and adjoint that are not kept."""
    from adjoint import pipeline  # not needed, and so not imported, while the cache has it

    parts = chosen_parts(arguments, request.wrt)
    try:
        return pipeline.generate(
            request.function,
            arguments.types,
            tuple(position for part in parts for position in part.positions()),
            structures=dict(zip(request.names, arguments.structures, strict=True)),
            array_seed=request.array_seed,
            items=request.items,
            parallel=request.parallel,
            optimise=request.optimise,
            memory=request.memory,
            same=arguments.same,
            calls=arguments.calls,
            out=_asked(request) if request.into else None,
        )
    except (TypingFailed, NoRule, UnsupportedSyntax, SourceNotAvailable) as error:
        error.hint = _or_on_tape(request, error.hint)
        raise


def _asked(request: Request) -> Literal["gradient", "value_and_gradient"]:
    return "value_and_gradient" if request.value else "gradient"


def _or_on_tape(request: Request, hint: str) -> str:
    """A hint with the fallback for what no compiler can type."""
    if request.array_seed:
        fallback = "call the plain function under `autograd.record()`"
    else:
        fallback = f"`{request.tape_call}` runs it without compiling"
    return f"{hint}; or {fallback}" if hint else fallback


def _generated(
    request: Request,
    references: References,
    arguments: Arguments,
    place: Path | None,
    *,
    keep: bool,
) -> Specialisation:
    made = regenerate(request, arguments)
    paths = {name: _path_of(made, references, value) for name, value in made.captures.items()}
    record = Record(
        name=request.name,
        module=made.module,
        functions={
            "primal": made.primal,
            "adjoint": made.adjoint,
            "gradient": made.gradient,
            "value_and_gradient": made.value_and_gradient,
            "into": made.into or "",
        },
        source=made.source,
        captures=tuple((name, path or "") for name, path in paths.items()),
        mutated=made.mutated,
        fits=made.fits or "",
        universal=made.universal,
        axes=made.axes,
    )
    unwatched = {name: made.captures[name] for name, path in paths.items() if path is None}
    unknown = tuple(d for d in made.dependencies if not references.know(d.name, d.value))
    path = module_path(place, record) if place is not None else None
    if unwatched or unknown or not keep:
        key = None
    else:
        calls = () if made.universal else arguments.calls
        key = _key(request, references, replace(arguments, calls=calls))
    return Specialisation(record, path, key, unwatched, unknown, made.seconds)


def _path_of(made: Generated, references: References, value: Any) -> str | None:
    names = [d.name for d in made.dependencies if d.value is value]
    places = (references.place_of(name, value) for name in names)
    return next((place.path for place in places if place is not None), None)


def _key(request: Request, references: References, arguments: Arguments) -> str:
    kinds = tuple(map(str, arguments.types)), arguments.python, arguments.same
    lengths = tuple(map(pattern, arguments.calls))
    asked = request.wrt, request.optimise, request.array_seed, request.items, request.memory
    into = _asked(request) if request.into else ""
    text = f"{references.fingerprint} {(*kinds, *asked, request.parallel, lengths, into)!r}"
    return f"{request.name}_{hashlib.sha256(text.encode()).hexdigest()[:32]}"
