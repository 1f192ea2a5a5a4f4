"""What this machine speaks to: the mail server, and its own public address. Nothing is sent to anybody."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx

from communique.channel import ChannelError, Examined
from communique.doctor.finding import Finding, ok, problem, warning
from communique.doctor.machine_checks import clock
from communique.phrase import phrase, told_by
from communique.texts import addresses
from communique.workspace import Workspace

_SOON = timedelta(days=14)
_MOST_BYTES = 100_000
#: No link of a mail: the page answers it as any other, and takes nobody off.
_PROBE = "doctor"


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What a web server said."""

    status: int
    headers: Mapping[str, str]
    text: str  #: its beginning


#: POST a form to an address: one address, no redirect followed.
Post = Callable[[str, Mapping[str, str]], Answer]


def post(address: str, form: Mapping[str, str]) -> Answer:
    """As mail programs do for one-click leaving, as `multipart/form-data` (RFC 8058 3.2).

    Raises:
        httpx.HTTPError: no answer.
    """
    files = {name: (None, value) for name, value in form.items()}
    with httpx.stream("POST", address, files=files, timeout=20, follow_redirects=False, trust_env=False) as response:
        read = b""
        for piece in response.iter_bytes():
            read += piece
            if len(read) > _MOST_BYTES:
                break
        return Answer(status=response.status_code, headers=response.headers, text=read.decode("utf-8", "replace"))


def relays(adapters: Mapping[str, Examined], now: datetime) -> Iterator[Finding]:
    """Whether each channel's mail server lets us in; once for those that found the same."""
    channels: dict[Finding, list[str]] = {}
    for channel, adapter in adapters.items():
        channels.setdefault(_relay(adapter, now), []).append(channel)
    for found, named in channels.items():
        yield replace(found, check=phrase("server {channel}", channel=", ".join(named)))


def _relay(adapter: Examined, now: datetime) -> Finding:
    check = ""  # whose it is does not tell one finding from another
    try:
        reached = adapter.reach_out()
    except ChannelError as error:
        return problem(check, told_by(error), phrase("Until that is mended, no mail goes out."))
    how = reached.encryption or phrase("in clear")
    if reached.logged_in:
        how = phrase("{encryption}, logged in", encryption=how)
    ends = reached.certificate_ends
    if ends is not None and ends - now < _SOON:
        found = phrase("{server}: its certificate ends on {ends}", server=reached.server, ends=f"{ends:%Y-%m-%d}")
        return warning(
            check, found, phrase("Ask its operator to renew it: mails are refused to a server without a valid one.")
        )
    if ends is None:
        return ok(check, phrase("{server}, {how}", server=reached.server, how=how))
    until = f"{ends:%Y-%m-%d}"
    return ok(check, phrase("{server}, {how}, certificate until {day}", server=reached.server, how=how, day=until))


def public_address(workspace: Workspace, ask: Post, now: datetime) -> Iterator[Finding]:
    """Whether mail programs can take people off by one click (RFC 8058), and whether that server's clock agrees."""
    address = addresses.page(workspace.settings.public_address, f"leave/{_PROBE}")
    check = phrase("one-click leaving")
    do = phrase("Let the web server pass `/leave/` on to the daemon (deploy/nginx.conf), and let the daemon run.")
    try:
        answer = ask(address, {"List-Unsubscribe": "One-Click"})
    except httpx.HTTPError as error:
        yield problem(check, phrase("no answer from {address}: {name}", address=address, name=type(error).__name__), do)
        return
    done = str(workspace.words.of(workspace.settings.languages[0])["leave"]["done_title"])
    if httpx.codes.is_redirect(answer.status):
        do = phrase("Answer at the address itself: mail programs follow no redirect (RFC 8058 3.1).")
        yield problem(
            check, phrase("{address} sends on to another address ({status})", address=address, status=answer.status), do
        )
    elif answer.status != httpx.codes.OK or done not in answer.text:
        yield problem(
            check,
            phrase("{address} is answered by something else ({status})", address=address, status=answer.status),
            do,
        )
    else:
        yield ok(check, phrase("{address} answers as it must", address=address))
    if theirs := answer.headers.get("date"):
        try:
            yield clock(phrase("clock"), parsedate_to_datetime(theirs).astimezone(UTC), now)
        except ValueError:
            yield warning(
                phrase("clock"),
                phrase("the web server's date cannot be read: {theirs}", theirs=f"{theirs!a}"),
                phrase("Look at its settings."),
            )
