"""An end to answers that trickle: a time-out of `requests` or httpx begins anew with every byte that comes.

A request and its answer have so many seconds together; then the connection is cut, and whoever waits hears of that as
of a peer that hung up. Nothing else wakes a thread that reads. And of an answer that comes fast and does not end, no
more is taken than memory has room for.
"""

import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any
from weakref import WeakSet

from requests import Response
from requests.adapters import HTTPAdapter
from urllib3.exceptions import ProtocolError

#: How many times longer than it may be silent a service may take for one answer in all.
TIMES = 10
#: Bytes of an answer: a page of posts, the longest that we ask for, has less than a tenth of that.
MOST = 8_000_000


def cut_later(seconds: float, connections: Iterable[Any]) -> threading.Timer:
    """Cut all that is connected when so much time has passed; `connections` are sockets, or have one as `sock`."""

    def cut() -> None:
        for each in list(connections):
            with suppress(OSError, AttributeError):
                getattr(each, "sock", each).shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    return timer


class BoundedAdapter(HTTPAdapter):
    """For sessions of `requests`: to be mounted for the addresses of a service."""

    def __init__(self, timeout: float) -> None:
        self._seconds = TIMES * timeout
        self._connections = WeakSet[Any]()
        super().__init__()

    def get_connection_with_tls_context(self, *arguments: Any, **options: Any) -> Any:
        """Where connections come from, through a proxy, too; each is known as soon as it is there."""
        pool: Any = super().get_connection_with_tls_context(*arguments, **options)
        if not hasattr(pool.ConnectionCls, "known_to"):
            known = {"connect": _connect, "known_to": self._connections}
            pool.ConnectionCls = type("Known", (pool.ConnectionCls,), known)
        return pool

    def send(self, *arguments: Any, **options: Any) -> Response:
        """The answer, read to its end."""
        timer = cut_later(self._seconds, self._connections)
        try:
            answer = super().send(*arguments, **options)
            answer.raw = _Measured(answer.raw)
            _ = answer.content  # read now, within the time
        finally:
            timer.cancel()
        return answer


class _Measured:
    """As what it measures, but for its end."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw

    def __getattr__(self, name: str) -> Any:
        return getattr(self._raw, name)

    def stream(self, *arguments: Any, **options: Any) -> Iterator[bytes]:
        """Raises ProtocolError: it is too long."""
        taken = 0
        for block in self._raw.stream(*arguments, **options):
            taken += len(block)
            if taken > MOST:
                self._raw.close()
                raise ProtocolError(str(taken))
            yield block


def _connect(connection: Any) -> None:
    super(type(connection), connection).connect()
    type(connection).known_to.add(connection)
