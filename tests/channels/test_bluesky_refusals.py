"""What Bluesky may answer and its official server cannot be brought to: what follows for the post.

A stand-in signs everybody in, and answers each other call as a test says (docs.bsky.app/docs/api).
"""

import base64
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from channels.bluesky import BlueskyChannel
from communique.channel import (
    Message,
    PermanentError,
    Removal,
    Secret,
    TemporaryError,
    UnavailableError,
    UncertainError,
)

_DID = "did:plc:narwhalnarwhalnarwhal24"
_PUT, _GET, _DELETE = "com.atproto.repo.putRecord", "com.atproto.repo.getRecord", "com.atproto.repo.deleteRecord"
_SESSION = "com.atproto.server.getSession"


def _token() -> str:
    """A JSON Web Token of tomorrow, as the client library wants to read one."""
    payload = {"exp": int(time.time()) + 86_400, "iat": 0, "sub": _DID, "scope": "com.atproto.access"}
    parts = ({"alg": "none", "typ": "JWT"}, payload)
    return ".".join(
        [base64.urlsafe_b64encode(json.dumps(each).encode()).decode().rstrip("=") for each in parts] + ["eHh4"]
    )


@dataclass
class StandIn:
    """`answers`: status and body by the name of the call."""

    address: str = ""
    answers: dict[str, tuple[int, dict[str, Any]]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    def answer(self, call: str) -> tuple[int, dict[str, Any]]:
        """As the test says; else it is well."""
        self.calls.append(call)
        account = {"handle": "city.test", "did": _DID, "active": True}
        if call == "com.atproto.server.createSession":
            return 200, {**account, "accessJwt": _token(), "refreshJwt": _token()}
        usual = account if call == _SESSION else {"uri": f"at://{_DID}/app.bsky.feed.post/1", "cid": "x", "value": {}}
        return self.answers.get(call, (200, usual))


@contextmanager
def _listening(stand_in: StandIn) -> Iterator[ThreadingHTTPServer]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, body = stand_in.answer(self.path.partition("?")[0].rpartition("/")[2])
            said = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_POST = do_GET  # noqa: N815 - a name of http.server

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(name="stand_in")
def _stand_in() -> Iterator[StandIn]:
    found = StandIn()
    with _listening(found) as server:
        found.address = f"http://127.0.0.1:{server.server_address[1]}"
        yield found


def _channel(stand_in: StandIn, **settings: Any) -> BlueskyChannel:
    return BlueskyChannel(service=stand_in.address, handle="city.test", app_password=Secret("secret"), **settings)


def _error(name: str) -> dict[str, str]:
    return {"error": name, "message": "So it is"}


@pytest.mark.parametrize(
    ("status", "name", "expected"),
    [
        (500, "InternalServerError", UncertainError),
        (400, "ExpiredToken", TemporaryError),
        (400, "AccountTakedown", UnavailableError),
        (401, "AuthenticationRequired", UnavailableError),
        (400, "InvalidRequest", PermanentError),
        (400, "InvalidSwap", PermanentError),
    ],
)
def test_what_is_said_of_a_post(
    stand_in: StandIn, message: Message, status: int, name: str, expected: type[Exception]
) -> None:
    """In doubt only where the server does not know; an account that is refused rests, a post that is refused fails."""
    stand_in.answers[_PUT] = (status, _error(name))
    channel = _channel(stand_in)
    commits: list[int] = []
    with pytest.raises(expected) as raised:
        channel.send(message, lambda: commits.append(len(stand_in.calls)))
    assert type(raised.value) is expected
    assert len(commits) == 1
    assert stand_in.calls[commits[0] :] == [_PUT]
    channel.close()


@pytest.mark.parametrize(
    ("status", "name", "expected"),
    [
        (500, "InternalServerError", UnavailableError),
        (400, "AccountTakedown", UnavailableError),
        (400, "InvalidRequest", PermanentError),
    ],
)
def test_before_the_commit_nothing_is_in_doubt(
    stand_in: StandIn, message: Message, status: int, name: str, expected: type[Exception]
) -> None:
    """A session that is refused for another reason than its age is not renewed; no commit, no record."""
    channel = _channel(stand_in)
    assert channel.lookup(message) is not None
    stand_in.answers[_SESSION] = (status, _error(name))
    with pytest.raises(expected) as raised:
        channel.send(message, lambda: pytest.fail("committed"))
    assert type(raised.value) is expected
    assert _PUT not in stand_in.calls
    channel.close()


def test_a_server_that_is_gone_at_the_post_has_none(message: Message) -> None:
    """Whoever could not connect has posted nothing: it is no doubt."""
    stand_in = StandIn()
    with _listening(stand_in) as server:
        stand_in.address = f"http://127.0.0.1:{server.server_address[1]}"
        channel = _channel(stand_in, timeout=60)

        def leave() -> None:
            server.shutdown()
            server.server_close()

        with pytest.raises(UnavailableError, match="nothing was posted"):
            channel.send(message, leave)
        channel.close()
    assert _PUT not in stand_in.calls


@pytest.mark.parametrize(
    ("status", "name", "expected"),
    [
        (500, "InternalServerError", UnavailableError),
        (400, "InvalidRequest", PermanentError),
        (400, "RecordNotFound", None),
    ],
)
def test_a_record_is_missing_only_when_the_server_says_so(
    stand_in: StandIn, message: Message, status: int, name: str, expected: type[Exception] | None
) -> None:
    """Else a post that is out would count as none, and go once more."""
    stand_in.answers[_GET] = (status, _error(name))
    channel = _channel(stand_in)
    if expected is None:
        assert channel.lookup(message) is None
    else:
        with pytest.raises(expected):
            channel.lookup(message)
    channel.close()


@pytest.mark.parametrize(
    ("call", "status", "expected"),
    [(_SESSION, 500, UnavailableError), (_DELETE, 500, UnavailableError), (_DELETE, 400, PermanentError)],
)
def test_a_deletion_is_done_only_when_the_server_says_so(
    stand_in: StandIn, message: Message, call: str, status: int, expected: type[Exception]
) -> None:
    """Before the commit and after it; asked again it does no harm, so it is never in doubt."""
    channel = _channel(stand_in)
    assert channel.lookup(message) is not None
    stand_in.answers[call] = (status, _error("Trouble"))
    removal = message._replace(content=Removal(reference=f"at://{_DID}/app.bsky.feed.post/1", url=""))
    with pytest.raises(expected):
        channel.retract(removal, lambda: None)
    channel.close()


def test_an_account_that_is_not_active_is_told(stand_in: StandIn) -> None:
    """By `communique doctor`, with the server's reason."""
    stand_in.answers[_SESSION] = (200, {"handle": "city.test", "did": _DID, "active": False, "status": "deactivated"})
    channel = _channel(stand_in)
    with pytest.raises(PermanentError, match=r"@city\.test is not active: deactivated"):
        channel.account()
    stand_in.answers[_SESSION] = (503, _error("Trouble"))
    with pytest.raises(UnavailableError):
        channel.account()
    channel.close()


def test_a_session_that_cannot_be_kept_is_told_before_the_post(
    stand_in: StandIn, message: Message, tmp_path: Path
) -> None:
    """With the file and why; nothing has gone out."""
    (tmp_path / "var").touch()
    channel = _channel(stand_in, session_file=tmp_path / "var" / "session")
    with pytest.raises(TemporaryError, match=r"`session_file`: .*var/session cannot be written"):
        channel.send(message, lambda: pytest.fail("committed"))
    assert _PUT not in stand_in.calls
    channel.close()
