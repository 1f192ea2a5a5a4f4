"""What is taken up to be sent: what is due through this channel in this mode, and not stopped; nothing else."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import insert, select

from communique.delivery import Mode
from communique.store.database import deliveries, occurrences
from communique.store.deliveries import leases, ledger
from communique.store.deliveries.owed import Owed
from communique.store.tables.channel import stops
from tests.workspaces import START, Town


@pytest.fixture(name="owing")
def _owing(town: Town) -> Town:
    """Live mode owes one mail."""
    occasion = town.standing().occasion
    assert occasion is not None
    owed = [Owed(channel="email", language="en", person=1, reference="1@test")]
    with town.database.begin() as connection:
        ledger.freeze(
            connection, Mode.LIVE, occasion, owed, expires_at=START + timedelta(hours=24), digest="hash", now=START
        )
    return town


def claimed(town: Town, mode: Mode = Mode.LIVE, channel: str = "email", now: datetime = START) -> int:
    """How many copies somebody gets."""
    with town.database.begin() as connection:
        return len(leases.claim(connection, mode, channel, owner="here/1", now=now, most=10))


def test_a_trial_takes_nothing_that_is_owed_in_earnest(owing: Town) -> None:
    """Nor would live mode send what was tried out."""
    assert claimed(owing, Mode.TRIAL) == 0
    assert claimed(owing) == 1


def test_a_channel_takes_nothing_of_another(owing: Town) -> None:
    """A mail is not for the post."""
    assert claimed(owing, channel="letter") == 0
    assert claimed(owing) == 1


def test_nothing_is_taken_before_its_time_nor_after_it(owing: Town) -> None:
    """The last moment still counts."""
    assert claimed(owing, now=START - timedelta(seconds=1)) == 0
    assert claimed(owing, now=START + timedelta(hours=24, seconds=1)) == 0
    assert claimed(owing, now=START + timedelta(hours=24)) == 1


def test_a_channel_has_something_to_do_when_it_is_due(owing: Town) -> None:
    """In its mode, and not before: workers are sent for nothing else."""
    with owing.database.reading() as connection:
        assert ledger.due_channels(connection, Mode.LIVE, START - timedelta(seconds=1)) == {}
        assert ledger.due_channels(connection, Mode.TRIAL, START) == {}
        assert ledger.due_channels(connection, Mode.LIVE, START) == {"email": 1}


def test_what_is_put_back_waits_for_its_own_time(town: Town) -> None:
    """And for no other announcement's, where the clock was put back since it was taken."""
    town.add("  goodbye:\n    when: start + 1 hours\n    to: [friends]\n    through: [email]\n")
    town.say("goodbye", dict.fromkeys(("en", "es"), "---\nheadline: Bye\nsummary: Bye.\n---\nBye.\n"))
    town.invite("ana")
    town.clock.turn(hours=2)
    town.freeze()
    earlier = START - timedelta(days=1)
    with town.database.begin() as connection:
        taken = leases.claim(connection, Mode.LIVE, "email", owner="here/1", now=town.clock.now, most=10)
        leases.put_back(connection, taken, earlier)
        waiting = connection.execute(
            select(occurrences.c.due_at, deliveries.c.next_attempt_at).join_from(deliveries, occurrences)
        ).all()
    assert sorted(waiting) == [(each, each) for each in (START, START + timedelta(hours=1))]


def test_what_is_stopped_is_not_taken(owing: Town) -> None:
    """Too many of its mails came back."""
    with owing.database.begin() as connection:
        occurrence = connection.execute(select(occurrences.c.id)).scalar_one()
        stopped = {"since": START, "returned": 5, "gone": 10, "words": "550 no such user"}
        connection.execute(insert(stops).values(occurrence_id=occurrence, channel="email", **stopped))
    assert claimed(owing) == 0
