"""Whether what was deleted may still be seen in the files of the database: until they are written anew."""

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from communique.store.tables.subscriber import traces


def leave(connection: Connection, now: datetime) -> None:
    """Something about people was deleted in this transaction."""
    connection.execute(delete(traces))
    connection.execute(insert(traces).values(at=now))


def left_at(connection: Connection) -> datetime | None:
    """When something was deleted last; None when nothing of it can be seen any more."""
    return connection.execute(select(traces.c.at)).scalar()


def are_wiped(connection: Connection, left: datetime) -> None:
    """The files were written anew; what was deleted meanwhile waits for the next time."""
    connection.execute(delete(traces).where(traces.c.at <= left))
