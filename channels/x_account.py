"""An account of X, through tweepy: posts, and finds what it has posted."""

import base64
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import requests
import tweepy

from channels.bounded_answers import BoundedAdapter
from channels.post_text import post_of, same_link, text_with_link
from channels.web_service import REFUSED, account_refused, is_refusal, never_connected, reveal, too_many_requests
from communique.channel import (
    Image,
    Message,
    PermanentError,
    Receipt,
    Secret,
    TemporaryError,
    UnavailableError,
    UncertainError,
    phrase,
)

#: What tweepy writes into every request; anything else is put in its place below.
TWEEPY_HOST = "https://api.twitter.com"
#: A post of ours cannot be older than its row in the ledger, give or take the difference of two clocks.
CLOCKS_MAY_DIFFER = timedelta(minutes=5)
#: In what X says with a 403 (docs.x.com, "Response codes and errors"), when no other post would fare better.
_OF_THE_ACCOUNT = (
    "suspended",
    "locked",
    "unsupported-authentication",
    "unsupported authentication",
    "client-forbidden",
    "client-not-enrolled",
    "oauth1-permissions",
    "oauth1 app permissions",
)
_ACCESS = "x-access-level"  #: `read`, `read-write` or `read-write-directmessages`
#: What tweepy and we raise over an answer that is no answer of X; tweepy over one that is an error, too.
_NOT_UNDERSTOOD = (AttributeError, KeyError, TypeError, ValueError)
#: Of 100 posts each, when own posts are looked through.
PAGES = 5


