"""Copies that were tried, and are tried again: what was said of them last."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, func, select

from communique.delivery import Mode
from communique.store.by_index import in_mode, scheduled
from communique.store.database import attempts, deliveries, occurrences

_MOST = 20  #: that are told, the many first


@dataclass(frozen=True, kw_only=True, slots=True)
class PutOff:
    """Copies of an occurrence through one channel of which the same was said."""

    campaign: str
    announcement: str
    occurrence: str
    channel: str
    copies: int
    why: str
    next_at: datetime  #: of the first of them


def put_off(connection: Connection, mode: Mode) -> Sequence[PutOff]:
    """What waits after a try that did not succeed."""
    last = and_(attempts.c.delivery_id == deliveries.c.id, attempts.c.number == deliveries.c.attempts)
    of = occurrences.c.campaign, occurrences.c.announcement, occurrences.c.occurrence
    count, next_at = func.count().label("copies"), func.min(deliveries.c.next_attempt_at).label("next_at")
    query = (
        select(*of, deliveries.c.channel, attempts.c.detail, count, next_at)
        .join(occurrences, occurrences.c.id == deliveries.c.occurrence_id)
        .join(attempts, last)
        .where(scheduled(), in_mode(mode), deliveries.c.attempts > 0, attempts.c.outcome == "retry")
        .group_by(*of, deliveries.c.channel, attempts.c.detail)
        .order_by(count.desc(), *of)
        .limit(_MOST)
    )
    return [
        PutOff(
            campaign=row.campaign,
            announcement=row.announcement,
            occurrence=row.occurrence,
            channel=row.channel,
            copies=row.copies,
            why=row.detail,
            next_at=row.next_at,
        )
        for row in connection.execute(query)
    ]
