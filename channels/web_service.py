"""What the adapters of web services share: where the service is, its keys, how long it asks to wait."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from ssl import SSLCertVerificationError
from urllib.parse import urlsplit

from communique.channel import PermanentError, Secret, UnavailableError, phrase

#: How long a channel rests whose account is refused, or that has had enough and does not say for how long.
REFUSED, ENOUGH = timedelta(minutes=30), timedelta(minutes=15)
_YEAR = 366 * 86_400  #: seconds
_DIGITS = 12  #: no number of seconds is longer
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def base_address(address: str, setting: str) -> str:
    """The address of a service, without a slash at the end.

    Raises:
        ValueError: it is not https, and not on this machine: keys would travel in the clear.
    """
    parts = urlsplit(address)
    local = parts.scheme == "http" and parts.hostname in _LOOPBACK
    if not parts.hostname or not (parts.scheme == "https" or local):
        raise ValueError(
            phrase(
                "`{setting}` expects an address that begins with https://, such as https://social.example; "
                "found `{address}`.",
                setting=setting,
                address=address,
            )
        )
    return address.rstrip("/")


def reveal(secret: Secret | None, setting: str) -> str:
    """The value of a key.

    Raises:
        PermanentError: there is none.
    """
    value = secret.reveal() if secret else ""
    if not value:
        raise PermanentError(
            phrase(
                "The key `{setting}` is missing: the environment variable that the channel's setting "
                "`{setting}` names (in config/settings.yaml) has no value. Set it and start again; nothing "
                "was sent.",
                setting=setting,
            )
        )
    return value


def account_refused(network: str, words: str, remedy: str) -> UnavailableError:
    """The network does not let the account in: no post would go, and somebody has to do something."""
    return UnavailableError(
        phrase(
            "{network} refuses the account; nothing was posted. {remedy} It said: {words}",
            network=network,
            remedy=remedy,
            words=words,
        ),
        retry_after=REFUSED,
    )


def too_many_requests(network: str, headers: Mapping[str, str], reset_header: str) -> UnavailableError:
    """The network has had enough of the account for now."""
    asked = asked_to_wait(headers, reset_header)
    return UnavailableError(
        phrase("{network} has had too many requests of this account.", network=network),
        retry_after=ENOUGH if asked is None else asked,
    )


def is_refusal(status: int) -> bool:
    """Whether a status says that nothing was done: one of the 3xx or 4xx, but for 408.

    Not 408: whoever gives up waiting for a request may have read all of it. Nor any 5xx, nor what content networks say
    in numbers of their own from 520 on: the service behind them may have done what it was asked.
    """
    refused = HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.INTERNAL_SERVER_ERROR
    return refused and status != HTTPStatus.REQUEST_TIMEOUT


def never_connected(error: BaseException | None) -> bool:
    """Whether an exception of `requests` says that no connection was made, so that nothing can have gone out."""
    import requests  # loaded by those who post
    import urllib3.exceptions

    if isinstance(error, requests.ConnectTimeout | requests.exceptions.ProxyError):
        return True
    if not isinstance(error, requests.ConnectionError) or not error.args:
        return False
    reason = getattr(error.args[0], "reason", None)
    refused = isinstance(reason, urllib3.exceptions.NewConnectionError)
    untrusted = any(isinstance(part, SSLCertVerificationError) for part in getattr(reason, "args", ()))
    return refused or untrusted


def asked_to_wait(headers: Mapping[str, str], reset_header: str) -> timedelta | None:
    """How long a refusal asks to wait, at most a year; None when it does not say so in a way that makes sense.

    `Retry-After` is a number of seconds or a date (RFC 9110 section 10.2.3); the reset header is a moment, as seconds
    since 1970 or as RFC 3339. Moments are counted from the service's own clock, its Date header.
    """
    answer = {name.lower(): value.strip() for name, value in headers.items()}
    retry_after = answer.get("retry-after", "")
    if retry_after.isdecimal():
        return timedelta(seconds=min(int(retry_after[:_DIGITS]), _YEAR))
    for read, text in ((parsedate_to_datetime, retry_after), (_moment, answer.get(reset_header, ""))):
        try:
            wait = read(text) - parsedate_to_datetime(answer["date"])
        except (KeyError, ValueError, TypeError, OverflowError, OSError):
            continue
        return min(max(wait, timedelta()), timedelta(seconds=_YEAR))
    return None


def _moment(text: str) -> datetime:
    if text.isdecimal():
        return datetime.fromtimestamp(int(text), UTC)
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
