"""Mastodon and what speaks its language, through Mastodon.py."""

import hashlib
import html
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Literal, Self

import regex
import requests
from mastodon import (
    Mastodon,
    MastodonAPIError,
    MastodonError,
    MastodonNetworkError,
    MastodonNotFoundError,
    MastodonRatelimitError,
    MastodonServerError,
    MastodonUnauthorizedError,
)
from mastodon._url_regex import url_regex

from channels.post_text import not_a_post, post_of, same_link, text_with_link
from channels.web_service import account_refused, base_address, never_connected, reveal, too_many_requests
from communique.channel import (
    Form,
    Image,
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

#: `@user@server` counts as `@user` (Mastodon, app/validators/status_length_validator.rb).
_MENTION = regex.compile(r"(?<![/\w])@(\w+)@[a-z0-9.\-]+[a-z0-9]", regex.IGNORECASE)
_ADDRESSES = regex.compile(r'href="([^"]*)"')
#: Where looking through own posts ends: older ones cannot be ours, and an account is not read without end.
CLOCKS_MAY_DIFFER = timedelta(minutes=5)
PAGES, PAGE = 5, 40
#: Characters of the words of a picture (Mastodon, app/models/media_attachment.rb).
ALT = 1500
#: Mastodon.py asks each server for its version and stumbles over what is not Mastodon (GoToSocial); this one suffices.
#: Scopes (docs.joinmastodon.org, "OAuth scopes"); `read` and `write` hold those below them.
_NEEDED = ("read:accounts", "read:statuses", "write:statuses", "write:media")
SPOKEN_VERSION = "4.4.0"


@dataclass(frozen=True, slots=True)
class Limits:
    """What an instance allows; these are Mastodon's own defaults."""

    characters: int = 500
    per_address: int = 23

    def count(self, text: str) -> int:
        """The length as the instance counts it: graphemes, addresses at a flat rate."""
        shortened = url_regex.sub(lambda found: found.group(2) + "x" * self.per_address, text)
        return len(regex.findall(r"\X", _MENTION.sub(r"@\1", shortened)))


class MastodonChannel:
    """Posts to one account.

    Each post carries an Idempotency-Key, which Mastodon remembers for an hour and others (GoToSocial) ignore; so
    what is in doubt is looked for among the account's own posts first.
    """

    reach: ClassVar[Reach] = Reach.ALL
    form: ClassVar[Form] = Form.POST
    in_doubt: ClassVar[InDoubt] = InDoubt.RESEND
    local: ClassVar[bool] = False

    def __init__(
        self,
        *,
        instance: str,
        access_token: Secret | None = None,
        visibility: Literal["public", "unlisted", "private"] = "public",
        timeout: float = 30,
    ) -> None:
        self._address = base_address(instance, "instance")
        self._token = access_token
        self._visibility = visibility
        self._timeout = timeout
        self._limits: Limits | None = None

    def check(self, message: Message) -> Sequence[str]:
        """Refused are posts that are too long; for a server not yet asked, by Mastodon's own limits."""
        if refused := not_a_post(message):
            return [refused]
        text, limits = text_with_link(post_of(message)), self._limits or Limits()
        if (length := limits.count(text)) > limits.characters:
            return [f"Too long for {self._address}: {length} of {limits.characters} characters. Shorten social.txt."]
        image = post_of(message).image
        if image and len(image.alt) > ALT:
            return [f"The words of the picture are too long: {len(image.alt)} of {ALT} characters. Shorten `alt:`."]
        return [] if text.strip() else ["Mastodon refuses a post without text: social.txt is empty."]

    def measure(self, message: Message) -> Measure:
        """In graphemes, addresses at the instance's flat rate."""
        limits = self._limits or Limits()
        length = limits.count(text_with_link(post_of(message)))
        return Measure(length=length, limit=limits.characters, unit="characters")

    def send(self, message: Message, commit: Callable[[], None]) -> Receipt:
        """Read the limits if that was not done yet, upload the picture, commit, post."""
        post = post_of(message)
        with _Connection(self._address, reveal(self._token, "access_token"), self._timeout) as connection:
            media = self._prepare(connection, message, post.image)
            connection.session.max_redirects = 0
            commit()
            try:
                status = connection.client.status_post(
                    text_with_link(post),
                    media_ids=media,
                    visibility=self._visibility,
                    language=message.language,
                    idempotency_key=_idempotency_key(message),
                )
                return _receipt(status)
            except MastodonError as error:
                raise _after_commit(error, connection) from error

    def lookup(self, message: Message) -> Receipt | None:
        """The account's post that holds the link, among those since the message was made.

        Raises:
            TemporaryError: the instance could not be asked.
            PermanentError: it does not let us ask.
        """
        link = post_of(message).link
        with _Connection(self._address, reveal(self._token, "access_token"), self._timeout) as connection:
            try:
                posts = _own_posts(connection.client, since=message.created_at - CLOCKS_MAY_DIFFER)
                return next((_receipt(status) for status in posts if _points_to(status, link)), None)
            except MastodonError as error:
                raise _before_commit(error, connection, "look for the post") from error

    def account(self) -> tuple[str, tuple[str, ...]]:
        """Whose the token is, and which scopes it lacks where the instance says so (Mastodon 4.3).

        Raises:
            ChannelError: the instance cannot be reached, or refuses the token.
        """
        with _Connection(self._address, reveal(self._token, "access_token"), self._timeout) as connection:
            try:
                name = connection.client.account_verify_credentials()["acct"]
                granted = _granted(connection.client)
            except MastodonError as error:
                raise _before_commit(error, connection, "say whose account it is") from error
        held = set(granted or _NEEDED)
        lacks = tuple(scope for scope in _NEEDED if not {scope, scope.partition(":")[0]} & held)
        return f"@{name} at {self._address}", lacks

    def close(self) -> None:
        """Nothing is held open: a connection that has gone stale unnoticed would leave a post in doubt."""

    def _prepare(self, connection: "_Connection", message: Message, image: Image | None) -> list[Any]:
        try:
            self._limits = self._limits or _limits_of(connection.client)
            if refused := self.check(message):
                raise PermanentError(" ".join(refused))
            return [_upload(connection.client, image)] if image else []
        except MastodonError as error:
            raise _before_commit(error, connection, "take the post") from error


class _Connection:
    """A client for one errand, and the last answer, which holds what Mastodon.py's errors leave out."""

    def __init__(self, address: str, token: str, timeout: float) -> None:
        self.address = address
        self.session = requests.Session()
        self.session.hooks["response"].append(self._note)
        self.headers: Mapping[str, str] = {}
        self.client: Any = Mastodon(
            access_token=token,
            api_base_url=address,
            session=self.session,
            request_timeout=timeout,
            ratelimit_method="throw",
            version_check_mode="created",
            mastodon_version=SPOKEN_VERSION,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.session.close()

    def _note(self, response: requests.Response, **_: Any) -> None:
        self.headers = response.headers


def _limits_of(client: Any) -> Limits:
    try:
        about = client.instance_v2()
    except MastodonNotFoundError:
        about = client.instance_v1()
    statuses = (about.get("configuration") or {}).get("statuses") or {}
    standard = Limits()
    return Limits(
        statuses.get("max_characters") or standard.characters,
        statuses.get("characters_reserved_per_url") or standard.per_address,
    )


def _granted(client: Any) -> Sequence[str] | None:
    """Scopes of the app whose token it is; None where the instance does not say."""
    try:
        scopes: Sequence[str] | None = client.app_verify_credentials().get("scopes")
    except MastodonAPIError:  # the account has been shown already: the token is good
        return None
    return scopes


def _upload(client: Any, image: Image) -> Any:
    media = client.media_post(image.data, mime_type=image.media_type, description=image.alt)
    if not media.get("url"):
        raise TemporaryError("The instance is still working on the picture; nothing was posted.")
    return media


def _idempotency_key(message: Message) -> str:
    text = text_with_link(post_of(message))
    return hashlib.sha256(f"{message.key}\n{text}".encode()).hexdigest()


def _own_posts(client: Any, *, since: datetime) -> Iterator[Any]:
    page = client.account_statuses(client.account_verify_credentials()["id"], exclude_reblogs=True, limit=PAGE)
    for _ in range(PAGES):
        yield from (status for status in page or () if status["created_at"] >= since)
        if not page or page[-1]["created_at"] < since:
            return
        page = client.fetch_next(page)


def _points_to(status: Any, link: str) -> bool:
    addresses = (html.unescape(address) for address in _ADDRESSES.findall(status["content"]))
    return bool(link) and any(same_link(address, link) for address in addresses)


def _receipt(status: Any) -> Receipt:
    return Receipt(reference=str(status["id"]), url=status["url"] or status["uri"])


def _after_commit(error: MastodonError, connection: _Connection) -> TemporaryError | PermanentError | UncertainError:
    lost = error.__context__
    if closed := _shut_out(error, connection):
        return closed
    if isinstance(error, MastodonNetworkError) and never_connected(lost):
        return UnavailableError("The instance could not be reached; nothing was posted.")
    if isinstance(lost, requests.TooManyRedirects):
        return PermanentError(
            f"The instance has moved to {connection.headers.get('Location', 'another address')}, and a post does not "
            "follow. Write its address at `instance` in config/settings.yaml."
        )
    if _is_refusal(error):
        return PermanentError(f"The instance refused the post: {_words(error)}")
    return UncertainError(f"The instance did not confirm the post, which may be out: {_words(error)}")


def _before_commit(error: MastodonError, connection: _Connection, errand: str) -> TemporaryError | PermanentError:
    if closed := _shut_out(error, connection):
        return closed
    if _is_refusal(error):
        return PermanentError(f"The instance refused to {errand}: {_words(error)}")
    return UnavailableError(f"The instance could not {errand}: {_words(error)}")


def _is_refusal(error: MastodonError) -> bool:
    """Whether the server said no with a status of its own; a 4xx other than 408 means that nothing was kept."""
    status = error.args[1] if len(error.args) > 1 else None
    answered = isinstance(error, MastodonAPIError) and not isinstance(error, MastodonServerError)
    return answered and isinstance(status, int) and status != requests.codes.request_timeout


def _shut_out(error: MastodonError, connection: _Connection) -> UnavailableError | None:
    """When it is not about this post: too many requests, a token that is over, an account that may not post."""
    if isinstance(error, MastodonRatelimitError):
        return too_many_requests("The instance", connection.headers, "x-ratelimit-reset")
    if isinstance(error, MastodonUnauthorizedError) or error.args[1:2] == (requests.codes.forbidden,):
        remedy = (
            f"See whether the account is well, make a new access token at {connection.address}/settings/applications "
            "(scopes read and write), put it where `access_token` in config/settings.yaml says, and start again."
        )
        return account_refused("The instance", _words(error), remedy)
    return None


def _words(error: MastodonError) -> str:
    if isinstance(error, MastodonNetworkError):
        return f"the connection failed ({type(error.__context__).__name__})"
    return ", ".join(str(part) for part in error.args[1:] if part) or str(error)
