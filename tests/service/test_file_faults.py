"""A file that somebody else owns is told as such: who was refused, whose it is, and what to do."""

import errno
import os
import pwd
from pathlib import Path

import pytest
from sqlalchemy import make_url

from communique.machine.file_faults import file_fault
from communique.store.engine import shut_file


def test_who_may_not_use_a_file_is_told_whose_it_is(tmp_path: Path) -> None:
    """Also of one that would have to be made; another fault has the system's words, and what is no file's none."""
    (tmp_path / "ledger").touch()
    for name in ("ledger", "new/daemon.lock"):
        said = file_fault(PermissionError(errno.EACCES, "Permission denied", str(tmp_path / name)))
        assert said.startswith(f"{tmp_path / name}: the user ")
        assert f"belongs to {tmp_path.owner()}. Run this as {tmp_path.owner()}" in said
    assert file_fault(IsADirectoryError(errno.EISDIR, "Is a directory", "/srv")) == "/srv: Is a directory"
    assert file_fault(OSError("no file")) == file_fault(ValueError("none")) == ""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can run as somebody else")
@pytest.mark.parametrize("shut", ["file", "folder"])
def test_a_ledger_of_another_user_is_named(tmp_path: Path, shut: str) -> None:
    """SQLite says that the database is read-only, and not why."""
    file = tmp_path / "var" / "communique.sqlite"
    file.parent.mkdir()
    file.touch()
    reachable = [tmp_path, *list(tmp_path.parents)[:-2]]
    before = [each.stat().st_mode for each in reachable]
    file.parent.chmod(0o755 if shut == "folder" else 0o777)
    file.chmod(0o644 if shut == "file" else 0o666)
    address = make_url(f"sqlite:///{file}")
    assert shut_file(address) == ""
    try:
        for each in reachable:
            each.chmod(0o755)
        os.seteuid(pwd.getpwnam("nobody").pw_uid)
        said = shut_file(address)
    finally:
        os.seteuid(0)
        for each, mode in zip(reachable, before, strict=True):
            each.chmod(mode)
    assert said.startswith(f"{file if shut == 'file' else file.parent}: the user nobody may not use it")
    assert "it belongs to root" in said
