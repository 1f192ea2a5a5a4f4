"""Taking what is due and may go now; what was taken is known outside the ledger before any of it goes out."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from communique.delivery import Mode
from communique.pace import Pace
from communique.send.seen_epoch import SeenEpoch
from communique.store import epochs
from communique.store.announcements import cancellations
from communique.store.database import Database
from communique.store.deliveries import leases, pauses, rates, rests
from communique.store.deliveries.leases import Lease
from communique.store.epochs import Epoch
from communique.store.recipients import domains

_SORTED_AT_ONCE = 20_000  #: rows; a fraction of a second


@dataclass(frozen=True, kw_only=True)
class Claims:
    """One process's claims; `seen` is None where nothing leaves the machine for good, as in a rehearsal."""

    database: Database
    mode: Mode
    owner: str
    clock: Callable[[], datetime]
    seen: SeenEpoch | None = None
    paces: Mapping[str, Pace] = field(default_factory=dict)  #: by channel, where there is one
    may_begin: Callable[[], bool] = lambda: True  #: whether what is sent now can be recorded
    _waiting: dict[str, list[str]] = field(default_factory=dict)  #: domains by channel, while there is enough of them
    _turn: dict[str, str] = field(default_factory=dict)  #: by channel: the domain that was served last
    _unsorted: set[str] = field(default_factory=set)  #: channels without a rate per domain, in which none is sorted

    def take(self, channel: str, most: int) -> list[Lease]:
        """Due deliveries of a channel; none when nothing may begin or the channel waits; one when its rest is over.

        Raises:
            OSError: it could not be kept how far the ledger is; nothing is taken.
        """
        if not self.may_begin():
            return []
        while True:
            more = self._sort(channel)
            taken = self._take(channel, most)
            if taken or not more:
                return taken

    def _sort(self, channel: str) -> bool:
        """By domain, for a channel that has a rate for each; whether there is more to be sorted."""
        if self._rates_per_domain(channel):
            with self._writing(channel) as connection:
                found = domains.sort_in(connection, channel, self.clock(), _SORTED_AT_ONCE)
            if found:
                self._waiting.pop(channel, None)
            return found == _SORTED_AT_ONCE
        if channel not in self._unsorted:
            with self.database.beside() as connection:
                domains.leave_unsorted(connection, channel)
            self._unsorted.add(channel)
        return False

    def _take(self, channel: str, most: int) -> list[Lease]:
        epoch = None
        with self._writing(channel) as connection:
            if pauses.is_paused(connection, channel):
                return []
            now = self.clock()
            most = rests.allowed(connection, channel, self._in_pace(connection, channel, most, now), now)
            taken = self._claim_what_may_go(connection, channel, most, now) if most else []
            if taken and self.seen is not None and not self.database.is_shared:
                epoch = epochs.advance(connection)
        if taken and self.seen is not None:
            try:
                self.seen.keep(epoch or self._step())
            except OSError:
                self.put_back(taken)
                raise
        return taken

    def _claim_what_may_go(self, connection: Connection, channel: str, most: int, now: datetime) -> list[Lease]:
        """What came back to be tried again may have been cancelled since."""
        while taken := self._claim(connection, channel, most, now):
            if may_go := cancellations.keep_out(connection, self.mode, taken, now):
                return may_go
        return []

    def _claim(self, connection: Connection, channel: str, most: int, now: datetime) -> list[Lease]:
        if not self._rates_per_domain(channel):
            return leases.claim(connection, self.mode, channel, owner=self.owner, now=now, most=most)
        waiting = self._waiting.get(channel) or domains.waiting(connection, channel)
        served = self._turn.get(channel, "")
        in_turn = sorted(waiting, key=lambda domain: (domain <= served, domain))
        pace = self.paces[channel]
        limits = {domain: limit for domain in in_turn if (limit := pace.limit_of(domain))}
        left = {**dict.fromkeys(in_turn, most), **rates.left_by_domain(connection, channel, limits, now)}
        ids = domains.due(connection, self.mode, channel, left, now=now, most=most)
        taken = leases.begin(connection, ids, owner=self.owner, now=now)
        self._waiting[channel] = waiting if len(taken) == most else []
        if taken:
            last = taken[-1].person
            self._turn[channel] = domains.domain_of(last.address_key if last else "")
        return taken

    def _rates_per_domain(self, channel: str) -> bool:
        return channel in self.paces and bool(self.paces[channel].per_domain)

    def _writing(self, channel: str) -> AbstractContextManager[Connection]:
        """What a rate leaves holds only while nobody else takes; all others need not wait for each other."""
        return self.database.begin() if channel in self.paces else self.database.beside()

    def _in_pace(self, connection: Connection, channel: str, most: int, now: datetime) -> int:
        """How many of them its rates leave."""
        pace = self.paces.get(channel)
        limits = list(pace.limits(now)) if pace else []
        return min(most, rates.left(connection, channel, limits, now)) if limits else most

    def came_to_an_end(self) -> None:
        """What was taken has ended one way or another: a copy of the ledger that was made meanwhile is older.

        Raises:
            OSError: it could not be kept how far the ledger is.
        """
        if self.seen is None:
            return
        if self.database.is_shared:
            self.seen.keep(self._step())
            return
        with self.database.begin() as connection:
            epoch = epochs.advance(connection)
        self.seen.keep(epoch)

    def _step(self) -> Epoch:
        """After the claim: all claims change one row, and whoever stands still must not hold it."""
        with self.database.by_statement() as connection:
            moved = epochs.step(connection)
        if moved is None:
            with self.database.begin() as connection:
                moved = epochs.advance(connection)
        return moved

    def put_back(self, taken: Iterable[Lease]) -> None:
        """What was taken and not begun is owed as before."""
        with self.database.beside() as connection:
            leases.put_back(connection, taken, self.clock())
