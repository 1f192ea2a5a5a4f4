"""Between the messages of a campaign and the envelopes of an exchange."""

import hashlib
import logging
from collections.abc import Callable, Collection, Sequence

from channels.mail.envelope import Envelope
from channels.mail.exchange import Result
from communique.channel import Crossing, Message, Outcome, PermanentError, TemporaryError, Traffic

_log = logging.getLogger(__name__)


class MailTraffic:
    """A source of envelopes; a message that cannot be written has its outcome at once."""

    def __init__(self, traffic: Traffic, write: Callable[[Message], Envelope]) -> None:
        self._traffic = traffic
        self._write = write
        self._messages: dict[Envelope, Message] = {}
        self._refused: list[Outcome] = []

    def next(self) -> Envelope | None:
        """The next mail."""
        while (message := self._traffic.next()) is not None:
            try:
                envelope = self._write(message)
            except PermanentError as error:
                self._refused.append(Outcome(message=message, result=error))
            except Exception as error:  # noqa: BLE001 - one message that breaks the writer must not stop the others
                _log.exception("mail not written", extra={"delivery": message.key})
                put_off = TemporaryError(f"unexpected: {type(error).__name__}: {error}")
                self._refused.append(Outcome(message=message, result=put_off))
            else:
                self._messages[envelope] = message
                return envelope
        if self._refused:
            self.settle([], [])
        return None

    def is_halted(self) -> bool:
        """As the traffic is."""
        return self._traffic.is_halted()

    def settle(self, crossing: Sequence[Envelope], results: Sequence[Result]) -> Collection[Envelope]:
        """Hand over what is to be written down; the envelopes that may go."""
        outcomes = [Outcome(message=self._messages.pop(envelope), result=result) for envelope, result in results]
        outcomes, self._refused = [*self._refused, *outcomes], []
        going = {self._messages[envelope].reference: envelope for envelope in crossing}
        allowed = self._traffic.settle(
            [
                Crossing(message=self._messages[envelope], digest=hashlib.sha256(envelope.data).hexdigest())
                for envelope in crossing
            ],
            outcomes,
        )
        for reference in going.keys() - set(allowed):
            del self._messages[going[reference]]
        return {going[reference] for reference in allowed}
