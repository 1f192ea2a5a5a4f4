"""Who leads, and who lives: locks of PostgreSQL that go with the connection, however it ends."""

import signal
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from communique.delivery import Mode
from communique.store.database import Database, open_database
from communique.store.deliveries import leases
from communique.store.session_lock import SessionLock, SignOfLife, key, without_sign_of_life
from tests.daemon_process import wait_until
from tests.databases import KINDS
from tests.forked import Forked
from tests.workspaces import Town

pytestmark = pytest.mark.parametrize("database_url", [KINDS[1]], indirect=True)


@pytest.fixture
def elsewhere(town: Town, database_url: str) -> Iterator[Database]:
    """The same database, from another machine."""
    with closing(open_database(database_url)) as other:
        yield other


def end_sessions(database: Database, name: str) -> None:
    """The server ends whoever holds a lock, as if the network had."""
    halves = key(name).to_bytes(8, signed=True)
    high, low = int.from_bytes(halves[:4]), int.from_bytes(halves[4:])
    with database.reading() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid, 60000) FROM pg_locks WHERE locktype = 'advisory' "
                "AND classid::bigint = :high AND objid::bigint = :low"
            ),
            {"high": high, "low": low},
        )


def silent(database: Database) -> list[str]:
    """Owners that give no sign of life."""
    with database.reading() as connection:
        return list(without_sign_of_life(connection))


def falls_silent(database: Database, owner: str) -> None:
    """The same, once the server has noticed that a session is over: it needs a moment when it has much to do."""
    wait_until(lambda: silent(database) == [owner], f"{owner} to give no sign of life")


def take_up(town: Town, owner: str) -> None:
    """Something is under way by an owner."""
    town.invite("ana")
    town.freeze()
    with town.database.beside() as connection:
        assert leases.claim(connection, Mode.LIVE, "email", owner=owner, now=town.clock.now, most=1)


def test_one_leads_until_it_lets_go(town: Town, elsewhere: Database) -> None:
    """It is not taken twice, and free once it is let go."""
    with closing(SessionLock(town.database, "lead")) as first, closing(SessionLock(elsewhere, "lead")) as second:
        assert (first.take(), second.take(), first.take()) == (True, False, True)
        first.close()
        wait_until(second.take, "the server to notice that the lead is free")
        assert not first.take()


def test_who_is_cut_off_leads_no_more(town: Town, elsewhere: Database) -> None:
    """It hears of it when it asks, and another one has the lead."""
    with closing(SessionLock(town.database, "lead")) as first, closing(SessionLock(elsewhere, "lead")) as second:
        assert first.take()
        end_sessions(elsewhere, "lead")
        assert second.take()
        assert not first.take()
        second.close()
        wait_until(first.take, "the server to notice that the lead is free")


def test_who_stands_still_leads_no_more(town: Town, elsewhere: Database) -> None:
    """A stopped process keeps its connection; the server ends it when nobody has asked for a while."""
    still = SessionLock(town.database, "lead", idle_seconds=1)
    with closing(still), closing(SessionLock(elsewhere, "lead")) as second:
        assert still.take()
        wait_until(second.take, "the lead")


def test_an_owner_lives_as_long_as_its_sign(town: Town, elsewhere: Database) -> None:
    """Seen from another machine; it comes back with a new one."""
    take_up(town, "city/1-a")
    assert silent(elsewhere) == ["city/1-a"]
    with closing(SignOfLife(town.database, "city/1-a", beat_seconds=3600)) as sign:  # only when this test asks
        assert sign.take()
        assert silent(elsewhere) == []
        end_sessions(elsewhere, "city/1-a")
        falls_silent(elsewhere, "city/1-a")
        assert sign.take()
        assert silent(elsewhere) == []
    falls_silent(elsewhere, "city/1-a")


def test_a_sign_does_not_wait_for_one_that_the_server_still_has(town: Town, elsewhere: Database) -> None:
    """After a cut that only one side has noticed."""
    with closing(SignOfLife(town.database, "city/1-a")) as old, closing(SignOfLife(elsewhere, "city/1-a")) as new:
        assert (old.take(), new.take()) == (True, True)


@pytest.mark.parametrize("owner", [f"city/{number}-x" for number in range(6)])
def test_a_sign_is_known_whatever_its_number(town: Town, elsewhere: Database, owner: str) -> None:
    """The server tells of numbers in halves without a sign."""
    take_up(town, owner)
    with closing(SignOfLife(town.database, owner)) as sign:
        assert sign.take()
        assert silent(elsewhere) == []


def live(url: str, owner: str) -> None:
    """A worker that gives a sign of life, and does nothing else."""
    with closing(open_database(url)) as database, closing(sign_of(database, owner)) as sign:
        sign.take()
        signal.pause()


def sign_of(database: Database, owner: str) -> SignOfLife:
    """As workers give it, in less time."""
    return SignOfLife(database, owner, idle_seconds=1, beat_seconds=0.1)


def test_who_stands_still_lives_no_more_until_it_goes_on(
    town: Town, elsewhere: Database, database_url: str, tmp_path: Path
) -> None:
    """A stopped process keeps its connection; the server ends it, and whoever wakes up takes another one."""
    take_up(town, "city/1-a")
    process = Forked(live, [database_url, "city/1-a"], {}, tmp_path / "log")
    try:
        wait_until(lambda: silent(elsewhere) == [], "a sign of life")
        process.send_signal(signal.SIGSTOP)
        wait_until(lambda: silent(elsewhere) == ["city/1-a"], "the end of it")
        process.send_signal(signal.SIGCONT)
        wait_until(lambda: silent(elsewhere) == [], "a sign of life again")
    finally:
        process.kill()


def test_a_worker_that_waits_for_long_is_alive(
    town: Town, elsewhere: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mail server may take ten minutes: its sign is given beside that, longer than the server waits."""
    take_up(town, "city/1-a")
    asked: list[bool] = []
    take = SessionLock.take
    monkeypatch.setattr(SessionLock, "take", lambda it: asked.append(take(it)) or asked[-1])
    with closing(sign_of(town.database, "city/1-a")) as sign:
        assert sign.take()
        wait_until(lambda: len(asked) > 20, "two seconds of beats")
        # A machine that stood still for a second has lost its sign, and gives the next one at the next beat.
        wait_until(lambda: silent(elsewhere) == [], "a sign of life")
        assert all(asked)
