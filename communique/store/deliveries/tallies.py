"""Counts over the whole ledger, for those who watch it: no names, no addresses."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, and_, func, select

from communique.delivery import State
from communique.store.database import attempts, deliveries, occurrences, returns
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
    columns = (occurrences.c.mode, deliveries.c.channel, deliveries.c.state)
    query = select(*columns, func.count()).join_from(deliveries, occurrences).group_by(*columns)
    return [_tally(row) for row in connection.execute(query)]


def by_outcome(connection: Connection) -> list[Tally]:
    """Attempts; the outcome is a state, or `retry`."""
    columns = (occurrences.c.mode, deliveries.c.channel, attempts.c.outcome)
    query = select(*columns, func.count()).join_from(attempts, deliveries).join(occurrences).group_by(*columns)
    return [_tally(row) for row in connection.execute(query)]


def leased(connection: Connection) -> list[Tally]:
    """Deliveries that a worker has under way."""
    columns = (occurrences.c.mode, deliveries.c.channel)
    query = select(*columns, func.count()).join_from(deliveries, occurrences).group_by(*columns)
    return [_tally(row) for row in connection.execute(query.where(deliveries.c.lease_token.is_not(None)))]


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
