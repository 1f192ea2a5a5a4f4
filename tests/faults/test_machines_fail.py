"""Two machines on one PostgreSQL: whatever befalls one, the other one goes on, and nobody is left out or told twice."""

import signal
from collections import Counter
from collections.abc import Iterator

import pytest

from communique.delivery import FINAL, State
from communique.send.mail_sink import LocalSink
from tests.daemon_process import wait_until
from tests.databases import KINDS
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


def settled(town: Town) -> int:
    """How many copies have come to an end."""
    return sum(each.delivery.state in FINAL | {State.IN_DOUBT} for each in town.copies())


def in_doubt(town: Town, sink: LocalSink) -> int:
    """How many are in doubt; everybody else has exactly one mail, and nobody has two."""
    got = Counter(mail.recipients[0] for mail in sink.accepted)
    doubtful = {f"{each.name.lower()}@example.org" for each in town.copies() if each.delivery.state is State.IN_DOUBT}
    assert [address for address, copies in got.items() if copies > 1] == []
    assert {f"person{number}@example.org" for number in range(PEOPLE)} - set(got) - doubtful == set()
    assert town.balances()["hello"].holds
    return len(doubtful)


def test_two_machines_freeze_once_and_tell_everybody_once(town: Town, sink: LocalSink, both: Machines) -> None:
    """Started at the same time; asked to stop, both end well."""
    both.start()
    both.start()
    wait_until(lambda: settled(town) == PEOPLE, "the end")
    for process in both.started:
        process.terminate()
    assert [process.wait(timeout=30) for process in both.started] == [0, 0]
    assert in_doubt(town, sink) == 0
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
    wait_until(lambda: settled(town) >= PEOPLE - _IN_ONE_TRANSACTION, "nearly all")
    first.send_signal(signal.SIGCONT)
    wait_until(lambda: settled(town) == PEOPLE, "the end")
    for process in (first, second):
        process.terminate()
    assert second.wait(timeout=30) == 0
    assert first.wait(timeout=30) == (-signal.SIGKILL if number is signal.SIGKILL else 0)
    assert in_doubt(town, sink) <= 2
