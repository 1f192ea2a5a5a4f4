"""Where the mail server on this machine hands returned mail over by LMTP (RFC 2033) or SMTP: into a maildir of ours."""

import asyncio
import logging
import secrets
import threading
from pathlib import Path
from typing import Any

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP

from communique.bounces.mail_parts import MOST_BYTES
from communique.bounces.sources import deliver

HOST = "127.0.0.1"
_STARTS_WITHIN = 30  # seconds; it takes milliseconds
#: A report may carry the whole mail that came back. More is refused, and not kept in memory.
_LARGEST = 32 * 1024 * 1024
_KINDS = {"lmtp": LMTP, "smtp": SMTP}

_log = logging.getLogger(__name__)


class Listener:
    """Listens on 127.0.0.1 in a thread of its own; says yes to a message when its beginning is on disk."""

    def __init__(self, folder: Path, port: int, protocol: str) -> None:
        self.port = port  #: 0: any that is free, which is known after `start`
        self._folder = folder
        self._kind = _KINDS[protocol]
        self._protocols: set[SMTP] = set()
        self._ready = threading.Event()
        self._fault: OSError | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Listen.

        Raises:
            OSError: the port is taken.
        """
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="bounces", daemon=True)
        self._thread.start()
        if not self._ready.wait(_STARTS_WITHIN):
            raise OSError(f"expected to listen on {HOST}:{self.port} for returned mail, found it not to begin")
        if self._fault is not None:
            raise OSError(f"expected to listen on {HOST}:{self.port} for returned mail, found: {self._fault.strerror}")

    def stop(self) -> None:
        """Hang up; what was not answered for comes again."""
        if self._loop is not None and self._thread is not None and self._fault is None:
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join()
        self._thread = None

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        try:
            server = await self._loop.create_server(self._connected, HOST, self.port)
        except OSError as error:
            self._fault = error
            self._ready.set()
            return
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stopping.wait()
        server.close()
        for protocol in self._protocols:
            if isinstance(protocol.transport, asyncio.WriteTransport):
                protocol.transport.abort()
        await asyncio.sleep(0)

    def _connected(self) -> SMTP:
        protocol = self._kind(self, hostname="localhost", data_size_limit=_LARGEST, enable_SMTPUTF8=True)
        self._protocols = {each for each in self._protocols if each.transport is not None} | {protocol}
        return protocol

    async def handle_RCPT(  # noqa: N802 (the name is aiosmtpd's)
        self,
        server: SMTP,  # noqa: ARG002
        session: Any,  # noqa: ARG002
        envelope: Any,
        address: str,
        options: list[str],
    ) -> str:
        """One at a time: what was sent to two addresses may be two reports, and LMTP wants an answer for each."""
        if envelope.rcpt_tos:
            return "452 4.5.3 One recipient at a time"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: ARG002, N802
        """A whole message has come."""
        sender = (envelope.mail_from or "").strip("<>")
        traced = f"Return-Path: <{sender}>\r\nDelivered-To: {envelope.rcpt_tos[0]}\r\n".encode()
        data = traced + bytes(envelope.original_content)
        try:
            await asyncio.to_thread(deliver, self._folder, data[:MOST_BYTES], f"{secrets.token_hex(16)}.communique")
        except OSError as error:
            _log.error("returned mail could not be kept: %s", error.strerror)
            return "451 4.3.0 It could not be kept; try again"
        return "250 2.0.0 OK"
