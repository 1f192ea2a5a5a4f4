"""X, through tweepy: one post, text and link, with its picture; without one the card of the linked page shows."""

import base64
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any, ClassVar
from urllib.parse import urlsplit

import requests
import tweepy
import twitter_text
from requests.adapters import HTTPAdapter

from channels.post_text import not_a_post, post_of, same_link, text_with_link
from channels.web_service import asked_to_wait, base_address, never_connected, reveal
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

#: docs.x.com, "Counting characters": weighted, an address counts 23, an emoji 2.
LIMIT = 280
#: docs.x.com, "Pricing", April 2026: US dollars for one post, and for one with an address in it.
PRICE, PRICE_WITH_LINK = Decimal("0.015"), Decimal("0.200")
#: The same, for the words of a picture.
PRICE_OF_ALT = Decimal("0.005")
#: docs.x.com, "Media": bytes of a picture, and characters of its words.
PICTURE_BYTES, ALT = 5_000_000, 1000
#: What tweepy writes into every request; anything else is put in its place below.
TWEEPY_HOST = "https://api.twitter.com"
#: A post of ours cannot be older than its row in the ledger, give or take the difference of two clocks.
CLOCKS_MAY_DIFFER = timedelta(minutes=5)
#: Of 100 posts each, when own posts are looked through.
PAGES = 5


class XChannel:
    """Posts to one account of X.

    X knows no idempotency key, so what is in doubt is looked for on the account's own timeline, by its link.
    """

    reach: ClassVar[Reach] = Reach.ALL
    form: ClassVar[Form] = Form.POST
    in_doubt: ClassVar[InDoubt] = InDoubt.STRICT
    local: ClassVar[bool] = False

    def __init__(
        self,
        *,
        consumer_key: Secret | None = None,
        consumer_secret: Secret | None = None,
        access_token: Secret | None = None,
        access_token_secret: Secret | None = None,
        base_url: str = TWEEPY_HOST,
        timeout: float = 30,
    ) -> None:
        self._keys = {
            "consumer_key": consumer_key,
            "consumer_secret": consumer_secret,
            "access_token": access_token,
            "access_token_secret": access_token_secret,
        }
        self._address = base_address(base_url, "base_url")
        self._timeout = timeout
        self._own_id = ""

    def check(self, message: Message) -> Sequence[str]:
        """Refused are posts over 280 weighted characters, characters that X does not take, and pictures over 5 MB."""
        if refused := not_a_post(message):
            return [refused]
        image = post_of(message).image
        if image and len(image.data) > PICTURE_BYTES:
            return [f"The picture is too large for X: at most {PICTURE_BYTES} bytes. Make it smaller."]
        if image and len(image.alt) > ALT:
            return [
                f"The words of the picture are too long for X: {len(image.alt)} of {ALT} characters. Shorten `alt:`."
            ]
        counted = twitter_text.parse_tweet(text_with_link(post_of(message)))
        if counted.weightedLength > LIMIT:
            return [f"Too long for X: {counted.weightedLength} of {LIMIT} weighted characters. Shorten social.txt."]
        return [] if counted.valid else ["X refuses this text: it is empty or holds invisible control characters."]

    def measure(self, message: Message) -> Measure:
        """In weighted characters; a post with a link costs thirteen times one without."""
        text = text_with_link(post_of(message))
        price = PRICE_WITH_LINK if twitter_text.extract_urls(text) else PRICE
        return Measure(
            length=twitter_text.parse_tweet(text).weightedLength,
            limit=LIMIT,
            unit="weighted characters",
            price=price + PRICE_OF_ALT if post_of(message).image else price,
        )

    def send(self, message: Message, commit: Callable[[], None]) -> Receipt:
        """Upload the picture, commit, post.

        A refusal as duplicate means that an earlier attempt got through: that post is the receipt.
        """
        if refused := self.check(message):
            raise PermanentError(" ".join(refused))
        client = self._client()
        client.session.max_redirects = 0
        post = post_of(message)
        media = [_upload(client, post.image)] if post.image else None
        commit()
        try:
            answer = client.create_tweet(text=text_with_link(post), media_ids=media)
            return _receipt(answer["data"])
        except tweepy.HTTPException as error:
            if _is_duplicate(error):
                return self._earlier(message, error)
            raise _after_commit(error) from error
        except requests.RequestException as error:
            raise _lost(error) from error
        except (KeyError, TypeError) as error:
            raise UncertainError("X answered, but not with the number of a post; look at the account.") from error
        finally:
            client.session.close()

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
        except tweepy.TooManyRequests as error:
            raise _rate_limited(error.response) from error
        except tweepy.TwitterServerError as error:
            raise TemporaryError(f"X could not look for the post: {_words(error)}") from error
        except tweepy.HTTPException as error:
            kind = TemporaryError if _unpaid(error) else PermanentError
            raise kind(f"X does not let us look for the post: {_words(error)}") from error
        except requests.RequestException as error:
            raise TemporaryError(f"X could not be reached to look for the post: {_plain(error)}") from error
        finally:
            client.session.close()

    def close(self) -> None:
        """Nothing is held open: a connection that has gone stale unnoticed would leave a post in doubt."""

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

    def _earlier(self, message: Message, error: tweepy.HTTPException) -> Receipt:
        try:
            found = self.lookup(message)
        except (TemporaryError, PermanentError) as failure:
            raise UncertainError(
                f"X says that this text is there already, and could not be asked where: {failure}"
            ) from error
        if found is None:
            raise PermanentError(
                f"X refuses the text as a duplicate, and no post of the account has the link: {_words(error)} "
                "Change the wording of social.txt."
            ) from error
        return found


