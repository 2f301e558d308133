"""Records of generated modules: what is written is read, what is damaged is not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from adjoint.jit.record import Record, load, module_path, save

RECORD = Record(
    name="energy",
    module="def energy(x):\n    return 'æ'\n",
    functions={"primal": "energy"},
    source="def energy_adjoint(x): ...",
    captures=(("table", ".table"),),
    mutated=(0, 2),
)


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    assert load(tmp_path, "key") is None
    save(tmp_path, "key", RECORD)
    assert load(tmp_path, "key") == RECORD
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".py", ".record"]


def test_a_module_that_is_there_is_not_written_again(tmp_path: Path) -> None:
    path = module_path(tmp_path, RECORD)
    save(tmp_path, None, RECORD)
    inode = path.stat().st_ino
    save(tmp_path, "key", RECORD)
    assert path.stat().st_ino == inode
    path.write_text("def energy(x):\n    return 'altered'\n")
    save(tmp_path, "key", RECORD)
    assert path.read_text() == RECORD.module


def test_without_a_key_there_is_no_record(tmp_path: Path) -> None:
    save(tmp_path, None, RECORD)
    assert list(tmp_path.iterdir()) == [module_path(tmp_path, RECORD)]


def test_texts_have_files_of_their_own(tmp_path: Path) -> None:
    other = replace(RECORD, module=RECORD.module + "# other\n")
    assert module_path(tmp_path, RECORD) != module_path(tmp_path, other)


@pytest.mark.parametrize("suffix", [".py", ".record"])
@pytest.mark.parametrize("damage", ["truncated", "altered", "empty", "binary", "gone"])
def test_damaged_files_are_not_trusted(tmp_path: Path, suffix: str, damage: str) -> None:
    save(tmp_path, "key", RECORD)
    (path,) = tmp_path.glob(f"*{suffix}")
    content = path.read_bytes()
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(
            {
                "truncated": content[:-3],
                "altered": content[:-3] + b"xyz",
                "empty": b"",
                "binary": b"\xff\xfe" * 50,
            }[damage]
        )
    assert load(tmp_path, "key") is None


def test_an_unwritable_folder_is_a_warning(tmp_path: Path) -> None:
    with pytest.warns(RuntimeWarning, match="cannot write to its cache"):
        save(tmp_path / "missing", "key", RECORD)
