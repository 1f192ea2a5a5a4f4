"""An account on Mastodon and what speaks its language: reads the limits, posts, looks for posts, says who it is."""

import hashlib
import html
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Self

import requests
from mastodon import (
    Mastodon,
    MastodonAPIError,
    MastodonError,
    MastodonNetworkError,
    MastodonNotFoundError,
)

from channels.bounded_answers import BoundedAdapter
from channels.mastodon_limits import Limits
from channels.post_text import post_of, same_link, text_with_link
from channels.web_service import account_refused, is_refusal, never_connected, too_many_requests
from communique.channel import (
    Image,
    Message,
    PermanentError,
    Receipt,
    TemporaryError,
    UnavailableError,
    UncertainError,
    phrase,
)

_ADDRESSES = re.compile(r'href="([^"]*)"')
#: Where looking through own posts ends: older ones cannot be ours, and an account is not read without end.
CLOCKS_MAY_DIFFER = timedelta(minutes=5)
PAGES, PAGE = 5, 40
_RESET = "x-ratelimit-reset"
#: Scopes (docs.joinmastodon.org, "OAuth scopes"); `read` and `write` hold those below them.
_NEEDED = ("read:accounts", "read:statuses", "write:statuses", "write:media")
#: Mastodon.py asks each server for its version and stumbles over what is not Mastodon (GoToSocial); this one suffices.
SPOKEN_VERSION = "4.4.0"


