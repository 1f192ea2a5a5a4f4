"""The session with a Bluesky server: signing in is limited to 30 times in 5 minutes, so it is kept and renewed."""

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from threading import Lock, Timer
from typing import Any
from weakref import WeakSet

from atproto import Client, Request, Session
from atproto.exceptions import AtProtocolError, BadRequestError
from httpx import ReadError, SyncByteStream

from channels.bounded_answers import MOST, TIMES, cut_later
from channels.web_service import reveal
from communique.channel import Secret, TemporaryError, phrase

#: What a server says, with status 400, of a session that is over.
OVER = frozenset({"ExpiredToken", "InvalidToken"})


class MovedError(Exception):
    """The server sends on to another address, which its message is: neither the password nor a post goes there."""


def is_over(error: BaseException) -> bool:
    """Whether the server refused because the session has ended."""
    content = error.response.content if isinstance(error, BadRequestError) and error.response else None
    return getattr(content, "error", "") in OVER


class BlueskySession:
    """One account on one server; the session outlives the process when a file is given to keep it in."""

    def __init__(
        self, service: str, handle: str, app_password: Secret | None, file: Path | None, timeout: float
    ) -> None:
        self._service = service
        self._handle = handle
        self._password = app_password
        self._file = file
        self._timeout = timeout
        self._kept: Secret | None = None
        self._client: Client | None = None
        self._has_session = False
        self._lock = Lock()

    def client(self) -> Client:
        """A client whose session the server has just confirmed.

        Raises:
            AtProtocolError: the server cannot be reached, or refuses handle and password.
            PermanentError: there is no password.
            TemporaryError: the session cannot be written to its file.
        """
        with self._lock:
            if self._client is None:
                self._client = self._new_client()
            if not (self._has_session or self._resume(self._client)):
                self._sign_in(self._client)
            self._confirm(self._client)
            return self._client

    def close(self) -> None:
        """Close the connections; the session itself is kept."""
        with self._lock:
            if self._client is not None:
                self._client.request.close()
            self._client = None
            self._has_session = False

    def _sign_in(self, client: Client) -> None:
        client.login(self._handle, reveal(self._password, "app_password"), fetch_bsky_profile=False)
        self._has_session = True

    def _resume(self, client: Client) -> bool:
        kept = self._kept or self._from_file()
        try:
            if kept is None or Session.decode(kept.reveal()).handle != self._handle:
                return False
            client.login(session_string=kept.reveal(), fetch_bsky_profile=False)
        except (ValueError, TypeError, AtProtocolError):
            return False
        self._has_session = True
        return True

    def _confirm(self, client: Client) -> None:
        try:
            client.com.atproto.server.get_session()
        except BadRequestError as error:
            if not is_over(error):
                raise
            self._renew(client)

    def _renew(self, client: Client) -> None:
        old = Session.decode(client.export_session_string())
        try:
            new = client.com.atproto.server.refresh_session(
                headers={"Authorization": f"Bearer {old.refresh_jwt}"}, ignore_session_check=True
            )
        except AtProtocolError:
            self._sign_in(client)
        else:
            renewed = Session(new.handle, new.did, new.access_jwt, new.refresh_jwt, old.pds_endpoint)
            client.login(session_string=renewed.encode(), fetch_bsky_profile=False)

    def _new_client(self) -> Client:
        client = Client(
            self._service, request=Request(timeout=self._timeout, event_hooks=_Bounded(self._timeout).hooks)
        )
        # The library renews a session by itself shortly before its end.
        client.on_session_change(lambda _, session: self._write(session.encode()))
        return client

    def _write(self, session: str) -> None:
        known = self._kept or self._from_file()
        self._kept = Secret(session)
        if self._file is None or (known and known.reveal() == session):
            return
        try:
            _replace(self._file, session)
        except OSError as error:
            raise TemporaryError(
                phrase(
                    "`session_file`: {file} cannot be written ({why}). Nothing was posted; check that the "
                    "disk has room and that Communiqué may write there.",
                    file=self._file,
                    why=error.strerror,
                )
            ) from error

    def _from_file(self) -> Secret | None:
        if self._file is None:
            return None
        with suppress(OSError, UnicodeDecodeError):
            return Secret(self._file.read_text())
        return None


class _Bounded:
    """As `channels.bounded_answers`, for the library's own client."""

    def __init__(self, timeout: float) -> None:
        self.hooks = {"request": [self._begin], "response": [self._read]}
        self._seconds = TIMES * timeout
        self._sockets = WeakSet[Any]()
        self._timer = Timer(0, print)  # never begun

    def _begin(self, request: Any) -> None:
        request.extensions = {**request.extensions, "trace": self._note}
        self._timer.cancel()  # of a request that has failed
        self._timer = cut_later(self._seconds, self._sockets)

    def _read(self, answer: Any) -> None:
        answer.stream = _Measured(answer.stream)
        answer.read()
        self._timer.cancel()
        if answer.has_redirect_location:
            raise MovedError(answer.headers["location"])

    def _note(self, event: str, about: Mapping[str, Any]) -> None:
        if event in {"connection.connect_tcp.complete", "connection.start_tls.complete"}:
            self._sockets.add(about["return_value"].get_extra_info("socket"))


class _Measured(SyncByteStream):
    """An answer that is not read to its end when that is too far away."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        taken = 0
        for block in self._stream:
            taken += len(block)
            if taken > MOST:
                raise ReadError(str(taken))
            yield block

    def close(self) -> None:
        self._stream.close()


def _replace(file: Path, session: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=".session-")  # 0600 by itself
    with os.fdopen(descriptor, "w") as temporary:
        temporary.write(session)
    Path(name).replace(file)
