"""Connections are few when there is little to do."""

from channels.mail.connections import Connections
from channels.mail.exchange import Exchange
from tests.channels.mail_dialogues import LONG, server_at
from tests.channels.piles import Pile
from tests.channels.recording_smtp import RecordingSmtp

_MANY = 60


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
