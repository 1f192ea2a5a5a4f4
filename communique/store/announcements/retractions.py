"""Withdrawn announcements: what has not left is cancelled, and whoever got a copy is owed word of it.

The word is a notice (`communique.store.announcements.notices`). Nothing of a withdrawn occurrence is claimed any more,
because its time is over.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, or_, select, update

from communique.delivery import Mode, State
from communique.retraction import Retraction, told_as
from communique.store.announcements import notices
from communique.store.database import deliveries, occurrences
from communique.store.deliveries.transitions import FREE
from communique.store.tables.retraction import asked_retractions, retractions

#: So long word of a withdrawal is tried to be sent.
_WORTH_SAYING = timedelta(days=7)


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """A withdrawal on record."""

    occurrence: int
    told_by: int
    retraction: Retraction
    headlines: Mapping[str, str]
    by: str

    def headline(self, language: str) -> str:
        """What was announced, in a language or in the first."""
        return self.headlines.get(language) or next(iter(self.headlines.values()), "")


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What somebody wants withdrawn, until another confirms it."""

    reasons: Mapping[str, str]
    by: str
    at: datetime


def ask(connection: Connection, occurrence: int, reasons: Mapping[str, str], *, by: str, now: datetime) -> None:
    """Put down that somebody wants an occurrence withdrawn; an earlier wish gives way."""
    connection.execute(delete(asked_retractions).where(asked_retractions.c.occurrence_id == occurrence))
    values = {"occurrence_id": occurrence, "reasons": dict(reasons), "asked_by": by, "asked_at": now}
    connection.execute(insert(asked_retractions).values(**values))


def asked(connection: Connection, occurrence: int) -> Asked | None:
    """What somebody wants withdrawn."""
    found = select(asked_retractions).where(asked_retractions.c.occurrence_id == occurrence)
    row = connection.execute(found).first()
    return Asked(reasons=row.reasons, by=row.asked_by, at=row.asked_at) if row is not None else None


def waiting(connection: Connection, mode: Mode) -> list[tuple[Any, Asked]]:
    """What somebody wants withdrawn and nobody has confirmed, the earliest wish first; with the occurrence's row."""
    found = (
        select(occurrences, asked_retractions.c.reasons, asked_retractions.c.asked_by, asked_retractions.c.asked_at)
        .join(asked_retractions, asked_retractions.c.occurrence_id == occurrences.c.id)
        .outerjoin(retractions, retractions.c.occurrence_id == occurrences.c.id)
        .where(occurrences.c.mode == mode, retractions.c.occurrence_id.is_(None))
        .order_by(asked_retractions.c.asked_at, occurrences.c.id)
    )
    rows = connection.execute(found)
    return [(row, Asked(reasons=row.reasons, by=row.asked_by, at=row.asked_at)) for row in rows]


def say_in_more_languages(connection: Connection, occurrence: int, reasons: Mapping[str, str]) -> list[str]:
    """Add the reason in languages that had none; which those are."""
    kept = of(connection, occurrence)
    known = dict(kept.retraction.reasons) if kept is not None else {}
    new = [language for language in reasons if language not in known]
    values = {"reasons": {**known, **{language: reasons[language] for language in new}}}
    if kept is not None and new:
        connection.execute(update(retractions).where(retractions.c.occurrence_id == occurrence).values(**values))
    return new


def of(connection: Connection, occurrence: int) -> Kept | None:
    """The withdrawal of an occurrence."""
    return _kept(connection, retractions.c.occurrence_id == occurrence)


def told_by(connection: Connection, occurrence: int) -> Kept | None:
    """The withdrawal that an occurrence's deliveries tell of."""
    return _kept(connection, retractions.c.told_by == occurrence)


