"""Complaints of readers: feedback reports (RFC 5965), and the form in which Outlook.com sends them."""

import re
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser
from email.policy import compat32

from communique.bounces.mail_parts import FEEDBACK_REPORT, content_type, header, own_parts, parts, text

#: RFC 5965 7.3 and RFC 6430; `auth-failure` (RFC 6591) is about us, `not-spam` a reader who takes it back.
_COMPLAINTS = {"abuse", "fraud", "virus", "other", "opt-out", "opt-out-list", "miscategorized"}
#: What Outlook.com adds to a mail that it sends back because its reader has called it junk.
_OUTLOOK = ("X-HmXmrOriginalRecipient", "X-MS-Exchange-Organization-JMRP")
#: Those who pass on what their customers complain of, and write so that people can read it.
_ABUSE_DESK = re.compile(r"\b(abuse|fbl|feedback|feedback-?loop|complaints?|spam|postmaster)@", re.IGNORECASE)
_ABOUT_ABUSE = re.compile(
    r"(?!re:)(.{0,40}\b)?((abuse|spam|junk|feedback)( e?-?mail)? (report|complaint|notification)|"
    r"complaint (about|regarding)|reported as (spam|junk|abuse))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a report says."""

    is_complaint: bool
    words: str
    mail_from: str  #: the return path of the mail it is about


def feedback(message: Message) -> Feedback | None:
    """What a feedback report says; None when the message is none."""
    for part in own_parts(message):
        if content_type(part) == FEEDBACK_REPORT:
            return _read(HeaderParser(policy=compat32).parsestr(text(part).lstrip()))
    for part in parts(message):
        if part is not message and any(header(part, name) for name in _OUTLOOK):
            return Feedback(is_complaint=True, words="marked as junk at Outlook.com", mail_from="")
    if _ABUSE_DESK.search(header(message, "From")) and _ABOUT_ABUSE.match(header(message, "Subject")):
        return Feedback(is_complaint=True, words=f"a complaint passed on by {header(message, 'From')}", mail_from="")
    return None


def _read(fields: Message) -> Feedback:
    kind = header(fields, "Feedback-Type").lower().partition("(")[0].strip()  # a comment may follow
    by = header(fields, "User-Agent") or header(fields, "Reporting-MTA")
    words = f"feedback report ({kind or 'without a type'})" + (f" by {by}" if by else "")
    return Feedback(is_complaint=kind in _COMPLAINTS, words=words, mail_from=header(fields, "Original-Mail-From"))
