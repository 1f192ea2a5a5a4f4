"""What crosses to a channel and back: messages, receipts, the errors a channel may raise.

This is the one module that an adapter imports (`docs/adding-a-channel.md`). What thousands a second are made of is a
tuple with names: a frozen dataclass takes two to four times as long. The errors::

    ChannelError
    ├── TemporaryError    nothing went out; a later attempt may succeed
    │   └── UnavailableError    the same, whatever the message: the channel rests when it comes again and again
    ├── PermanentError    nothing went out; no attempt will succeed
    └── UncertainError    it may have gone out; `lookup` first
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import ClassVar, NamedTuple, Protocol, runtime_checkable

from communique.contents import (
    Attachment,
    Caption,
    Content,
    Cover,
    CueSheet,
    Drawing,
    Entry,
    Feed,
    FormLetter,
    Image,
    Infographic,
    Letter,
    Mail,
    MergedMail,
    Overlay,
    PackSheet,
    Pages,
    Post,
    Removal,
    Script,
    Shot,
    Spoken,
    Spot,
    Video,
    clock,
    html_text,
)
from communique.examination import Examined, Lack, MailIdentity, Reached, SigningKey
from communique.joined_phrases import in_turn
from communique.localised import Localised, said_in
from communique.machine_limits import limit_reached
from communique.own_process import BrokenWorkError, EndedError, OwnProcess, serve
from communique.phrase import data_of, from_data, phrase, told_by
from communique.secret import Secret, known_secrets

__all__ = [
    "Attachment",
    "BrokenWorkError",
    "Caption",
    "Channel",
    "ChannelError",
    "Content",
    "Cover",
    "Crossing",
    "CueSheet",
    "Drawing",
    "EndedError",
    "Entry",
    "Equipped",
    "Examined",
    "Feed",
    "Form",
    "FormLetter",
    "Image",
    "InBulk",
    "InDoubt",
    "Infographic",
    "Lack",
    "Letter",
    "Localised",
    "Mail",
    "MailIdentity",
    "Measure",
    "Measured",
    "MergedMail",
    "Message",
    "Offering",
    "Outcome",
    "Overlay",
    "OwnProcess",
    "PackSheet",
    "Pages",
    "PermanentError",
    "Post",
    "Printing",
    "Reach",
    "Reached",
    "Receipt",
    "Recipient",
    "Removal",
    "Repeatable",
    "Retractable",
    "Script",
    "Secret",
    "Shot",
    "SigningKey",
    "Spoken",
    "Spot",
    "TemporaryError",
    "Traffic",
    "UnavailableError",
    "UncertainError",
    "Video",
    "clock",
    "data_of",
    "from_data",
    "html_text",
    "in_turn",
    "known_secrets",
    "limit_reached",
    "phrase",
    "said_in",
    "serve",
    "told_by",
]


class Reach(StrEnum):
    """Whom one message of a channel reaches."""

    EACH = "each"  #: one recipient: e-mail, letter
    ALL = "all"  #: everyone at once: page, feed, social network


class Form(StrEnum):
    """What a channel carries; rendering makes the matching content."""

    MAIL = "mail"  #: `Mail`
    POST = "post"  #: `Post`
    PAGES = "pages"  #: `Pages`
    FEED = "feed"  #: `Feed`
    LETTER = "letter"  #: `Letter`
    SCRIPT = "script"  #: `Script`
    INFOGRAPHIC = "infographic"  #: `Infographic`
    VIDEO = "video"  #: `Video`


class InDoubt(StrEnum):
    """What becomes of a message that may have gone out and that `lookup` did not find."""

    STRICT = "strict"  #: a person decides (`communique resolve`)
    RESEND = "resend"  #: once more, with the same identity, so that the receiver can merge the two
    REWRITE = "rewrite"  #: again as often as it takes: the outcome is a pure function of the ledger


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Measure:
    """How long a post is by its network's own count, and what publishing it costs."""

    length: int
    limit: int
    unit: str  #: what is counted: `weighted characters`, `graphemes`, `characters`
    price: Decimal | None = None  #: US dollars; None when publishing is free
    shown: int = 0  #: characters that are seen on a telephone before readers ask for more; 0: all
    folds: int = 0  #: the same on a wide screen: what has to be said stands before it

    def beginning(self, text: str) -> str:
        """What readers see of a text before they ask for more; empty if it is the whole."""
        return f"{text[: self.shown].rstrip()}…" if 0 < self.shown < len(text) else ""


class ChannelError(Exception):
    """A message was not accepted; the subclass says what that means."""

    reply: str = ""  #: of the mail server that has refused the message: `550 5.1.1 …`
    about_recipient: bool = False  #: it is the recipient that it has refused (RCPT)
    server: str = ""  #: the host that has refused it


