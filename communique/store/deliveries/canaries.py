"""Mails to the mailbox that says whether mails arrive: when each was begun, accepted and found there.

One that goes twice does no harm, so there is no point of no return here: what is not known to be accepted goes again.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, select, update

from communique.store.tables.channel import canaries

_KEPT = timedelta(days=30)
_AGAIN_AFTER = timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True, slots=True)
class Canary:
    """One mail."""

    reference: str
    channel: str
    begun_at: datetime
    accepted_at: datetime | None
    arrived_at: datetime | None
    why: str  #: it was not accepted


def next_due(connection: Connection, channel: str, every: timedelta, now: datetime) -> Canary | None:
    """The mail that is to go now: begun now, or one that was not accepted; nobody else takes it for a while."""
    latest = _latest(connection, channel)
    if latest is None or now - latest.begun_at >= every or now < latest.begun_at:
        # One that was never accepted gives way to the new one.
        connection.execute(update(canaries).where(canaries.c.channel == channel).values(next_attempt_at=None))
        new = {"reference": secrets.token_hex(16), "channel": channel, "begun_at": now, "attempts": 1, "why": ""}
        connection.execute(insert(canaries).values(**new, next_attempt_at=now + _AGAIN_AFTER))
        connection.execute(delete(canaries).where(canaries.c.begun_at < now - _KEPT))
        return _latest(connection, channel)
    again = (canaries.c.reference == latest.reference, canaries.c.next_attempt_at <= now)
    values = {"attempts": canaries.c.attempts + 1, "next_attempt_at": now + _AGAIN_AFTER}
    return latest if connection.execute(update(canaries).where(*again).values(**values)).rowcount else None


def accepted(connection: Connection, reference: str, now: datetime) -> None:
    """It is with the next system."""
    _change(connection, reference, accepted_at=now, next_attempt_at=None, why="")


def not_accepted(connection: Connection, reference: str, why: str) -> None:
    """It goes again, until the next one is begun; `why` names no address."""
    _change(connection, reference, why=why)


def arrived(connection: Connection, reference: str, now: datetime) -> Canary | None:
    """It lies in the mailbox; None when nobody knows of it, or it was found there before."""
    new = (canaries.c.reference == reference, canaries.c.arrived_at.is_(None))
    # What is there has been accepted, whatever was heard of it.
    if not connection.execute(update(canaries).where(*new).values(arrived_at=now, next_attempt_at=None)).rowcount:
        return None
    return _canary(connection.execute(select(canaries).where(canaries.c.reference == reference)).one())


def _last_arrived(connection: Connection, channel: str) -> Canary | None:
    """The one that was begun last of those that arrived."""
    own = select(canaries).where(canaries.c.channel == channel, canaries.c.arrived_at.is_not(None))
    row = connection.execute(own.order_by(canaries.c.begun_at.desc()).limit(1)).first()
    return None if row is None else _canary(row)


def last_arrival(connection: Connection, channel: str = "") -> datetime | None:
    """When one was found in its mailbox last; without a name through whichever channel."""
    found = select(func.max(canaries.c.arrived_at))
    if channel:
        found = found.where(canaries.c.channel == channel)
    return connection.execute(found).scalar()


def overdue(connection: Connection, channel: str, patience: timedelta, now: datetime) -> Canary | None:
    """The first one that was given its time and is not there, unless a later one is."""
    came = _last_arrived(connection, channel)
    missing = select(canaries).where(
        canaries.c.channel == channel, canaries.c.arrived_at.is_(None), canaries.c.begun_at <= now - patience
    )
    if came is not None:
        missing = missing.where(canaries.c.begun_at > came.begun_at)
    row = connection.execute(missing.order_by(canaries.c.begun_at).limit(1)).first()
    return None if row is None else _canary(row)


def _latest(connection: Connection, channel: str) -> Canary | None:
    own = select(canaries).where(canaries.c.channel == channel).order_by(canaries.c.begun_at.desc()).limit(1)
    row = connection.execute(own).first()
    return None if row is None else _canary(row)


def _canary(row: object) -> Canary:
    names = ("reference", "channel", "begun_at", "accepted_at", "arrived_at", "why")
    return Canary(**{name: getattr(row, name) for name in names})


def _change(connection: Connection, reference: str, **values: object) -> None:
    connection.execute(update(canaries).where(canaries.c.reference == reference).values(values))
