"""Several machines on one ledger: one that stands still inside a transaction stops nobody else."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, event, select
from sqlalchemy.exc import OperationalError

from communique.delivery import Mode, State
from communique.pace import Pace, Rate
from communique.send.claims import Claims
from communique.send.seen_epoch import SeenEpoch
from communique.store.database import deliveries
from communique.store.deliveries import leases, ledger, takeover
from communique.store.deliveries.leases import Crossing, Lease
from tests.databases import KINDS
from tests.single_delivery import claim, cross
from tests.workspaces import Town

pytestmark = pytest.mark.parametrize("database_url", [KINDS[1]], indirect=True)


@contextmanager
def standing_still(town: Town) -> Iterator[Connection]:
    """Somebody else's transaction, which does not end meanwhile."""
    with town.database.beside() as connection:
        yield connection


@pytest.fixture(name="town")
def _town(town: Town, monkeypatch: pytest.MonkeyPatch) -> Town:
    """Its waits for a lock are short, so that a test that fails does so soon."""
    monkeypatch.setattr("communique.store.engine._SETTINGS", {"lock_timeout": "2s"})
    return town


def test_a_claim_that_stands_still_stops_no_other(town: Town) -> None:
    """The others take, send and record what is left; the mails of the one that stands still go when it is gone."""
    town.invite("ana", "bea", "cai")
    town.freeze()
    with standing_still(town) as connection:
        leases.claim(connection, Mode.LIVE, "email", owner="elsewhere/7", now=town.clock.now, most=1)
        town.run()
        assert len(town.email.taken) == 2
        connection.rollback()  # what the server does with it after its time
    town.run()
    assert town.account() == "3 planned = 3 sent"
    assert len({message.reference for message in town.email.taken}) == len(town.email.taken) == 3


def test_a_crossing_that_stands_still_is_left_alone(town: Town) -> None:
    """Whoever takes over passes over what is on its way to the point of no return, and comes again."""
    town.invite("ana", "bea")
    town.freeze()
    old = claim(town, "elsewhere/7")
    town.clock.turn(minutes=21)
    with standing_still(town) as connection:
        assert leases.cross(connection, [Crossing(lease=old, content_hash="")], town.clock.now)
        town.run()
        assert len(town.email.taken) == 1
    town.run()
    assert town.account() == "2 planned = 1 irrevocable + 1 sent"


def test_a_takeover_that_stands_still_stops_only_whom_it_takes_from(town: Town) -> None:
    """What it puts back goes out once."""
    town.invite("ana", "bea")
    town.freeze()
    claim(town, "elsewhere/7")
    town.clock.turn(minutes=21)
    with standing_still(town) as connection:
        assert takeover.release_unbegun(connection, Mode.LIVE, gone=[], now=town.clock.now) == 1
        town.run()
        assert len(town.email.taken) == 1
    town.run()
    assert town.account() == "2 planned = 2 sent"


def test_leases_are_shortened_past_what_stands_still(town: Town) -> None:
    """Of a worker that gives no sign of life: what it records at this moment is left alone, and seen the next time."""
    town.invite("ana", "bea")
    town.freeze()
    leased = [claim(town, "elsewhere/7") for _ in range(2)]
    for each in leased:
        cross(town, each)
    soon = town.clock.now + timedelta(minutes=2)
    ends = select(deliveries.c.lease_until).order_by(deliveries.c.id)

    def shorten() -> list[bool]:
        """Whether each ends soon."""
        with town.database.beside() as connection:
            takeover.shorten(connection, Mode.LIVE, silent=["elsewhere/7"], now=town.clock.now)
            return [each == soon for each in connection.execute(ends).scalars()]

    with standing_still(town) as connection:
        leases.settle_later(connection, leased[0], reason="not known", again_at=town.clock.now + timedelta(minutes=9))
        assert shorten() == [False, True]
    assert shorten() == [True, True]


def test_a_planner_that_stands_still_stops_no_mail(town: Town) -> None:
    """What is frozen goes out while another one freezes, imports or approves."""
    town.invite("ana")
    town.freeze()
    with town.database.begin():
        dispatcher = town.dispatcher()
        dispatcher.recover()
        assert dispatcher.drain("email") == 1
    assert town.account() == "1 planned = 1 sent"


def test_what_is_given_a_later_time_is_not_missed_by_somebody_who_looked_before(town: Town) -> None:
    """Housekeeping passes over what is being changed."""
    town.invite("ana")
    town.freeze()
    (copy,) = town.copies()
    town.clock.turn(hours=25)
    with town.database.begin() as connection:
        assert ledger.settle_by_hand(connection, copy.delivery.id, State.SCHEDULED, reason="", now=town.clock.now)
        assert town.dispatcher().housekeeping() == 0


def test_of_what_a_rate_leaves_nobody_takes_while_somebody_else_does(town: Town) -> None:
    """Whoever looked at it at the same time would find as much left: so one waits for the other."""
    town.invite("ana", "bea")
    town.freeze()
    paces = {"email": Pace(rate=Rate(1, timedelta(hours=1)), zone=ZoneInfo("Europe/Madrid"))}
    other = Claims(database=town.database, mode=Mode.LIVE, owner="here/2", clock=town.clock, paces=paces)
    with town.database.begin() as connection:
        assert leases.claim(connection, Mode.LIVE, "email", owner="here/1", now=town.clock.now, most=1)
        with pytest.raises(OperationalError, match="lock timeout"):
            other.take("email", 2)
    assert other.take("email", 2) == []


def test_claims_do_not_wait_for_each_other_to_count(town: Town) -> None:
    """Another one takes, counts and keeps its number while this one's claim is not yet over."""
    town.invite("ana", "bea")
    town.freeze()
    seen = SeenEpoch(town.root / "var" / "ledger.seen")
    one, other = (
        Claims(database=town.database, mode=Mode.LIVE, owner=owner, clock=town.clock, seen=seen)
        for owner in ("here/1", "here/2")
    )
    taken: list[Lease] = []
    begun: list[Claims] = []

    def meanwhile(_connection: Connection) -> None:
        if not begun:
            begun.append(other)
            taken.extend(other.take("email", 1))

    event.listen(town.database.engine, "commit", meanwhile)
    taken += one.take("email", 1)
    assert len({lease.delivery.id for lease in taken}) == 2
    assert seen.number() == 2
