"""How many more messages a channel may take up now, by what has left through it: nothing else is kept, or forgotten.

What counts is when the point of no return was passed, or the attempt ended before it. What is under way counts as if it
passed just now. So no window of time, wherever it begins, holds more than its rate, however many processes send.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, func, select

from communique.delivery import State
from communique.pace import Rate
from communique.store.database import attempts, deliveries
from communique.store.leases import LEASE


def left(connection: Connection, channel: str, limits: Iterable[Rate], now: datetime) -> int:
    """How many may be taken up, in a writing transaction that takes them."""
    return max(0, min(rate.copies - _counted(connection, channel, rate, now) for rate in limits))


def _counted(connection: Connection, channel: str, rate: Rate, now: datetime) -> int:
    since = now - rate.per
    through = select(func.count()).select_from(attempts.join(deliveries)).where(deliveries.c.channel == channel)
    begun = attempts.c.started_at > since - LEASE  # an attempt is over when its lease is
    passed = func.coalesce(attempts.c.irrevocable_at, attempts.c.finished_at) > since
    under_way = (
        select(func.count())
        .select_from(deliveries)
        .where(
            deliveries.c.lease_token.is_not(None), deliveries.c.state == State.SENDING, deliveries.c.channel == channel
        )
    )
    # One statement: what passes the point between two would be in neither.
    both = select(through.where(begun, passed).scalar_subquery() + under_way.scalar_subquery())
    return int(connection.execute(both).scalar_one())