class MastodonAccount:
    """One account for one errand, and the last answer, which holds what Mastodon.py's errors leave out."""

    def __init__(self, address: str, token: str, timeout: float) -> None:
        self.address = address
        self.headers: Mapping[str, str] = {}
        self.status = 0
        self._session = requests.Session()
        self._session.hooks["response"].append(self._note)
        self._session.mount(address, BoundedAdapter(timeout))
        self._client: Any = Mastodon(
            access_token=token,
            api_base_url=address,
            session=self._session,
            request_timeout=timeout,
            ratelimit_method="throw",
            version_check_mode="created",
            mastodon_version=SPOKEN_VERSION,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def limits(self) -> Limits:
        """What the instance allows.

        Raises:
            ChannelError: it could not be asked, or does not let us ask.
        """
        try:
            return _limits_of(self._client)
        except MastodonError as error:
            raise _before_commit(error, self, phrase("take the post")) from error

    def upload(self, image: Image) -> Any:
        """A picture, to go with a post.

        Raises:
            ChannelError: it was not taken, or is still worked on.
        """
        try:
            return _upload(self._client, image)
        except MastodonError as error:
            raise _before_commit(error, self, phrase("take the post")) from error

    def post(self, message: Message, media: Sequence[Any], visibility: str, commit: Callable[[], None]) -> Receipt:
        """Commit, and post.

        Raises:
            ChannelError: one of its three kinds.
        """
        self._session.max_redirects = 0
        commit()
        try:
            status = self._client.status_post(
                text_with_link(post_of(message)),
                in_reply_to_id=message.answers or None,
                media_ids=media,
                visibility=visibility,
                language=message.language,
                idempotency_key=_idempotency_key(message),
            )
            return _receipt(status)
        except MastodonError as error:
            raise _after_commit(error, self) from error
        except (AttributeError, KeyError, TypeError) as error:
            raise UncertainError(
                phrase("The instance answered, but not with the number of a post; look at the account.")
            ) from error

    def lookup(self, message: Message) -> Receipt | None:
        """The post that holds the message's link, among those since the message was made.

        Raises:
            TemporaryError: the instance could not be asked.
            PermanentError: it does not let us ask.
        """
        link = post_of(message).link
        try:
            posts = _own_posts(self._client, since=message.created_at - CLOCKS_MAY_DIFFER)
            return next((_receipt(status) for status in posts if _points_to(status, link)), None)
        except MastodonError as error:
            raise _before_commit(error, self, phrase("look for the post")) from error

    def delete(self, number: str, commit: Callable[[], None]) -> Receipt:
        """Commit, and delete a status; one that is gone counts as deleted.

        Raises:
            ChannelError: it is there still, or nobody knows.
        """
        commit()
        try:
            self._client.status_delete(number)
        except MastodonNotFoundError:
            return Receipt(reference=number, detail=phrase("it was gone"))
        except MastodonError as error:
            # Asked again it does no harm: what is not known is as what was not done.
            raise _before_commit(error, self, phrase("delete the post")) from error
        return Receipt(reference=number, detail=phrase("deleted"))

    def who(self) -> tuple[str, tuple[str, ...]]:
        """Whose the token is, and which scopes it lacks where the instance says so (Mastodon 4.3).

        Raises:
            ChannelError: the instance cannot be reached, or refuses the token.
        """
        try:
            name = self._client.account_verify_credentials()["acct"]
            granted = _granted(self._client)
        except MastodonError as error:
            raise _before_commit(error, self, phrase("say whose account it is")) from error
        held = set(granted or _NEEDED)
        lacks = tuple(scope for scope in _NEEDED if not {scope, scope.partition(":")[0]} & held)
        return f"@{name} at {self.address}", lacks

    def _note(self, response: requests.Response, **_: Any) -> None:
        self.headers, self.status = response.headers.copy(), response.status_code
        # Mastodon.py reckons with it, and says of a post that was taken that there were too many requests if it cannot.
        response.headers.pop(_RESET, None)


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
        raise TemporaryError(phrase("The instance is still working on the picture; nothing was posted."))
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
    raise TemporaryError(phrase("The account has posted so often since that its posts cannot all be looked through."))


def _points_to(status: Any, link: str) -> bool:
    addresses = (html.unescape(address) for address in _ADDRESSES.findall(status["content"]))
    return bool(link) and any(same_link(address, link) for address in addresses)


def _receipt(status: Any) -> Receipt:
    if not status["id"]:  # Mastodon.py gives an answer what it lacks
        raise KeyError("id")
    return Receipt(reference=str(status["id"]), url=status["url"] or status["uri"])


def _after_commit(error: MastodonError, account: MastodonAccount) -> TemporaryError | PermanentError | UncertainError:
    lost = error.__context__
    if closed := _shut_out(error, account):
        return closed
    if isinstance(error, MastodonNetworkError) and never_connected(lost):
        return UnavailableError(phrase("The instance could not be reached; nothing was posted."))
    if isinstance(lost, requests.TooManyRedirects):
        return PermanentError(
            phrase(
                "The instance has moved to {address}, and a post does not follow. Write its address at "
                "`instance` in config/settings.yaml.",
                address=account.headers.get("Location") or phrase("another address"),
            )
        )
    if is_refusal(_status(error, account)):
        return PermanentError(phrase("The instance refused the post: {error}", error=_words(error)))
    return UncertainError(
        phrase("The instance did not confirm the post, which may be out: {error}", error=_words(error))
    )


def _before_commit(error: MastodonError, account: MastodonAccount, errand: str) -> TemporaryError | PermanentError:
    if closed := _shut_out(error, account):
        return closed
    if is_refusal(_status(error, account)):
        return PermanentError(phrase("The instance refused to {errand}: {error}", errand=errand, error=_words(error)))
    return UnavailableError(phrase("The instance could not {errand}: {error}", errand=errand, error=_words(error)))


def _status(error: MastodonError, account: MastodonAccount) -> int:
    """Of the answer that an error is about; 0 when none came. Its kind says less: from 520 on it is that of a 4xx."""
    return 0 if isinstance(error, MastodonNetworkError) else account.status


def _shut_out(error: MastodonError, account: MastodonAccount) -> UnavailableError | None:
    """When it is not about this post: too many requests, a token that is over, an account that may not post."""
    status = _status(error, account)
    if status == requests.codes.too_many_requests:
        return too_many_requests("The instance", account.headers, _RESET)
    if status in {requests.codes.unauthorized, requests.codes.forbidden}:
        remedy = phrase(
            "See whether the account is well, make a new access token at "
            "{address}/settings/applications (scopes read and write), put it where `access_token` in "
            "config/settings.yaml says, and start again.",
            address=account.address,
        )
        return account_refused("The instance", _words(error), remedy)
    return None


def _words(error: MastodonError) -> str:
    if isinstance(error, MastodonNetworkError):
        return f"the connection failed ({type(error.__context__).__name__})"
    return ", ".join(str(part) for part in error.args[1:] if part) or str(error)
