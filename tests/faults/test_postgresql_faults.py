"""PostgreSQL restarts, hangs up, and loses the answer to a COMMIT, with a real server and a real mail server."""

import os
import shutil
import signal
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.exc import OperationalError

from communique.service.daemon import Daemon
from communique.store.database import open_database
from communique.store.desk import journal
from communique.store.metadata import metadata
from tests.channels.recording_smtp import Fault, RecordingSmtp
from tests.counterparts import postgresql, presence
from tests.daemon_process import wait_until
from tests.databases import Databases
from tests.fault_proxy import FaultProxy
from tests.workspaces import START, Town, build

pytestmark = pytest.mark.counterpart

_MOST = 100  #: a tick with more commits than this never ends
_TICKS = 20


class Mails(RecordingSmtp):
    """A mail server that does something whenever it has accepted another so many mails."""

    def __init__(self) -> None:
        super().__init__(pipelining=True)
        self.every = 0
        self.do: Callable[[], object] = lambda: None

    def fault_at(self, command: str) -> Fault | None:
        """None; but now and then, before a mail is accepted."""
        if command == "." and self.every and not (len(self.accepted) + 1) % self.every:
            self.do()
        return super().fault_at(command)


@pytest.fixture
def server() -> Iterator[Mails]:
    """Takes mails."""
    with Mails() as running:
        yield running


def town_at(root: Path, url: str, server: Mails, people: int, connections: int = 2) -> Town:
    """Its ledger is there; everybody is owed one mail, strictly once."""
    root.mkdir()
    town = build(root)
    town.variables["DATABASE_URL"] = url
    place = f"host: 127.0.0.1\n    port: {server.port}\n    connections: {connections}"
    town.settings("host: localhost\n    port: 25", place)
    town.campaign("through: [email]", "through: [email]\n    in_doubt: strict")
    town.invite(*(f"person{number}" for number in range(people)))
    return town


def only_mails(town: Town) -> None:
    """No website and no feeds: they take longer than everything else, and end no transaction that mails have."""
    settings = (town.root / "config" / "settings.yaml").read_text(encoding="utf-8")
    town.write("config/settings.yaml", settings[: settings.index("  website: {kind: website")])


def forget(url: str) -> None:
    """Everything in a ledger: a new database takes ten times as long."""
    tables = ", ".join(f'"{name}"' for name in metadata.tables)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"TRUNCATE {tables} RESTART IDENTITY".encode())


def daemon_of(town: Town) -> Daemon:
    """In this process."""
    return Daemon(installation=town.installation, clock=town.clock, stopping=lambda: False)


def to_the_end(town: Town, daemon: Daemon, people: int) -> None:
    """Tick until everything is sent; nobody is in doubt, though the policy is strict."""
    for _ in range(_TICKS):
        daemon.tick()
        town.clock.turn(minutes=10)
        with suppress(OperationalError):  # the server recovers at the moment
            if str(town.balances().get("hello")) == f"{people} planned = {people} sent":
                return
    raise AssertionError(town.account())


def assert_one_each(server: Mails, people: int) -> None:
    """As the counterpart has counted."""
    got = Counter(mail.recipients[0] for mail in server.accepted)
    assert got == {f"person{number}@example.org": 1 for number in range(people)}


@dataclass
class LostCommit:
    """Cuts a connection at the so manieth end of a transaction: before the server has it, or when it answers.

    That is a COMMIT, or a prepared statement: the point of no return is one that is a transaction by itself.
    """

    number: int
    answered: bool
    seen: int = 0
    asked: bool = False
    prepared: int = 0

    def __call__(self, data: bytes, by_client: bool) -> int | None:  # noqa: FBT001 - a judge
        """Of one connection, which is all there is."""
        is_prepared = data[:1] == b"B" and b"\0_pg3_" in data[:16]  # Bind, by a name that psycopg has given
        if by_client and (is_prepared or b"COMMIT\0" in data):
            self.seen += 1
            self.prepared += is_prepared
            self.asked = self.seen == self.number
            if self.asked and not self.answered:
                return 0
        elif not by_client and self.asked:
            self.asked = False
            return 0
        return None


