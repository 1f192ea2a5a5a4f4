"""What Amazon SES says of a mail in JSON, where its owner has it sent by mail (SNS): bounces, complaints, deliveries.

The mail is text: the notice, and below it a line on how to have no more of them; or, for those who have asked for mails
as JSON, the notice as a string in SNS' own envelope.
"""

import json
from dataclasses import dataclass
from email.message import Message
from typing import Any

from communique.bounces.mail_parts import content_type, header, own_parts, text
from communique.bounces.report import Kind

_SENDER = "sns.amazonaws.com"
_KINDS = {"Bounce": Kind.FAILED, "Complaint": Kind.COMPLAINT, "Delivery": Kind.DELIVERED, "DeliveryDelay": Kind.DELAYED}
#: Where a bounce has no code of its own: it was not tried, because nobody had the address before.
_NOBODY = {"NoEmail", "Suppressed", "OnAccountSuppressionList"}
_MOST = 50  #: recipients


@dataclass(frozen=True, slots=True)
class AmazonNotice:
    """What a notice says."""

    kind: Kind
    status: str
    words: str
    mail_from: str  #: the return path of the mail it is about
    message_id: str  #: of the same, in brackets


def amazon_notice(message: Message) -> AmazonNotice | None:
    """The notice in a mail; None where there is none, or none that can be read."""
    if _SENDER not in header(message, "From"):
        return None
    for part in own_parts(message):
        if content_type(part) in {"text/plain", "application/json"} and (notice := _notice_in(text(part))) is not None:
            return _read(notice)
    return None


def _notice_in(written: str) -> dict[str, Any] | None:
    try:
        found, _ = json.JSONDecoder().raw_decode(written.lstrip())
        if isinstance(found, dict) and isinstance(found.get("Message"), str):  # SNS' envelope
            found = json.loads(found["Message"])
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and _type_of(found) in _KINDS else None


def _type_of(notice: dict[str, Any]) -> str:
    return _string(notice.get("notificationType")) or _string(notice.get("eventType"))


def _read(notice: dict[str, Any]) -> AmazonNotice:
    kind, mail = _KINDS[_type_of(notice)], _object(notice.get("mail"))
    status, words = _bounce(notice) if kind is Kind.FAILED else ("", "")
    if kind is Kind.COMPLAINT:
        given = _string(_object(notice.get("complaint")).get("complaintFeedbackType"))
        words = f"feedback report ({given or 'without a type'}) by Amazon SES"
        kind = Kind.OTHER if given == "not-spam" else kind
    return AmazonNotice(kind, status, words, _string(mail.get("source")), _message_id(mail))


def _bounce(notice: dict[str, Any]) -> tuple[str, str]:
    """The code and the words of the first recipient who has any; else the kind of bounce in Amazon's words."""
    bounce = _object(notice.get("bounce"))
    given, detail = (_string(bounce.get(name)) for name in ("bounceType", "bounceSubType"))
    recipients = [_object(each) for each in _list(bounce.get("bouncedRecipients"))]
    status = next((found for each in recipients if (found := _string(each.get("status")))), "")
    words = next((found for each in recipients if (found := _string(each.get("diagnosticCode")))), "")
    if not status and detail in _NOBODY:
        status = "5.1.1"
    if given == "Transient" and not status.startswith("4."):
        status = "4.0.0"  # Amazon gives up after a day, and says that the address may well be good
    return status, words.removeprefix("smtp;").strip() or f"Amazon SES: {given}, {detail}"


def _message_id(mail: dict[str, Any]) -> str:
    """Ours, not the one that Amazon gives a mail: that stands in `mail.messageId`."""
    for each in map(_object, _list(mail.get("headers"))):
        if _string(each.get("name")).lower() == "message-id":
            return _string(each.get("value"))
    return _string(_object(mail.get("commonHeaders")).get("messageId"))


def _object(found: Any) -> dict[str, Any]:
    return found if isinstance(found, dict) else {}


def _list(found: Any) -> list[Any]:
    return found[:_MOST] if isinstance(found, list) else []


def _string(found: Any) -> str:
    return found[:1000] if isinstance(found, str) else ""
