"""What is due, sorted by the recipients' domains, so that a full domain holds up no other one.

Only channels with a rate per domain are sorted, by whoever claims, some thousand rows at a time; all others have the
empty domain. Sorted rows of one domain stand together in the index of what is due, and a full one is stepped over.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Executable, Integer, Select, String, bindparam, func, not_, select, true, update

from communique.delivery import Mode, State
from communique.store.database import deliveries, occurrences, people
from communique.store.given import ForAll, ForEach, Given
from communique.store.held_back import held_back
from communique.store.metadata import UTCDateTime

#: Of somebody who has been erased, or has no address: no domain is called so.
NOWHERE = "-"


def sort_in(connection: Connection, channel: str, now: datetime, most: int) -> int:
    """Write down the domain of what is due and has none yet; how many."""
    unsorted = (
        select(deliveries.c.id, people.c.address_key)
        .outerjoin(people, people.c.id == deliveries.c.person_id)
        .where(*_scheduled(channel), deliveries.c.domain == "", deliveries.c.next_attempt_at <= now)
        .order_by(deliveries.c.next_attempt_at)
        .limit(most)
        .with_for_update(skip_locked=True, of=deliveries)
    )
    found = [(row.id, domain_of(row.address_key or "")) for row in connection.execute(unsorted)]
    if found:
        _SORT_IN.execute(connection, found)
    return len(found)


def domain_of(address: str) -> str:
    """Of an address in its canonical form; nowhere, of somebody who has none."""
    _, at, domain = address.rpartition("@")
    return domain if at else NOWHERE


def leave_unsorted(connection: Connection, channel: str) -> int:
    """For a channel that has no rate per domain any more; how many."""
    sorted_in = (
        select(deliveries.c.id).where(*_scheduled(channel), deliveries.c.domain > "").with_for_update(skip_locked=True)
    )
    ids = connection.execute(sorted_in).scalars().all()
    if ids:
        _SORT_IN.execute(connection, [(each, "") for each in ids])
    return len(ids)


def waiting(connection: Connection, channel: str) -> list[str]:
    """The domains of what is scheduled: a step in the index for each, however many rows it has."""
    of = func.min(deliveries.c.domain)
    first = select(of.label("domain")).where(*_scheduled(channel), deliveries.c.domain > "")
    found = first.cte("found", recursive=True)
    following = select(of).where(*_scheduled(channel), deliveries.c.domain > found.c.domain).scalar_subquery()
    found = found.union_all(select(following).where(found.c.domain.is_not(None)))
    return list(connection.execute(select(found.c.domain).where(found.c.domain.is_not(None))).scalars())


def due(
    connection: Connection, mode: Mode, channel: str, left: Mapping[str, int], *, now: datetime, most: int
) -> Sequence[int]:
    """Ids of what is due: from each domain as many as it has left, all of them in turn until there are `most`."""
    taken: dict[str, Sequence[int]] = {}
    asked = dict.fromkeys((domain for domain, copies in left.items() if copies > 0), 0)
    while asked and (free := most - sum(map(len, taken.values()))) > 0:
        share = max(1, free // len(asked))
        turn, later = list(asked.items())[:free], list(asked.items())[free:]
        wanted = {domain: min(before + share, left[domain]) for domain, before in turn}
        found = _first_of(connection, mode, channel, wanted, now)
        taken |= found
        # Who had as many as were wanted may have more.
        more = {domain: copies for domain, copies in wanted.items() if len(found[domain]) == copies < left[domain]}
        asked = {**dict(later), **more}
    return _lock(connection, [each for ids in taken.values() for each in ids][:most])


def _first_of(
    connection: Connection, mode: Mode, channel: str, asked: Mapping[str, int], now: datetime
) -> dict[str, Sequence[int]]:
    most = max(asked.values())
    rows = _FIRST_OF.execute(connection, [[domain] for domain in asked], mode=mode, channel=channel, now=now, most=most)
    found: dict[str, list[int]] = {domain: [] for domain in asked}
    for row in rows:
        found[row.domain].append(row.id)
    return {domain: ids[: asked[domain]] for domain, ids in found.items()}


def _lock(connection: Connection, ids: Sequence[int]) -> Sequence[int]:
    """Those that nobody else has changed."""
    if connection.dialect.name == "sqlite":
        return ids
    free = select(deliveries.c.id).where(deliveries.c.id.in_(ids), deliveries.c.state == State.SCHEDULED)
    return connection.execute(free.with_for_update(skip_locked=True)).scalars().all()


def _scheduled(channel: Any) -> tuple[Any, Any]:
    return deliveries.c.channel == channel, deliveries.c.state == State.SCHEDULED


def _due_in(domain: Any) -> Select[Any]:
    return (
        select(deliveries.c.id, deliveries.c.domain, deliveries.c.next_attempt_at)
        .join(occurrences)
        .where(
            *_scheduled(bindparam("channel", type_=String())),
            deliveries.c.domain == domain,
            deliveries.c.next_attempt_at <= bindparam("now", type_=UTCDateTime()),
            occurrences.c.mode == bindparam("mode", type_=String()),
            occurrences.c.expires_at >= bindparam("now", type_=UTCDateTime()),
            not_(held_back(bindparam("channel", type_=String()))),
        )
        .order_by(deliveries.c.next_attempt_at)
        .limit(bindparam("most", type_=Integer()))
    )


def _first_of_each(given: Given) -> Executable:
    domain = given.column(0, String())
    if given.dialect == "postgresql":
        first = _due_in(domain).correlate(given.of).lateral("first")
        return select(first.c.id, first.c.domain).select_from(given.of.join(first, true())).order_by("next_attempt_at")
    # SQLite has no LATERAL, and steps through `IN` in the same way.
    each = deliveries.alias("each")
    first_ids = _due_in(domain).with_only_columns(deliveries.c.id).correlate(given.of)
    return (
        select(each.c.id, each.c.domain)
        .select_from(given.of.join(each, each.c.id.in_(first_ids)))
        .order_by(each.c.next_attempt_at)
    )


_SORT_IN = ForEach(
    lambda given: (
        update(deliveries).where(deliveries.c.id == given.column(0, Integer())).values(domain=given.column(1, String()))
    )
)
_FIRST_OF = ForAll(_first_of_each)
