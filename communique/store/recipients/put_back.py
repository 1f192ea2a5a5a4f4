"""What a ledger that is put back must learn from the one that was there: who left since, moved, or was erased."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from communique.phrase import phrase
from communique.store.database import people as people_table
from communique.store.database import suppressions
from communique.store.recipients import suppression_list
from communique.store.recipients.erasure import erase
from communique.store.tables.subscriber import erasures, requests


@dataclass(frozen=True, slots=True)
class Learnt:
    """How many addresses: not written to any more, exchanged for another once again, and erased once again."""

    left: int
    moved: int
    erased: int


def keep_to_wishes(
    there: Connection,
    connection: Connection,
    digests: Callable[[str], Sequence[str]],
    digest: Callable[[str], str],
    without_addresses: Callable[[str], str],
    now: datetime,
) -> Learnt:
    """Make good in a ledger what people asked for after it was copied, as `there` has it.

    Who has come back since the copy was made stays away until they ask again: that does less harm than the other error.

    Args:
        there: the ledger that was in use until now; only read.
        connection: the one that is put back.
        digests: of an address, as `erasures` of `there` keeps them, one a line of the key.
        digest: of an address, by the key that is put back.
        without_addresses: takes addresses out of servers' words.
        now: when this is done.
    """
    left = 0
    before = {row.address_key: row.is_dead for row in connection.execute(select(suppressions))}
    for row in there.execute(select(suppressions)).all():
        known = before.get(row.address_key)
        if known is None or (known and not row.is_dead):
            suppression_list.suppress(
                connection, row.address_key, reason=row.reason, now=row.since, is_dead=row.is_dead
            )
            left += 1
    moved = _move_again(there, connection)
    gone = {row.digest: row.since for row in there.execute(select(erasures))}
    for known in connection.execute(select(erasures.c.digest)).scalars():
        gone.pop(known, None)
    erased = 0
    for key in sorted(_addresses(connection)) if gone else ():
        if not gone.keys().isdisjoint(digests(key)):
            erased += erase(connection, key, digest(key), without_addresses, now)
    # Of those too who came and went since.
    for each in gone.keys() - set(connection.execute(select(erasures.c.digest)).scalars()):
        connection.execute(insert(erasures).values(digest=each, since=gone[each]))
    return Learnt(left, moved, erased)


def _move_again(there: Connection, connection: Connection) -> int:
    """Take over the address that somebody has had since: who has left by it would else be written to at the former one.

    In the order in which they moved, for what one has given up another may have taken. Only people who are the same in
    both, not those with the same number: a ledger that was put back before has numbered others since.
    """
    moved = 0
    latest = select(people_table).where(people_table.c.address_since.is_not(None))
    for row in there.execute(latest.order_by(people_table.c.address_since)).all():
        is_same = people_table.c.id == row.id, people_table.c.created_at == row.created_at
        earlier = func.coalesce(people_table.c.address_since, people_table.c.created_at) < row.address_since
        former = connection.execute(select(people_table.c.address_key).where(*is_same, earlier)).scalar()
        if former is None:
            continue
        moved += 1
        taken = select(people_table.c.id).where(people_table.c.address_key == row.address_key)
        if connection.execute(taken).first() is not None:
            reason = phrase("its owner has another address")
            suppression_list.suppress(connection, former, reason=reason, now=row.address_since)
            continue
        values = {name: getattr(row, name) for name in ("address", "address_key", "domain", "address_since")}
        connection.execute(update(people_table).where(people_table.c.id == row.id).values(values))
    return moved


def _addresses(connection: Connection) -> set[str]:
    """All that the ledger knows."""

    def found() -> Iterator[str]:
        for table in (people_table, requests, suppressions):
            yield from connection.execute(select(table.c.address_key)).scalars()

    return set(found())
