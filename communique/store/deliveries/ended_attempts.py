"""Attempts counted by how they ended; what is old is counted once, and not at each question anew."""

import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from communique.store import epochs
from communique.store.database import attempts, deliveries, occurrences
from communique.store.deliveries.tallies import Tally

#: What began before is on disk, whoever writes: on PostgreSQL a lower number may be committed after a higher one.
_SETTLED_AFTER = timedelta(minutes=15)
#: Mode, channel, outcome.
_Counted = Counter[tuple[str, str, str]]


@dataclass
class EndedAttempts:
    """Of one ledger: no attempt that has ended is changed, or deleted. May be asked by several threads."""

    _ledger: str = ""
    _until: int = 0  #: ids up to this one are in `_known`: all of them have ended
    _known: _Counted = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def tallies(self, connection: Connection, now: datetime) -> list[Tally]:
        """The outcome is a state, or `retry`. What is under way has none yet."""
        with self._lock:
            if self._is_another(connection):
                self._until, self._known = 0, Counter()
            until = self._settled(connection, now)
            self._known += _counted(connection, self._until, until)
            self._until = until
            counted = self._known + _counted(connection, until, None)
        return [
            Tally(mode=mode, channel=channel, what=outcome, count=number)
            for (mode, channel, outcome), number in sorted(counted.items())
        ]

    def _is_another(self, connection: Connection) -> bool:
        """Whether the ledger was put in place of the one that was counted: by its name, or because it knows of less."""
        found = epochs.current(connection)
        before, self._ledger = self._ledger, found.ledger if found else ""
        newest = connection.scalar(select(func.max(attempts.c.id))) or 0
        return before != self._ledger or newest < self._until

    def _settled(self, connection: Connection, now: datetime) -> int:
        """The last id before which nothing is to come, or to end, any more."""
        is_new = attempts.c.id > self._until
        began = select(func.max(attempts.c.id)).where(is_new, attempts.c.started_at < now - _SETTLED_AFTER)
        newest = connection.scalar(began) or self._until
        is_open = attempts.c.finished_at.is_(None)
        first_open = select(func.min(attempts.c.id)).where(is_new, attempts.c.id <= newest, is_open)
        opened = connection.scalar(first_open)
        return newest if opened is None else opened - 1


def _counted(connection: Connection, after: int, until: int | None) -> _Counted:
    columns = (occurrences.c.mode, deliveries.c.channel, attempts.c.outcome)
    query = select(*columns, func.count()).join_from(attempts, deliveries).join(occurrences).group_by(*columns)
    query = query.where(attempts.c.id > after, attempts.c.finished_at.is_not(None))
    if until is not None:
        query = query.where(attempts.c.id <= until)
    rows = connection.execute(query)
    return Counter({(str(mode), str(channel), str(outcome)): number for mode, channel, outcome, number in rows})
