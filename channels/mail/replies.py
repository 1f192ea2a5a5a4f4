"""What a mail server answers, and what an answer means for the message."""

import re
from datetime import timedelta
from typing import NamedTuple

from communique.channel import ChannelError, PermanentError, TemporaryError, UnavailableError, phrase

_LONGEST_WORDS = 500
_CLOSING = 421  # RFC 5321 3.8: the server closes the connection
#: RFC 4954 6 and RFC 3207 4: the server wants another login or encryption, whatever the message.
_ABOUT_THE_CHANNEL = frozenset({530, 534, 535, 538})
#: A server that takes nothing from strangers at once (RFC 6647) wants them back after some minutes, not seconds.
_GREYLISTED = re.compile(r"gr[ae]y-?\s?list", re.IGNORECASE)
_GREYLISTED_FOR = timedelta(minutes=6)
#: Our own account has sent as much as it may in an hour or a day: Google, Microsoft, Amazon and cPanel say it so, often
#: by a 550, although RFC 3463 3.5 knows 5.4.5 as a transient error only. A full mailbox is none of it.
_SPENT = re.compile(
    r"\b5\.4\.5\b|\b5\.1\.90\b|SubmissionQuotaExceeded"
    r"|\b(daily|hourly|sending|submission|outgoing|outbound)\b[^.]{0,40}\b(limit|quota)s?\b"
    r"|\bmax(imum)? (e-?mails|messages|mails) (per|an?) (hour|day)\b",
    re.IGNORECASE,
)
_SPENT_FOR = timedelta(hours=1)
#: Faster than we may: Postfix by its anvil, and others by nearly the same words. Windows are of a minute.
_HURRIED = re.compile(
    r"\btoo much mail from\b|\btoo many (connections|errors|messages|recipients) from\b"
    r"|\b(rate|connection) limit(ed)?\b.{0,20}\bexceeded\b",
    re.IGNORECASE,
)
_HURRIED_FOR = timedelta(minutes=1)
#: RFC 3463 3.4: the system is full, takes nothing at present, or is not well.
_UNWELL = re.compile(r"^4\.3\.[012]\b")
#: With what is in each in small letters, which is found sooner than the pattern.
_QUEUE_IDS = {
    "queued as ": re.compile(r"queued as ([A-Za-z0-9._-]+)", re.IGNORECASE),  # Postfix
    "id=": re.compile(r"\bid=([A-Za-z0-9._-]+)"),  # Exim
    "qp ": re.compile(r"\bqp (\d+)"),  # qmail
    " message accepted": re.compile(  # Sendmail
        r"^(?:2\.\d\.\d )?([A-Za-z0-9]{10,}) Message accepted", re.IGNORECASE
    ),
}


class Reply(NamedTuple):
    """One answer: its code (-1 when it was not SMTP), and its words, printable and at most 500 characters."""

    code: int
    words: str

    @property
    def accepted(self) -> bool:
        """The command was carried out (2yz)."""
        return self.code // 100 == 2  # noqa: PLR2004 (RFC 5321 4.2.1)

    @property
    def refused(self) -> bool:
        """The command was not carried out (4yz, 5yz)."""
        return self.code // 100 in {4, 5}

    @property
    def closing(self) -> bool:
        """The server is about to close the connection."""
        return self.code == _CLOSING

    @property
    def queue_id(self) -> str:
        """The server's own name for the message, if its words hold one in a known form."""
        words = self.words.lower()
        for part, pattern in _QUEUE_IDS.items():
            if part in words and (found := pattern.search(self.words)):
                return found[1]
        return ""

    def __str__(self) -> str:
        return f"{self.code} {self.words}".rstrip()


def read_reply(answer: tuple[int, bytes]) -> Reply:
    """An answer as `smtplib` gives it."""
    code, raw = answer
    text = raw.decode("utf-8", "backslashreplace").replace("\n", " / ")
    words = text if text.isprintable() else "".join(map(_shown, text))
    return Reply(code, words if len(words) <= _LONGEST_WORDS else words[: _LONGEST_WORDS - 1] + "…")


def _shown(character: str) -> str:
    return character if character.isprintable() else character.encode("unicode_escape").decode()


def refusal(
    server: object, answer: Reply, subject: str, *, about_recipient: bool = False, about_sender: bool = False
) -> ChannelError:
    """What an answer other than yes means while, or before, a message is handed over; nothing has gone out.

    5yz is final (RFC 5321 4.2.1) unless it speaks of login or encryption, which another message would meet as well.
    What a server says of our own account's limits holds for every message, and passes: the channel rests. So it does
    where a server that knows only who sends (`about_sender`) says that it is not well.
    """
    if answer.refused and _SPENT.search(answer.words):
        return UnavailableError(
            phrase(
                "The mail server {server} takes no more from us for now: “{answer}”. Nothing is given up: it is tried "
                "again every hour. Ask its operator for a higher limit, or set a `rate` for the channel.",
                server=server,
                answer=answer,
            ),
            retry_after=_SPENT_FOR,
        )
    put_off = answer.code // 100 == 4  # noqa: PLR2004
    if put_off and _HURRIED.search(answer.words):
        return UnavailableError(
            phrase(
                "The mail server {server} takes so many from us at a time, and no more: “{answer}”. Nothing is given "
                "up: it goes on in a minute. Ask its operator for a higher limit, or set a `rate` for the channel.",
                server=server,
                answer=answer,
            ),
            retry_after=_HURRIED_FOR,
        )
    if put_off and about_sender and _UNWELL.search(answer.words):
        return UnavailableError(
            phrase(
                "The mail server {server} takes no mail at the moment: “{answer}”. Nothing is given up: it is tried "
                "again by itself. Its operator can mend it: its disk is full, for example.",
                server=server,
                answer=answer,
            )
        )
    final = answer.code // 100 == 5 and answer.code not in _ABOUT_THE_CHANNEL  # noqa: PLR2004
    said = phrase(
        "The mail server {server} refused {subject}: “{answer}”.", server=server, subject=subject, answer=answer
    )
    if final:
        error: ChannelError = PermanentError(phrase("{said} It is not tried again.", said=said))
    else:
        wait = _GREYLISTED_FOR if _GREYLISTED.search(answer.words) else None
        error = TemporaryError(phrase("{said} It will be tried again.", said=said), retry_after=wait)
    error.reply, error.about_recipient = str(answer), about_recipient
    return error


def unusable(server: object, what: str) -> UnavailableError:
    """The server cannot be used at present; this concerns the channel, so the message waits."""
    return UnavailableError(phrase("The mail server {server} {what}", server=server, what=what))
