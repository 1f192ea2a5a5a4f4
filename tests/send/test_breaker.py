"""A channel whose server is away rests, and one message tries now and then: nothing is lost, nobody knocks in vain."""

import json
import logging
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta

import pytest
from sqlalchemy import event

from communique.channel import TemporaryError, UnavailableError
from communique.delivery import State
from communique.monitoring.health import Health
from communique.send.mail_sink import LocalSink
from communique.store.deliveries import rests
from tests.command_line import at
from tests.databases import ON_A_SERVER
from tests.single_delivery import failing
from tests.workspaces import START, Town

AWAY = UnavailableError("The mail server is away.")
PEOPLE = [f"p{number}" for number in range(20)]


@pytest.fixture(name="dead")
def _dead(town: Town) -> Town:
    """Twenty people are to be written to, and the mail server is away."""
    town.invite(*PEOPLE)
    town.email.before = failing(AWAY)
    return town


def resting(town: Town) -> list[rests.Rest]:
    """What the ledger says."""
    with town.database.reading() as connection:
        return list(rests.resting(connection))


def test_a_dead_server_is_asked_ever_more_seldom(dead: Town, caplog: pytest.LogCaptureFixture) -> None:
    """A day of ticks costs some fifty attempts, not thousands; the log says once that it rests."""
    dead.freeze()
    dispatcher = dead.dispatcher()
    for _ in range(23 * 60):
        dispatcher.run()
        dead.clock.turn(minutes=1)
    assert sum(copy.delivery.attempts for copy in dead.copies()) < 24 * 4 + 10
    assert sum(each.startswith("email rests until ") for each in caplog.messages) == 1
    assert dead.account() == "20 planned = 20 scheduled"


def test_three_failures_in_a_row_begin_a_rest(dead: Town) -> None:
    """Each costs one message one attempt; those behind it have not been begun."""
    for _ in range(3):
        assert resting(dead) == []
        dead.run()
    (rest,) = resting(dead)
    assert (rest.channel, rest.failures, rest.why, rest.since) == ("email", 3, "The mail server is away.", START)
    assert timedelta(seconds=30) <= rest.until - START <= timedelta(minutes=1)
    assert sorted(copy.delivery.attempts for copy in dead.copies()) == [0] * 17 + [1] * 3
    dead.run()
    assert sum(copy.delivery.attempts for copy in dead.copies()) == 3


def test_an_account_that_is_refused_rests_at_once(dead: Town) -> None:
    """A sure refusal needs no second one; it is known how long to wait, and nobody waits longer for themselves."""
    dead.email.before = failing(UnavailableError("The token was revoked.", retry_after=timedelta(minutes=30)))
    dead.run()
    (rest,) = resting(dead)
    assert (rest.failures, rest.why, rest.until - START) == (1, "The token was revoked.", timedelta(minutes=30))
    assert dead.account() == "20 planned = 20 scheduled"
    dead.email.before = lambda _message: None
    dead.clock.turn(minutes=2)
    with dead.database.begin() as connection:
        assert rests.try_now(connection, "email", dead.clock.now)
    dead.run()
    dead.run()
    assert dead.account() == "20 planned = 20 sent"


def test_nobody_is_believed_who_says_to_wait_for_years(dead: Town) -> None:
    """A day at most."""
    dead.email.before = failing(UnavailableError("Too many.", retry_after=timedelta(days=900)))
    dead.run()
    (rest,) = resting(dead)
    assert rest.until - START == timedelta(days=1)


def test_one_message_tries_when_the_rest_is_over_and_the_others_follow(
    dead: Town, caplog: pytest.LogCaptureFixture
) -> None:
    """It closes by itself, whichever process tries; that it works again is logged once."""
    caplog.set_level(logging.WARNING)
    for _ in range(3):
        dead.run()
    dead.owner = "there/2"  # after a restart, or on another machine
    dead.clock.turn(seconds=29)
    dead.email.before = lambda _message: None
    dead.run()
    assert dead.email.taken == []
    dead.clock.turn(seconds=31)
    seen: list[int] = []

    def first(_message: object) -> None:
        if not seen:
            with dead.database.begin() as connection:
                seen.append(rests.allowed(connection, "email", 500, dead.clock.now))

    dead.email.before = first
    dead.run()
    dead.run()
    dead.run()
    assert seen == [0]  # while it tried, nobody else could
    assert dead.account() == "20 planned = 20 sent"
    assert resting(dead) == []
    assert sum(each.startswith("email works again: ") for each in caplog.messages) == 1


