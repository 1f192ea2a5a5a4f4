"""A connection that takes no more of the process than a visitor needs: of its files, its memory, and its patience.

uvicorn waits for ever for the rest of a request, and for a reader that does not read, and keeps as many headers as are
sent. What serves pages sends mails as well, by default in one process: who holds connections open would leave it no
file to open in the end, and no memory.
"""

import asyncio
import resource
from typing import ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_REFUSAL = b"HTTP/1.1 %s\r\nConnection: close\r\nContent-Length: 0\r\n%s\r\n"
_TOO_LARGE = _REFUSAL % (b"431 Request Header Fields Too Large", b"")
_TOO_MANY = _REFUSAL % (b"503 Service Unavailable", b"Retry-After: 30\r\n")


class BoundedConnection(HttpToolsProtocol):
    """Closed when it is one too many, its request is too slow or has too long a head, or its answer is not read."""

    #: Of one server: a third of the files that the process may have open. The desk is another server; the rest is for
    #: the ledger, mail servers, and what is written.
    most: ClassVar[int] = max(16, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 3)
    seconds: ClassVar[float] = 30  #: for each `step` of a request, and of an answer
    step: ClassVar[int] = 16 * 1024  #: bytes
    longest_head: ClassVar[int] = 64 * 1024  #: bytes; what browsers send has some two thousand

    _request: asyncio.TimerHandle | None = None
    _answer: asyncio.TimerHandle | None = None
    _is_in_head = False
    _head = 0  #: bytes of the head that is being sent
    _came = 0  #: bytes since `_request` was set

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Somebody has connected, and may have nothing to say."""
        super().connection_made(transport)
        transport.set_write_buffer_limits(high=0)  # whatever is not read is heard of (`pause_writing`)
        if len(self.connections) > self.most:
            self._refuse(_TOO_MANY)
        else:
            self._wait_for_request()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is over."""
        self._has_come()
        self._is_read()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """A part of a request."""
        if self.transport.is_closing():
            return
        self._came += len(data)
        if self._request is None or self._came >= self.step:
            self._wait_for_request()
        super().data_received(data)
        self._head = self._head + len(data) if self._is_in_head else 0
        if self._head > self.longest_head:
            self._refuse(_TOO_LARGE)

    def on_message_begin(self) -> None:
        """The first of its head is here."""
        self._is_in_head = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """What follows is its body: how long that may be, the page says that takes it."""
        self._is_in_head = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """All of it is here."""
        self._has_come()
        super().on_message_complete()

    def pause_writing(self) -> None:
        """The reader is slower than what is written."""
        super().pause_writing()
        self._wait_for_reader(self.transport.get_write_buffer_size())

    def resume_writing(self) -> None:
        """All that was written is read, or on its way."""
        super().resume_writing()
        self._is_read()

    def _wait_for_request(self) -> None:
        self._has_come()
        self._request = self.loop.call_later(self.seconds, self.transport.abort)

    def _has_come(self) -> None:
        self._came = 0
        if self._request is not None:
            self._request.cancel()
        self._request = None

    def _wait_for_reader(self, left: int) -> None:
        self._answer = self.loop.call_later(self.seconds, self._look_at_reader, left)

    def _look_at_reader(self, before: int) -> None:
        left = self.transport.get_write_buffer_size()
        if before - left < self.step:
            self.transport.abort()
        else:
            self._wait_for_reader(left)

    def _is_read(self) -> None:
        if self._answer is not None:
            self._answer.cancel()
        self._answer = None

    def _refuse(self, answer: bytes) -> None:
        self._has_come()
        self.transport.write(answer)
        self.transport.close()
