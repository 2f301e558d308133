"""Files that are whole or not there: written aside and renamed, sealed with their digest."""

from __future__ import annotations

import hashlib
import os
import tempfile
import warnings
from pathlib import Path

DIGEST_SIZE = hashlib.sha256().digest_size


def write_whole(path: Path, content: bytes) -> bool:
    """Write a file that no other process ever sees half written; False, with a warning, if it
    cannot be written."""
    try:
        handle, aside = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.", suffix=".tmp")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            os.replace(aside, path)
        except BaseException:  # also when interrupted, nothing is left behind
            Path(aside).unlink(missing_ok=True)
            raise
    except OSError as error:
        warn_uncached(error)
        return False
    return True


def warn_uncached(error: OSError) -> None:
    """Say that the next process will have to generate and compile again."""
    warnings.warn(f"adjoint cannot write to its cache: {error}", RuntimeWarning, stacklevel=2)


def write_sealed(path: Path, content: bytes) -> bool:
    """Write content with its SHA-256 in front, as `write_whole` does."""
    return write_whole(path, hashlib.sha256(content).digest() + content)


def read_sealed(path: Path) -> bytes | None:
    """Return the content of a sealed file; None if it is missing or not what was written."""
    try:
        sealed = path.read_bytes()
    except FileNotFoundError:
        return None
    content = sealed[DIGEST_SIZE:]
    return content if hashlib.sha256(content).digest() == sealed[:DIGEST_SIZE] else None
