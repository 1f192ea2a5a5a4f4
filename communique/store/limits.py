"""Limits on what the public may ask for, counted in the database, so that they hold over processes and restarts."""

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from communique.pace import Rate
from communique.store.subscriber_tables import limits


def count(connection: Connection, scope: str, key: str, rate: Rate, now: datetime) -> bool:
    """Count one more, unless that would be more than the rate allows: then nothing is counted, and it is False.

    A span begins with the first that is counted in it. `key` is a keyed hash of what it stands for.
    """
    mine = (limits.c.scope == scope, limits.c.key == key)
    forget(connection, now)
    row = connection.execute(select(limits.c.number, limits.c.until).where(*mine)).first()
    # A clock that was set back must not silence for longer than a span.
    if row is None or row.until > now + rate.per:
        connection.execute(delete(limits).where(*mine))
        connection.execute(insert(limits).values(scope=scope, key=key, number=1, until=now + rate.per))
        return True
    if row.number >= rate.copies:
        return False
    connection.execute(update(limits).where(*mine).values(number=row.number + 1))
    return True


def reached(connection: Connection, scope: str, key: str, rate: Rate, now: datetime) -> bool:
    """Whether `count` would refuse."""
    mine = (limits.c.scope == scope, limits.c.key == key, limits.c.until > now, limits.c.until <= now + rate.per)
    return (connection.execute(select(limits.c.number).where(*mine)).scalar() or 0) >= rate.copies


def forget(connection: Connection, now: datetime) -> None:
    """What was counted in spans that are over."""
    connection.execute(delete(limits).where(limits.c.until <= now))
