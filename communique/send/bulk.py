"""Mails by the thousand: claimed in batches, made from form letters, their commits shared."""

import logging
import sys
from collections import deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from communique.channel import Crossing, Message, Outcome, PermanentError, Receipt
from communique.phrase import phrase
from communique.send.claims import Claims
from communique.send.outcomes import LOST, Outcomes, unless_lost
from communique.store.database import Database
from communique.store.deliveries import leases, stops
from communique.store.deliveries.leases import Lease, LeaseLostError
from communique.store.recipients import answers, people, suppression_list

_BATCH = 500  #: deliveries claimed at once

_log = logging.getLogger(__name__)


@dataclass
class LedgerTraffic:
    """What one channel owes, as `communique.channel.Traffic`."""

    database: Database
    claims: Claims
    channel: str
    stopping: Callable[[], bool]
    outcomes: Outcomes
    left: int = sys.maxsize  #: how many more may be taken up
    made: int = 0  #: attempts that have come to an outcome
    accepted: int = 0  #: of them
    _waiting: deque[Lease] = field(default_factory=deque)
    _under_way: dict[str, Lease] = field(default_factory=dict)  #: by reference
    #: Lost to another worker while this one stood still, given back by it, and claimed anew: the earlier attempt, whose
    #: lease is void, is still on a connection here, and the next one waits until this traffic is over.
    _taken_again: list[Lease] = field(default_factory=list)
    _crossed: dict[str, datetime] = field(default_factory=dict)  #: when the point of no return was passed

    def next(self) -> Message | None:
        """The next message that is due."""
        while not self.stopping():
            if not self._waiting:
                self._claim()
            if not self._waiting:
                break
            lease = self._waiting.popleft()
            if not lease.may_begin(self.outcomes.clock()):
                self._give_back([lease, *self._waiting])
                continue
            if lease.delivery.reference in self._under_way:
                self._taken_again.append(lease)
                continue
            message = self._written(lease)
            if message is not None:
                self._under_way[message.reference] = lease
                return message
            self.made += 1
        return None

    def _give_back(self, leases: Sequence[Lease]) -> None:
        """What has waited here for too long, behind a slow server: it is claimed anew."""
        self.claims.put_back(leases)
        self._waiting.clear()
        self.left += len(leases)

    def _written(self, lease: Lease) -> Message | None:
        try:
            return self.outcomes.written(lease)
        except LeaseLostError:
            _log.warning(LOST, lease.delivery.key, extra={"delivery": lease.delivery.key})
            return None

    def lease_of(self, message: Message) -> Lease:
        """Under which a message is on its way."""
        return self._under_way[message.reference]

    def is_halted(self) -> bool:
        """Whether the process is about to stop."""
        return self.stopping()

    def settle(self, crossing: Sequence[Crossing], outcomes: Sequence[Outcome]) -> Collection[str]:
        """One transaction for all that was accepted and all that is about to go.

        Should it fail, all of them are still under way.
        """
        self._measure(outcomes)
        under_way, accepted = self._under_way, []
        # First: should one not be recorded, nothing has passed the point of no return for it.
        for message, result in outcomes:
            lease = under_way[message.reference]
            if isinstance(result, Receipt):
                accepted.append((lease, result))
            else:
                with unless_lost(lease):
                    self.outcomes.failed(lease, message, result)
        if any(isinstance(each.result, PermanentError) for each in outcomes):
            self._leave_what_is_stopped()
        now = self.outcomes.clock()
        about = [leases.Crossing(under_way[message.reference], digest) for message, digest in crossing]
        going = [each for each in about if now <= each.lease.delivery.expires_at]  # the machine may have slept
        held = self._committed(accepted, going)
        self.made += len(outcomes)
        self.accepted += len(accepted)
        crossed_at = self.outcomes.clock()
        for message, _ in outcomes:
            del under_way[message.reference]
        allowed = set()
        for message, _ in crossing:
            reference = message.reference
            if under_way[reference].delivery.id in held:
                allowed.add(reference)
                self._crossed[reference] = crossed_at
            else:
                del under_way[reference]
        return allowed

    def _leave_what_is_stopped(self) -> None:
        """Too many were refused, perhaps: what was claimed of the same announcement and has not begun waits again."""
        with self.database.reading() as connection:
            stopped = stops.stopped_occurrences(connection, self.channel)
        left = [lease for lease in self._waiting if lease.occurrence in stopped]
        if left:
            self.claims.put_back(left)
            self._waiting = deque(lease for lease in self._waiting if lease.occurrence not in stopped)

    def _measure(self, outcomes: Sequence[Outcome]) -> None:
        now = self.outcomes.clock()
        for each in outcomes:
            if crossed_at := self._crossed.pop(each.message.reference, None):
                self.outcomes.answered(self.channel, now - crossed_at)

    def _committed(
        self, accepted: Sequence[tuple[Lease, Receipt]], going: Sequence[leases.Crossing]
    ) -> Collection[int]:
        """The ids of what may go, once it is on disk."""
        now = self.outcomes.clock()
        # How readers stand towards a meeting is read in the same transaction; SQLite has one for all of it anyway.
        in_one = not self.database.is_shared or any(each.lease.only for each in going)
        with self.database.beside() if in_one else self.database.at_once() as connection:
            passing = self._still_asked_for(connection, going)
            recorded, held = leases.settle(connection, accepted, passing, now)
            lost = [lease for lease, _ in accepted if lease.delivery.id not in recorded]
            if in_one:
                lost += self._without_who_left(connection, passing, held, now)
        if not in_one and len(held) < len(passing):
            with self.database.beside() as connection:
                lost += self._without_who_left(connection, passing, held, now)
        for lease in lost:
            _log.warning(LOST, lease.delivery.key, extra={"delivery": lease.delivery.key})
        return held

    def _without_who_left(
        self, connection: Connection, passing: Sequence[leases.Crossing], held: set[int], now: datetime
    ) -> list[Lease]:
        """Leave out whom nobody may write to any more, and let those pass who waited for that; who can do neither.

        Both in one transaction: should it fail, nobody is past the point without a dot for another's sake.
        """
        if self.database.is_shared and (waiting := [each for each in passing if each.lease.delivery.id not in held]):
            held |= leases.cross(connection, waiting, now)
        stopped = [each.lease for each in passing if each.lease.delivery.id not in held]
        if not stopped:
            return []
        persons = [each.person for each in stopped if each.person]
        left = suppression_list.suppressions_of(connection, persons)
        erased = people.erased_among(connection, [each.id for each in persons])
        others = []
        for lease in stopped:
            if lease.person and lease.person.id in erased:
                with unless_lost(lease):
                    self.outcomes.erased(connection, lease)
            elif lease.person and (reason := left.get(lease.person.id)):
                with unless_lost(lease):
                    self.outcomes.must_not_go(connection, lease, reason)
            else:
                others.append(lease)
        return others

    def _still_asked_for(self, connection: Connection, going: Sequence[leases.Crossing]) -> Sequence[leases.Crossing]:
        """Those whose readers stand towards a meeting as they did when they were claimed."""
        asked = {
            each.lease.delivery.id: (each.lease.only, each.lease.person.id)
            for each in going
            if each.lease.only and each.lease.person
        }
        if not asked:
            return going
        no_more = answers.no_more(connection, asked.values())
        for each in going:
            of = asked.get(each.lease.delivery.id)
            if of in no_more:
                with unless_lost(each.lease):
                    self.outcomes.left_out(connection, each.lease, no_more[of])
        return [each for each in going if asked.get(each.lease.delivery.id) not in no_more]

    def close(self) -> None:
        """At the end: what was claimed and has not passed the point of no return is owed as before.

        What has passed it, and of which nothing is heard because sending broke off, is in doubt.
        """
        cut_off = [self._under_way.pop(each) for each in [*self._crossed] if each in self._under_way]
        self._crossed.clear()
        if left := [*self._waiting, *self._under_way.values(), *self._taken_again]:
            self.claims.put_back(left)
        self._waiting.clear()
        self._taken_again.clear()
        self._under_way.clear()
        for lease in cut_off:
            with unless_lost(lease):
                self.outcomes.in_doubt(lease, phrase("sending broke off before the answer came"), by_our_fault=True)

    def _claim(self) -> None:
        if most := min(_BATCH, self.left):
            taken = self.claims.take(self.channel, most)
            self.left -= len(taken)
            self._waiting.extend(taken)
