"""Whom a network's adapter talks to: the server whose certificate says so, and nobody in between."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from ssl import SSLContext

import pytest

from communique.channel import ChannelError, Message, TemporaryError
from tests.channels.certificates import Authority
from tests.channels.test_waits import ALL


@contextmanager
def encrypted(context: SSLContext) -> Iterator[tuple[str, list[str]]]:
    """A service that refuses everything: its address, and what it was asked."""
    asked: list[str] = []

    class Refusing(BaseHTTPRequestHandler):
        """Answers everything alike."""

        def _answer(self) -> None:
            asked.append(self.path)
            self.send_response_only(401)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST = _answer  # noqa: N815 - the names that the library looks for

        def log_message(self, *_: object) -> None:
            """Quiet."""

    class Encrypted(ThreadingHTTPServer):
        """By TLS; who hangs up in between is no error."""

        def finish_request(self, request: object, client: object) -> None:
            try:
                made = context.wrap_socket(request, server_side=True)  # type: ignore[call-overload]
            except OSError:
                return
            with made:
                super().finish_request(made, client)

        def handle_error(self, *_: object) -> None:
            """Nor is who hangs up later."""

    with Encrypted(("127.0.0.1", 0), Refusing) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"https://127.0.0.1:{server.server_port}", asked
        server.shutdown()
        thread.join()


def _is_asked(name: str, message: Message, context: SSLContext) -> tuple[bool, ChannelError]:
    with encrypted(context) as (address, asked):
        channel = ALL[name](address)
        with pytest.raises(ChannelError) as caught:
            channel.send(message, lambda: None)
        channel.close()
        return bool(asked), caught.value


def _trust(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    for each in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.setenv(each, str(file))


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("fault", ["unknown authority", "another name", "expired"])
def test_a_network_that_cannot_prove_its_name_gets_neither_key_nor_post(
    name: str, fault: str, message: Message, authority: Authority, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Nothing has gone out, so it is tried again, and nobody has to look whether it has (CVE-2012-5825 of tweepy)."""
    _trust(monkeypatch, Authority(tmp_path).file if fault == "unknown authority" else authority.file)
    host = "api.elsewhere.example" if fault == "another name" else "127.0.0.1"
    was_asked, error = _is_asked(name, message, authority.context_for(host, expired=fault == "expired"))
    assert (was_asked, isinstance(error, TemporaryError)) == (False, True)


@pytest.mark.parametrize("name", ALL)
def test_one_that_proves_it_is_asked(
    name: str, message: Message, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the test above would show nothing."""
    _trust(monkeypatch, authority.file)
    was_asked, _ = _is_asked(name, message, authority.context_for("127.0.0.1"))
    assert was_asked
