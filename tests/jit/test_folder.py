"""The cache folder is private, and refused when it is not."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from adjoint.errors import UnsafeCache
from adjoint.jit import folder

posix = pytest.mark.skipif(os.name != "posix", reason="modes are a matter of POSIX")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "deep" / "cache"
    monkeypatch.setenv(folder.VARIABLE, str(path))
    return path


@posix
def test_it_is_created_private_whatever_the_umask(root: Path) -> None:
    before = os.umask(0)
    try:
        inner = folder.folder()
    finally:
        os.umask(before)
    assert inner is not None
    assert inner.parent == root
    assert [stat.S_IMODE(path.stat().st_mode) for path in (root, inner)] == [0o700, 0o700]


@posix
@pytest.mark.parametrize("mode", [0o720, 0o702, 0o777])
@pytest.mark.parametrize("inner", [False, True])
def test_a_folder_others_may_write_to_is_refused(root: Path, mode: int, inner: bool) -> None:
    made = folder.folder()
    assert made is not None
    (made if inner else root).chmod(mode)
    with pytest.raises(UnsafeCache, match=r"may be written to by others") as raised:
        folder.folder()
    assert "chmod 700" in str(raised.value)
    assert folder.VARIABLE in str(raised.value)


@posix
def test_a_folder_of_another_user_is_refused(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root.mkdir(parents=True, mode=0o700)
    monkeypatch.setattr(os, "geteuid", lambda: root.stat().st_uid + 1)
    with pytest.raises(UnsafeCache, match="belongs to another user"):
        folder.folder()


def test_without_a_variable_it_is_the_platforms(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(folder.VARIABLE)
    assert folder.root().name == "adjoint"


def test_a_folder_that_cannot_be_made_is_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv(folder.VARIABLE, str(tmp_path / "file" / "cache"))
    with pytest.warns(RuntimeWarning, match="cannot write to its cache"):
        assert folder.folder() is None


def test_size_and_clear(root: Path) -> None:
    folder.clear()  # nothing there yet
    assert folder.size() == 0
    inner = folder.folder()
    assert inner is not None
    (inner / "module.py").write_bytes(b"12345")
    assert folder.size() == 5
    folder.clear()
    assert not root.exists()


@posix
def test_clear_refuses_a_folder_that_is_not_ours(root: Path) -> None:
    root.mkdir(parents=True)
    root.chmod(0o777)
    with pytest.raises(UnsafeCache):
        folder.clear()
    assert root.exists()