def is_withdrawn(connection: Connection, delivery: int) -> bool:
    """Whether what a delivery says was taken back, or is a correction of that."""
    own = occurrences.c.id == retractions.c.occurrence_id
    corrects = and_(occurrences.c.tells_of == retractions.c.occurrence_id, occurrences.c.id != retractions.c.told_by)
    found = (
        select(retractions.c.told_by)
        .join(occurrences, or_(own, corrects))
        .join(deliveries, deliveries.c.occurrence_id == occurrences.c.id)
    )
    return connection.execute(found.where(deliveries.c.id == delivery)).first() is not None


def _kept(connection: Connection, where: ColumnElement[bool]) -> Kept | None:
    row = connection.execute(select(retractions).where(where)).first()
    if row is None:
        return None
    return Kept(
        occurrence=row.occurrence_id,
        told_by=row.told_by,
        retraction=Retraction(at=row.retracted_at, reasons=row.reasons),
        headlines=row.headlines,
        by=row.retracted_by,
    )


def in_mode(connection: Connection, mode: Mode) -> dict[tuple[str, str, str], Retraction]:
    """All of them, by campaign, announcement and occurrence."""
    names = occurrences.c.campaign, occurrences.c.announcement, occurrences.c.occurrence
    found = (
        select(*names, retractions.c.retracted_at, retractions.c.reasons)
        .join(occurrences, occurrences.c.id == retractions.c.occurrence_id)
        .where(occurrences.c.mode == mode)
    )
    return {
        (row.campaign, row.announcement, row.occurrence): Retraction(at=row.retracted_at, reasons=row.reasons)
        for row in connection.execute(found)
    }


def begin(
    connection: Connection,
    occurrence: Any,
    retraction: Retraction,
    *,
    headlines: Mapping[str, str],
    by: str,
) -> int:
    """Put a withdrawal on record, with the occurrence that tells of it; the number of that one.

    `occurrence` is the row of what is withdrawn. From now on its time is over.
    """
    now = retraction.at
    number = notices.begin(connection, occurrence, told_as(occurrence.occurrence), now=now, lasts=_WORTH_SAYING)
    own = occurrences.c.id == occurrence.id
    over = now - timedelta(seconds=1)
    connection.execute(update(occurrences).where(own, occurrences.c.expires_at > over).values(expires_at=over))
    kept = {
        "occurrence_id": occurrence.id,
        "told_by": number,
        "reasons": dict(retraction.reasons),
        "headlines": dict(headlines),
        "retracted_by": by,
        "retracted_at": now,
    }
    connection.execute(insert(retractions).values(**kept))
    return number


def cancel(connection: Connection, occurrence: int, *, reason: str, now: datetime) -> int:
    """Cancel what has not passed the point of no return, and what waits for a newsletter; how many copies.

    A newsletter that is about to carry it is made anew, without it. What was to be repeated because it may have gone
    out is in doubt again: its reader is owed word of the withdrawal.
    """
    own = deliveries.c.occurrence_id == occurrence
    carrier = deliveries.alias("carrier")
    not_gone = select(carrier.c.id).where(
        carrier.c.id == deliveries.c.digest_id, carrier.c.state.not_in(notices.REACHED)
    )
    carried_by = select(deliveries.c.digest_id).where(own, deliveries.c.state == State.COLLECTED)
    again = {"state": State.SCHEDULED, "next_attempt_at": now, **FREE}
    connection.execute(
        update(deliveries).where(deliveries.c.id.in_(carried_by), deliveries.c.state == State.SENDING).values(**again)
    )
    waits = and_(
        deliveries.c.state == State.COLLECTED,
        or_(deliveries.c.digest_id.is_(None), not_gone.exists()),
    )
    over = {"reason": reason, "finished_at": now, "digest_id": None, **FREE}
    under_way = deliveries.c.state.in_(notices.UNDER_WAY)
    may_have_gone = update(deliveries).where(own, under_way, deliveries.c.resends > 0)
    connection.execute(may_have_gone.values(state=State.IN_DOUBT, **over))
    changed = connection.execute(
        update(deliveries).where(own, or_(under_way, waits)).values(state=State.CANCELLED, **over)
    )
    return changed.rowcount
