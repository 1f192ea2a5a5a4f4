"""What people did, and when: approvals, declarations, imports, decisions by hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from communique.store.database import journal


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One thing somebody did."""

    at: datetime
    who: str
    what: str


def note(connection: Connection, *, who: str, what: str, now: datetime) -> None:
    """Write down what somebody did; `what` names no addresses."""
    connection.execute(insert(journal).values(at=now, who=who, what=what))


def latest(connection: Connection, most: int) -> Sequence[Line]:
    """The last lines, the newest first."""
    rows = connection.execute(select(journal).order_by(journal.c.id.desc()).limit(most))
    return [Line(at=row.at, who=row.who, what=row.what) for row in rows]
