"""Channels that cannot be used at present: how often in a row, since when, and when one message tries again."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from communique.store.tables.channel import rests

#: While one message tries, nobody else does; should its process end, another one may after this time.
_TRIAL = timedelta(minutes=2)


@dataclass(frozen=True, kw_only=True, slots=True)
class Rest:
    """A channel that rests."""

    channel: str
    since: datetime  #: of the first failure
    until: datetime
    failures: int  #: in a row
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Failing:
    """A channel whose last use failed, and that has not failed often enough to rest."""

    channel: str
    since: datetime
    why: str


def failing(connection: Connection) -> Sequence[Failing]:
    """Each of them."""
    rows = connection.execute(select(rests).where(rests.c.until.is_(None)).order_by(rests.c.channel))
    return [Failing(channel=row.channel, since=row.since, why=row.why) for row in rows]


def resting(connection: Connection) -> Sequence[Rest]:
    """Every channel that rests."""
    rows = connection.execute(select(rests).where(rests.c.until.is_not(None)).order_by(rests.c.channel))
    return [_rest(row) for row in rows]


def allowed(connection: Connection, channel: str, most: int, now: datetime) -> int:
    """How many messages a channel may take up: `most`; none while it rests; one when its rest is over."""
    until = connection.execute(select(rests.c.until).where(rests.c.channel == channel)).scalar()
    if until is None:
        return most
    if now < until or not most:
        return 0
    # Nobody else may try with it, and nobody waits for somebody who may stand still.
    mine = select(rests.c.channel).where(rests.c.channel == channel, rests.c.until == until)
    if connection.execute(mine.with_for_update(skip_locked=True)).first() is None:
        return 0
    connection.execute(update(rests).where(rests.c.channel == channel).values(until=now + _TRIAL))
    return 1


def failed(
    connection: Connection,
    channel: str,
    why: str,
    *,
    pause: Callable[[int], timedelta | None],
    worked_before: bool,
    now: datetime,
) -> Rest | None:
    """The channel could not be used: the rest that begins with it, if one does.

    Args:
        connection: of a writing transaction.
        channel: its name.
        why: its own words.
        pause: how long it rests after so many failures in a row; None for not at all.
        worked_before: something went through it since the last failure.
        now: the present.
    """
    known = connection.execute(select(rests).where(rests.c.channel == channel)).first()
    goes_on = None if worked_before else known
    failures, since = (goes_on.failures + 1, goes_on.since) if goes_on is not None else (1, now)
    length = pause(failures)
    values = {"failures": failures, "since": since, "why": why, "until": now + length if length else None}
    if known is None:
        connection.execute(insert(rests).values(channel=channel, **values))
    else:
        connection.execute(update(rests).where(rests.c.channel == channel).values(**values))
    if length is None or (goes_on is not None and goes_on.until is not None):
        return None
    return Rest(channel=channel, since=since, until=now + length, failures=failures, why=why)


def is_doubtful(connection: Connection, channel: str) -> bool:
    """Whether its last use failed."""
    return connection.execute(select(rests.c.channel).where(rests.c.channel == channel)).first() is not None


def worked(connection: Connection, channel: str) -> Rest | None:
    """The channel can be used: the rest that ends with it, if it rested."""
    row = connection.execute(delete(rests).where(rests.c.channel == channel).returning(*rests.c)).first()
    return _rest(row) if row is not None and row.until is not None else None


def try_now(connection: Connection, channel: str, now: datetime) -> bool:
    """Let a message try at once; whether the channel rests."""
    found = update(rests).where(rests.c.channel == channel, rests.c.until.is_not(None)).values(until=now)
    return bool(connection.execute(found).rowcount)


def _rest(row: Any) -> Rest:
    return Rest(channel=row.channel, since=row.since, until=row.until, failures=row.failures, why=row.why)