@pytest.mark.parametrize("answered", [False, True], ids=["it never came", "its answer was lost"])
def test_a_commit_that_is_lost_loses_nobody_and_doubles_nobody(
    tmp_path: Path, databases: Databases, server: Mails, *, answered: bool
) -> None:
    """Every single end of a transaction in a campaign to three, one after the other; nobody is even in doubt."""
    with ExitStack() as whole:
        direct = whole.enter_context(databases.address("postgresql", tmp_path))
        folder = tempfile.mkdtemp(prefix="proxy-", dir="/tmp")
        whole.callback(shutil.rmtree, folder)
        data = f"{databases.server.folder}/data"
        proxy = whole.enter_context(FaultProxy(f"{data}/.s.PGSQL.5432", f"{folder}/.s.PGSQL.5432"))
        for number in range(1, _MOST):
            server.accepted.clear()
            with ExitStack() as stack:
                forget(direct)
                town = town_at(tmp_path / f"{number}", direct, server, 3)
                only_mails(town)
                stack.enter_context(closing(town.database))
                lost = LostCommit(number, answered)
                proxy.judge = lost
                town.variables["DATABASE_URL"] = direct.replace(data, folder)
                daemon = stack.enter_context(closing(daemon_of(town)))
                daemon.tick()
                to_the_end(town, daemon, 3)
                assert_one_each(server, 3)
            if lost.seen < number:
                break
    assert number > 5
    assert lost.prepared


@pytest.mark.parametrize("answered", [False, True], ids=["it never came", "its answer was lost"])
def test_a_lost_commit_is_one_of_either_kind(tmp_path: Path, databases: Databases, *, answered: bool) -> None:
    """What the test above cuts off: the client hears the same, and the server has committed or not."""
    with ExitStack() as whole:
        direct = whole.enter_context(databases.address("postgresql", tmp_path))
        folder = tempfile.mkdtemp(prefix="proxy-", dir="/tmp")
        whole.callback(shutil.rmtree, folder)
        data = f"{databases.server.folder}/data"
        proxy = whole.enter_context(FaultProxy(f"{data}/.s.PGSQL.5432", f"{folder}/.s.PGSQL.5432"))
        with closing(open_database(direct.replace(data, folder))) as database:
            proxy.judge = LostCommit(1, answered)
            with pytest.raises(OperationalError), database.begin() as connection:
                journal.note(connection, who="Ana", what="was here", now=START)
        with closing(open_database(direct)) as database, database.reading() as connection:
            assert [line.who for line in journal.latest(connection, 10)] == ["Ana"] * answered


def _restart(database: postgresql.Server) -> None:
    database.stop()
    database.start()


def _kill(database: postgresql.Server) -> None:
    database.kill()
    wait_until(lambda: _is_started(database), "the server's children to end")


def _is_started(database: postgresql.Server) -> bool:
    try:
        database.start()
    except AssertionError:
        return False
    return True


def _kill_a_child(database: postgresql.Server) -> None:
    """The server ends all others and recovers, by itself."""
    with psycopg.connect(database.address("postgres"), autocommit=True) as connection:
        found = connection.execute("SELECT pid FROM pg_stat_activity WHERE application_name = 'communique' LIMIT 1")
        (process,) = found.fetchone() or (None,)
    assert process
    os.kill(process, signal.SIGKILL)


@pytest.mark.parametrize("fault", [_restart, _kill, _kill_a_child], ids=["stopped", "killed", "a child is killed"])
def test_a_server_that_restarts_again_and_again_loses_nobody(
    tmp_path: Path, server: Mails, fault: Callable[[postgresql.Server], None]
) -> None:
    """Shut down at once, or killed, in the middle of 300 mails over 8 connections; what it said it had is there."""
    presence.require(postgresql.is_installed(), "PostgreSQL's programs are missing: run make setup.")
    with postgresql.Server() as database:
        town = town_at(tmp_path / "town", database.address(database.create()), server, 300, connections=8)
        only_mails(town)
        faults = 0

        def happen() -> None:
            nonlocal faults
            faults += 1
            fault(database)

        server.every, server.do = 80, happen
        with closing(town.database), closing(daemon_of(town)) as daemon:
            to_the_end(town, daemon, 300)
    assert_one_each(server, 300)
    assert faults > 2


@pytest.mark.parametrize("every", [1, 7])
def test_connections_that_are_ended_lose_nobody(
    tmp_path: Path, databases: Databases, server: Mails, every: int
) -> None:
    """By an administrator, or a fail-over, before every mail or every seventh."""
    with databases.address("postgresql", tmp_path) as url:
        town = town_at(tmp_path / "town", url, server, 20)
        name = url.split("/")[3].partition("?")[0]
        end = f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}'"
        server.every, server.do = every, lambda: databases.server.do(end)
        with closing(town.database), closing(daemon_of(town)) as daemon:
            to_the_end(town, daemon, 20)
            assert_one_each(server, 20)
            # While it was idle: the next tick takes a new connection, and nobody hears of it.
            databases.server.do(end)
            daemon.tick()
            assert "terminat" not in str(daemon.health.report(town.clock()))
