"""Both kinds of database: durable, bounded in what they wait for, and back after the server was away."""

import logging
import subprocess
import threading
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from communique.service.daemon import Daemon
from communique.store.database import DatabaseError, open_database, sqlite_url
from communique.store.desk import journal
from communique.store.engine import BUSY_SECONDS, TRANSACTIONS_OF_A_PLAN, make_engine
from tests.databases import ON_A_SERVER, Databases
from tests.small_disk import small_disk
from tests.workspaces import START, Town


def setting(url: str, name: str) -> str:
    """What a connection of ours runs under."""
    with closing(open_database(url)) as database, database.reading() as connection:
        return str(connection.execute(text(f"SHOW {name}")).scalar_one())


@ON_A_SERVER
def test_a_connection_says_who_it_is_and_waits_for_nothing_for_ever(database_url: str) -> None:
    """Statements, locks, and transactions that stand still."""
    names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "application_name")
    found = {name: setting(database_url, name) for name in names}

    assert found == {
        "statement_timeout": "5min",
        "lock_timeout": f"{BUSY_SECONDS}s",
        "idle_in_transaction_session_timeout": "2min",
        "application_name": "communique",
    }


@ON_A_SERVER
def test_what_the_address_says_is_kept(database_url: str) -> None:
    """An operator's own name and limits win."""
    url = f"{database_url}&application_name=city&options=-c%20lock_timeout%3D7s"

    assert (setting(url, "application_name"), setting(url, "lock_timeout")) == ("city", "7s")
    assert setting(url, "statement_timeout") == "5min"


@ON_A_SERVER
@pytest.mark.parametrize(("default", "used"), [("off", "on"), ("on", "on"), ("remote_apply", "remote_apply")])
def test_a_commit_is_on_disk_whatever_the_database_s_default(
    database_url: str, databases: Databases, default: str, used: str
) -> None:
    """What was called irrevocable must survive a power cut; a stronger promise of the operator's is kept."""
    name = database_url.rpartition("/test_")[2].partition("?")[0]
    databases.server.do(f"ALTER DATABASE test_{name} SET synchronous_commit = {default}")

    assert setting(database_url, "synchronous_commit") == used


@pytest.mark.parametrize("address", ["postgresql://me:hidden@h/x", "postgres://me:hidden@h/x"])
def test_every_address_of_postgresql_means_psycopg(address: str) -> None:
    """The usual spellings are understood."""
    assert make_engine(address).url.drivername == "postgresql+psycopg"


@pytest.mark.parametrize("address", ["", "nonsense", "mysql://me:hidden@h/x", "postgresql+nosuch"])
def test_another_kind_of_database_is_refused_without_its_password(address: str) -> None:
    """The sentence says what was expected."""
    with pytest.raises(DatabaseError, match="DATABASE_URL: expected `postgresql://") as refused:
        make_engine(address)
    assert "hidden" not in str(refused.value)


def test_who_writes_reads_what_the_writer_before_has_written(town: Town) -> None:
    """Two that read and then write come after each other on either kind: nobody decides on what is no longer so."""
    seen: list[int] = []
    start = threading.Barrier(4)

    def work() -> None:
        start.wait(60)
        for _ in range(5):
            with town.database.begin() as connection:
                seen.append(len(journal.latest(connection, 100)))
                journal.note(connection, who="test", what="again", now=START)

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert seen == list(range(20))


def test_who_reads_waits_for_no_writer(town: Town) -> None:
    """And sees what was there before it."""
    with town.database.begin() as writing:
        journal.note(writing, who="test", what="not yet", now=START)
        with town.database.reading() as connection:
            assert journal.latest(connection, 1) == []


@ON_A_SERVER
def test_no_plan_outlives_the_ledger_it_was_made_for(town: Town) -> None:
    """What is prepared would keep a plan that was right while the ledger was small: now and then all are made anew."""
    said: list[str] = []
    event.listen(town.database.engine, "before_cursor_execute", lambda *about: said.append(about[2]))
    for _ in range(3 * TRANSACTIONS_OF_A_PLAN):
        with town.database.reading() as connection:
            connection.execute(text("SELECT 1"))

    assert said.count("DISCARD PLANS") == 3


