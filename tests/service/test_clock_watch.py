"""A clock that jumps ahead is not believed: nothing goes too early by it, and nothing that waits is missed."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

import scheduler
from communique.delivery import State
from communique.send.seen_clock import MachineClock
from communique.service.daemon import Daemon
from tests.channels.recording_smtp import RecordingSmtp
from tests.command_line import CommandLine, at
from tests.workspaces import START, Clock, Town

#: How a clock goes is kept beside the ledger, whichever that is.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

_AHEAD = timedelta(days=400)
_HOUR = timedelta(hours=1)
_SECONDS = timedelta(seconds=20)


@dataclass
class Machine:
    """A machine whose clock is set, and which is switched off and on."""

    town: Town
    server: RecordingSmtp
    daemon: Daemon | None = None
    uptime: float = 90_000
    start: str = "the first start"

    def tick(self, after: timedelta = timedelta(0), *, set_by: timedelta = timedelta(0)) -> None:
        """So much later, when its clock was set, too."""
        self.town.clock.now += after + set_by
        self.uptime += after.total_seconds()
        self.daemon = self.daemon or self._started()
        self.daemon.tick()

    def restart(self) -> None:
        """The daemon."""
        if self.daemon is not None:
            self.daemon.close()
        self.daemon = None

    def reboot(self, *, off: timedelta, set_by: timedelta = timedelta(0)) -> None:
        """The machine."""
        self.restart()
        self.start, self.uptime = f"after {self.start}", 20.0
        self.town.clock.now += off + set_by

    @property
    def clock(self) -> MachineClock:
        """As a daemon knows it."""
        return MachineClock(self.town.clock, lambda: self.uptime, self.start)

    @property
    def held(self) -> str:
        """Why nothing goes out."""
        assert self.daemon is not None
        return str(self.daemon.health.report(self.daemon.clock())[1]["held"])

    @property
    def states(self) -> list[State]:
        """Of the copies that there are."""
        return [copy.delivery.state for copy in self.town.copies()]

    def _started(self) -> Daemon:
        installation = replace(self.town.installation, machine_clock=self.clock)
        return Daemon(installation=installation, clock=self.town.clock, stopping=lambda: False)


@pytest.fixture
def machine(town: Town) -> Iterator[Machine]:
    """It has been on for a day, and sends a mail an hour from now."""
    with RecordingSmtp() as server:
        town.settings("host: localhost\n    port: 25", f"host: 127.0.0.1\n    port: {server.port}")
        town.invite("ana")
        town.clock = Clock(START - _HOUR)
        made = Machine(town, server)
        made.tick()
        yield made
        made.restart()


def test_a_clock_a_year_ahead_for_a_while_sends_nothing_and_misses_nothing(
    machine: Machine, caplog: pytest.LogCaptureFixture
) -> None:
    """It is said once; right again, all goes on as if nothing had been, each at its time."""
    machine.tick(_SECONDS, set_by=_AHEAD)
    machine.tick(_HOUR / 2)
    assert machine.states == []
    assert machine.held.startswith("this machine's clock was put forward by 400 days: nothing goes out, and nothing is")
    assert "--clock-is-right" in machine.held
    assert caplog.text.count("EVERYTHING IS HELD") == 1
    machine.tick(_SECONDS, set_by=-_AHEAD)
    assert machine.held == ""
    assert machine.states == []
    machine.tick(_HOUR)
    assert machine.states == [State.SENT]


@pytest.mark.parametrize("set_by", [2 * _HOUR, _AHEAD])
def test_what_is_on_its_way_goes_by_the_time_that_went_by(machine: Machine, set_by: timedelta) -> None:
    """It jumps in the middle of a tick: what asks for the time then gets the one that the tick has begun with."""
    daemon = machine.daemon
    assert daemon is not None
    machine.town.clock.now += set_by
    machine.uptime += 5
    assert daemon.clock() == START - _HOUR + timedelta(seconds=5)


def test_by_hours_it_is_believed_when_it_has_stood_by_it(machine: Machine) -> None:
    """As of a virtual machine that was halted. Nobody is asked, and what was due meanwhile goes late."""
    machine.tick(_SECONDS, set_by=2 * _HOUR)
    assert "was put forward by 2 hours: for 10 minutes nothing goes out" in machine.held
    machine.tick(timedelta(minutes=9))
    assert machine.states == []
    machine.tick(timedelta(minutes=2))
    assert machine.held == ""
    assert machine.states == [State.SENT]


def test_by_minutes_it_is_believed_at_once(machine: Machine) -> None:
    """As time servers put clocks right."""
    machine.tick(_HOUR - timedelta(minutes=20), set_by=timedelta(minutes=25))
    assert machine.states == [State.SENT]


@pytest.mark.parametrize("set_by", [-2 * _HOUR, -2 * _AHEAD])
def test_a_clock_that_was_put_back_comes_back_to_its_course(machine: Machine, set_by: timedelta) -> None:
    """Nobody is asked, whichever way: by a clock that is behind nothing goes too early, and nothing is missed."""
    machine.tick(_SECONDS, set_by=set_by)
    assert machine.held == ""
    machine.tick(_HOUR, set_by=-set_by)
    assert machine.held == ""
    assert machine.states == [State.SENT]


def test_put_back_for_a_day_it_is_believed(machine: Machine) -> None:
    """It was ahead before: jumping there once more is a jump."""
    machine.tick(_SECONDS, set_by=-_AHEAD)
    machine.tick(timedelta(days=1, minutes=1))
    machine.tick(_SECONDS, set_by=_AHEAD)
    assert "400 days" in machine.held


def test_a_restart_of_the_daemon_does_not_make_it_right(machine: Machine) -> None:
    """Nor do the commands take it for right."""
    machine.restart()
    machine.tick(_SECONDS, set_by=2 * _HOUR)
    assert "put forward by 2 hours" in machine.held
    machine.restart()
    machine.tick(_SECONDS)
    assert "put forward by 2 hours" in machine.held
    assert machine.states == []


def test_switched_off_for_weeks_nobody_is_asked(machine: Machine) -> None:
    """What was due meanwhile is missed by its rule."""
    machine.reboot(off=timedelta(days=30))
    machine.tick()
    assert machine.held == ""
    assert machine.states == [State.MISSED]


def test_a_year_ahead_when_it_is_switched_on_somebody_is_asked(machine: Machine) -> None:
    """Nobody can know whether it was off for so long. Right again, it goes on."""
    machine.reboot(off=timedelta(minutes=5), set_by=_AHEAD)
    machine.tick()
    assert machine.held.startswith("by this machine's clock nothing has run here since 2026-12-01")
    assert machine.states == []
    machine.tick(_HOUR, set_by=-_AHEAD)
    assert machine.held == ""
    assert machine.states == [State.SENT]


def test_a_machine_without_a_clock_of_its_own_is_put_right_by_the_network(machine: Machine) -> None:
    """It begins where it was switched off, or in 1970, and is right minutes later."""
    off = timedelta(days=20)
    machine.reboot(off=timedelta(0))
    machine.tick()
    machine.tick(_SECONDS, set_by=off)
    assert machine.held == ""
    machine.reboot(off=timedelta(0), set_by=-20_000 * timedelta(days=1))
    machine.tick()
    machine.tick(_SECONDS, set_by=20_000 * timedelta(days=1))
    assert machine.held == ""


def test_a_person_says_that_it_is_right(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands say that all is held, and erase nothing; then what is over by that clock is missed."""
    command: CommandLine = at(machine.town.root, monkeypatch, START)
    monkeypatch.setattr(scheduler, "machine_clock", lambda: machine.clock)
    refused = command("resume", "--clock-is-right", "--as", "Ana Gil", now=machine.town.clock.now)
    assert (refused.code, "Nothing is held because of the clock" in refused.errors) == (1, True)
    machine.tick(_SECONDS, set_by=_AHEAD)
    now = machine.town.clock.now
    said = command("status", now=now)
    assert (said.code, said.text.startswith("EVERYTHING IS HELD: this machine's clock was put forward")) == (1, True)
    assert command("retention", "--act", "--as", "Ana", now=now).code == 1
    assert command("resume", "email", "--clock-is-right", "--as", "Ana Gil", now=now).code == 64
    told = command("resume", "--clock-is-right", "--as", "Ana Gil", now=now)
    assert (told.code, "what is over by it is missed" in told.text) == (0, True)
    assert "said that the clock is right" in command("log", now=now).text
    machine.tick(_SECONDS)
    assert machine.held == ""
    assert machine.states == [State.MISSED]


def test_where_its_course_cannot_be_kept_it_is_watched_all_the_same(machine: Machine) -> None:
    """The file is for commands and for the next start; one that is no such file says nothing."""
    file = machine.town.installation.seen_clock.file
    for nonsense in ("", "{}", "[1]", '{"at": "2026-12-01", "uptime": 1, "start": ""}'):
        file.write_text(nonsense)
        assert machine.town.installation.seen_clock.course() is None
    file.unlink()
    file.mkdir()
    machine.tick(timedelta(minutes=2))
    machine.tick(_SECONDS, set_by=_AHEAD)
    assert "400 days" in machine.held
    with closing(machine.town.database):
        assert machine.states == []
