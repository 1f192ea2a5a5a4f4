"""The clock: wakes the daemon again and again, and stops cleanly."""

import asyncio
import json
import signal
import socket
import threading
from collections.abc import Iterator
from time import monotonic
from typing import Any

import httpx
import pytest

import scheduler
from communique.delivery import State
from tests.channels.recording_smtp import RecordingSmtp
from tests.daemon_process import wait_until
from tests.unattended import Unattended, unattended
from tests.workspaces import FOLLOWING, START, Town


class Slow(RecordingSmtp):
    """Takes its time to answer the final dot: until a test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.answers = threading.Event()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str | bytes:  # noqa: N802
        """Accepted, and not yet answered."""
        answer = await super().handle_DATA(server, session, envelope)
        await asyncio.to_thread(self.answers.wait, 60)
        return answer


@pytest.fixture
def server() -> Iterator[Slow]:
    """A slow mail server."""
    with Slow() as running:
        yield running


@pytest.fixture
def daemons(town: Town, server: Slow) -> Iterator[Unattended]:
    """Daemons of a town with three people to write to."""
    town.settings("host: localhost\n    port: 25", f"host: 127.0.0.1\n    port: {server.port}\n    connections: 1")
    town.invite("ana", "ben", "eva")
    with unattended(town.root) as running:
        yield running


def states(town: Town) -> list[State]:
    """The state of each copy; the balance holds."""
    town.balances()
    return sorted(copy.delivery.state for copy in town.copies())


def free_port() -> int:
    """A port that nobody has at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def health(port: int) -> tuple[int, dict[str, object]]:
    """What the page says; 0 while there is none."""
    try:
        answer = httpx.get(f"http://127.0.0.1:{port}/healthz")
    except httpx.TransportError:
        return 0, {}
    return answer.status_code, json.loads(answer.content)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=["stopped", "its terminal was closed"])
def test_asked_to_stop_it_finishes_what_is_in_flight(
    town: Town, server: Slow, daemons: Unattended, number: signal.Signals
) -> None:
    """In the middle of a mail: that one is heard out, no other is begun, and it ends well."""
    process = daemons.start()
    wait_until(lambda: bool(server.accepted), "a mail was on its way")
    process.send_signal(number)
    wait_until(lambda: states(town).count(State.IRREVOCABLE) == 1, "it was still waiting for the answer")
    assert process.poll() is None
    server.answers.set()
    assert process.wait(timeout=30) == 0
    assert states(town) == [State.SCHEDULED, State.SCHEDULED, State.SENT]
    assert len(server.accepted) == 1
    daemons.start()
    wait_until(lambda: states(town) == [State.SENT] * 3, "the others had theirs, too")
    assert len(server.accepted) == 3


def test_it_ticks_again_and_again(town: Town, server: Slow, daemons: Unattended) -> None:
    """What falls due while it runs goes out without anybody doing anything."""
    server.answers.set()
    town.add(FOLLOWING.replace("start + 1 hours", "start + 1 minutes"))
    daemons.epoch -= 55  # its clock begins five seconds before the second announcement
    daemons.start()
    wait_until(lambda: "goodbye" in town.balances() and states(town) == [State.SENT] * 6, "both had gone out")
    assert len(server.accepted) == 6
    assert not town.balances()["goodbye"].late


def test_the_health_page_is_there_while_it_runs(town: Town, server: Slow, daemons: Unattended) -> None:
    """Well once it has ticked; gone when it has ended. Without secrets for X it is not well."""
    server.answers.set()
    port = free_port()
    process = daemons.start(port)
    wait_until(lambda: health(port)[1].get("clock") == "running", "it had ticked")
    wait_until(lambda: states(town) == [State.SENT] * 3, "everybody had theirs")
    assert health(port)[0] == 503
    assert "X_CONSUMER_KEY" in str(health(port)[1]["problems"])
    process.terminate()
    assert process.wait(timeout=30) == 0
    assert health(port)[0] == 0


def test_a_tick_that_takes_long_drops_nothing(town: Town, server: Slow, daemons: Unattended) -> None:
    """While one mail takes longer than the time between two ticks, what falls due is sent afterwards, once."""
    town.add(FOLLOWING.replace("start + 1 hours", "start"))
    daemons.start()
    wait_until(lambda: bool(server.accepted), "the first mail was on its way")
    alarms = monotonic() + 2 * scheduler.TICK_SECONDS
    wait_until(lambda: monotonic() > alarms, "two alarms had rung")
    server.answers.set()
    wait_until(lambda: "goodbye" in town.balances() and states(town) == [State.SENT] * 6, "everything had gone out")
    assert len(server.accepted) == 6


@pytest.mark.parametrize(("secrets", "code"), [(True, 0), (False, 1)])
def test_once_does_what_is_due_and_ends(
    town: Town,
    server: Slow,
    secrets: bool,  # noqa: FBT001 - parametrized
    code: int,
) -> None:
    """For machines with a timer of their own: 1 when somebody has to look, and what could go has gone all the same."""
    server.answers.set()
    names = ("X_CONSUMER_KEY", "X_CONSUMER_SECRET", "X_ACCESS_TOKEN", "X_ACCESS_TOKEN_SECRET")
    town.variables |= dict.fromkeys(names, "secret") if secrets else {}
    town.settings("host: localhost\n    port: 25", f"host: 127.0.0.1\n    port: {server.port}")
    town.invite("ana")
    town.clock.now = START
    handler = signal.getsignal(signal.SIGTERM)
    assert scheduler.run(town.installation, town.clock, once=True) == code
    assert signal.getsignal(signal.SIGTERM) is handler
    assert town.account() == "1 planned = 1 sent"
