"""What in the ledger needs a person, counted by announcement and channel: no names, no addresses."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select, text

from communique.delivery import Mode, State
from communique.store.database import deliveries, occurrences, returns
from communique.timeline import ONCE


@dataclass(frozen=True, kw_only=True, slots=True)
class Trouble:
    """Copies of one occurrence through one channel (or all of them) that are in a state."""

    announcement: str
    since: datetime  #: when the first of them came to it
    number: int = 0  #: of the occurrence
    channel: str = ""
    state: State | None = None
    count: int = 0
    planned: int = 0  #: through the channel


def named(campaign: str, announcement: str, occurrence: str) -> str:
    """As people write it: the occurrence is only said where there are several."""
    return f"{campaign}/{announcement}" + ("" if occurrence == ONCE else f" {occurrence}")


def in_doubt(connection: Connection, mode: Mode) -> Iterator[Trouble]:
    """What waits for a person, however old."""
    query = _counted(mode).where(deliveries.c.state == State.IN_DOUBT)
    for row in connection.execute(query):
        yield _trouble(row, planned=0)


def not_gone(connection: Connection, mode: Mode, *, since: datetime) -> Iterator[Trouble]:
    """Failed and missed, of announcements whose time ended after `since` or has not ended."""
    # As text: only so does SQLite know its partial index again.
    not_gone = text("deliveries.state IN ('failed', 'missed')")
    for row in connection.execute(_counted(mode).where(not_gone, occurrences.c.expires_at >= since)).all():
        yield _trouble(row, _planned(connection, row))


def came_back(connection: Connection, mode: Mode, verdict: str, *, since: datetime) -> Iterator[Trouble]:
    """Sent, and come back since then with a verdict."""
    with_it = select(returns.c.delivery_id).where(returns.c.verdict == verdict, returns.c.at >= since)
    query = _counted(mode, _NUMBERED).where(deliveries.c.state == State.SENT, deliveries.c.id.in_(with_it))
    for row in connection.execute(query).all():
        yield _trouble(row, _planned(connection, row))


def called_junk(connection: Connection, mode: Mode, *, since: datetime) -> Iterator[Trouble]:
    """Announcements that somebody has called junk since then: by how many ever, and of how many that were sent."""
    complaints = select(returns.c.delivery_id).where(returns.c.verdict == "complaint")
    lately = select(deliveries.c.occurrence_id).join(returns, returns.c.delivery_id == deliveries.c.id)
    lately = lately.where(returns.c.verdict == "complaint", returns.c.at >= since)
    of = (deliveries.c.id.in_(complaints), deliveries.c.occurrence_id.in_(lately))
    for row in connection.execute(_counted(mode, _NUMBERED).where(deliveries.c.state == State.SENT, *of)).all():
        yield _trouble(row, _planned(connection, row, deliveries.c.state == State.SENT))


def late(connection: Connection, mode: Mode, *, since: datetime) -> Iterator[Trouble]:
    """What was frozen after `since`, and late: `Trouble.since` is when it was due."""
    late_ones = (occurrences.c.mode == mode, occurrences.c.late, occurrences.c.frozen_at >= since)
    for row in connection.execute(select(occurrences).where(*late_ones).order_by(occurrences.c.id)):
        yield Trouble(announcement=named(row.campaign, row.announcement, row.occurrence), since=row.due_at)


@dataclass(frozen=True, kw_only=True, slots=True)
class SameWords:
    """Copies that have not gone for the same reason."""

    channel: str
    state: State
    words: str  #: the server's own, or ours
    count: int

    @property
    def has_failed(self) -> bool:
        """Whether the next system has refused them for good."""
        return self.state is State.FAILED

    @property
    def key(self) -> str:
        """What stands for the words in a form."""
        return hashlib.sha256(self.words.encode()).hexdigest()[:16]


def by_words(connection: Connection, mode: Mode, name: tuple[str, str]) -> Iterator[SameWords]:
    """Of an announcement: what has not gone, or waits for another try, by what was said of it; the most first."""
    of = (occurrences.c.mode == mode, occurrences.c.campaign == name[0], occurrences.c.announcement == name[1])
    query = (
        select(deliveries.c.channel, deliveries.c.state, deliveries.c.reason, func.count().label("copies"))
        .join(occurrences, occurrences.c.id == deliveries.c.occurrence_id)
        .where(*of, deliveries.c.reason != "", deliveries.c.state != State.SENT)
        .group_by(deliveries.c.channel, deliveries.c.state, deliveries.c.reason)
        .order_by(func.count().desc(), deliveries.c.channel, deliveries.c.reason)
    )
    for row in connection.execute(query):
        yield SameWords(channel=row.channel, state=State(row.state), words=row.reason, count=row.copies)


#: As in `communique.store.by_index`: for copies whose numbers are known, which is few of an occurrence.
_NUMBERED = func.coalesce(deliveries.c.occurrence_id, 0)


def _counted(mode: Mode, of: ColumnElement[int] = deliveries.c.occurrence_id) -> Select[Any]:
    names = (occurrences.c.campaign, occurrences.c.announcement, occurrences.c.occurrence, occurrences.c.frozen_at)
    groups = (deliveries.c.occurrence_id, deliveries.c.channel, deliveries.c.state, *names)
    return (
        select(*groups, func.count().label("copies"), func.min(deliveries.c.finished_at).label("first"))
        .join(occurrences, occurrences.c.id == of)
        .where(occurrences.c.mode == mode)
        .group_by(*groups)
        .order_by(deliveries.c.occurrence_id, deliveries.c.channel, deliveries.c.state)
    )


def _planned(connection: Connection, row: Any, *which: ColumnElement[bool]) -> int:
    mine = (deliveries.c.occurrence_id == row.occurrence_id, deliveries.c.channel == row.channel, *which)
    return int(connection.execute(select(func.count()).select_from(deliveries).where(*mine)).scalar_one())


def _trouble(row: Any, planned: int) -> Trouble:
    return Trouble(
        announcement=named(row.campaign, row.announcement, row.occurrence),
        since=row.first or row.frozen_at,
        number=row.occurrence_id,
        channel=row.channel,
        state=State(row.state),
        count=row.copies,
        planned=planned,
    )
