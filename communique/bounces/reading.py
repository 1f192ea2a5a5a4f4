"""A message in the mailbox for returned mail, read: what it is, and what in it may say whose mail came back."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import replace
from email.message import Message
from itertools import islice

from communique.bounces.amazon_notices import amazon_notice
from communique.bounces.auto_replies import (
    has_answered_by_itself,
    has_subject_of_auto_reply,
    is_auto_reply,
    is_challenge,
)
from communique.bounces.calendar_replies import calendar_reply
from communique.bounces.complaints import feedback
from communique.bounces.delivery_status import delivery_status
from communique.bounces.free_texts import IS_NDR, free_text_bounce, spoken
from communique.bounces.mail_parts import (
    MOST_BYTES,
    UnreadableError,
    content_type,
    has_header,
    header,
    headers,
    is_from_a_mail_system,
    parse,
    parts,
    text,
)
from communique.bounces.report import Kind, Report
from communique.bounces.tags import candidates
from communique.bounces.written_words import sender, written_words
from communique.language.escaping import in_line

_MOST_CLAIMS = 50  #: more would be an attempt to find one out
_WORDS = 500
#: In headers of the report and of the mail that came back, and in bodies that quote them.
_MESSAGE_ID = re.compile(r"<?([A-Za-z0-9-]{8,64}@[A-Za-z0-9.-]{1,255})>?")
_NAMING = {"in-reply-to", "references", "message-id", "original-message-id", "x-original-message-id"}
_QUOTED = re.compile(r"^[ \t>]*(?:Original-)?Message-ID:[ \t]*\r?\n?[ \t]*(\S{1,300})", re.IGNORECASE | re.MULTILINE)
#: Added on the way, and differently wherever the same message is read.
_TRACE = {"return-path", "received", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "delivery-date"}


def read_report(data: bytes) -> Report:
    """What a message says, whatever bytes it is made of."""
    nothing = Report(kind=Kind.OTHER, digest=_digest(data))
    try:
        message = parse(data)
    except UnreadableError as error:
        return replace(nothing, words=str(error))
    found = replace(
        nothing,
        tags=_unique(tag for each in _texts(message) for tag in candidates(each)),
        references=_references(message),
        subject=header(message, "Subject")[:200],
    )
    if (told := _told_by_a_program(found, message)) is not None:
        return told
    if (reply := calendar_reply(message)) is not None:
        tags = _unique([*candidates(reply.organizer), *found.tags])
        return replace(
            found,
            kind=Kind.REPLY,
            words=str(reply)[:_WORDS],
            tags=tags,
            reply=reply,
            by_itself=has_answered_by_itself(message),
        )
    kind = _kind(message)
    if kind not in {Kind.FAILED, Kind.DELAYED}:
        name, address = sender(message)
        body = written_words(message) if kind is Kind.OTHER else ""
        return replace(found, kind=kind, sender=address, sender_name=name, body=body)
    status_code, words = spoken(message)
    return replace(found, kind=kind, status=status_code, words=words[:_WORDS])


def _told_by_a_program(found: Report, message: Message) -> Report | None:
    """What a part for programs says; None where there is none."""
    if (status := delivery_status(message)) is not None:
        words = (status.words or spoken(message)[1])[:_WORDS]
        named = _unique([*filter(None, [status.envelope_id]), *found.references])
        found = replace(found, kind=status.kind, status=status.status, system=status.system)
        return replace(found, words=words, references=named)
    if (complaint := feedback(message)) is not None:
        kind = Kind.COMPLAINT if complaint.is_complaint else Kind.OTHER
        tags = _unique([*candidates(complaint.mail_from), *found.tags])
        return replace(found, kind=kind, words=complaint.words[:_WORDS], tags=tags)
    if (notice := amazon_notice(message)) is not None:
        tags = _unique([*candidates(notice.mail_from), *found.tags])
        named = _unique([*_MESSAGE_ID.findall(notice.message_id), *found.references])
        words = in_line(notice.words)[:_WORDS]
        return replace(
            found, kind=notice.kind, status=in_line(notice.status)[:9], words=words, tags=tags, references=named
        )
    return None


def _kind(message: Message) -> Kind:
    if is_challenge(message):
        return Kind.CHALLENGE
    # Before anybody looks for a bounce in it: an answer may quote one, and out of office is none.
    by_mail_system = (
        is_from_a_mail_system(message) or has_header(message, "X-Failed-Recipients") or has_header(message, IS_NDR)
    )
    if has_subject_of_auto_reply(message) or (is_auto_reply(message) and not by_mail_system):
        return Kind.AUTO_REPLY
    if (bounce := free_text_bounce(message)) is not None:
        return bounce
    return Kind.AUTO_REPLY if is_auto_reply(message) else Kind.OTHER


def _texts(message: Message) -> Iterable[str]:
    """Where a return path of ours may stand: headers, and what quotes headers."""
    for part in parts(message):
        yield from (value for _, value in headers(part))
        if content_type(part) in {"text/plain", "text/rfc822-headers", "message/global-headers"}:
            yield text(part)


def _references(message: Message) -> tuple[str, ...]:
    found = []
    for part in parts(message):
        found += [each for name, value in headers(part) if name in _NAMING for each in _MESSAGE_ID.findall(value)]
        if content_type(part) in {"text/plain", "text/rfc822-headers", "message/global-headers"}:
            found += [each for quoted in _QUOTED.findall(text(part)) for each in _MESSAGE_ID.findall(quoted)]
    return _unique(found)


def _unique(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(islice(dict.fromkeys(found), _MOST_CLAIMS))


def _digest(data: bytes) -> str:
    """Of the message without the lines that each mail server adds to it."""
    head, _, body = data[:MOST_BYTES].replace(b"\r\n", b"\n").partition(b"\n\n")
    lines = re.split(rb"\n(?![ \t])", head)
    kept = [line for line in lines if line.partition(b":")[0].strip().lower().decode("latin-1") not in _TRACE]
    return hashlib.sha256(b"\n".join(kept) + b"\n\n" + body).hexdigest()
