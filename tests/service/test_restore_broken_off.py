"""A restore that is killed, at each of its steps: nothing goes out of half a workspace, and doing it again ends it."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from itertools import count
from pathlib import Path

import pytest

from communique.service.daemon import Daemon
from communique.store.recipients import people, suppression_list
from tests.command_line import CommandLine
from tests.single_delivery import StoppedError
from tests.workspaces import START, Town, build

ARTICLE = "templates/news/hello/en/article.md"


@pytest.fixture
def night(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A backup; since then Ben has left, a text was edited, and a killed daemon has left SQLite's log."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("COMMUNIQUE_KEY", "key")
    file = tmp_path / "night.zip"
    with closing(build(tmp_path / "town").database):
        town = Town(root=tmp_path / "town")
        town.invite("ana", "ben")
        assert CommandLine(town.root, monkeypatch)("backup", str(file), now=START).code == 0
        town.edit(ARTICLE, "hello.", "edited.")
        town.suppress("ben")
        town.database.close()
        with closing(sqlite3.connect(town.root / "var/communique.sqlite")) as killed:
            killed.execute("UPDATE people SET name = 'Changed since'")
            killed.commit()
            shutil.copytree(town.root, tmp_path / "there")
        yield file


def test_a_restore_that_is_killed_is_ended_by_doing_it_again(
    night: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until then every command and the daemon say so; and who has left since the backup has left."""
    for number in count():
        root = shutil.copytree(tmp_path / "there", tmp_path / f"{number}")
        assert (root / "var/communique.sqlite-wal").stat().st_size
        line, killed = CommandLine(root, monkeypatch), []
        with monkeypatch.context() as patch:
            _kill_at(number, patch, killed)
            with suppress(StoppedError):
                line("restore", str(night))
        if not killed:
            break
        begun = (root / "var/restoring/exchange.json").exists()
        if begun:
            assert "broken off half-way" in line("status").errors
            there = Town(root=root).installation
            with closing(Daemon(installation=there, clock=lambda: START, stopping=lambda: False)) as daemon:
                daemon.tick()
                assert "broken off half-way" in str(daemon.health.report(START)[1]["failure"])
        again = line("restore", str(night))
        assert again.code == 0, again.errors
        _assert_is_back(root)
        assert ("broken off is ended" in again.text) == begun
    assert number > 8


def _kill_at(number: int, patch: pytest.MonkeyPatch, killed: list[str]) -> None:
    """The process ends before its so manieth file is moved or deleted; nothing of it is put in order."""
    steps, rename, unlink, remove = count(), os.rename, os.unlink, shutil.rmtree

    def dead(name: object) -> bool:
        if killed or next(steps) == number:
            killed.append(str(name))
        return bool(killed)

    def moved(self: Path, target: Path) -> Path:
        if dead(self):
            raise StoppedError
        rename(self, target)
        return Path(target)

    def deleted(self: Path, **_: object) -> None:
        if dead(self):
            raise StoppedError
        unlink(self)

    patch.setattr(Path, "rename", moved)
    patch.setattr(Path, "replace", moved)
    patch.setattr(Path, "unlink", deleted)
    patch.setattr(shutil, "rmtree", lambda path, **named: None if killed else remove(path, **named))


def _assert_is_back(root: Path) -> None:
    town = Town(root=root)
    assert "hello." in (root / ARTICLE).read_text(encoding="utf-8")
    assert not (root / "var/restoring").exists()
    with closing(town.database), town.database.reading() as connection:
        assert suppression_list.suppression(connection, "ben@example.org") == "asked to be left alone"
        ana = people.by_address(connection, "ana@example.org")
        assert ana is not None
        assert ana.name == "Ana"
