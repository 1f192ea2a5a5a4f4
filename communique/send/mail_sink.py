"""A mail server on this machine that takes every mail and sends none: where rehearsals deliver to."""

import asyncio
import threading
from types import TracebackType
from typing import Any, NamedTuple, Self

from aiosmtpd.smtp import SMTP

_STARTS_WITHIN = 30  # seconds; it takes milliseconds


class AcceptedMail(NamedTuple):
    """One mail that the sink has answered for with 250."""

    envelope_from: str
    recipients: tuple[str, ...]
    data: bytes  #: as it came over the wire, dots undoubled


class LocalSink:
    """Listens on 127.0.0.1, on any free port, in a thread of its own, from `start` until `stop`.

    `accepted` grows before the 250 is sent, so that it holds at least what a sender believes.
    """

    host = "127.0.0.1"

    def __init__(self) -> None:
        self.port = 0
        self.accepted: list[AcceptedMail] = []
        self._protocols: list[SMTP] = []
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Listen; `port` is known afterwards.

        Raises:
            RuntimeError: the port could not be opened.
        """
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="mail-sink", daemon=True)
        self._thread.start()
        if not self._ready.wait(_STARTS_WITHIN):
            raise RuntimeError("The local mail sink did not start: 127.0.0.1 takes no connections on this machine.")

    def stop(self) -> None:
        """Hang up on everybody; what was accepted stays in `accepted`."""
        if self._loop is not None and self._thread is not None:
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join()
        self._thread = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        server = await self._listen(self._loop)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stopping.wait()
        server.close()
        for protocol in self._protocols:
            if isinstance(protocol.transport, asyncio.WriteTransport):
                protocol.transport.abort()
        await asyncio.sleep(0)

    async def _listen(self, loop: asyncio.AbstractEventLoop) -> asyncio.Server:
        return await loop.create_server(self._connected, self.host, 0)

    def _connected(self) -> asyncio.BaseProtocol:
        """What speaks to whoever has connected."""
        self._protocols.append(self._protocol())
        return self._protocols[-1]

    def _protocol(self) -> SMTP:
        return SMTP(self, hostname="localhost", enable_SMTPUTF8=True)

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: ARG002, N802 (the name is aiosmtpd's)
        """A whole mail has come."""
        return self.accept(envelope)

    def accept(self, envelope: Any) -> str:
        """Keep a mail; the answer to it."""
        mail = AcceptedMail(envelope.mail_from, tuple(envelope.rcpt_tos), bytes(envelope.original_content))
        self.accepted.append(mail)
        return f"250 2.0.0 Ok: queued as {len(self.accepted):08X}"
