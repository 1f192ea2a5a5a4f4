"""An account of Bluesky, through atproto: writes records under keys of ours, and finds them again."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from atproto import Client, Session
from atproto.exceptions import (
    AtProtocolError,
    BadRequestError,
    InvokeTimeoutError,
    NetworkError,
    RateLimitExceededError,
    RequestErrorBase,
    UnauthorizedError,
)

from channels.bluesky_record import COLLECTION, record, record_key
from channels.bluesky_session import BlueskySession, MovedError, is_over
from channels.post_text import post_of
from channels.web_service import account_refused, is_refusal, too_many_requests
from communique.channel import (
    Message,
    PermanentError,
    Receipt,
    Secret,
    TemporaryError,
    UnavailableError,
    UncertainError,
    phrase,
)

#: What a server says of an account that may do nothing, whatever the status.
_SHUT_OUT = frozenset({"AccountTakedown", "AccountDeactivated", "AccountSuspended", "AuthenticationRequired"})
#: A ValueError: JSON that is none.
_FAILURES = (AtProtocolError, httpx.TransportError, MovedError, ValueError)


class BlueskyAccount:
    """One account on one server."""

    def __init__(
        self, service: str, handle: str, app_password: Secret | None, session_file: Path | None, timeout: float
    ) -> None:
        self._session = BlueskySession(service, handle, app_password, session_file, timeout)
        self._handle = handle

    def post(self, message: Message, commit: Callable[[], None]) -> Receipt:
        """Confirm the session, upload the picture, commit, write the record."""
        try:
            client = self._session.client()
            written = record(message, _upload(client, message), _answered(client, message))
        except _FAILURES as error:
            raise _before_commit(error) from error
        commit()
        try:
            answer = client.invoke_procedure("com.atproto.repo.putRecord", **_create_only(client, message, written))
        except _FAILURES as error:
            raise _after_commit(error) from error
        if not (isinstance(answer.content, dict) and answer.content.get("uri")):
            raise UncertainError(phrase("Bluesky answered, but not with the address of a post; look at the account."))
        return self._receipt(client, message, str(answer.content))

    def delete(self, address: str, commit: Callable[[], None]) -> Receipt:
        """Delete a record by its `at:` address: com.atproto.repo.deleteRecord says yes when there is none, too."""
        try:
            client = self._session.client()
        except _FAILURES as error:
            raise _before_commit(error) from error
        commit()
        try:
            wanted = {"repo": _did(client), "collection": COLLECTION, "rkey": address.rpartition("/")[2]}
            client.com.atproto.repo.delete_record(wanted)
        except _FAILURES as error:
            raise _before_commit(error) from error
        return Receipt(reference=address, detail=phrase("deleted"))

    def lookup(self, message: Message) -> Receipt | None:
        """The record under the message's key.

        Raises:
            TemporaryError: the server could not be asked.
            PermanentError: it does not let us ask.
        """
        wanted = {"collection": COLLECTION, "rkey": record_key(message)}
        try:
            client = self._session.client()
            client.com.atproto.repo.get_record({"repo": _did(client), **wanted})
        except BadRequestError as error:
            if _code(error) == "RecordNotFound":
                return None
            raise _before_commit(error) from error
        except _FAILURES as error:
            raise _before_commit(error) from error
        return self._receipt(client, message, phrase("found by its key"))

    def who(self) -> tuple[str, tuple[str, ...]]:
        """As the server says it; an app password may post, and has no permissions to be looked at.

        Raises:
            ChannelError: the server cannot be reached, or refuses handle and password.
        """
        try:
            session = self._session.client().com.atproto.server.get_session()
        except _FAILURES as error:
            raise _before_commit(error) from error
        if session.active is False:
            raise PermanentError(
                phrase(
                    "The account @{handle} is not active: {status}.",
                    handle=session.handle,
                    status=session.status or phrase("no reason given"),
                )
            )
        return f"@{session.handle} on Bluesky", ()

    def close(self) -> None:
        """Close the connections; the session is kept."""
        self._session.close()

    def _receipt(self, client: Client, message: Message, detail: str) -> Receipt:
        key = record_key(message)
        return Receipt(
            reference=f"at://{_did(client)}/{COLLECTION}/{key}",
            url=f"https://bsky.app/profile/{self._handle}/post/{key}",
            detail=detail,
        )


def _did(client: Client) -> str:
    return str(Session.decode(client.export_session_string()).did)


def _upload(client: Client, message: Message) -> Any:
    image = post_of(message).image
    if image is None:
        return None
    # Not `upload_blob`: it hands bytes to httpx in a way that httpx is about to drop.
    headers = {"Content-Type": image.media_type}
    sent = client.invoke_procedure("com.atproto.repo.uploadBlob", content=image.data, headers=headers)
    return sent.content["blob"]


def _answered(client: Client, message: Message) -> dict[str, str] | None:
    """The record that a message answers, and the hash of it (com.atproto.repo.strongRef); None if it is gone."""
    if not message.answers:
        return None
    wanted = {"repo": _did(client), "collection": COLLECTION, "rkey": message.answers.rpartition("/")[2]}
    try:
        found = client.com.atproto.repo.get_record(wanted)
    except BadRequestError as error:
        if _code(error) == "RecordNotFound":
            return None
        raise
    return {"uri": found.uri, "cid": str(found.cid)}


def _create_only(client: Client, message: Message, written: dict[str, Any]) -> dict[str, Any]:
    """A request that makes the record or finds it as it is; the library's own model cannot say `swapRecord: null`."""
    wanted = {
        "repo": _did(client),
        "collection": COLLECTION,
        "rkey": record_key(message),
        "record": written,
        "swapRecord": None,
    }
    return {"content": json.dumps(wanted).encode(), "headers": {"Content-Type": "application/json"}}


