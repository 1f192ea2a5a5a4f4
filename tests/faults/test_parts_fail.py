"""Clocks and workers as processes on one PostgreSQL: whatever befalls one, nobody is left out or told twice."""

import signal
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import make_url, text

from communique.send.mail_sink import LocalSink
from tests.daemon_process import wait_until
from tests.databases import KINDS
from tests.fault_proxy import FaultProxy
from tests.killing import at_rest, toll
from tests.machine_processes import Machines, machines
from tests.workspaces import Town

pytestmark = pytest.mark.parametrize("database_url", [KINDS[1]], indirect=True)
PEOPLE = 300
_SECONDS = 600  #: that processes on a busy machine may take; on a quiet one it is some seconds
_LEASE_AND_MORE = 25 * 60
_SILENCE_AND_MORE = 3 * 60
_IN_ONE_TRANSACTION = 20  #: at most, over one connection: such mails are left alone while somebody stands still in it


@pytest.fixture
def sink(town: Town) -> Iterator[LocalSink]:
    """A mail server, and people to write to in strict mode, over one connection from each worker."""
    with LocalSink() as running:
        town.settings("host: localhost\n    port: 25", f"host: 127.0.0.1\n    port: {running.port}\n    connections: 1")
        town.campaign("    through: [email]", "    through: [email]\n    in_doubt: strict")
        town.invite(*(f"person{number}" for number in range(PEOPLE)))
        yield running


@pytest.fixture
def parts(town: Town, sink: LocalSink) -> Iterator[Machines]:
    """Nothing runs yet."""
    with machines(town.root) as made:
        yield made


def comes_to_rest(town: Town, people: int = PEOPLE) -> None:
    """So many copies have come to an end, or wait for a person."""
    wait_until(lambda: at_rest(town) >= people, f"{people} copies to come to rest", _SECONDS)


def has_got(sink: LocalSink, mails: int) -> None:
    """The server has taken so many."""
    wait_until(lambda: len(sink.accepted) >= mails, f"{mails} mails", _SECONDS)


def long_leases(town: Town, parts: Machines) -> int:
    """How many copies past the point of no return are somebody's for longer than the silent are waited for."""
    found = text("SELECT count(*) FROM deliveries WHERE state = 'irrevocable' AND lease_until > :then")
    with town.database.reading() as connection:
        then = parts.now + timedelta(seconds=_SILENCE_AND_MORE)
        return int(connection.execute(found, {"then": then}).scalar_one())


def test_two_clocks_and_two_workers(town: Town, sink: LocalSink, parts: Machines) -> None:
    """Everybody has one mail; asked to stop, all parts end well."""
    for part in ("worker", "worker", "clock", "clock"):
        parts.start(part)
    comes_to_rest(town)
    for process in parts.started:
        process.terminate()
    assert [process.wait(timeout=60) for process in parts.started] == [0, 0, 0, 0]
    assert list(toll(town, sink, kills=0, connections=1).broken()) == []
    assert len(sink.accepted) == PEOPLE


def test_of_two_workers_one_is_killed(town: Town, sink: LocalSink, parts: Machines) -> None:
    """What it had not begun goes at once by the other one, and what it had is settled soon; no lease is waited for."""
    first = parts.start("worker")
    parts.start("clock")
    has_got(sink, 20)
    first.kill()
    parts.start("worker")
    comes_to_rest(town, PEOPLE - 1)
    wait_until(lambda: long_leases(town, parts) == 0, "the silence to be noticed", _SECONDS)
    parts.turn(_SILENCE_AND_MORE)
    comes_to_rest(town)
    assert list(toll(town, sink, kills=1, connections=1).broken()) == []


def test_a_worker_that_stands_still_beyond_its_lease_does_no_harm(town: Town, sink: LocalSink, parts: Machines) -> None:
    """Stopped, its work taken over, and awake again: it sends nothing twice, and ends well."""
    first = parts.start("worker")
    parts.start("clock")
    has_got(sink, 20)
    first.send_signal(signal.SIGSTOP)
    parts.turn(_LEASE_AND_MORE)
    parts.start("worker")
    comes_to_rest(town, PEOPLE - _IN_ONE_TRANSACTION)
    first.send_signal(signal.SIGCONT)
    comes_to_rest(town)
    first.terminate()
    assert first.wait(timeout=60) == 0
    assert list(toll(town, sink, kills=2, connections=1).broken()) == []  # one in doubt for each worker at most


def test_a_worker_that_is_cut_off_comes_back(town: Town, sink: LocalSink, parts: Machines) -> None:
    """The other one has its work meanwhile; what it knows it still says."""
    url = make_url(town.variables["DATABASE_URL"])
    with FaultProxy(f"{url.query['host']}/.s.PGSQL.5432") as proxy:
        through = url.set(host="127.0.0.1", port=proxy.port, query={})
        first = parts.start("worker", DATABASE_URL=through.render_as_string(hide_password=False))
        parts.start("clock")
        has_got(sink, 20)
        proxy.judge = lambda _data, _by_client: 0
        proxy.cut()
        parts.start("worker")
        comes_to_rest(town, PEOPLE - 1)
        proxy.judge = lambda _data, _by_client: None
        comes_to_rest(town)
        first.terminate()
        assert first.wait(timeout=60) == 0
    assert list(toll(town, sink, kills=1, connections=1).broken()) == []


def test_a_clock_takes_over_from_one_that_was_killed(town: Town, sink: LocalSink, parts: Machines) -> None:
    """Nothing is frozen twice, and everything goes."""
    town.add()
    leader = parts.start("clock")
    parts.start("worker")
    comes_to_rest(town)
    parts.start("clock")
    leader.kill()
    parts.turn(60 * 60)
    comes_to_rest(town, 2 * PEOPLE)
    assert town.account("hello") == town.account("goodbye") == f"{PEOPLE} planned = {PEOPLE} sent"
    assert len(sink.accepted) == 2 * PEOPLE