def test_a_try_in_vain_makes_the_rest_longer(dead: Town) -> None:
    """Doubling, up to half an hour."""
    lengths = []
    dead.freeze()
    dispatcher = dead.dispatcher()
    for _ in range(12):
        dispatcher.run()
        for rest in resting(dead):
            lengths.append((rest.until - dead.clock.now) / timedelta(minutes=1))
            dead.clock.now = rest.until
    assert lengths == pytest.approx([0.75, 1.5, 3, 6, 12, 22.5, 22.5, 22.5, 22.5, 22.5], rel=1 / 3)
    assert len(set(lengths)) == len(lengths)  # jitter


def test_a_message_that_fails_alone_rests_nobody(dead: Town) -> None:
    """What is said of one message is not said of the channel, and what works in between begins the count anew."""
    dead.email.before = failing(TemporaryError("450 greylisted"))
    for _ in range(5):
        dead.run()
        dead.clock.turn(minutes=1)
    assert resting(dead) == []
    dead.clock.turn(hours=1)
    for _ in range(2):
        dead.email.before = failing(AWAY, times=1)
        dead.run()
    dead.email.before = failing(TemporaryError("450 greylisted"))
    dead.run()
    dead.email.before = failing(AWAY, times=2)
    dead.clock.turn(hours=2)
    dead.run()
    dead.run()
    assert resting(dead) == []


def through_the_settings(town: Town) -> None:
    """What the daemon does, with the channel as it is set."""
    with closing(town.opened) as opened:
        town.dispatcher(opened.channels).run()


def test_a_mail_server_that_cannot_be_reached_rests(town: Town) -> None:
    """The real channel, over no connection at all; it goes on by itself when the server is back."""
    town.invite(*PEOPLE)
    with LocalSink() as sink:
        port = sink.port
    town.settings("port: 25", f"port: {port}")
    town.freeze()
    for _ in range(3):
        through_the_settings(town)
    (rest,) = resting(town)
    assert "could not be reached" in rest.why
    with LocalSink() as back:
        town.settings(f"port: {port}", f"port: {back.port}")
        town.clock.turn(minutes=1)
        through_the_settings(town)
        assert len(back.accepted) == 1
        through_the_settings(town)
        assert len(back.accepted) >= 17  # but for those whose own wait is not over
    assert resting(town) == []


