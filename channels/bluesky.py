"""Bluesky, through atproto: a record under a key of its own, so that writing it again changes nothing."""

import json
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import httpx
from atproto import Client, Session
from atproto.exceptions import (
    AtProtocolError,
    BadRequestError,
    InvokeTimeoutError,
    NetworkError,
    RateLimitExceededError,
    RequestErrorBase,
)

from channels.bluesky_record import BYTES, COLLECTION, GRAPHEMES, PICTURE_BYTES, graphemes, record, record_key
from channels.bluesky_session import BlueskySession, is_over
from channels.post_text import not_a_post, post_of, text_with_link
from channels.web_service import asked_to_wait, base_address
from communique.channel import (
    Form,
    InDoubt,
    Measure,
    Message,
    PermanentError,
    Reach,
    Receipt,
    Secret,
    TemporaryError,
    UnavailableError,
    UncertainError,
)

_FAILURES = (AtProtocolError, httpx.TransportError)


class BlueskyChannel:
    """Posts to one account: text with clickable links and tags, and its picture, or else a card of the linked page.

    The key of the record is derived from the message. Written twice, the same record is one post; another record under
    its key is refused, so that nothing said is ever changed by accident.
    """

    reach: ClassVar[Reach] = Reach.ALL
    form: ClassVar[Form] = Form.POST
    in_doubt: ClassVar[InDoubt] = InDoubt.REWRITE
    local: ClassVar[bool] = False

    def __init__(
        self,
        *,
        handle: str,
        app_password: Secret | None = None,
        service: str = "https://bsky.social",
        session_file: Path | None = None,
        timeout: float = 30,
    ) -> None:
        file = Path(session_file) if session_file else None
        self._session = BlueskySession(base_address(service, "service"), handle, app_password, file, timeout)
        self._handle = handle

    def check(self, message: Message) -> Sequence[str]:
        """Refused are posts over 300 graphemes or 3000 bytes, and pictures over a million bytes."""
        if refused := not_a_post(message):
            return [refused]
        post = post_of(message)
        text = text_with_link(post)
        size = len(text.encode())
        refusals = [
            (not text.strip(), "Bluesky refuses a post without text: social.txt is empty."),
            (
                graphemes(text) > GRAPHEMES,
                f"Too long for Bluesky: {graphemes(text)} of {GRAPHEMES} characters. Shorten social.txt.",
            ),
            (size > BYTES, f"Too long for Bluesky: {size} of {BYTES} bytes; emoji take many. Shorten social.txt."),
            (
                bool(post.image and len(post.image.data) > PICTURE_BYTES),
                f"The picture is too large for Bluesky: at most {PICTURE_BYTES} bytes. Make it smaller.",
            ),
        ]
        return [words for refused, words in refusals if refused]

    def measure(self, message: Message) -> Measure:
        """In graphemes; addresses count in full."""
        length = graphemes(text_with_link(post_of(message)))
        return Measure(length=length, limit=GRAPHEMES, unit="graphemes")

    def send(self, message: Message, commit: Callable[[], None]) -> Receipt:
        """Confirm the session, upload the picture, commit, write the record."""
        if refused := self.check(message):
            raise PermanentError(" ".join(refused))
        try:
            client = self._session.client()
            written = record(message, _upload(client, message))
        except _FAILURES as error:
            raise _before_commit(error) from error
        commit()
        try:
            answer = client.invoke_procedure("com.atproto.repo.putRecord", **_create_only(client, message, written))
        except _FAILURES as error:
            raise _after_commit(error) from error
        return self._receipt(client, message, str(getattr(answer, "content", "")))

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
        return self._receipt(client, message, "found by its key")

    def close(self) -> None:
        """Close the connections; the session is kept, because signing in is rationed."""
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
    if _never_connected(error):
        return UnavailableError("Bluesky could not be reached; nothing was posted.")
    if _code(error) == "InvalidSwap":
        return PermanentError(
            "Another text stands on Bluesky under the key of this post already; it was left as it is. Look at the "
            "account, then settle this one with `communique resolve`."
        )
    if _status(error) in {0, 408} or _status(error) >= httpx.codes.INTERNAL_SERVER_ERROR:
        return UncertainError(f"Bluesky did not confirm the post, which may be out: {_words(error)}")
    return _refused(error)


def _before_commit(error: Exception) -> TemporaryError | PermanentError:
    if _status(error) in {0, 408} or _status(error) >= httpx.codes.INTERNAL_SERVER_ERROR:
        return UnavailableError(f"Bluesky could not be asked; nothing was posted: {_words(error)}")
    return _refused(error)


def _refused(error: Exception) -> TemporaryError | PermanentError:
    if isinstance(error, RateLimitExceededError):
        return TemporaryError("Bluesky has had too many requests of this account.", retry_after=_wait(error))
    if is_over(error):
        return TemporaryError("The session with Bluesky ended just now; nothing was posted.")
    return PermanentError(f"Bluesky refused: {_words(error)}")


def _wait(error: RateLimitExceededError) -> timedelta | None:
    return asked_to_wait(error.response.headers, "ratelimit-reset") if error.response else None


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
