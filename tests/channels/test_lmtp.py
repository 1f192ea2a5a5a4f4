"""Mail by LMTP (RFC 2033) and through a Unix socket: all that is promised of e-mail."""

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP

from channels.email import EmailChannel
from communique.channel import TemporaryError
from tests.channels.contract import Bench, ChannelContract, LostAnswerContract, RefusalContract
from tests.channels.mail_messages import MESSAGE, to
from tests.channels.recording_smtp import FaultySmtp, RecordingSmtp

SENDER = "Gobierno abierto <gobiernoabierto@puertoclaro.example>"


class FaultyLmtp(FaultySmtp, LMTP):
    """Takes LHLO, and neither HELO nor EHLO."""


class RecordingLmtp(RecordingSmtp):
    """On a Unix socket where `path` is given."""

    def __init__(self, path: Path | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.path = path

    def _protocol(self) -> SMTP:
        return FaultyLmtp(self, **self._options)

    async def _listen(self, loop: asyncio.AbstractEventLoop) -> asyncio.Server:
        if self.path is None:
            return await super()._listen(loop)
        return await loop.create_unix_server(self._connected, self.path)

    def channel(self, **settings: Any) -> EmailChannel:
        """One that sends here."""
        place = {"host": str(self.path)} if self.path else {"host": self.host, "port": self.port}
        return EmailChannel(**place, **{"sender": SENDER, "tls": "none", "protocol": "lmtp", **settings})


@pytest.fixture(params=["tcp", "socket"])
def lmtp(request: pytest.FixtureRequest) -> Iterator[RecordingLmtp]:
    """A server that delivers itself."""
    folder = Path(tempfile.mkdtemp(dir="/tmp"))  # short: the path of a socket has 107 letters at most
    with RecordingLmtp(folder / "lmtp" if request.param == "socket" else None, pipelining=True) as server:
        yield server
    shutil.rmtree(folder)


class TestContract(ChannelContract, RefusalContract, LostAnswerContract):
    """What every adapter promises."""

    @pytest.fixture
    def bench(self, lmtp: RecordingLmtp) -> Bench:
        """The channel and its server."""
        return Bench(
            make=lmtp.channel,
            message=MESSAGE,
            invalid=to(address="ines at vecinas"),
            complaint="The recipient's address is 'ines at vecinas'",
            accepted=lambda: len(lmtp.accepted),
            looks_up=False,
            refuse_for_a_while=lambda: lmtp.refuse("RCPT", "450 4.2.0 Mailbox busy", times=1),
            refuse_for_good=lambda: lmtp.refuse(".", "552 5.2.2 Mailbox full", times=1),
            lose_answer=lambda: lmtp.lose_answer(times=1),
        )


def test_it_says_lhlo(lmtp: RecordingLmtp) -> None:
    """And nothing of SMTP that LMTP has not."""
    channel = lmtp.channel()
    channel.send(MESSAGE, lambda: None)
    channel.close()
    assert [command.split()[0] for command in lmtp.commands] == ["LHLO", "MAIL", "RCPT", "DATA", "QUIT"]


def test_smtp_is_not_taken_for_lmtp(lmtp: RecordingLmtp) -> None:
    """The wrong setting fails before anything is sent, in the server's words."""
    channel = lmtp.channel(protocol="smtp")
    with pytest.raises(TemporaryError, match="EHLO"):
        channel.send(MESSAGE, lambda: None)
    assert lmtp.accepted == []


def test_a_socket_that_is_not_there_is_said_to_be_so() -> None:
    """It may be there later."""
    channel = EmailChannel(host="/nowhere/lmtp", tls="none", sender=SENDER, protocol="lmtp")
    with pytest.raises(TemporaryError, match=r"/nowhere/lmtp could not be reached: .*No such file"):
        channel.send(MESSAGE, lambda: None)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"protocol": "http"}, "`protocol` is 'http'; expected one of smtp, lmtp"),
        ({"host": "/run/lmtp", "tls": "starttls"}, "set `tls: none`"),
    ],
)
def test_settings_without_sense_are_named(settings: dict[str, Any], words: str) -> None:
    """When the channel is made."""
    with pytest.raises(ValueError, match=words):
        EmailChannel(**{"host": "localhost", "sender": SENDER, "tls": "none", **settings})