def test_a_rest_is_told_by_status_plan_and_health_and_can_be_cut_short(
    dead: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Since when, until when, why; `resume` lets a message try at once."""
    for _ in range(3):
        dead.run()
    line = at(dead.root, monkeypatch, START)
    for command in ("status", "plan"):
        said = line(command).text
        assert "RESTS: The channel email cannot be used since Tue 2026-12-01 10:00 CET; next try" in said
        assert "The mail server is away." in said
        assert "FAILED: The channel" not in said  # which is said of one that does not rest yet
    (told,) = line("status", "--json").json["resting"]
    assert (told["channel"], told["failures"], told["since"]) == ("email", 3, "2026-12-01T09:00:00Z")
    health = Health()
    health.ticked(START)
    with dead.database.reading() as connection:
        health.look(connection, dead.planner.mode, dead.clock.now)
    well, report = health.report(START)
    assert (well, report["resting"]) == (True, ["email"])
    assert json.dumps(report)
    assert "one message tries now" in line("resume", "email", "--as", "Ana Gil").text
    dead.email.before = lambda _message: None
    dead.run()
    assert [copy.delivery.state for copy in dead.copies()].count(State.SENT) == 17


def test_the_rest_of_one_channel_is_no_other_ones(town: Town) -> None:
    """It neither begins, lengthens, tries nor ends the other's."""
    later = START + timedelta(minutes=10)

    def rests_for(minutes: int) -> Callable[[int], timedelta]:
        return lambda _failures: timedelta(minutes=minutes)

    with town.database.begin() as connection:
        for channel, minutes in (("email", 5), ("x", 60)):
            rests.failed(connection, channel, channel, pause=rests_for(minutes), worked_before=False, now=START)
        assert rests.allowed(connection, "email", 7, later) == 1
        assert rests.allowed(connection, "x", 7, later) == 0
        assert rests.allowed(connection, "letter", 7, later) == 7
        rests.failed(connection, "email", "again", pause=rests_for(5), worked_before=False, now=later)
        assert [(each.channel, each.failures, each.why) for each in rests.resting(connection)] == [
            ("email", 2, "again"),
            ("x", 1, "x"),
        ]
        assert rests.try_now(connection, "email", later)
        assert {each.channel: each.until for each in rests.resting(connection)} == {
            "email": later,
            "x": START + timedelta(hours=1),
        }
        assert not rests.try_now(connection, "letter", later)
        assert not rests.is_doubtful(connection, "letter")
        ended = rests.worked(connection, "email")
        assert ended is not None
        assert [each.channel for each in rests.resting(connection)] == ["x"]


def test_a_rest_that_is_over_lets_nobody_try_beyond_the_rate(town: Town) -> None:
    """The one who would try waits until the rate leaves room; the turn to try is not used up meanwhile."""
    later = START + timedelta(minutes=10)
    with town.database.begin() as connection:
        pause = lambda _failures: timedelta(minutes=5)  # noqa: E731 - a length in place of a rule
        rests.failed(connection, "email", "away", pause=pause, worked_before=False, now=START)
        assert rests.allowed(connection, "email", 0, later) == 0
        assert rests.allowed(connection, "email", 7, later) == 1


@ON_A_SERVER
def test_of_two_machines_one_tries_when_the_rest_is_over_and_the_other_does_not_wait_for_it(town: Town) -> None:
    """Neither while the first one's transaction is open, nor when it has ended; another channel has its own turn."""
    later = START + timedelta(minutes=10)
    with town.database.begin() as connection:
        pause = lambda _failures: timedelta(minutes=5)  # noqa: E731 - a length in place of a rule
        for channel in ("email", "x"):
            rests.failed(connection, channel, "away", pause=pause, worked_before=False, now=START)
    with town.database.beside() as mine:
        assert rests.allowed(mine, "email", 7, later) == 1
        with town.database.beside() as others:
            assert [rests.allowed(others, channel, 7, later) for channel in ("email", "x")] == [0, 1]
    with town.database.beside() as others:
        assert rests.allowed(others, "email", 7, later) == 0


@ON_A_SERVER
def test_of_two_machines_that_see_at_the_same_time_that_a_rest_is_over_one_tries(town: Town) -> None:
    """What one has seen is no longer so when the other one's whole turn lies between."""
    later = START + timedelta(minutes=10)
    with town.database.begin() as connection:
        pause = lambda _failures: timedelta(minutes=5)  # noqa: E731 - a length in place of a rule
        rests.failed(connection, "email", "away", pause=pause, worked_before=False, now=START)
    tries: list[int] = []

    def turn_of_the_other(*about: object) -> None:
        if "FOR UPDATE" in str(about[2]) and not tries:
            with town.database.beside() as others:
                tries.append(rests.allowed(others, "email", 7, later))

    with town.database.beside() as mine:
        event.listen(mine, "before_cursor_execute", turn_of_the_other)
        tries.append(rests.allowed(mine, "email", 7, later))
    assert tries == [1, 0]


def test_only_what_rests_is_let_try(town: Town) -> None:
    """After a failure that begins no rest nothing is let try, and nothing is held back."""
    with town.database.begin() as connection:
        rests.failed(connection, "email", "once", pause=lambda _failures: None, worked_before=False, now=START)
        assert not rests.try_now(connection, "email", START)
        assert rests.is_doubtful(connection, "email")
        assert rests.allowed(connection, "email", 7, START) == 7
        assert rests.worked(connection, "email") is None  # nor is it told that it works again


def test_a_rest_after_something_went_through_is_told_as_a_new_one(town: Town) -> None:
    """One that goes on is not."""

    def fail(*, worked_before: bool) -> rests.Rest | None:
        pause = lambda _failures: timedelta(minutes=5)  # noqa: E731 - a length in place of a rule
        with town.database.begin() as connection:
            return rests.failed(connection, "email", "away", pause=pause, worked_before=worked_before, now=START)

    first, again, anew = fail(worked_before=False), fail(worked_before=False), fail(worked_before=True)
    assert (first is not None, again, anew is not None and anew.failures) == (True, None, 1)
