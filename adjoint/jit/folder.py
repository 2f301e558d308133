"""The cache folder: where it is, that it is private to the user, what it holds.

Modules found in it are executed and machine code found in it is run, so nobody but the user
may be able to write there.
"""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

import platformdirs

from adjoint.errors import UnsafeCache
from adjoint.jit.environment import environment
from adjoint.jit.files import warn_uncached

VARIABLE = "ADJOINT_CACHE_DIR"


def root() -> Path:
    """Return the cache folder of this user; it need not exist."""
    chosen = os.environ.get(VARIABLE)
    return Path(chosen).absolute() if chosen else platformdirs.user_cache_path("adjoint")


def folder() -> Path | None:
    """Return the folder for this version of everything, created private where it is missing.

    None, with a warning, if it cannot be created.

    Raises
    ------
    UnsafeCache : the folder belongs to another user, or others may write to it.
    """
    base = root()
    inner = base / environment()
    try:
        base.mkdir(mode=0o700, parents=True, exist_ok=True)
        require_private(base)
        inner.mkdir(mode=0o700, exist_ok=True)
        require_private(inner)
    except UnsafeCache:
        raise
    except OSError as error:
        warn_uncached(error)
        return None
    return inner


def size() -> int:
    """Bytes that the cache folder takes."""
    return sum(path.lstat().st_size for path in root().rglob("*") if not path.is_dir())


def clear() -> None:
    """Delete the cache folder and all it holds."""
    if root().exists():
        require_private(root())
        shutil.rmtree(root())


def require_private(path: Path) -> None:
    """Refuse a folder that anybody but this user may write to."""
    if os.name != "posix":
        return  # elsewhere the user's own folders are protected by access lists, not by mode
    status = path.stat()
    if status.st_uid != os.geteuid():
        raise _unsafe(path, "belongs to another user")
    if status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise _unsafe(path, "may be written to by others")


def _unsafe(path: Path, why: str) -> UnsafeCache:
    return UnsafeCache(
        f"the cache folder {path} {why}; code found there would be executed",
        hint=f"chmod 700 {path}, or set {VARIABLE} to a folder of your own, or cache=False",
    )