@ON_A_SERVER
def test_after_a_restart_of_the_server_it_goes_on(town: Town, databases: Databases) -> None:
    """The connections of before are dead, and nobody notices."""
    town.invite("ana")
    databases.server.stop()
    databases.server.start()
    town.run()

    assert town.account() == "1 planned = 1 sent"


@ON_A_SERVER
def test_a_transaction_cut_by_the_server_leaves_nothing(town: Town, databases: Databases) -> None:
    """It fails as a fault of the database, and the next one goes through."""

    def write() -> None:
        with town.database.begin() as connection:
            journal.note(connection, who="test", what="lost", now=START)
            databases.server.stop()
            databases.server.start()
            journal.note(connection, who="test", what="lost", now=START)

    with pytest.raises(OperationalError):
        write()
    with town.database.reading() as connection:
        assert journal.latest(connection, 1) == []


@ON_A_SERVER
def test_a_daemon_outlives_its_server(town: Town, databases: Databases, caplog: pytest.LogCaptureFixture) -> None:
    """Away: a sentence in the log, and not well. Back: the next tick goes through."""
    with closing(Daemon(installation=town.installation, clock=town.clock, stopping=lambda: False)) as daemon:
        daemon.tick()
        databases.server.stop()
        with caplog.at_level(logging.ERROR):
            daemon.tick()
        databases.server.start()
        (said,) = [record for record in caplog.records if "tick failed" in record.message]
        assert "expected the ledger's database to answer" in said.message
        assert not said.exc_info
        daemon.tick()
        assert daemon.health.report(town.clock.now)[1]["failure"] == ""


@ON_A_SERVER
def test_a_copy_made_by_pg_dump_is_the_ledger(town: Town, databases: Databases, tmp_path: Path) -> None:
    """As docs/operators.md tells it: dumped while in use, restored into another database."""
    town.invite("ana")
    town.run()
    dumped = tmp_path / "communique.dump"
    dumped.write_bytes(databases.server.run("pg_dump", "--format=custom", town.variables["DATABASE_URL"]))
    restored = databases.server.create()
    databases.server.run(
        "pg_restore", "--no-owner", "--exit-on-error", f"--dbname={databases.server.address(restored)}", str(dumped)
    )
    del town.database
    town.variables["DATABASE_URL"] = databases.server.address(restored)

    assert town.account() == "1 planned = 1 sent"
    databases.server.drop(restored)


def test_a_disk_that_can_only_be_read_is_called_so(tmp_path: Path) -> None:
    """And not a question of users: root may not write there either."""
    with small_disk(tmp_path / "var", 4) as disk:
        open_database(sqlite_url(disk.folder / "ledger")).close()
        subprocess.run(["mount", "-o", "remount,ro", str(disk.folder)], check=True)
        with pytest.raises(
            DatabaseError, match=r"lies on a disk that can only be read\. See why .*mount it for writing"
        ):
            open_database(sqlite_url(disk.folder / "ledger"))


@pytest.mark.counterpart
def test_a_database_that_cannot_be_opened_says_which_and_what_to_do(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that is not there, a user whom nobody knows, a server that is too old."""
    server = databases.server
    for address in (server.address("nothere"), server.address("postgres").replace("postgres@", "nobody-known:secret@")):
        with pytest.raises(
            DatabaseError, match=r"^DATABASE_URL: .* as the user .* not exist. See that .* new start$"
        ) as said:
            open_database(address)
        assert "secret" not in str(said.value)
    monkeypatch.setattr("communique.store.engine._OLDEST", 99)
    with pytest.raises(DatabaseError, match=r"^expected PostgreSQL 99 or newer, found \d+.*: update the server"):
        open_database(server.address("postgres"))


@pytest.mark.counterpart
def test_a_database_that_cannot_hold_every_name_is_refused(databases: Databases) -> None:
    """A server set up without a locale makes such ones; the sentence says how to make another."""
    server, name = databases.server, "ascii"
    server.do(f"CREATE DATABASE {name} ENCODING SQL_ASCII LOCALE 'C' TEMPLATE template0")
    try:
        with pytest.raises(DatabaseError, match=r"in UTF8, found SQL_ASCII.*createdb --encoding=UTF8"):
            open_database(server.address(name))
    finally:
        server.drop(name)
