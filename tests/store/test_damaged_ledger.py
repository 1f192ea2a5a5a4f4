"""A ledger whose file was damaged: nothing goes by it, and whoever looks is told what to do."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from communique.doctor.finding import Level
from communique.doctor.machine_checks import ledger
from communique.send.mail_sink import LocalSink
from communique.service.daemon import Daemon
from communique.store.database import open_database, sqlite_url
from tests.command_line import at
from tests.workspaces import Town

LEDGER = Path("var/communique.sqlite")
PAGE = 4096


def spoil(file: Path, first: int, each: int) -> None:
    """Turn the bits of a byte in so many, from a place on."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    data = bytearray(file.read_bytes())
    for place in range(first, len(data), each):
        data[place] ^= 0xFF
    file.write_bytes(data)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("first", "each"), [(0, 7), (100, 11), (PAGE, 101)], ids=["header", "tables", "rows"])
def test_nothing_goes_by_a_damaged_ledger_and_a_backup_ends_it(
    town: Town, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, first: int, each: int
) -> None:
    """The audience is counted, and nothing has gone. Who tells of it names the way out, and it is one."""
    with LocalSink() as sink:
        town.settings("port: 25", f"port: {sink.port}")
        town.invite(*(f"person{number}" for number in range(50)))
        town.freeze()
        line = at(town.root, monkeypatch, town.clock.now)
        backup = tmp_path / "backup.zip"
        assert line("backup", str(backup)).code == 0
        town.database.close()
        spoil(town.root / LEDGER, first, each)
        daemon = Daemon(installation=town.installation, clock=town.clock, stopping=lambda: False)
        daemon.tick()
        well, found = daemon.health.report(town.clock.now)
        daemon.close()
        assert sink.accepted == []
        assert not well
        assert "the file is damaged: stop the daemon, and put a backup back" in found["failure"]
        assert "put a backup back" in line("status").errors
        assert line("restore", str(backup)).code == 0
        assert "after-restore" in line("status").text
        assert sink.accepted == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_doctor_finds_what_nobody_has_read_yet(town: Town) -> None:
    """A page that no statement has come by."""
    town.invite(*(f"person{number}" for number in range(300)))
    town.database.close()
    with closing(sqlite3.connect(town.root / LEDGER)) as connection:
        query = "SELECT rootpage FROM sqlite_master WHERE name = 'sqlite_autoindex_people_1'"
        (page,) = connection.execute(query).fetchone()
    spoil(town.root / LEDGER, (page - 1) * PAGE, 10**9)
    with closing(open_database(sqlite_url(town.root / LEDGER))) as database:
        found = next(ledger(database, town.clock.now))
    assert (found.level, "damaged" in found.found) == (Level.PROBLEM, True)