class TemporaryError(ChannelError):
    """Nothing went out; a later attempt may succeed."""

    def __init__(self, message: str, *, retry_after: timedelta | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class UnavailableError(TemporaryError):
    """Nothing went out, nor would another message. The channel rests: so long, or when it comes again and again."""


class PermanentError(ChannelError):
    """Nothing went out, and no attempt with the same message will succeed."""


class UncertainError(ChannelError):
    """The message may have gone out: the answer was lost after the point of no return."""


@runtime_checkable
class Channel(Protocol):
    """One way of reaching people. Its constructor's keyword arguments are its settings.

    A constructor checks its settings and opens nothing: connections are made by `send` and `lookup`.
    An argument annotated `Secret` is filled from the environment.
    """

    reach: ClassVar[Reach]
    form: ClassVar[Form]
    in_doubt: ClassVar[InDoubt]
    local: ClassVar[bool]  #: True when all it does is to write files below its `directory`

    def check(self, message: Message) -> Sequence[str]:
        """Why the message would be refused, in sentences an officer can act on; empty when it is fine. No I/O.

        A `phrase` is said in the officer's language, where a catalogue has it; a plain text stays as it is.
        """
        ...

    def send(self, message: Message, commit: Callable[[], None]) -> Receipt:
        """Hand the message over, once.

        `commit` is called right before the byte that cannot be taken back, and returns when that is on disk.

        Raises:
            ChannelError: one of its three kinds; any other exception after `commit` means in doubt.
        """
        ...

    def lookup(self, message: Message) -> Receipt | None:
        """The receipt of a message that may have gone out, or None when it cannot be found."""
        ...

    def close(self) -> None:
        """Let go of connections; the channel can be used again."""
        ...


class Crossing(NamedTuple):
    """A message about to pass the point of no return."""

    message: Message
    digest: str  #: SHA-256 of the bytes that are sent, hex


class Outcome(NamedTuple):
    """What became of a message."""

    message: Message
    result: Receipt | ChannelError


class Traffic(Protocol):
    """Where a channel that sends in bulk takes messages from, and where is written down what becomes of them."""

    def next(self) -> Message | None:
        """The next message; None when there is none at present."""
        ...

    def is_halted(self) -> bool:
        """Whether nothing more is to begin; what has begun comes to its end."""
        ...

    def settle(self, crossing: Sequence[Crossing], outcomes: Sequence[Outcome]) -> Collection[str]:
        """Write down outcomes, and that some messages pass the point of no return, all at once.

        Returns once that is on disk: the references of those that may go.
        """
        ...


@runtime_checkable
class InBulk(Protocol):
    """A channel that reaches thousands one by one, many at a time: `Channel.send` is its stream of one."""

    def send_all(self, traffic: Traffic) -> None:
        """Send until there is no more, and every message has its outcome.

        Raises:
            ChannelError: nothing can be sent at present; what was taken has that as its outcome.
        """
        ...


@runtime_checkable
class Written(Protocol):
    """A channel of mails: each can be looked at as it would go over the wire."""

    def written(self, message: Message) -> bytes:
        """The whole mail, signed where the keys are there. No I/O.

        Raises:
            PermanentError: it cannot be carried.
        """
        ...


@runtime_checkable
class Printing(Protocol):
    """A channel of paper: a message can be seen as it will be printed."""

    def proof(self, message: Message) -> bytes:
        """The message alone, as PDF. Nothing is written anywhere.

        Raises:
            ChannelError: it cannot be printed, or not on this machine.
        """
        ...


@runtime_checkable
class Repeatable(Protocol):
    """A channel that makes the same bytes of the same message: what has left can be made again and held to its hash."""

    def digest(self, message: Message) -> str:
        """SHA-256 (hex) of the bytes that would leave, as `Crossing.digest`. Nothing is sent.

        Raises:
            ChannelError: it cannot be made.
        """
        ...


@runtime_checkable
class Measured(Protocol):
    """A channel that counts: networks with a limit on length, and a price."""

    def measure(self, message: Message) -> Measure:
        """The message's length by the network's own rule. No I/O."""
        ...


@runtime_checkable
class Retractable(Protocol):
    """A channel whose network lets a post be deleted; what went through any other one a person takes back."""

    def retract(self, message: Message, commit: Callable[[], None]) -> Receipt:
        """Delete the post that the message's content (`Removal`) names, with `commit` right before.

        Doing so again does no harm: a post that is not there any more counts as deleted.

        Raises:
            ChannelError: it could not be deleted. When that is not known, `TemporaryError`.
        """
        ...


@runtime_checkable
class Offering(Protocol):
    """A channel that writes for a person what the website may offer to everybody as well."""

    def offered(self, reference: str) -> Mapping[str, Path]:
        """Of what a receipt of its names: the files for the public that are there, by their names on the website."""
        ...


@runtime_checkable
class Equipped(Protocol):
    """A channel that needs libraries of the machine, which `communique doctor` can ask for."""

    def lacks(self) -> Lack | None:
        """What the machine does not have; None when all is there."""
        ...
