"""Who leads, and who lives: locks of PostgreSQL that go with the connection, however it ends."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from sqlalchemy import text

from communique.delivery import Mode
from communique.store import leases
from communique.store.database import Database, open_database
from communique.store.session_lock import SessionLock, key, sign_of_life, without_sign_of_life
from tests.daemon_process import wait_until
from tests.databases import KINDS
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
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE locktype = 'advisory' "
                "AND classid::bigint = :high AND objid::bigint = :low"
            ),
            {"high": high, "low": low},
        )


def silent(database: Database) -> list[str]:
    """Owners that give no sign of life."""
    with database.reading() as connection:
        return list(without_sign_of_life(connection))


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
        assert (second.take(), first.take()) == (True, False)


def test_who_is_cut_off_leads_no_more(town: Town, elsewhere: Database) -> None:
    """It hears of it when it asks, and another one has the lead."""
    with closing(SessionLock(town.database, "lead")) as first, closing(SessionLock(elsewhere, "lead")) as second:
        assert first.take()
        end_sessions(elsewhere, "lead")
        assert second.take()
        assert not first.take()
        second.close()
        assert first.take()


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
    with closing(sign_of_life(town.database, "city/1-a")) as sign:
        assert sign.take()
        assert silent(elsewhere) == []
        end_sessions(elsewhere, "city/1-a")
        assert silent(elsewhere) == ["city/1-a"]
        assert sign.take()
        assert silent(elsewhere) == []
    assert silent(elsewhere) == ["city/1-a"]


def test_a_sign_does_not_wait_for_one_that_the_server_still_has(town: Town, elsewhere: Database) -> None:
    """After a cut that only one side has noticed."""
    with closing(sign_of_life(town.database, "city/1-a")) as old, closing(sign_of_life(elsewhere, "city/1-a")) as new:
        assert (old.take(), new.take()) == (True, True)


@pytest.mark.parametrize("owner", [f"city/{number}-x" for number in range(6)])
def test_a_sign_is_known_whatever_its_number(town: Town, elsewhere: Database, owner: str) -> None:
    """The server tells of numbers in halves without a sign."""
    take_up(town, owner)
    with closing(sign_of_life(town.database, owner)) as sign:
        assert sign.take()
        assert silent(elsewhere) == []
