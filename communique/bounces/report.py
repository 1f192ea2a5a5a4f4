"""What a message in the mailbox for returned mail says."""

from dataclasses import dataclass
from enum import StrEnum

from communique.bounces.calendar_replies import CalendarReply


class Kind(StrEnum):
    """What it is."""

    FAILED = "failed"  #: a mail could not be delivered, and nobody tries any more
    DELAYED = "delayed"  #: it could not be delivered yet
    DELIVERED = "delivered"  #: it reached somebody, or went on to a server that reports no more
    COMPLAINT = "complaint"  #: the reader has called it junk
    AUTO_REPLY = "auto-reply"  #: out of office, read receipts, we have got your mail
    CHALLENGE = "challenge"  #: somebody's filter wants a person to prove to be one
    REPLY = "calendar reply"  #: a calendar's answer to an invitation
    OTHER = "other"  #: none of these: for a person to read


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """A message, read. What strangers wrote stays a stranger's word: printable, cut to a length, never believed."""

    kind: Kind
    digest: str  #: the same for the same message, wherever it was read
    status: str = ""  #: RFC 3463, `5.1.1`; empty when it says none
    words: str = ""  #: of the mail server that refused it
    system: str = ""  #: whose server that is, as `communique.bounces.systems` names it; empty where nothing says so
    tags: tuple[str, ...] = ()  #: what may be a tag of ours in a return path
    references: tuple[str, ...] = ()  #: what may be a Message-ID of ours, or an envelope id; without brackets
    subject: str = ""
    reply: CalendarReply | None = None  #: of a calendar reply
    sender: str = ""  #: of what is for a person to read: the address in From
    sender_name: str = ""
    body: str = ""  #: of the same: what somebody has written, without what they quote
    by_itself: bool = False  #: a program says that it has written this for somebody: nothing is answered to it
