"""How many people audiences have, kept in memory for who looks: counting 100,000 anew at each look takes a while.

What is approved and what goes out is always counted anew.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from communique.answering import Only
from communique.plan.owing import CountGroups, counting
from communique.store import audience_changes
from communique.store.audience_changes import State
from communique.store.recipients.people import Group
from communique.store.recipients.ways import Way
from communique.store.recipients.wishes import Wish

#: What somebody changes in the ledger's tables by another program than this one is seen after this time.
LONGEST = timedelta(minutes=5)
_MOST_KEPT = 200

_Asked = tuple[tuple[str, ...], frozenset[str], Wish | None, Way]


@dataclass
class KnownCounts:
    """Thrown away as soon as anybody has changed people, audiences, choices or who must not be written to."""

    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)
    _of: State | None = field(default=None, init=False)
    _since: datetime | None = field(default=None, init=False)
    _found: dict[_Asked, Sequence[Group]] = field(default_factory=dict, init=False)

    def counting(self, connection: Connection, now: datetime) -> CountGroups:
        """As `communique.plan.owing.counting`. Answers change by the hour: who is chosen by them is counted anew."""
        anew = counting(connection)
        present = audience_changes.state(connection)

        def count(
            audiences: tuple[str, ...], allowed: frozenset[str], wish: Wish | None, only: Only | None, way: Way
        ) -> Sequence[Group]:
            by_answers = only is not None or (wish is not None and wish.but_for is not None and wish.but_for.only)
            if by_answers:
                return anew(audiences, allowed, wish, only, way)
            asked = audiences, allowed, wish, way
            with self._lock:
                known = self._known(present, now).get(asked)
            if known is None:
                known = anew(audiences, allowed, wish, only, way)
                with self._lock:
                    self._known(present, now)[asked] = known
            return known

        return count

    def _known(self, present: State, now: datetime) -> dict[_Asked, Sequence[Group]]:
        """What was found in this state; a clock that was put back has all counted anew, too."""
        is_old = self._since is None or abs(now - self._since) >= LONGEST or len(self._found) >= _MOST_KEPT
        if present != self._of or is_old:
            self._of, self._since, self._found = present, now, {}
        return self._found
