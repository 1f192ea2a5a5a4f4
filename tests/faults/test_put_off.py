"""A real mail server puts off for minutes or for ever, or does not know one of a thousand; the whole daemon tries."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any

import pytest

from communique.delivery import State
from communique.service.daemon import Daemon
from tests.channels.recording_smtp import RecordingSmtp
from tests.workspaces import START, Town

_SOON = timedelta(minutes=5)  #: as postgrey asks for


class Wary(RecordingSmtp):
    """Answers a recipient as it is told to, by the town's clock, and notes who has asked when."""

    def __init__(self) -> None:
        super().__init__(pipelining=True)
        self.clock: Callable[[], datetime] = lambda: START
        self.answer: Callable[[str], str] = lambda _recipient: ""
        self.asked: dict[str, list[datetime]] = defaultdict(list)

    async def handle_RCPT(  # noqa: N802 - a name of aiosmtpd
        self,
        server: object,  # noqa: ARG002
        session: object,  # noqa: ARG002
        envelope: Any,
        address: str,
        options: object,  # noqa: ARG002
    ) -> str:
        """One recipient of a mail."""
        self.asked[address].append(self.clock())
        if refusal := self.answer(address):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    def puts_off_strangers(self, address: str) -> str:
        """Greylisting: whoever comes again after five minutes is let in."""
        patient = self.clock() - self.asked[address][0] >= _SOON
        return "" if patient else "450 4.2.0 Greylisted, see http://postgrey.example.net/help"


@pytest.fixture
def server() -> Iterator[Wary]:
    """The mail server."""
    with Wary() as running:
        yield running


@pytest.fixture
def client(town: Town, server: Wary) -> Town:
    """A town that hands its mails to it over four connections."""
    server.clock = town.clock
    town.settings("host: localhost\n    port: 25", f"host: 127.0.0.1\n    port: {server.port}\n    connections: 4")
    town.campaign("through: [email]", "through: [email]\n    in_doubt: strict")
    return town


@pytest.fixture
def daemon(client: Town) -> Iterator[Daemon]:
    """The town's."""
    town = client
    with closing(Daemon(installation=town.installation, clock=town.clock, stopping=lambda: False)) as running:
        yield running


def test_who_is_greylisted_comes_again_after_five_minutes_and_only_once(
    town: Town, server: Wary, daemon: Daemon
) -> None:
    """Everybody has their mail by the second try, however often the daemon looks."""
    town.invite(*(f"person{number}" for number in range(60)))
    server.answer = server.puts_off_strangers
    for _ in range(40):
        daemon.tick()
        town.clock.turn(seconds=30)
    assert town.account() == "60 planned = 60 sent"
    assert set(Counter(mail.recipients[0] for mail in server.accepted).values()) == {1}
    assert {len(times) for times in server.asked.values()} == {2}
    assert all(second - first >= _SOON for first, second in server.asked.values())


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_one_address_of_a_thousand_that_is_unknown_stops_nobody_else(town: Town, server: Wary, daemon: Daemon) -> None:
    """It is tried once, and the server's words are on record."""
    people = 1000
    town.invite(*(f"person{number}" for number in range(people)))
    unknown = "person500@example.org"
    server.answer = lambda address: "550 5.1.1 User unknown in local table" if address == unknown else ""
    for _ in range(3):
        daemon.tick()
        town.clock.turn(minutes=10)
    assert town.account() == f"{people} planned = {people - 1} sent + 1 failed"
    assert len(server.accepted) == people - 1
    assert len(server.asked[unknown]) == 1
    (failed,) = (copy for copy in town.copies() if copy.delivery.state is State.FAILED)
    assert "550 5.1.1 User unknown in local table" in failed.delivery.reason


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_server_that_puts_off_for_ever_is_asked_seldom_and_then_no_more(client: Town, server: Wary) -> None:
    """Less and less often; when the time is over the copy is missed, with the server's last words."""
    town = client
    town.campaign("when: start", "when: start\n    not_after: start + 1 day")
    town.invite("ana")
    server.answer = lambda _address: "451 4.3.0 Come back later"
    town.freeze()
    with closing(town.opened) as opened:
        dispatcher = town.dispatcher(opened.channels)
        for _ in range(52):
            dispatcher.run()
            dispatcher.housekeeping()
            town.clock.turn(minutes=30)
    assert town.account() == "1 planned = 1 missed"
    tried = server.asked["ana@example.org"]
    assert server.accepted == []
    assert 5 < len(tried) <= 36
    assert max(tried) <= START + timedelta(days=1)
    assert "451 4.3.0 Come back later" in town.copies()[0].delivery.reason
