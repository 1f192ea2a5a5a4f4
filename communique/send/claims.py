"""Taking what is due and may go now; what was taken is known outside the ledger before any of it goes out."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from communique.delivery import Mode
from communique.pace import Pace
from communique.send.seen_epoch import SeenEpoch
from communique.store import epochs, leases, pauses, rates, rests
from communique.store.database import Database
from communique.store.epochs import Epoch
from communique.store.leases import Lease


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

    def take(self, channel: str, most: int) -> list[Lease]:
        """Due deliveries of a channel; none when nothing may begin or the channel waits; one when its rest is over.

        Raises:
            OSError: it could not be kept how far the ledger is; nothing is taken.
        """
        if not self.may_begin():
            return []
        epoch = None
        with self._writing(channel) as connection:
            if pauses.is_paused(connection, channel):
                return []
            now = self.clock()
            most = rests.allowed(connection, channel, self._in_pace(connection, channel, most, now), now)
            taken = leases.claim(connection, self.mode, channel, owner=self.owner, now=now, most=most) if most else []
            if taken and self.seen is not None and not self.database.is_shared:
                epoch = epochs.advance(connection)
        if taken and self.seen is not None:
            try:
                self.seen.keep(epoch or self._step())
            except OSError:
                self.put_back(taken)
                raise
        return taken

    def _writing(self, channel: str) -> AbstractContextManager[Connection]:
        """What a rate leaves holds only while nobody else takes; all others need not wait for each other."""
        return self.database.begin() if channel in self.paces else self.database.beside()

    def _in_pace(self, connection: Connection, channel: str, most: int, now: datetime) -> int:
        """How many of them its rates leave."""
        pace = self.paces.get(channel)
        limits = list(pace.limits(now)) if pace else []
        return min(most, rates.left(connection, channel, limits, now)) if limits else most

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
