"""Limits on what the public may ask for, counted in the database, so that they hold over processes and restarts.

They fill up again little by little: of `20 per hour` twenty may come at once, and one more every three minutes. Whoever
asks after a flood waits for minutes, not for the end of its hour. (GCRA: a row is one moment, when all is free again.)
"""

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from communique.pace import Rate
from communique.store.tables.subscriber import limits

_NONE = timedelta()


def count(connection: Connection, scope: str, key: str, rate: Rate, now: datetime) -> bool:
    """Count one more, unless the rate does not allow it yet: then nothing is counted, and it is False.

    `key` is a keyed hash of what it stands for.
    """
    forget(connection, now)
    until = _until(connection, scope, key, rate, now)
    if _wait(until, rate, now):
        return False
    connection.execute(delete(limits).where(limits.c.scope == scope, limits.c.key == key))
    connection.execute(insert(limits).values(scope=scope, key=key, until=until + _each(rate)))
    return True


def take_back(connection: Connection, scope: str, key: str, rate: Rate, now: datetime) -> None:
    """What was counted last is not to count."""
    mine = limits.c.scope == scope, limits.c.key == key
    until = _until(connection, scope, key, rate, now) - _each(rate)
    connection.execute(update(limits).where(*mine).values(until=until))
    forget(connection, now)


def reached(connection: Connection, scope: str, key: str, rate: Rate, now: datetime) -> bool:
    """Whether `count` would refuse."""
    return wait(connection, scope, key, rate, now) > _NONE


def wait(connection: Connection, scope: str, key: str, rate: Rate, now: datetime) -> timedelta:
    """How long until `count` allows one more; nothing when it does."""
    return _wait(_until(connection, scope, key, rate, now), rate, now)


def forget(connection: Connection, now: datetime) -> None:
    """What no longer holds anybody up."""
    connection.execute(delete(limits).where(limits.c.until <= now))


def _until(connection: Connection, scope: str, key: str, rate: Rate, now: datetime) -> datetime:
    """When all of the rate is free again."""
    found = select(limits.c.until).where(limits.c.scope == scope, limits.c.key == key)
    until: datetime = connection.execute(found).scalar() or now
    # A clock that was set back must not silence for longer than a span.
    return now if until > now + rate.per else max(until, now)


def _wait(until: datetime, rate: Rate, now: datetime) -> timedelta:
    return max(_NONE, until + _each(rate) - rate.per - now)


def _each(rate: Rate) -> timedelta:
    """After how long one more is free. Rounded down, so that as many as the rate says fit into its span."""
    return rate.per // rate.copies
