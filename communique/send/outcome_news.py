"""What became of copies, said in the log: of a post at once, of thousands of mails in one line for each kind of end.

What a server said of one reader is not for the log: of mails it has the reply's numbers alone, or what kept us from
sending them, without what stands in the places of that sentence. `communique log` has the words.
"""

import logging
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from communique.channel import ChannelError
from communique.delivery import Delivery, State
from communique.phrase import Phrase

_EVERY = timedelta(minutes=10)  #: so often, while a long list goes out
_NUMBERS = re.compile(r"\b[245]\d\d(?:[ -][245]\.\d{1,3}\.\d{1,3})?\b")  # RFC 5321 4.2, RFC 3463
#: How loud each end is, and how it is told.
_ENDS = {
    State.SCHEDULED: (logging.WARNING, "put off, to be tried again"),
    State.FAILED: (logging.ERROR, "refused for good"),
    State.IN_DOUBT: (logging.ERROR, "in doubt: it may have gone out; `communique status` says how to settle it"),
    State.MISSED: (logging.ERROR, "missed: no time was left to try again"),
}
_MANY = {State.IN_DOUBT: "in doubt: they may have gone out; `communique status` says how to settle them"}
_log = logging.getLogger(__name__)


@dataclass
class OutcomeNews:
    """Of one dispatcher; `clock` gives the present."""

    clock: Callable[[], datetime]
    _counted: Counter[tuple[str, str, State, str]] = field(default_factory=Counter)
    _since: datetime | None = None

    def hear(
        self, delivery: Delivery, end: State, reason: str, error: ChannelError | None = None, at: datetime | None = None
    ) -> None:
        """Of one copy that was not taken; `at`: when it is tried again."""
        if end not in _ENDS:
            return
        if delivery.person is None:
            level, told = _ENDS[end]
            until = f" at {at.isoformat(timespec='seconds')}" if at else ""
            _log.log(level, "%s through %s is %s%s: %s", _name(delivery), delivery.channel, told, until, reason)
            return
        now = self.clock()
        self._since = self._since or now
        self._counted[delivery.channel, _name(delivery), end, _numbers(error, reason) or _begun(reason)] += 1
        if abs(now - self._since) >= _EVERY:
            self.tell()

    def tell(self) -> None:
        """What has been counted since; nothing, where all were taken."""
        for (channel, name, end, reason), number in sorted(self._counted.items()):
            level, told = _ENDS[end]
            copies, told = ("1 copy", told) if number == 1 else (f"{number} copies", _MANY.get(end, told))
            why = f" ({reason})" if reason else ""
            _log.log(
                level, "%s of %s through %s: %s%s; `communique log %s` has more", copies, name, channel, told, why, name
            )
        self._counted.clear()
        self._since = None


def _name(delivery: Delivery) -> str:
    return f"{delivery.campaign}/{delivery.announcement}"


def _numbers(error: ChannelError | None, reason: str) -> str:
    """Of a server's reply."""
    reply = getattr(error, "reply", "") or reason
    found = _NUMBERS.search(reply)
    return found.group() if found else ""


def _begun(reason: str) -> str:
    """Of a sentence of ours what stands before the first place in it; of any other nothing."""
    return reason.pattern.partition("{")[0].rstrip(" :;,(") if isinstance(reason, Phrase) else ""
