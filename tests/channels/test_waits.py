"""How long a service asks to wait, however it says so: believed where it makes sense, survived where it does not."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import BaseRequestHandler, ThreadingTCPServer

import pytest

from channels.bluesky import BlueskyChannel
from channels.mail.replies import read_reply, refusal
from channels.mastodon import MastodonChannel
from channels.telegram import TelegramChannel
from channels.web_service import ENOUGH
from channels.x import XChannel
from communique.channel import Channel, Message, Removal, Retractable, Secret, TemporaryError, UncertainError

DATE = "Tue, 01 Dec 2026 09:00:00 GMT"
SECRET = Secret("secret")

CHANNELS: dict[str, Callable[..., Channel]] = {
    "x": lambda address, **patience: XChannel(
        consumer_key=SECRET,
        consumer_secret=SECRET,
        access_token=SECRET,
        access_token_secret=SECRET,
        base_url=address,
        **patience,
    ),
    "mastodon": lambda address, **patience: MastodonChannel(instance=address, access_token=SECRET, **patience),
    "bluesky": lambda address, **patience: BlueskyChannel(
        service=address, handle="a.test", app_password=SECRET, **patience
    ),
}
#: Besides those whose words about waiting are their own.
ALL = {
    **CHANNELS,
    "telegram": lambda address, **patience: TelegramChannel(
        chat="@town", token=Secret("1:a"), base_url=address, **patience
    ),
}


@contextmanager
def busy(retry_after: str, status: int = 429) -> Iterator[str]:
    """A service that has had too many requests, and says how long to wait: its address."""

    class Busy(BaseHTTPRequestHandler):
        """Answers everything alike."""

        def _answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            body = b'{"error": "RateLimitExceeded", "message": "later", "title": "Too Many Requests"}'
            self.send_response_only(status)
            for name, value in (
                ("Date", DATE),
                ("Retry-After", retry_after),
                ("Content-Type", "application/json"),
                ("Content-Length", str(len(body))),
            ):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = _answer  # noqa: N815 - the names that the library looks for

        def log_message(self, *_: object) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Busy) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("name", CHANNELS)
@pytest.mark.parametrize(
    ("retry_after", "wait"),
    [
        ("120", timedelta(minutes=2)),
        ("0", timedelta()),
        ("Tue, 01 Dec 2026 09:05:00 GMT", timedelta(minutes=5)),
        ("Tue, 01 Dec 2026 08:00:00 GMT", timedelta()),
        ("1000000000", timedelta(days=366)),
        ("9" * 5000, timedelta(days=366)),
        ("Tue, 01 Dec 9999 09:05:00 GMT", timedelta(days=366)),
        ("-5", ENOUGH),
        ("soon", ENOUGH),
        ("", ENOUGH),
    ],
)
def test_every_network_s_wait_is_understood(name: str, message: Message, retry_after: str, wait: timedelta) -> None:
    """Seconds, dates, the past, the absurd and the senseless: always a temporary failure, and nothing is posted."""
    with busy(retry_after) as address:
        channel = CHANNELS[name](address)
        with pytest.raises(TemporaryError) as caught:
            channel.send(message, lambda: None)
        channel.close()
    assert caught.value.retry_after == wait


@contextmanager
def trickling(before: bytes) -> Iterator[str]:
    """A service whose answer begins so, goes on byte by byte, and does not end: its address."""

    class Trickling(BaseRequestHandler):
        """Whatever is asked."""

        def handle(self) -> None:
            self.request.recv(1 << 16)
            with suppress(OSError):
                self.request.sendall(before)
                while not over.wait(0.005):
                    self.request.sendall(b"a")

    over = threading.Event()
    with ThreadingTCPServer(("127.0.0.1", 0), Trickling) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        over.set()
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("before", [b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n"])
def test_an_answer_that_trickles_is_left(name: str, message: Message, before: bytes) -> None:
    """No silence of it is too long, and all of it is: the daemon has other things to send."""
    with trickling(before) as address:
        channel = ALL[name](address, timeout=0.05)
        with pytest.raises((TemporaryError, UncertainError)):
            channel.send(message, lambda: None)
        channel.close()


def unheard() -> AbstractContextManager[str]:
    """Nothing listens there: an address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return nullcontext(f"http://127.0.0.1:{probe.getsockname()[1]}")


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(
    "service",
    [unheard, lambda: busy("120"), lambda: busy("", 503), lambda: trickling(b"HTTP/1.1 200 OK\r\nX: ")],
    ids=["away", "busy", "broken", "trickling"],
)
def test_a_deletion_that_nobody_confirms_is_tried_again(
    name: str, message: Message, service: Callable[[], AbstractContextManager[str]]
) -> None:
    """Neither done nor given up nor left in doubt: asked again it does no harm."""
    removal = message._replace(content=Removal(reference="at://did:plc:a/app.bsky.feed.post/41", url=""))
    with service() as address:
        channel = ALL[name](address, timeout=0.05)
        assert isinstance(channel, Retractable)
        with pytest.raises(TemporaryError):
            channel.retract(removal, lambda: None)
        channel.close()


@pytest.mark.parametrize(
    ("code", "words", "waits"),
    [
        (450, b"4.2.0 <ana@example.org>: Recipient address rejected: Greylisted, see http://postgrey.example/", True),
        (451, b"4.7.1 Greylisting in action, please come back in 00:04:59", True),
        (451, b"4.7.1 Gray-listed, try again later", True),
        (451, b"4.3.0 Mailbox is busy", False),
    ],
)
def test_greylisting_is_waited_for(code: int, words: bytes, waits: bool) -> None:  # noqa: FBT001
    """Minutes, not seconds: a stranger who knocks again at once is a stranger still."""
    error = refusal("mx.example", read_reply((code, words)), "the recipient")
    assert isinstance(error, TemporaryError)
    assert (error.retry_after is not None and error.retry_after >= timedelta(minutes=5)) == waits
