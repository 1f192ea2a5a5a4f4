"""The machine's clock is put back or forward while the daemon runs."""

import logging
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo
from typing import Any, Self

import apscheduler.schedulers.base
import pytest

import scheduler
from communique.channel import TemporaryError
from communique.delivery import State
from communique.service.daemon import Daemon
from tests.channels.recording_smtp import RecordingSmtp
from tests.single_delivery import claim, failing
from tests.workspaces import Town


@pytest.fixture
def server() -> Iterator[RecordingSmtp]:
    """A mail server."""
    with RecordingSmtp() as running:
        yield running


@pytest.fixture
def daemon(town: Town, server: RecordingSmtp) -> Iterator[Daemon]:
    """A daemon with one mail to send, in this process."""
    town.settings("host: localhost\n    port: 25", f"host: 127.0.0.1\n    port: {server.port}")
    town.invite("ana")
    daemon = Daemon(installation=town.installation, clock=town.clock, stopping=lambda: False)
    yield daemon
    daemon.close()


@pytest.mark.parametrize("hours", [1, 24, 24 * 400])
def test_a_clock_that_was_put_back_does_not_stall(
    town: Town, server: RecordingSmtp, daemon: Daemon, hours: int
) -> None:
    """What was to be tried again a minute later is, and not when the old time comes again."""
    town.campaign("    through: [email]", "    through: [email]\n    not_after: start + 500 days")
    town.clock.turn(hours=hours)
    server.refuse("RCPT", "450 4.2.0 Later", times=1)
    daemon.tick()
    assert town.account() == "1 planned = 1 scheduled"
    town.clock.turn(hours=-hours)
    daemon.tick()
    assert town.account() == "1 planned = 1 sent"
    for back in (1, 24, 24 * 400):  # and nothing goes twice, whatever the clock does
        town.clock.turn(hours=-back)
        daemon.tick()
        town.clock.turn(hours=2 * back)
        daemon.tick()
    assert len(server.accepted) == 1


def test_a_few_seconds_are_no_reason_to_hurry(town: Town, server: RecordingSmtp, daemon: Daemon) -> None:
    """A server that has asked for time gets it: NTP puts clocks back by a little all the time."""
    server.refuse("RCPT", "450 4.2.0 Later", times=1)
    daemon.tick()
    town.clock.turn(seconds=-30)
    daemon.tick()
    assert town.account() == "1 planned = 1 scheduled"


def test_a_ledger_written_by_a_clock_far_ahead_is_gone_on_with(town: Town) -> None:
    """Nobody has seen it put back: the daemon was not running. Another machine's lease of that time is no lease."""
    town.campaign("    through: [email]", "    through: [email]\n    not_after: start + 500 days")
    town.invite("ana", "ben")
    town.clock.turn(days=400)
    town.freeze()
    claim(town, "elsewhere/7")
    town.email.before = failing(TemporaryError("later"), times=1)
    town.run()
    town.clock.turn(days=-400)
    town.run()
    town.clock.turn(minutes=1)
    town.run()
    assert town.account() == "2 planned = 2 sent"
    assert len(town.email.taken) == 2


def test_a_clock_put_forward_sends_nothing_twice_and_misses_by_the_rule(
    town: Town, server: RecordingSmtp, daemon: Daemon
) -> None:
    """What is too late by the new clock is missed, and said so; what went stays gone."""
    daemon.tick()
    town.clock.turn(days=400)
    daemon.tick()
    assert [copy.delivery.state for copy in town.copies()] == [State.SENT]
    assert len(server.accepted) == 1


def test_the_alarm_does_not_wait_until_the_old_time_comes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine's own clock is put back by an hour between two ticks."""
    ahead = timedelta(hours=1)

    class Machine(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return super().now(tz) + ahead

    class Ticking:
        """As much of a daemon as the alarm knows."""

        def __init__(self) -> None:
            self.manager = self
            self.ticks = 0

        def tick(self) -> None:
            nonlocal ahead
            self.ticks += 1
            ahead = timedelta(0)
            if self.ticks == 3:
                stop.set()

        name = "daemon"

        def stopping(self) -> None:
            """What systemd is told."""

        def open_desk(self) -> None:
            """There is none."""

    stop = threading.Event()
    for module in (scheduler, apscheduler.schedulers.base):
        monkeypatch.setattr(module, "datetime", Machine)
    monkeypatch.setattr(scheduler, "TICK_SECONDS", 0.05)
    daemon: Any = Ticking()
    timer = threading.Timer(20, stop.set)
    timer.start()
    scheduler._tick_until(stop, daemon)
    timer.cancel()
    assert daemon.ticks >= 3
    assert not logging.getLogger("apscheduler.scheduler").isEnabledFor(logging.WARNING)  # that a tick takes its time
