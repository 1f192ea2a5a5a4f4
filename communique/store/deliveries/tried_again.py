"""Copies that failed, and are put back on their way because somebody has mended what was in the way.

Only what the next system has refused, each time it was tried, is known not to have gone. Whether that holds, and
whether a copy may still go, is in the WHERE of the statement that changes it.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, delete, func, literal, or_, select, update

from communique.delivery import Mode, State
from communique.store.database import attempts, deliveries, occurrences, people, returns, suppressions
from communique.store.deliveries.owed import ALL
from communique.store.recipients.ways import Way, barred
from communique.store.tables.retraction import retractions


class Kept(StrEnum):
    """Why a copy that failed is not tried again."""

    NOT_KEPT = ""  #: it is
    LATE = "late"  #: its time has passed
    WITHDRAWN = "withdrawn"  #: what it says was taken back
    CLOSED = "closed"  #: its channel is not in the settings any more
    DOUBTED = "doubted"  #: it may have gone at an earlier try, or a person has said what became of it
    ERASED = "erased"  #: nobody knows any more whom it was for
    SUPPRESSED = "suppressed"  #: who has left, or whose mail came back for good


@dataclass(frozen=True, kw_only=True, slots=True)
class Failed:
    """Which copies are meant: those that failed of an announcement, or of them those of a channel, or of some words."""

    mode: Mode
    name: tuple[str, str]  #: campaign and announcement
    open_channels: Collection[str]
    letters: Collection[str] = ()  #: of these, those that reach people by post
    channel: str = ""  #: only through this one
    words: str | None = None  #: only what this was said of: `SameWords.words`


def counted(connection: Connection, which: Failed, now: datetime) -> dict[tuple[str, Kept], int]:
    """How many there are, by channel and by why they are kept back."""
    why = _why(which, now).label("why")
    found = _of(select(deliveries.c.channel, why, func.count()), which).group_by(deliveries.c.channel, "why")
    return {(channel, Kept(kept)): number for channel, kept, number in connection.execute(found)}


def may_go(connection: Connection, which: Failed, now: datetime) -> Sequence[int]:
    """The numbers of those that may be tried again."""
    found = _of(select(deliveries.c.id), which).where(_why(which, now) == Kept.NOT_KEPT)
    return connection.execute(found.order_by(deliveries.c.id)).scalars().all()


def put_back(connection: Connection, which: Failed, numbers: Sequence[int], *, reason: str, now: datetime) -> int:
    """Put these back on their way, of which it is looked at once more whether they may; how many."""
    found = _of(select(deliveries.c.id), which).where(deliveries.c.id.in_(numbers), _why(which, now) == Kept.NOT_KEPT)
    ids = connection.execute(found).scalars().all()
    again = update(deliveries).where(deliveries.c.id.in_(ids), deliveries.c.state == State.FAILED)
    # What a server said while it refused them stays with each try; as mail that came back it would count against them.
    refusals = returns.c.digest.startswith("delivery "), returns.c.delivery_id.in_(ids)
    connection.execute(delete(returns).where(*refusals))
    values = {"state": State.SCHEDULED, "reason": reason, "next_attempt_at": now, "finished_at": None}
    return connection.execute(again.values(**values)).rowcount


def _of(found: Select[Any], which: Failed) -> Select[Any]:
    campaign, announcement = which.name
    found = (
        found.select_from(deliveries)
        .join(occurrences, occurrences.c.id == deliveries.c.occurrence_id)
        .outerjoin(people, people.c.id == deliveries.c.person_id)
        .outerjoin(suppressions, suppressions.c.address_key == people.c.address_key)
        .where(
            occurrences.c.mode == which.mode,
            occurrences.c.campaign == campaign,
            occurrences.c.announcement == announcement,
            deliveries.c.state == State.FAILED,
        )
    )
    if which.channel:
        found = found.where(deliveries.c.channel == which.channel)
    return found if which.words is None else found.where(deliveries.c.reason == which.words)


def _why(which: Failed, now: datetime) -> ColumnElement[str]:
    """The first that holds."""
    withdrawn = select(retractions.c.occurrence_id).where(retractions.c.occurrence_id == occurrences.c.id)
    by_post = deliveries.c.channel.in_(which.letters)
    found = (
        (withdrawn.exists(), Kept.WITHDRAWN),
        (occurrences.c.expires_at <= now, Kept.LATE),
        (deliveries.c.channel.not_in(which.open_channels), Kept.CLOSED),
        (_may_have_gone(), Kept.DOUBTED),
        (and_(deliveries.c.person_id != ALL, people.c.id.is_(None)), Kept.ERASED),
        (case((by_post, barred(Way.POST)), else_=barred(Way.MAIL)) != "", Kept.SUPPRESSED),
    )
    return case(*((condition, literal(str(why))) for condition, why in found), else_=literal(str(Kept.NOT_KEPT)))


def _may_have_gone() -> ColumnElement[bool]:
    """Unless its last try was refused, and none before it is in doubt."""
    mine = select(attempts.c.id).where(attempts.c.delivery_id == deliveries.c.id)
    refused = mine.where(attempts.c.number == deliveries.c.attempts, attempts.c.outcome == State.FAILED)
    doubted = mine.where(attempts.c.outcome.in_((State.IN_DOUBT, State.IRREVOCABLE, State.SENT)))
    return or_(deliveries.c.resends > 0, ~refused.exists(), doubted.exists())
