"""Between the messages of a campaign and the envelopes of an exchange."""

import hashlib
from collections.abc import Callable, Collection, Sequence

from channels.mail.envelope import Envelope
from channels.mail.exchange import Result
from channels.mail.writing_ahead import Written
from communique.channel import ChannelError, Crossing, Message, Outcome, Traffic


class MailTraffic:
    """A source of envelopes; a message that cannot be written has its outcome at once.

    `next_written` gives the traffic's messages as mails.
    """

    def __init__(self, traffic: Traffic, next_written: Callable[[], Written | None]) -> None:
        self._traffic = traffic
        self._next_written = next_written
        self._messages: dict[Envelope, Message] = {}
        self._refused: list[Outcome] = []

    def next(self) -> Envelope | None:
        """The next mail."""
        while (written := self._next_written()) is not None:
            message, envelope = written
            if not isinstance(envelope, ChannelError):
                self._messages[envelope] = message
                return envelope
            self._refused.append(Outcome(message, envelope))
        if self._refused:
            self.settle([], [])
        return None

    def is_halted(self) -> bool:
        """As the traffic is."""
        return self._traffic.is_halted()

    def settle(self, crossing: Sequence[Envelope], results: Sequence[Result]) -> Collection[Envelope]:
        """Hand over what is to be written down; the envelopes that may go."""
        outcomes, self._refused = self._refused, []
        outcomes += [Outcome(self._messages.pop(envelope), result) for envelope, result in results]
        going = [Crossing(self._messages[envelope], hashlib.sha256(envelope.data).hexdigest()) for envelope in crossing]
        allowed = set(self._traffic.settle(going, outcomes))
        passing = set()
        for envelope, (message, _) in zip(crossing, going, strict=True):
            if message.reference in allowed:
                passing.add(envelope)
            else:
                del self._messages[envelope]
        return passing
