"""Killed without warning (SIGKILL) on either side of the final dot: what can be repeated is, what may be out is not."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from communique.delivery import State
from tests.channels.recording_smtp import RecordingSmtp
from tests.daemon_process import wait_until
from tests.unattended import Unattended, unattended
from tests.workspaces import Town


class Watched(RecordingSmtp):
    """Tells a test right before it answers the final dot: the mail is accepted, and the sender does not know."""

    def __init__(self) -> None:
        super().__init__()
        self.told: Callable[[], None] = lambda: None

    def accept(self, envelope: Any) -> str:
        """Keep it."""
        answer = super().accept(envelope)
        self.told()
        return answer


@pytest.fixture
def server() -> Iterator[Watched]:
    """A mail server that outlives the daemons."""
    with Watched() as running:
        yield running


@pytest.fixture
def daemons(town: Town, server: Watched) -> Iterator[Unattended]:
    """Daemons of a town with one person to write to."""
    town.settings("host: localhost\n    port: 25", f"host: 127.0.0.1\n    port: {server.port}")
    town.invite("ana")
    with unattended(town.root) as running:
        yield running


def states(town: Town) -> Counter[State]:
    """How many copies are in each state; the balance holds."""
    town.balances()
    return Counter(copy.delivery.state for copy in town.copies())


def kill_before_it_hears(daemons: Unattended, server: Watched) -> None:
    """The mail is accepted, and the daemon dies before the answer reaches it."""
    process = daemons.start()
    server.told = process.kill
    wait_until(lambda: bool(server.accepted), "a mail")
    process.wait()
    server.told = lambda: None


def test_before_the_point_nothing_is_in_doubt(town: Town, server: Watched, daemons: Unattended) -> None:
    """It goes once the daemon is back, as if nothing had been."""
    server.fall_silent("RCPT")
    process = daemons.start()
    wait_until(lambda: any(command.startswith("RCPT") for command in server.commands), "the recipient to be named")
    assert states(town) == {State.SENDING: 1}
    process.kill()
    process.wait()
    server.heal()
    daemons.start()
    wait_until(lambda: states(town) == {State.SENT: 1}, "the mail")
    assert len(server.accepted) == 1


def test_after_the_point_strict_leaves_it_to_a_person(town: Town, server: Watched, daemons: Unattended) -> None:
    """It is out and nobody heard: in doubt with the reason, and never repeated."""
    town.campaign("through: [email]", "through: [email]\n    in_doubt: strict")
    kill_before_it_hears(daemons, server)
    assert states(town) == {State.IRREVOCABLE: 1}
    daemons.start()
    wait_until(lambda: states(town) == {State.IN_DOUBT: 1}, "it to be settled")
    assert town.copies()[0].delivery.reason == "the sender stopped before the answer came"
    assert len(server.accepted) == 1


def test_after_the_point_resend_repeats_it_once(town: Town, server: Watched, daemons: Unattended) -> None:
    """At once, and with the same Message-ID, so that the receiver can merge the two; killed again, a person decides."""
    kill_before_it_hears(daemons, server)
    server.accepted.clear()
    first = town.copies()[0].delivery.reference
    kill_before_it_hears(daemons, server)
    assert f"<{first}>".encode() in server.accepted[0].data
    daemons.start()
    wait_until(lambda: states(town) == {State.IN_DOUBT: 1}, "it to be settled")
    assert len(server.accepted) == 1
