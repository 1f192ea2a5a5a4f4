"""How many more messages a channel may take up now, by what has left through it: nothing else is kept, or forgotten.

What counts is when the point of no return was passed, or the attempt ended before it. What is under way counts as if it
passed just now. So no window of time, wherever it begins, holds more than its rate, however many processes send.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from communique.delivery import State
from communique.pace import Rate
from communique.store.database import attempts, deliveries
from communique.store.deliveries.leases import LEASE


def left(connection: Connection, channel: str, limits: Iterable[Rate], now: datetime) -> int:
    """How many may be taken up, in a writing transaction that takes them."""
    return max(0, min(rate.copies - _counted(connection, channel, rate, now) for rate in limits))


def _counted(connection: Connection, channel: str, rate: Rate, now: datetime) -> int:
    through = select(func.count(_of_attempt(channel, deliveries.c.id))).where(*_passed(rate.per, now))
    under_way = select(func.count()).select_from(deliveries).where(*_under_way(channel))
    # One statement: what passes the point between two would be in neither.
    both = select(through.scalar_subquery() + under_way.scalar_subquery())
    return int(connection.execute(both).scalar_one())


def left_by_domain(connection: Connection, channel: str, limits: Mapping[str, Rate], now: datetime) -> dict[str, int]:
    """The same for each domain that has a limit, in a transaction that nobody else claims in."""
    counted = {per: _counted_by_domain(connection, channel, per, now) for per in {each.per for each in limits.values()}}
    return {domain: max(0, rate.copies - counted[rate.per][domain]) for domain, rate in limits.items()}


def _counted_by_domain(connection: Connection, channel: str, per: timedelta, now: datetime) -> Counter[str]:
    copies = func.count().label("copies")
    passed = select(_of_attempt(channel, deliveries.c.domain).label("domain")).where(*_passed(per, now)).subquery()
    through = select(passed.c.domain, copies).group_by(passed.c.domain)
    under_way = select(deliveries.c.domain, copies).where(*_under_way(channel)).group_by(deliveries.c.domain)
    counted: Counter[str] = Counter()
    for row in connection.execute(through.union_all(under_way)):
        counted[row.domain or ""] += row.copies
    return counted


def _passed(per: timedelta, now: datetime) -> Sequence[ColumnElement[bool]]:
    since = now - per
    return (
        attempts.c.started_at > since - LEASE,  # an attempt is over when its lease is
        func.coalesce(attempts.c.irrevocable_at, attempts.c.finished_at) > since,
    )


def _of_attempt(channel: str, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Of an attempt's delivery through the channel, or NULL; each is looked up, where a join might read them all."""
    mine = deliveries.c.id == attempts.c.delivery_id, deliveries.c.channel == channel
    return select(column).where(*mine).correlate(attempts).scalar_subquery()


def _under_way(channel: str) -> Sequence[ColumnElement[bool]]:
    held = deliveries.c.lease_token.is_not(None)
    return held, deliveries.c.state == State.SENDING, deliveries.c.channel == channel
