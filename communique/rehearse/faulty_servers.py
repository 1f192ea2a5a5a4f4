"""Servers of a rehearsal that are away for a while, or whose client is killed in the middle of a mail."""

import asyncio
import os
import signal
import warnings
from collections.abc import Callable, Sequence
from typing import Any, cast

from communique.channel import Channel, Message, Receipt, UnavailableError
from communique.phrase import phrase
from communique.send.mail_sink import AcceptedMail, LocalSink

AWAY = "421 4.3.2 Service not available (rehearsed outage)"


class _Refusal(asyncio.Protocol):
    """Says that it is away, and hangs up."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Instead of a greeting (RFC 5321 3.8)."""
        assert isinstance(transport, asyncio.WriteTransport)  # noqa: S101 - of a connection
        transport.write(f"{AWAY}\r\n".encode())
        transport.close()


class FaultySink(LocalSink):
    """A mail server that takes every mail, unless it is away; it may kill who hands one over before it says so."""

    def __init__(self, accepted: list[AcceptedMail], is_away: Callable[[], bool] = lambda: False) -> None:
        super().__init__()
        self.accepted = accepted
        self._is_away = is_away
        self._victim, self._until = 0, 0

    def kill(self, process: int, at: int) -> None:
        """As soon as so many mails have been accepted, and before the last of them is answered for."""
        self._victim, self._until = process, at

    async def handle_MAIL(  # noqa: N802 (the name is aiosmtpd's)
        self, server: Any, session: Any, envelope: Any, address: str, mail_options: Sequence[str]
    ) -> str:
        """A mail begins, on a connection from before."""
        del server, session
        if self._is_away():
            return AWAY
        envelope.mail_from = address
        envelope.mail_options.extend(mail_options)
        return "250 OK"

    def _connected(self) -> asyncio.BaseProtocol:
        return _Refusal() if self._is_away() else super()._connected()

    def accept(self, envelope: Any) -> str:
        """Keep a mail; its answer may come too late for anybody to hear."""
        answer = super().accept(envelope)
        if self._victim and len(self.accepted) >= self._until:
            os.kill(self._victim, signal.SIGKILL)
            self._victim = 0
        return answer


def killed_in_the_middle(sinks: Sequence[FaultySink], at: int, work: Callable[[], None]) -> bool:
    """Let another process do the work, and kill it as a power cut does when so many mails have been accepted.

    False: it came to its end before.
    """
    told, tell = os.pipe()
    with warnings.catch_warnings():
        # The other thread of this process is the mail server, and the child never comes back to what it might hold.
        warnings.simplefilter("ignore", DeprecationWarning)
        process = os.fork()
    if not process:
        try:
            os.read(told, 1)
            work()
        finally:
            os._exit(0)
    for sink in sinks:
        sink.kill(process, at)
    os.write(tell, b".")
    _, status = os.waitpid(process, 0)
    for sink in sinks:
        sink.kill(0, 0)
    os.close(told)
    os.close(tell)
    return os.WIFSIGNALED(status)


class _Away:
    """Stands before a channel, and answers as its network does when it is away."""

    def __init__(self, inner: Channel, is_away: Callable[[], bool]) -> None:
        self._inner = inner
        self._is_away = is_away

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def send(self, message: Message, commit: Callable[[], None]) -> Receipt:
        """Hand it on, while somebody is there."""
        if self._is_away():
            raise UnavailableError(phrase("it does not answer (rehearsed outage)"))
        return self._inner.send(message, commit)


def away_at_times(inner: Channel, is_away: Callable[[], bool]) -> Channel:
    """The same channel, but for the times when its network is away."""
    return cast("Channel", _Away(inner, is_away))