class _Route(HTTPAdapter):
    """Where tweepy's requests go, and how long they may take: it has no setting for either (tweepy issue 2024)."""

    def __init__(self, address: str, timeout: float) -> None:
        self._parts = urlsplit(address)
        self._timeout = timeout
        super().__init__()

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
                f"X failed while it took the picture; nothing was posted: {_words(error)}"
            ) from error
        raise failure from error
    except requests.TooManyRedirects as error:
        raise _lost(error) from error
    except requests.RequestException as error:
        raise UnavailableError(f"X could not take the picture; nothing was posted: {_plain(error)}") from error
    except (KeyError, TypeError) as error:
        raise TemporaryError("X answered, but not with the number of a picture; nothing was posted.") from error
    return number


def _receipt(post: Mapping[str, Any]) -> Receipt:
    return Receipt(reference=post["id"], url=f"https://x.com/i/web/status/{post['id']}", detail=post.get("text", ""))


def _points_to(post: Mapping[str, Any], link: str) -> bool:
    addresses = post.get("entities", {}).get("urls", [])
    return any(same_link(address.get("expanded_url", ""), link) for address in addresses)


def _is_duplicate(error: tweepy.HTTPException) -> bool:
    return isinstance(error, tweepy.Forbidden) and "duplicate" in _words(error).lower()


def _unpaid(error: tweepy.HTTPException) -> bool:
    """402: no credit (`CreditsDepleted`). 403 `SpendCapReached`: the cap of X's console, until raised or its day."""
    return error.response.status_code == requests.codes.payment_required or "SpendCapReached" in _words(error)


def _after_commit(error: tweepy.HTTPException) -> TemporaryError | PermanentError | UncertainError:
    status = error.response.status_code
    if isinstance(error, tweepy.TooManyRequests):
        return _rate_limited(error.response)
    if _unpaid(error):
        return TemporaryError(
            "The X account has no credit left or has reached its spending cap; nothing was posted. Top it up, or "
            f"raise the cap: {_words(error)}"
        )
    if status >= requests.codes.server_error or status == requests.codes.request_timeout:
        return UncertainError(f"X failed while it took the post, which may be out: {_words(error)}")
    return PermanentError(f"X refused the post: {_words(error)}")


def _rate_limited(response: requests.Response) -> TemporaryError:
    return TemporaryError(
        "X has had too many requests of this account.",
        retry_after=asked_to_wait(response.headers, "x-rate-limit-reset"),
    )


def _lost(error: requests.RequestException) -> TemporaryError | PermanentError | UncertainError:
    if never_connected(error):
        return UnavailableError(f"X could not be reached; nothing was posted: {_plain(error)}")
    if isinstance(error, requests.TooManyRedirects):
        return PermanentError("X has moved to another address, and a post does not follow; `base_url` must change.")
    return UncertainError(f"The connection to X broke before its answer came; the post may be out: {_plain(error)}")


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