class XAccount:
    """One account at an address; the keys are named as the channel's settings name them."""

    def __init__(self, keys: Mapping[str, Secret | None], address: str, timeout: float) -> None:
        self._keys = keys
        self._address = address
        self._timeout = timeout
        self._own_id = ""

    def post(self, message: Message, commit: Callable[[], None]) -> Receipt:
        """Upload the picture, commit, post.

        A refusal as duplicate means that an earlier attempt got through: that post is the receipt.
        """
        client = self._client()
        client.session.max_redirects = 0
        post = post_of(message)
        media = [_upload(client, post.image)] if post.image else None
        commit()
        try:
            answer = client.create_tweet(
                text=text_with_link(post), media_ids=media, in_reply_to_tweet_id=message.answers or None
            )
            return _receipt(answer["data"])
        except tweepy.HTTPException as error:
            if _is_duplicate(error):
                return self._earlier(message, error)
            raise _after_commit(error) from error
        except requests.RequestException as error:
            raise _lost(error) from error
        except _NOT_UNDERSTOOD as error:
            raise UncertainError(
                phrase("X answered, but not with the number of a post; look at the account.")
            ) from error
        finally:
            client.session.close()

    def delete(self, number: str, commit: Callable[[], None]) -> Receipt:
        """Commit, delete; a post that is gone counts as deleted."""
        client = self._client()
        client.session.max_redirects = 0
        commit()
        try:
            client.delete_tweet(number)
        except tweepy.NotFound:
            pass
        except tweepy.HTTPException as error:
            failure = _after_commit(error)
            raise TemporaryError(str(failure)) if isinstance(failure, UncertainError) else failure from error
        except requests.RequestException as error:
            raise TemporaryError(
                phrase("X did not say whether the post is gone: {error}", error=_plain(error))
            ) from error
        except _NOT_UNDERSTOOD as error:
            raise TemporaryError(
                phrase("X did not say whether the post is gone: {error}", error=type(error).__name__)
            ) from error
        finally:
            client.session.close()
        return Receipt(reference=number, detail=phrase("deleted"))

    def lookup(self, message: Message) -> Receipt | None:
        """The post of the account that holds the link, among those since the message was made.

        Raises:
            TemporaryError: X could not be asked.
            PermanentError: X does not let us ask.
        """
        link = post_of(message).link
        client = self._client()
        try:
            return next((_receipt(post) for post in self._own_posts(client, message) if _points_to(post, link)), None)
        except tweepy.TwitterServerError as error:
            raise TemporaryError(phrase("X could not look for the post: {error}", error=_words(error))) from error
        except tweepy.HTTPException as error:
            failure = _shut_out(error) or PermanentError(
                phrase("X does not let us look for the post: {error}", error=_words(error))
            )
            raise failure from error
        except requests.RequestException as error:
            raise TemporaryError(
                phrase("X could not be reached to look for the post: {error}", error=_plain(error))
            ) from error
        except _NOT_UNDERSTOOD as error:
            raise TemporaryError(phrase("X answered, but not with the posts of the account.")) from error
        finally:
            client.session.close()

    def who(self) -> tuple[str, tuple[str, ...]]:
        """As X says it; what the keys may do stands in a header of its answer.

        Raises:
            ChannelError: X cannot be reached, or refuses the keys.
        """
        client = self._client()
        access: list[str] = []
        client.session.hooks["response"].append(lambda answer, **_: access.append(answer.headers.get(_ACCESS, "")))
        try:
            name = client.get_me()["data"]["username"]
        except tweepy.HTTPException as error:
            failure = _shut_out(error) or TemporaryError(
                phrase("X does not say whose account it is: {error}", error=_words(error))
            )
            raise failure from error
        except requests.RequestException as error:
            raise TemporaryError(phrase("X could not be reached: {error}", error=_plain(error))) from error
        except _NOT_UNDERSTOOD as error:
            raise TemporaryError(phrase("X answered, but not with the name of an account.")) from error
        finally:
            client.session.close()
        read_only = access[-1:] == ["read"]
        return f"@{name} on X", ("write",) if read_only else ()

    def _client(self) -> Any:
        keys = {setting: reveal(secret, setting) for setting, secret in self._keys.items()}
        client = tweepy.Client(**keys, return_type=dict, wait_on_rate_limit=False)
        client.session.mount(TWEEPY_HOST, _Route(self._address, self._timeout))
        return client

    def _own_posts(self, client: Any, message: Message) -> Any:
        if not self._own_id:
            self._own_id = client.get_me()["data"]["id"]
        since = (message.created_at - CLOCKS_MAY_DIFFER).strftime("%Y-%m-%dT%H:%M:%SZ")
        asked: dict[str, Any] = {"start_time": since, "max_results": 100, "user_auth": True}
        for _ in range(PAGES):
            page = client.get_users_tweets(self._own_id, tweet_fields=["entities"], exclude=["retweets"], **asked)
            yield from page.get("data", [])
            if not (token := page.get("meta", {}).get("next_token")):
                return
            asked["pagination_token"] = token
        raise TemporaryError(
            phrase("The account has posted so often since that its posts cannot all be looked through.")
        )

    def _earlier(self, message: Message, error: tweepy.HTTPException) -> Receipt:
        try:
            found = self.lookup(message)
        except (TemporaryError, PermanentError) as failure:
            raise UncertainError(
                phrase(
                    "X says that this text is there already, and could not be asked where: {failure}", failure=failure
                )
            ) from error
        if found is None:
            raise PermanentError(
                phrase(
                    "X refuses the text as a duplicate, and no post of the account has the link: {error} "
                    "Change the wording of social.txt.",
                    error=_words(error),
                )
            ) from error
        return found


class _Route(BoundedAdapter):
    """Where tweepy's requests go, and how long they may take: it has no setting for either (tweepy issue 2024)."""

    def __init__(self, address: str, timeout: float) -> None:
        self._parts = urlsplit(address)
        self._timeout = timeout
        super().__init__(timeout)

    def send(self, request: requests.PreparedRequest, *arguments: Any, **options: Any) -> requests.Response:
        url = urlsplit(request.url or "")
        request.url = url._replace(scheme=self._parts.scheme, netloc=self._parts.netloc).geturl()
        return super().send(request, *arguments, **{**options, "timeout": (10, self._timeout)})


def _upload(client: Any, image: Image) -> str:
    """The number under which X keeps the picture for a day. Whatever fails here, nothing has been posted.

    Requests as X describes them (OpenAPI 2.167, `mediaUpload` and `createMediaMetadata`): tweepy has none for them.
    """
    picture = {
        "media": base64.b64encode(image.data).decode(),
        "media_category": "tweet_image",
        "media_type": image.media_type,
    }
    try:
        number = str(client.request("POST", "/2/media/upload", json=picture, user_auth=True).json()["data"]["id"])
        words = {"id": number, "metadata": {"alt_text": {"text": image.alt}}}
        client.request("POST", "/2/media/metadata", json=words, user_auth=True)
    except tweepy.HTTPException as error:
        failure = _after_commit(error)
        if isinstance(failure, UncertainError):
            raise UnavailableError(
                phrase("X failed while it took the picture; nothing was posted: {error}", error=_words(error))
            ) from error
        raise failure from error
    except requests.TooManyRedirects as error:
        raise _lost(error) from error
    except requests.RequestException as error:
        raise UnavailableError(
            phrase("X could not take the picture; nothing was posted: {error}", error=_plain(error))
        ) from error
    except _NOT_UNDERSTOOD as error:
        raise TemporaryError(phrase("X answered, but not with the number of a picture; nothing was posted.")) from error
    return number


