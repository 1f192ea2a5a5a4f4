"""A stranger's message taken apart, whatever bytes it is made of: bounded in size, depth and time."""

import base64
import html
import re
from collections.abc import Iterator
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32

from communique.language.escaping import in_line

#: A report says what it says at its beginning; what comes after is the mail that came back.
MOST_BYTES = 256 * 1024
#: Each level of parts looks at each line, so that many of them in a long message would take minutes.
_MOST_PARTS = 40
_LONGEST = 1000
#: Parts for programs are read as text, here and not by Python: it makes a message of each blank line, encoded or not.
_MAIL = "message/rfc822"
#: Who sends what no person has written.
DAEMON = re.compile(
    r"mailer[-_ ]?daemon|mail[-_ ]?daemon|\bmdaemon\b|postmaster|mail delivery (sub)?system|mail administrator|"
    r"\bMicrosoftExchange[0-9a-f]{32}@|^<>$",
    re.IGNORECASE,
)
_FOR_PROGRAMS = re.compile(rb"message/(?:global-)?(delivery-status|feedback-report)", re.IGNORECASE)
DELIVERY_STATUS, FEEDBACK_REPORT = "text/x-delivery-status", "text/x-feedback-report"
#: Python decodes these, too: they take their time, or make halves of letters.
_NO_CHARSETS = {"punycode", "idna", "unicode_escape", "raw_unicode_escape"}
_TEXT = 64 * 1024
#: What programs say that do not know.
_CONFUSED = {"iso-8859-1", "iso-8859-15", "latin-1", "latin1", "us-ascii", "windows-1252", "cp1252"}


class UnreadableError(Exception):
    """It is no message that anybody has to read."""


def parse(data: bytes) -> Message:
    """The message, cut after `MOST_BYTES`.

    Raises:
        UnreadableError: it has more parts in parts than any report has.
    """
    data = _FOR_PROGRAMS.sub(rb"text/x-\1", data[:MOST_BYTES])
    lower = data.lower()
    if lower.count(b"multipart/") > _MOST_PARTS or lower.count(b"message/") > 4 * _MOST_PARTS:
        raise UnreadableError("it has too many parts")
    try:
        return BytesParser(policy=compat32).parsebytes(data)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise UnreadableError(f"{type(error).__name__}: {error}") from error


def parts(message: Message) -> Iterator[Message]:
    """The message and everything in it, also within mails that were sent back."""
    waiting = [message]
    while waiting:
        part = waiting.pop(0)
        yield part
        waiting += _within(part)


def _within(part: Message) -> list[Message]:
    # Else what it holds would be decoded, by a charset that can be anything at all.
    payload = part.get_payload() if part.is_multipart() else None
    found = [each for each in payload if isinstance(each, Message)] if isinstance(payload, list) else []
    return [_decoded_mail(part, each) for each in found]


def _decoded_mail(part: Message, mail: Message) -> Message:
    """A mail in base64: RFC 2046 5.2.1 forbids it, gateways do it, and Python leaves it as it is."""
    if content_type(part) != _MAIL or header(part, "Content-Transfer-Encoding").lower() != "base64" or mail.keys():
        return mail
    try:
        return parse(base64.b64decode(str(mail.get_payload())))
    except (ValueError, UnreadableError):
        return mail


def own_parts(message: Message) -> Iterator[Message]:
    """The message and its parts, without those of mails in it that a person has attached.

    Somebody may send us a report that is theirs, to ask what it means. What mail systems wrap is looked into.
    """
    if is_from_a_mail_system(message):
        yield from parts(message)
        return
    waiting = [message]
    while waiting:
        part = waiting.pop(0)
        yield part
        if content_type(part) != _MAIL:
            waiting += _within(part)


def is_from_a_mail_system(message: Message) -> bool:
    """Whether it says that no person has sent it: by From, or by an empty return path (RFC 5321 4.5.5)."""
    return header(message, "Return-Path") == "<>" or DAEMON.search(header(message, "From")) is not None


def has_header(message: Message, name: str) -> bool:
    """Whether it is there, if only with nothing in it."""
    return any(each.lower() == name.lower() for each in message.keys())  # noqa: SIM118 - of a message, not a dict


def header(message: Message, name: str) -> str:
    """A header's value as one line of text; empty when it is not there."""
    for each, value in message.raw_items():
        if each.lower() == name.lower():
            return in_line(decoded(_unescaped(str(value)[:_LONGEST])))
    return ""


def headers(message: Message) -> Iterator[tuple[str, str]]:
    """All headers, names in lower case, values on one line and not decoded."""
    for name, value in message.raw_items():
        yield name.lower(), in_line(_unescaped(str(value)[:_LONGEST]))


def _unescaped(value: str) -> str:
    """Letters that somebody wrote without encoding them."""
    try:
        return _text_of(value.encode("ascii", "surrogateescape"), None)
    except UnicodeEncodeError:
        return value.encode("utf-8", "replace").decode()


def decoded(value: str) -> str:
    """RFC 2047, as far as it is kept to."""
    if "=?" not in value:
        return value
    try:
        pieces = decode_header(value)
    except (MessageError, ValueError, LookupError, TypeError):
        return value
    return "".join(piece if isinstance(piece, str) else _text_of(piece, charset) for piece, charset in pieces)


def _text_of(data: bytes, charset: str | None) -> str:
    # What is said to be Latin-1, and is UTF-8 to its last letter, is UTF-8.
    names = ("utf-8", charset) if (charset or "").lower() in _CONFUSED else (charset, "utf-8")
    for name in (*names, "cp1252"):
        if (name or "").lower().replace("-", "_") in _NO_CHARSETS:
            continue
        try:
            return data.decode(name or "ascii")
        except (LookupError, ValueError, TypeError):
            continue
    return data.decode("latin-1")


def content_type(part: Message) -> str:
    """Type and subtype in lower case."""
    try:
        return part.get_content_type()
    except (ValueError, LookupError, TypeError, AttributeError):
        return "text/plain"


def text(part: Message) -> str:
    """The text of a part that has no parts, cut to a length; its HTML without tags."""
    found = source(part)
    return html.unescape(re.sub(r"<[^<>]{0,500}>", " ", found)) if content_type(part) == "text/html" else found


def source(part: Message) -> str:
    """The same with its tags."""
    try:
        raw = part.get_payload(decode=True)
    except (ValueError, LookupError, TypeError, AttributeError):
        raw = None
    if not isinstance(raw, bytes):
        return ""
    try:
        charset = part.get_content_charset()
    except (ValueError, LookupError, TypeError, AttributeError):
        charset = None
    return _text_of(raw[:_TEXT], charset)
