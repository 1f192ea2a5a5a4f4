"""Complaints of readers: feedback reports (RFC 5965), and the form in which Outlook.com sends them."""

from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser
from email.policy import compat32

from communique.bounces.mail_parts import FEEDBACK_REPORT, content_type, header, parts, text

#: RFC 5965 7.3 and RFC 6430; `auth-failure` (RFC 6591) is about us, `not-spam` a reader who takes it back.
_COMPLAINTS = {"abuse", "fraud", "virus", "other", "opt-out", "opt-out-list", "miscategorized"}
#: What Outlook.com adds to a mail that it sends back because its reader has called it junk.
_OUTLOOK = ("X-HmXmrOriginalRecipient", "X-MS-Exchange-Organization-JMRP")


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a report says."""

    is_complaint: bool
    words: str
    mail_from: str  #: the return path of the mail it is about


def feedback(message: Message) -> Feedback | None:
    """What a feedback report says; None when the message is none."""
    for part in parts(message):
        if content_type(part) == FEEDBACK_REPORT:
            return _read(HeaderParser(policy=compat32).parsestr(text(part).lstrip()))
    for part in parts(message):
        if part is not message and any(header(part, name) for name in _OUTLOOK):
            return Feedback(is_complaint=True, words="marked as junk at Outlook.com", mail_from="")
    return None


def _read(fields: Message) -> Feedback:
    kind = header(fields, "Feedback-Type").lower()
    by = header(fields, "User-Agent") or header(fields, "Reporting-MTA")
    words = f"feedback report ({kind or 'without a type'})" + (f" by {by}" if by else "")
    return Feedback(is_complaint=kind in _COMPLAINTS, words=words, mail_from=header(fields, "Original-Mail-From"))
