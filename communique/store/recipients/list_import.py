"""A list of people on its way into an audience: a long one is written in pieces, and its people join all at once.

Who is new is written down first, some at a time, and is in no audience meanwhile: nobody writes to them. Then all of
them join in one statement, so that an announcement that falls due meanwhile is owed to the whole list or to none of it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Executable, Integer, bindparam, delete, func, select

from communique.store.database import memberships, people
from communique.store.given import ForAll, Given
from communique.store.recipients import erasure, traces
from communique.store.recipients.people import Row, bring_up_to_date, join
from communique.store.tables.postal import postal_addresses as postal_table
from communique.store.tables.subscriber import consents, subscriptions
from communique.store.turns import Turns

_PIECE = 1_000  #: rows in a transaction: some hundredths of a second


class ListImport:
    """One list.

    Args:
        turns: the transactions of this work.
        rows: who is on it, checked.
        digests: of a key, as `erasures` keeps them, one a line of the installation's key.
        now: when this is done.
    """

    def __init__(
        self, turns: Turns, rows: Sequence[Row], digests: Callable[[str], Sequence[str]], now: datetime
    ) -> None:
        self._turns = turns
        self._now = now
        # Before anybody waits: a hash for each takes longer than to write them down.
        self._rows = {row.key: (row, digests(row.key)) for row in rows}
        self._ids: dict[str, int] = {}

    @property
    def number(self) -> int:
        """How many are imported: not who asked to be erased."""
        return len(self._ids)

    @property
    def keys(self) -> Sequence[str]:
        """Theirs."""
        return list(self._ids)

    def write(self) -> Iterator[int]:
        """Everybody as the list says, in no other audience than before; tells after each piece how many are done."""
        keys = list(self._rows)
        for begin in range(0, len(keys), _PIECE):
            some = keys[begin : begin + _PIECE]
            with self._turns.begin() as connection:
                self._ids |= self._written(connection, some)
            yield begin + len(some)

    def join(self, connection: Connection, *, audience: str, basis: str, source: str) -> int:
        """Put all of them into an audience; the number that is new in it."""
        if _HOW_MANY.execute(connection, self._each).scalar_one() < len(self._ids):
            self._write_lost(connection)
        return join(connection, self._ids.values(), audience=audience, basis=basis, source=source, now=self._now)

    def take_back(self) -> None:
        """Take out whom it has made, and who is in no audience: for who stops it before they have joined."""
        ids = self._each
        for begin in range(0, len(ids), _PIECE):
            some = ids[begin : begin + _PIECE]
            with self._turns.begin() as connection:
                made = _MADE_NOW.execute(connection, some, created_at=self._now).scalars().all()
                for table, person in ((postal_table, postal_table.c.person_id), (people, people.c.id)):
                    connection.execute(delete(table).where(person.in_(made)))
                if made:
                    traces.leave(connection, self._now)

    @property
    def _each(self) -> list[tuple[int]]:
        return [(each,) for each in self._ids.values()]

    def _write_lost(self, connection: Connection) -> None:
        """Once more who was erased since: because they were in no audience, and not because they asked for it."""
        still = set(_STILL_THERE.execute(connection, self._each).scalars())
        lost = [key for key, number in self._ids.items() if number not in still]
        self._ids = {key: number for key, number in self._ids.items() if number in still}
        self._ids |= self._written(connection, lost)

    def _written(self, connection: Connection, keys: Sequence[str]) -> Mapping[str, int]:
        of_these = [digest for key in keys for digest in self._rows[key][1]]
        erased = erasure.erased_among(connection, of_these) if keys else set()
        rows = {key: self._rows[key][0] for key in keys if erased.isdisjoint(self._rows[key][1])}
        return bring_up_to_date(connection, rows, self._now) if rows else {}


def _of_these(given: Given) -> ColumnElement[bool]:
    return people.c.id.in_(select(given.column(0, Integer())).select_from(given.of))


def _in_none(given: Given) -> Executable:
    tables = (memberships, consents, subscriptions)
    known = (select(table.c.person_id).where(table.c.person_id == people.c.id).exists() for table in tables)
    made = people.c.created_at == bindparam("created_at", type_=people.c.created_at.type)
    return select(people.c.id).where(_of_these(given), made, *(~each for each in known))


_HOW_MANY = ForAll(lambda given: select(func.count()).select_from(people).where(_of_these(given)))
_STILL_THERE = ForAll(lambda given: select(people.c.id).where(_of_these(given)))
_MADE_NOW = ForAll(_in_none)
