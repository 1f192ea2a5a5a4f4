"""What a person has told to wait: one channel, or everything. Whoever takes messages up asks here first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select

from communique.delivery import Mode, State
from communique.store.database import deliveries, occurrences
from communique.store.tables.channel import pauses

EVERYTHING = ""  #: in place of a channel's name


@dataclass(frozen=True, kw_only=True, slots=True)
class Pause:
    """Somebody's word that a channel is to wait."""

    channel: str  #: its name, or `EVERYTHING`
    since: datetime
    who: str
    why: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Expiring:
    """Copies that are owed now, and the time after which they do not go any more."""

    expires_at: datetime
    copies: int


def begin(connection: Connection, channel: str, *, who: str, why: str, now: datetime) -> Pause:
    """Let a channel wait; the pause that holds, which is the earlier one where there is one already."""
    found = connection.execute(select(pauses).where(pauses.c.channel == channel)).first()
    if found is None:
        connection.execute(insert(pauses).values(channel=channel, since=now, who=who, why=why))
        return Pause(channel=channel, since=now, who=who, why=why)
    return Pause(channel=found.channel, since=found.since, who=found.who, why=found.why)


def end(connection: Connection, channel: str) -> bool:
    """Let it go on; whether it was told to wait."""
    return bool(connection.execute(delete(pauses).where(pauses.c.channel == channel)).rowcount)


def paused(connection: Connection) -> Sequence[Pause]:
    """All of them, everything first."""
    rows = connection.execute(select(pauses).order_by(pauses.c.channel))
    return [Pause(channel=row.channel, since=row.since, who=row.who, why=row.why) for row in rows]


def is_paused(connection: Connection, channel: str) -> bool:
    """Whether a channel waits, by its own pause or everybody's."""
    found = select(pauses.c.channel).where(pauses.c.channel.in_((EVERYTHING, channel))).limit(1)
    return connection.execute(found).first() is not None


def owed(connection: Connection, mode: Mode, channel: str) -> int:
    """Copies that wait to go through a channel."""
    return sum(each.copies for each in expiring(connection, mode, channel))


def expiring(connection: Connection, mode: Mode, channel: str) -> Sequence[Expiring]:
    """What is owed through a channel (or all of them) now, by the time it is lost, the next first."""
    owed = (
        select(occurrences.c.expires_at, func.count().label("copies"))
        .select_from(deliveries.join(occurrences))
        .where(occurrences.c.mode == mode, deliveries.c.state == State.SCHEDULED)
        .group_by(occurrences.c.expires_at)
        .order_by(occurrences.c.expires_at)
    )
    if channel != EVERYTHING:
        owed = owed.where(deliveries.c.channel == channel)
    return [Expiring(expires_at=row.expires_at, copies=row.copies) for row in connection.execute(owed)]
