"""Files below one directory, whole or not at all: what is refused, what is put off, and what is in doubt."""

import os
from pathlib import Path

import pytest

from channels.atomic_files import remove_files, unchanged, write_files
from communique.channel import PermanentError, TemporaryError, UncertainError


def _never() -> None:
    pytest.fail("committed")


@pytest.mark.parametrize(
    "path", ["../secret", "a/../../secret", ".hidden", "a//b", "/etc/passwd", "a\\b", "C:x", "a\x00"]
)
def test_a_path_that_leads_out_is_neither_written_nor_deleted(tmp_path: Path, path: str) -> None:
    """Whoever gives the names; nothing is committed."""
    root = tmp_path / "public"
    root.mkdir()
    (tmp_path / "secret").write_text("kept", encoding="utf-8")
    with pytest.raises(PermanentError, match="Nothing was written"):
        write_files(root, {"ok.html": b"new", path: b"evil"}, _never)
    with pytest.raises(PermanentError, match="A path below"):
        remove_files(root, [path])
    assert list(root.iterdir()) == []
    assert (tmp_path / "secret").read_text(encoding="utf-8") == "kept"


def test_what_cannot_be_read_is_neither_the_same_nor_another(tmp_path: Path) -> None:
    """A lookup that cannot look says so, and is made again."""
    (tmp_path / "a").touch()
    with pytest.raises(TemporaryError, match="could not be written"):
        unchanged(tmp_path, {"a/b": b""})
    assert not unchanged(tmp_path, {"b": b""})


def test_what_cannot_be_deleted_is_in_doubt(tmp_path: Path) -> None:
    """Some may be gone; asked again it does no harm."""
    (tmp_path / "a").touch()
    (tmp_path / "folder").mkdir()
    with pytest.raises(UncertainError):
        remove_files(tmp_path, ["a", "folder"])
    assert remove_files(tmp_path, ["a", "b"]) == 0


@pytest.mark.parametrize(
    ("error", "seen"), [(OSError("full"), TemporaryError), (KeyboardInterrupt(), KeyboardInterrupt)]
)
def test_a_file_that_was_begun_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, seen: type[BaseException]
) -> None:
    """Whatever stops it before it has its name."""

    def fails(_: int) -> None:
        raise error

    monkeypatch.setattr(os, "fsync", fails)
    with pytest.raises(seen):
        write_files(tmp_path, {"index.html": b"new"}, _never)
    assert list(tmp_path.iterdir()) == []
