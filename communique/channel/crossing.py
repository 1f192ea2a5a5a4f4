"""What crosses to a channel and back: messages, and what became of them.

What thousands a second are made of is a tuple with names: a frozen dataclass takes two to four times as long.
"""

from datetime import datetime
from typing import NamedTuple

from communique.channel.contents import Content
from communique.channel.errors import ChannelError


class Recipient(NamedTuple):
    """One person a message is addressed to."""

    id: str  #: the person's id in the ledger; carries no address
    address: str  #: e-mail address (RFC 5321 Mailbox), as it was given
    name: str
    language: str  #: BCP 47
    organisation: str = ""


class Message(NamedTuple):
    """What one delivery says, ready for its channel."""

    key: str  #: the delivery's: campaign/announcement/occurrence/channel/recipient/language; carries no address
    reference: str  #: fixed before the first attempt: Message-ID without brackets, stem of record keys
    created_at: datetime  #: fixed before the first attempt, UTC: Date header, creation time of records
    language: str  #: BCP 47
    content: Content
    recipient: Recipient | None = None  #: None when the channel reaches all at once
    answers: str = ""  #: of a notice: what names the message that it is about, as `reference` or as its receipt does
    return_tag: str = ""  #: says whose mail comes back: at most 29 of a-z, 2-7; empty: no delivery's


class Receipt(NamedTuple):
    """The next system's word that it has accepted a message."""

    reference: str = ""  #: its own handle: queue id, post id, record URI
    url: str = ""  #: where the public can see it
    detail: str = ""  #: its own words, e.g. the SMTP reply
    by_hand: bool = False  #: True: a person has it now, and says when it is done (`communique done`)


class Crossing(NamedTuple):
    """A message about to pass the point of no return."""

    message: Message
    digest: str  #: SHA-256 of the bytes that are sent, hex


class Outcome(NamedTuple):
    """What became of a message."""

    message: Message
    result: Receipt | ChannelError