def _receipt(post: Mapping[str, Any]) -> Receipt:
    return Receipt(reference=post["id"], url=f"https://x.com/i/web/status/{post['id']}", detail=post.get("text", ""))


def _points_to(post: Mapping[str, Any], link: str) -> bool:
    addresses = post.get("entities", {}).get("urls", [])
    return bool(link) and any(same_link(address.get("expanded_url", ""), link) for address in addresses)


def _is_duplicate(error: tweepy.HTTPException) -> bool:
    return isinstance(error, tweepy.Forbidden) and "duplicate" in _words(error).lower()


def _unpaid(error: tweepy.HTTPException) -> bool:
    """402: no credit (`CreditsDepleted`). 403 `SpendCapReached`: the cap of X's console, until raised or its day."""
    return error.response.status_code == requests.codes.payment_required or "SpendCapReached" in _words(error)


def _after_commit(error: tweepy.HTTPException) -> TemporaryError | PermanentError | UncertainError:
    if closed := _shut_out(error):
        return closed
    if not is_refusal(error.response.status_code):
        return UncertainError(phrase("X failed while it took the post, which may be out: {error}", error=_words(error)))
    return PermanentError(phrase("X refused the post: {error}", error=_words(error)))


def _shut_out(error: tweepy.HTTPException) -> UnavailableError | None:
    """When it is not about this post: too many requests, no money, keys that are over, an account that may not post."""
    if isinstance(error, tweepy.TooManyRequests):
        return too_many_requests("X", error.response.headers, "x-rate-limit-reset")
    if _unpaid(error):
        return UnavailableError(
            phrase(
                "The X account has no credit left or has reached its spending cap; nothing was done. Top "
                "it up, or raise the cap: {error}",
                error=_words(error),
            ),
            retry_after=REFUSED,
        )
    if isinstance(error, tweepy.Unauthorized) or _is_shut_out(error):
        remedy = phrase(
            "See on x.com whether the account is well and on developer.x.com whether the app may "
            "write; make new keys there, put them where `consumer_key`, `consumer_secret`, "
            "`access_token` and `access_token_secret` in config/settings.yaml say, and start again."
        )
        return account_refused("X", _words(error), remedy)
    return None


def _is_shut_out(error: tweepy.HTTPException) -> bool:
    """A 403 that is about the account or the app; X says 403 of single posts, too."""
    said = f"{_words(error)} {error.response.text}".lower()
    return isinstance(error, tweepy.Forbidden) and any(words in said for words in _OF_THE_ACCOUNT)


def _lost(error: requests.RequestException) -> TemporaryError | PermanentError | UncertainError:
    if never_connected(error):
        return UnavailableError(phrase("X could not be reached; nothing was posted: {error}", error=_plain(error)))
    if isinstance(error, requests.TooManyRedirects):
        return PermanentError(
            phrase("X has moved to another address, and a post does not follow; `base_url` must change.")
        )
    return UncertainError(
        phrase("The connection to X broke before its answer came; the post may be out: {error}", error=_plain(error))
    )


def _plain(error: requests.RequestException) -> str:
    return type(error).__name__


def _words(error: tweepy.HTTPException) -> str:
    """X's own words. tweepy overlooks those that stand in `title` and `detail` of the `errors`."""
    status = f"{error.response.status_code} {error.response.reason}"
    try:
        answer = error.response.json()
    except ValueError:
        return status
    parts = [answer, *answer.get("errors", [])] if isinstance(answer, dict) else []
    said = [part.get(name, "") for part in parts if isinstance(part, dict) for name in ("detail", "message", "title")]
    return f"{status}: {'; '.join(dict.fromkeys(words for words in said if words)) or 'no reason given'}"