def _after_commit(error: Exception) -> TemporaryError | PermanentError | UncertainError:
    if isinstance(error, MovedError):
        return _moved(error)
    if _never_connected(error):
        return UnavailableError(phrase("Bluesky could not be reached; nothing was posted."))
    if _code(error) == "InvalidSwap":
        return PermanentError(
            phrase(
                "Another text stands on Bluesky under the key of this post already; it was left as it is. "
                "Look at the account, then settle this one with `communique resolve`."
            )
        )
    if not is_refusal(_status(error)):
        return UncertainError(
            phrase("Bluesky did not confirm the post, which may be out: {error}", error=_words(error))
        )
    return _refused(error)


def _before_commit(error: Exception) -> TemporaryError | PermanentError:
    if isinstance(error, MovedError):
        return _moved(error)
    if not is_refusal(_status(error)):
        return UnavailableError(phrase("Bluesky could not be asked; nothing was posted: {error}", error=_words(error)))
    return _refused(error)


def _refused(error: Exception) -> TemporaryError | PermanentError:
    if isinstance(error, RateLimitExceededError):
        headers = error.response.headers if error.response else {}
        return too_many_requests("Bluesky", headers, "ratelimit-reset")
    if is_over(error):
        return TemporaryError(phrase("The session with Bluesky ended just now; nothing was posted."))
    if isinstance(error, UnauthorizedError) or _code(error) in _SHUT_OUT:
        remedy = phrase(
            "See whether the account is well, make a new app password in Bluesky's settings (Privacy "
            "and security), put it where `app_password` in config/settings.yaml says, and start again."
        )
        return account_refused("Bluesky", _words(error), remedy)
    return PermanentError(phrase("Bluesky refused: {error}", error=_words(error)))


def _moved(error: MovedError) -> PermanentError:
    return PermanentError(
        phrase(
            "The Bluesky server has moved to {address}, and a post does not follow. Write its address at `service` in "
            "config/settings.yaml.",
            address=error,
        )
    )


def _never_connected(error: Exception) -> bool:
    causes = (error, error.__cause__)
    return any(isinstance(cause, httpx.ConnectError | httpx.ConnectTimeout) for cause in causes)


def _status(error: Exception) -> int:
    """The HTTP status; 0 when no answer came."""
    return error.response.status_code if isinstance(error, RequestErrorBase) and error.response else 0


def _code(error: Exception) -> str:
    response = error.response if isinstance(error, RequestErrorBase) else None
    return getattr(response.content, "error", "") if response else ""


def _words(error: Exception) -> str:
    if isinstance(error, InvokeTimeoutError | NetworkError) and not _status(error):
        return f"the connection failed ({type(error.__cause__).__name__})"
    return str(error) or type(error).__name__
