"""A file that somebody else owns is told as such: who was refused, whose it is, and what to do."""

import errno
import os
import pwd
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import make_url
from sqlalchemy.exc import OperationalError

from communique.machine.file_faults import file_fault
from communique.store.database import database_fault, open_database, sqlite_url
from communique.store.desk import journal
from communique.store.engine import shut_file
from tests.workspaces import START

_AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can run as somebody else")


def test_who_may_not_use_a_file_is_told_whose_it_is(tmp_path: Path) -> None:
    """Also of one that would have to be made; another fault has the system's words, and what is no file's none."""
    (tmp_path / "ledger").touch()
    for name in ("ledger", "new/daemon.lock"):
        said = file_fault(PermissionError(errno.EACCES, "Permission denied", str(tmp_path / name)))
        assert said.startswith(f"{tmp_path / name}: the user ")
        assert f"belongs to {tmp_path.owner()}. Run this as {tmp_path.owner()}" in said
    assert file_fault(IsADirectoryError(errno.EISDIR, "Is a directory", "/srv")) == "/srv: Is a directory"
    assert file_fault(OSError("no file")) == file_fault(ValueError("none")) == ""


@contextmanager
def nobody(folder: Path) -> Iterator[None]:
    """Of a user who owns nothing, and may go where the folder is."""
    reachable = [folder, *list(folder.parents)[:-2]]
    before = [each.stat().st_mode for each in reachable]
    try:
        for each in reachable:
            each.chmod(0o755)
        os.seteuid(pwd.getpwnam("nobody").pw_uid)
        yield
    finally:
        os.seteuid(0)
        for each, mode in zip(reachable, before, strict=True):
            each.chmod(mode)


@_AS_ROOT
@pytest.mark.parametrize("shut", ["file", "folder"])
def test_a_ledger_of_another_user_is_named(tmp_path: Path, shut: str) -> None:
    """SQLite says that the database is read-only, and not why."""
    file = tmp_path / "var" / "communique.sqlite"
    file.parent.mkdir()
    file.touch()
    file.parent.chmod(0o755 if shut == "folder" else 0o777)
    file.chmod(0o644 if shut == "file" else 0o666)
    address = make_url(f"sqlite:///{file}")
    assert shut_file(address) == ""
    with nobody(tmp_path):
        said = shut_file(address)
    assert said.startswith(f"{file if shut == 'file' else file.parent}: the user nobody may not use it")
    assert "it belongs to root" in said


@_AS_ROOT
def test_a_ledger_that_could_only_be_read_is_written_once_it_may_be(tmp_path: Path) -> None:
    """Whoever has it open goes on, without a new start: SQLite itself would go on reading only."""
    file = tmp_path / "var" / "communique.sqlite"
    with closing(open_database(sqlite_url(file))) as owners, owners.begin() as connection:
        journal.note(connection, who="root", what="first", now=START)
    file.parent.chmod(0o777)
    with nobody(tmp_path), closing(open_database(sqlite_url(file))) as database:
        with pytest.raises(OperationalError) as refused, database.begin() as connection:
            journal.note(connection, who="nobody", what="second", now=START)
        assert "give them to the user of the daemon" in database_fault(refused.value)
        with database.reading() as connection:
            assert [each.what for each in journal.latest(connection, 2)] == ["first"]
        os.seteuid(0)
        file.chmod(0o666)
        os.seteuid(pwd.getpwnam("nobody").pw_uid)
        with database.begin() as connection:
            journal.note(connection, who="nobody", what="second", now=START)
            assert [each.what for each in journal.latest(connection, 2)] == ["second", "first"]
