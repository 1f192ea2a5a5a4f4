"""Counts over the whole ledger, for those who watch it: no names, no addresses."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, and_, func, select

from communique.delivery import State
from communique.store.database import deliveries, occurrences, returns
from communique.store.deliveries import counts
from communique.store.deliveries.ledger import LATE
from communique.store.tables.channel import stops


@dataclass(frozen=True, kw_only=True, slots=True)
class Tally:
    """How many of something; `what` is a state or an outcome, empty where there is one kind only."""

    mode: str
    channel: str
    what: str = ""
    count: int


def by_state(connection: Connection) -> list[Tally]:
    """Deliveries."""
    modes = {row.id: row.mode for row in connection.execute(select(occurrences.c.id, occurrences.c.mode))}
    found: Counter[tuple[str, str, str]] = Counter()
    for each in counts.by_state(connection):
        found[modes[each.occurrence], each.channel, each.state] += each.number
    return [
        Tally(mode=mode, channel=channel, what=state, count=number)
        for (mode, channel, state), number in sorted(found.items())
    ]


def leased(connection: Connection) -> list[Tally]:
    """Deliveries that a worker has under way."""
    of = func.coalesce(deliveries.c.occurrence_id, 0).label("of")  # as in `communique.store.by_index`
    found = select(of, deliveries.c.channel, func.count().label("number")).where(deliveries.c.lease_token.is_not(None))
    under_way = found.group_by(of, deliveries.c.channel).subquery()
    columns = (occurrences.c.mode, under_way.c.channel)
    query = select(*columns, func.sum(under_way.c.number)).join_from(
        under_way, occurrences, occurrences.c.id == under_way.c.of
    )
    return [_tally(row) for row in connection.execute(query.group_by(*columns))]


def returned(connection: Connection) -> list[Tally]:
    """Deliveries of which something came back, by what it means for the address."""
    columns = (occurrences.c.mode, deliveries.c.channel, returns.c.verdict)
    query = select(*columns, func.count(deliveries.c.id.distinct())).join_from(returns, deliveries).join(occurrences)
    return [_tally(row) for row in connection.execute(query.group_by(*columns))]


def overdue(connection: Connection, now: datetime) -> list[Tally]:
    """Deliveries still owed although their time came more than five minutes ago."""
    columns = (occurrences.c.mode, deliveries.c.channel)
    query = select(*columns, func.count()).join_from(deliveries, occurrences).group_by(*columns)
    owed = query.where(deliveries.c.state == State.SCHEDULED, occurrences.c.due_at < now - LATE)
    return [_tally(row) for row in connection.execute(owed)]


def stopped(connection: Connection) -> list[Tally]:
    """Deliveries that wait because too many others of their announcement came back."""
    columns = (occurrences.c.mode, deliveries.c.channel)
    query = select(*columns, func.count()).join_from(deliveries, occurrences).group_by(*columns)
    held = and_(stops.c.occurrence_id == deliveries.c.occurrence_id, stops.c.channel == deliveries.c.channel)
    waiting = query.join(stops, held).where(deliveries.c.state == State.SCHEDULED, stops.c.resumed_at.is_(None))
    return [_tally(row) for row in connection.execute(waiting)]


def _tally(row: Row[*tuple[object, ...]]) -> Tally:
    mode, channel, *what, count = row
    return Tally(mode=str(mode), channel=str(channel), what=str(what[0]) if what else "", count=int(str(count)))
