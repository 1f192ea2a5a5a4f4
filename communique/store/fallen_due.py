"""Every announcement that has fallen due, read once for all who ask in the same reading transaction."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from communique.store.database import DIGEST, occurrences
from communique.store.read_once import read_once

Name = tuple[str, str, str]


def rows(connection: Connection, mode: str) -> Mapping[Name, Any] | None:
    """By campaign, announcement and occurrence, as they fell due, without newsletters by day or week.

    None in a transaction that may write.
    """
    own = select(occurrences).where(occurrences.c.mode == mode, occurrences.c.campaign != DIGEST)

    def read() -> Mapping[Name, Any]:
        found = connection.execute(own.order_by(occurrences.c.due_at, occurrences.c.id))
        return {(row.campaign, row.announcement, row.occurrence): row for row in found}

    return read_once(connection, ("fallen due", str(mode)), read)


def announced(connection: Connection, mode: str, campaign: str, announcement: str = "") -> Sequence[Any]:
    """Those of one announcement of a campaign, or of all, the earliest first; no corrections and withdrawals of any."""
    known = rows(connection, mode) if campaign != DIGEST else None
    if known is not None:
        own = [row for (of, *_), row in known.items() if of == campaign and row.tells_of is None]
        return [row for row in own if announcement in {"", row.announcement}]
    found = select(occurrences).where(
        occurrences.c.mode == mode, occurrences.c.campaign == campaign, occurrences.c.tells_of.is_(None)
    )
    if announcement:
        found = found.where(occurrences.c.announcement == announcement)
    return connection.execute(found.order_by(occurrences.c.due_at, occurrences.c.id)).all()
