"""Copies that do not go any more, and are many of their announcement: what was said of most of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select, text

from communique.delivery import Mode, State
from communique.store.database import deliveries
from communique.store.deliveries import troubles

_RECENT = timedelta(days=2)  #: told until so long after their time is over
_MANY = 0.05  #: of those that were planned: one bad address in a list is nothing to look at


@dataclass(frozen=True, kw_only=True, slots=True)
class GivenUp:
    """Failed or missed copies of an announcement through one channel."""

    announcement: str
    channel: str
    state: State
    copies: int
    planned: int
    why: str


def given_up(connection: Connection, mode: Mode, now: datetime) -> Iterator[GivenUp]:
    """In the order of announcements."""
    for each in troubles.not_gone(connection, mode, since=now - _RECENT):
        if each.state is not None and each.count > _MANY * each.planned:
            yield GivenUp(
                announcement=each.announcement,
                channel=each.channel,
                state=each.state,
                copies=each.count,
                planned=each.planned,
                why=_words(connection, each),
            )


def _words(connection: Connection, of: troubles.Trouble) -> str:
    # As text: only so does SQLite know its partial index again.
    query = (
        select(deliveries.c.reason)
        .where(text("deliveries.state IN ('failed', 'missed')"))
        .where(deliveries.c.state == of.state, deliveries.c.channel == of.channel)
        .where(func.coalesce(deliveries.c.occurrence_id, 0) == of.number)
        .group_by(deliveries.c.reason)
        .order_by(func.count().desc(), deliveries.c.reason)
        .limit(1)
    )
    return str(connection.execute(query).scalar_one())
