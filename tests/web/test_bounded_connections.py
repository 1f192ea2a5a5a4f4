"""Whoever holds connections to the pages open, sends without an end or reads nothing: the process goes on."""

import socket
import threading
from collections.abc import Iterator

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from communique.web.bounded_connection import BoundedConnection
from communique.web.listening import listened_to

_PATIENCE = 60  #: seconds, until a test has failed
_HEAD = b"POST / HTTP/1.1\r\nHost: here\r\n"


class Pages:
    """Says how long the body was; at `/film` sends more than anybody has room for."""

    def __init__(self) -> None:
        self.left = threading.Event()  #: who watched the film is gone

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An ASGI application."""
        if scope["type"] != "http":
            return
        length, more = 0, True
        while more:
            message = await receive()
            length, more = length + len(message.get("body", b"")), message.get("more_body", False)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        if scope["path"] == "/film":
            for _ in range(1000):
                await send({"type": "http.response.body", "body": bytes(1 << 18), "more_body": True})
            assert (await receive())["type"] == "http.disconnect"
            self.left.set()
        await send({"type": "http.response.body", "body": str(length).encode()})


@pytest.fixture
def pages() -> Pages:
    """Served at `port`."""
    return Pages()


@pytest.fixture
def port(pages: Pages) -> Iterator[int]:
    """Where they are served."""
    with listened_to(pages, "127.0.0.1", 0, name="bounded") as found:
        yield found


def connected(port: int, data: bytes = b"") -> socket.socket:
    """Somebody who has sent this."""
    made = socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE)
    made.sendall(data)
    return made


def answered(made: socket.socket) -> bytes:
    """All that comes, until the other end hangs up."""
    found = b""
    try:
        while data := made.recv(1 << 16):
            found += data
    except ConnectionResetError:
        pass
    return found


def test_a_head_without_an_end_is_refused(port: int) -> None:
    """It would be kept in memory for as long as somebody goes on."""
    with connected(port) as made:
        made.sendall(_HEAD + b"X-Long: ")
        try:
            for _ in range(10_000):
                made.sendall(b"a" * 16_384)
        except OSError:
            pass
        else:
            pytest.fail("160 MB were taken")
    with connected(port, _HEAD + b"X-Long: " + b"a" * 70_000) as made:
        assert answered(made).startswith(b"HTTP/1.1 431 ")


@pytest.mark.parametrize(
    "begun",
    [b"", b"\r\n", _HEAD, _HEAD + b"Content-Length: 9\r\n\r\nfour", _HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n"],
    ids=["nothing", "an empty line", "half a head", "half a body", "half a chunk"],
)
def test_a_request_that_does_not_come_is_not_waited_for(
    port: int, monkeypatch: pytest.MonkeyPatch, begun: bytes
) -> None:
    """The connection is given up, whichever part of a request is missing."""
    monkeypatch.setattr(BoundedConnection, "seconds", 0.05)
    with connected(port, begun) as made:
        assert answered(made) == b""


def test_one_connection_too_many_is_told_to_come_back(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """As long as the others are there, and no longer."""
    monkeypatch.setattr(BoundedConnection, "most", 2)
    ask = _HEAD + b"Content-Length: 0\r\n\r\n"
    held = [connected(port, _HEAD) for _ in range(2)]
    with connected(port) as made:
        said = answered(made)
        assert said.startswith(b"HTTP/1.1 503 ")
        assert b"Retry-After: 30" in said
    for each in held:
        each.sendall(b"Content-Length: 0\r\n\r\n")
        assert each.recv(1 << 16).startswith(b"HTTP/1.1 200 ")
    for each in held:
        each.close()
    for _ in range(1000):  # until the other end has heard of it
        with connected(port) as made:
            made.settimeout(_PATIENCE)
            try:
                made.sendall(ask)
                if made.recv(1 << 16).startswith(b"HTTP/1.1 200 "):
                    return
            except OSError:
                continue
    pytest.fail("nobody was let in again")


def test_who_reads_nothing_is_not_written_to_for_ever(port: int, pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was to be sent is in nobody's memory any more, and the application hears of it."""
    monkeypatch.setattr(BoundedConnection, "seconds", 0.05)
    with connected(port, b"GET /film HTTP/1.1\r\nHost: here\r\n\r\n"):
        assert pages.left.wait(_PATIENCE)


def test_honest_visitors_notice_nothing(port: int) -> None:
    """Many requests over one connection, together with longer heads than one may have; and a large body."""
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=_PATIENCE) as client:
        for _ in range(100):
            assert client.post("/", headers={"X-Some": "a" * 2_000}).text == "0"
        assert client.post("/", content=bytes(20_000_000)).text == "20000000"
        assert client.post("/", content=iter([b"two", b"parts"])).text == "8"
