"""The talk with a mail server on loopback: what its tests say, hold and wait for."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from channels.mail.dialogue import Dialogue
from channels.mail.envelope import Envelope
from channels.mail.server import Patience, Server
from tests.channels.recording_smtp import RecordingSmtp

MAIL = Envelope(
    sender="boletin@puertoclaro.example",
    recipient="ines@vecinas.example",
    data=b"Subject: x\r\n\r\n.\r\n..two\r\nthree\r\n.",
)


#: More than the kernel keeps for a server that has stopped reading.
LONG_MAIL = replace(MAIL, data=(b"x" * 70 + b"\r\n") * 400_000)


LONG = Patience(command=60, data=60, block=60, final=60)
#: Short enough to wait for when a server is told to stay silent: before the final dot, or after it.
SHORT = replace(LONG, command=0.5, data=0.5, block=0.5)
SHORT_AT_THE_DOT = replace(LONG, final=1.5)


def server_at(host: str, port: int, **changes: object) -> Server:
    """The settings for a server on loopback."""
    plain = Server(
        host=host,
        port=port,
        tls="none",
        username=None,
        password=None,
        helo_name=None,
        connect_timeout=60,
        ca_file=None,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


class Commits:
    """Counts commits, and notes how much was accepted at each."""

    def __init__(self, smtp: RecordingSmtp) -> None:
        self._smtp = smtp
        self.seen: list[int] = []

    def __call__(self) -> None:
        """Called right before the final dot."""
        self.seen.append(len(self._smtp.accepted))


@contextmanager
def talking(smtp: RecordingSmtp, patience: Patience = LONG, **changes: object) -> Iterator[Dialogue]:
    """A dialogue with the server, closed at the end."""
    dialogue = Dialogue(server_at(smtp.host, smtp.port, **changes), patience)
    try:
        yield dialogue
    finally:
        dialogue.close()
