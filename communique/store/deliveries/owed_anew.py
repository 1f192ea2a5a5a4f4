"""What nobody got, although it fell due: it is owed anew once it has a later time."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, not_, or_, select

from communique.delivery import State
from communique.store.database import deliveries

#: What stands before the reason of copies that were cancelled with all of what they are of.
_BY_SOMEBODY, _BY_A_MILESTONE = "cancelled by ", "it goes no more since "


def is_cancelled_with_all() -> ColumnElement[bool]:
    """Of a copy: whether what it is of was cancelled; not it alone, nor by taking back what had gone."""
    reasons = (deliveries.c.reason.startswith(each, autoescape=True) for each in (_BY_SOMEBODY, _BY_A_MILESTONE))
    return and_(deliveries.c.state == State.CANCELLED, or_(*reasons))


def falls_due_anew(connection: Connection, row: Any, now: datetime, *, freed: bool) -> bool:
    """Of an occurrence that fell due, by its row, and has time now: whether it does so anew.

    `freed`: a milestone might have overtaken it and does not: then it need not wait until its first time is over.
    """
    if row.expires_at >= now and not (freed and _was_overtaken(connection, row.id)):
        return False
    return nobody_got(connection, row.id)


def _was_overtaken(connection: Connection, occurrence: int) -> bool:
    found = select(deliveries.c.id).where(
        deliveries.c.occurrence_id == occurrence,
        deliveries.c.state == State.CANCELLED,
        deliveries.c.finished_at.is_not(None),
        deliveries.c.reason.startswith(_BY_A_MILESTONE, autoescape=True),
    )
    return connection.execute(found.limit(1)).first() is not None


def nobody_got(connection: Connection, occurrence: int) -> bool:
    """Whether nothing of it went or may have: it was missed, must not go, or was cancelled with all of it.

    What was withdrawn is not owed anew, nor is what somebody has cancelled copy by copy: their reasons are others.
    """
    never = or_(deliveries.c.state.in_((State.MISSED, State.EXCLUDED)), is_cancelled_with_all())
    others = select(deliveries.c.id).where(deliveries.c.occurrence_id == occurrence, not_(never))
    return connection.execute(others.limit(1)).first() is None
