"""What every channel is: whom it reaches, what it carries, and how it sends one message."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import ClassVar, Protocol, runtime_checkable

from communique.channel.crossing import Message, Receipt


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
