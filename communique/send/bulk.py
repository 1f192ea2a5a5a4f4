"""Mails by the thousand: claimed in batches, made from form letters, their commits shared."""

import logging
from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from communique.channel import ChannelError, Crossing, Message, Outcome, Receipt
from communique.send.claims import Claims
from communique.store import leases, people
from communique.store.database import Database
from communique.store.leases import Lease

_BATCH = 500  #: deliveries claimed at once

_log = logging.getLogger(__name__)


@dataclass
class LedgerTraffic:
    """What one channel owes, as `communique.channel.Traffic`; what goes wrong is left to the `dispatch`er."""

    database: Database
    claims: Claims
    channel: str
    clock: Callable[[], datetime]
    stopping: Callable[[], bool]
    dispatch: "Decisions"
    made: int = 0  #: attempts that have come to an outcome
    _waiting: deque[Lease] = field(default_factory=deque)
    _under_way: dict[str, Lease] = field(default_factory=dict)  #: by reference

    def next(self) -> Message | None:
        """The next message that is due."""
        while not self.stopping():
            if not self._waiting:
                self._claim()
            if not self._waiting:
                break
            lease = self._waiting.popleft()
            message = self.dispatch.write(lease)
            if message is not None:
                self._under_way[message.reference] = lease
                return message
            self.made += 1
        return None

    def is_halted(self) -> bool:
        """Whether the process is about to stop."""
        return self.stopping()

    def settle(self, crossing: Sequence[Crossing], outcomes: Sequence[Outcome]) -> Collection[str]:
        """One transaction for all that was accepted and all that is about to go."""
        ended = [(self._under_way.pop(each.message.reference), each) for each in outcomes]
        accepted = [(lease, each.result) for lease, each in ended if isinstance(each.result, Receipt)]
        going = [
            leases.Crossing(lease=self._under_way[each.message.reference], content_hash=each.digest)
            for each in crossing
        ]
        now = self.clock()
        with self.database.begin() as connection:
            recorded = leases.record_sent(connection, accepted, now) if accepted else set()
            left = people.suppressions_of(connection, [each.lease.person for each in going if each.lease.person])
            passing = [each for each in going if each.lease.delivery.person not in left]
            held = leases.cross(connection, passing, now) if passing else set()
        self.made += len(ended)
        for lease, _ in accepted:
            if lease.delivery.id not in recorded:
                _lost(lease)
        for lease, each in ended:
            if isinstance(each.result, ChannelError):
                self.dispatch.failed(lease, each.message, each.result)
        return [each.lease.delivery.reference for each in going if self._may_go(each.lease, held, left)]

    def _may_go(self, lease: Lease, held: Collection[int], left: Mapping[int, str]) -> bool:
        if lease.delivery.id in held:
            return True
        del self._under_way[lease.delivery.reference]
        reason = left.get(lease.delivery.person or 0)
        if reason:
            self.dispatch.must_not_go(lease, reason)
        else:
            _lost(lease)
        return False

    def close(self) -> None:
        """At the end: what was claimed and has not passed the point of no return is owed as before."""
        if left := [*self._waiting, *self._under_way.values()]:
            self.claims.put_back(left)
        self._waiting.clear()
        self._under_way.clear()

    def _claim(self) -> None:
        self._waiting.extend(self.claims.take(self.channel, _BATCH))


class Decisions(Protocol):
    """What becomes of a message that was not simply accepted."""

    def write(self, lease: Lease) -> Message | None:
        """A lease's message; None when it cannot be written, and that is on record."""
        ...

    def failed(self, lease: Lease, message: Message, error: ChannelError) -> None:
        """It was not accepted, or may have been."""
        ...

    def must_not_go(self, lease: Lease, reason: str) -> None:
        """The person has left since the message was claimed."""
        ...


def _lost(lease: Lease) -> None:
    _log.warning("lease lost", extra={"delivery": lease.delivery.key})
