"""Two machines on one PostgreSQL: whatever befalls one, the other one goes on, and nobody is left out or told twice."""

import signal
from collections.abc import Iterator

import pytest

from communique.send.mail_sink import LocalSink
from tests.daemon_process import wait_until
from tests.databases import KINDS
from tests.killing import at_rest, toll
from tests.machine_processes import Machines, machines
from tests.workspaces import Town

pytestmark = pytest.mark.parametrize("database_url", [KINDS[1]], indirect=True)
PEOPLE = 300
_LEASE_AND_MORE = 25 * 60
_IN_ONE_TRANSACTION = 20  #: at most, over one connection: such mails are left alone while somebody stands still in it


@pytest.fixture
def sink(town: Town) -> Iterator[LocalSink]:
    """A mail server, and 300 people to write to in strict mode, over one connection from each machine."""
    with LocalSink() as running:
        town.settings("host: localhost\n    port: 25", f"host: 127.0.0.1\n    port: {running.port}\n    connections: 1")
        town.campaign("    through: [email]", "    through: [email]\n    in_doubt: strict")
        town.invite(*(f"person{number}" for number in range(PEOPLE)))
        yield running


@pytest.fixture
def both(town: Town, sink: LocalSink) -> Iterator[Machines]:
    """Nothing runs yet."""
    with machines(town.root) as made:
        yield made


def test_two_machines_freeze_once_and_tell_everybody_once(town: Town, sink: LocalSink, both: Machines) -> None:
    """Started at the same time; asked to stop, both end well."""
    both.start()
    both.start()
    wait_until(lambda: at_rest(town) == PEOPLE, "the end")
    for process in both.started:
        process.terminate()
    assert [process.wait(timeout=30) for process in both.started] == [0, 0]
    assert list(toll(town, sink, kills=0, connections=1).broken()) == []
    assert len(sink.accepted) == PEOPLE


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "stopped"])
def test_of_two_machines_one_goes_or_stands_still(
    town: Town, sink: LocalSink, both: Machines, number: signal.Signals
) -> None:
    """The other one has its mails once the lease has run out; awake again, the first does no harm."""
    first = both.start()
    wait_until(lambda: len(sink.accepted) >= 20, "twenty mails")
    first.send_signal(number)
    both.turn(_LEASE_AND_MORE)
    second = both.start()
    wait_until(lambda: at_rest(town) >= PEOPLE - _IN_ONE_TRANSACTION, "nearly all")
    first.send_signal(signal.SIGCONT)
    wait_until(lambda: at_rest(town) == PEOPLE, "the end")
    for process in (first, second):
        process.terminate()
    assert second.wait(timeout=30) == 0
    assert first.wait(timeout=30) == (-signal.SIGKILL if number is signal.SIGKILL else 0)
    assert list(toll(town, sink, kills=2, connections=1).broken()) == []  # one in doubt for each machine at most
