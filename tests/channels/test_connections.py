"""Connections are few when there is little to do."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from channels.mail.connections import Connections
from channels.mail.envelope import Envelope
from channels.mail.exchange import Exchange, Result
from tests.channels.mail_dialogues import LONG, MAIL, server_at
from tests.channels.recording_smtp import RecordingSmtp

_MANY = 60


class Pile:
    """So many mails, each to somebody else; all may go."""

    def __init__(self, number: int) -> None:
        self._left = [replace(MAIL, recipient=f"person{each}@vecinas.example") for each in range(number)]
        self.results: list[Result] = []

    def next(self) -> Envelope | None:
        """One of those left."""
        return self._left.pop() if self._left else None

    def is_halted(self) -> bool:
        """Never."""
        return False

    def settle(self, crossing: Sequence[Envelope], results: Sequence[Result]) -> Collection[Envelope]:
        """All of them."""
        self.results += results
        return crossing


def test_one_connection_is_kept_when_the_work_is_done() -> None:
    """Idle ones keep others from a server; the one that is kept serves the next mail."""
    with RecordingSmtp() as smtp:
        connections = Connections(server_at(smtp.host, smtp.port), LONG, most=5)
        pile = Pile(_MANY)
        Exchange(connections, pile).run()
        opened = smtp.connections
        assert 1 < opened <= 5
        assert len(connections.links) == 1
        Exchange(connections, Pile(1)).run()
        assert smtp.connections == opened
        connections.close()
    assert len(pile.results) == _MANY
    assert len(smtp.accepted) == _MANY + 1
