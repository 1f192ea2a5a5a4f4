"""What a channel may do besides sending one message: each ability is a protocol, and who needs it asks for it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Protocol, runtime_checkable

from communique.channel.crossing import Crossing, Message, Outcome, Receipt
from communique.channel.examination import Lack


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
