"""What invited people were last told of a meeting: its revision (SEQUENCE), and whether it was called off.

What was missed or cancelled has told nobody anything, though it was counted once.
"""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, FromClause, Select, case, func, literal, not_, or_, select

from communique.delivery import Mode, State
from communique.occasion import CANCEL, Occasion
from communique.store.database import deliveries, occurrences
from communique.store.tables.answer import answers

_NEVER_TOLD = (State.MISSED, State.CANCELLED)


class Revision(NamedTuple):
    """Of a meeting, as it was frozen last."""

    sequence: int = 0
    is_off: bool = False  #: called off


def latest(connection: Connection, mode: Mode, meeting: str) -> Revision:
    """The present one; the first for a meeting that nobody has been invited to."""
    row = connection.execute(_latest(mode, meeting, occurrences.c.sequence, occurrences.c.method)).first()
    return Revision(row.sequence, row.method == CANCEL) if row is not None else Revision()


class Told(NamedTuple):
    """What people were told last of when a meeting is."""

    first_sequence: int  #: of the first revision that said so; answers to earlier ones are to something else
    since: datetime
    is_off: bool


def present(connection: Connection, mode: Mode, meeting: str, person: int) -> Told | None:
    """What somebody was told; nothing when nobody has told them of the meeting."""
    of = occurrences.c.mode == mode, occurrences.c.meeting == meeting, _told_to(occurrences, literal(person))
    told = select(occurrences.c.method, occurrences.c.meeting_at).where(*of).order_by(occurrences.c.id.desc())
    last = connection.execute(told.limit(1)).first()
    if last is None:
        return None
    otherwise = occurrences.c.meeting_at != last.meeting_at
    earlier = select(func.coalesce(func.max(occurrences.c.sequence), -1)).where(*of, otherwise)
    first = select(func.min(occurrences.c.sequence), func.min(occurrences.c.frozen_at)).where(
        *of, occurrences.c.sequence > earlier.scalar_subquery()
    )
    sequence, since = connection.execute(first).one()
    return Told(int(sequence), since, last.method == CANCEL)


def next_sequence(connection: Connection, mode: Mode, occasion: Occasion) -> int:
    """Of an invitation or cancellation that is frozen now: one more when time, place or standing have changed.

    RFC 5546 2.1.4. It is 0 for what carries neither.
    """
    if not occasion.meeting:
        return 0
    of = occurrences.c.mode == mode, occurrences.c.meeting == occasion.meeting
    # Of those that told nobody, too: a cancellation may be taken back.
    highest = connection.execute(select(func.max(occurrences.c.sequence)).where(*of)).scalar()
    if highest is None:
        return 0
    told = ("sequence", "method", "meeting_at", "meeting_place")
    row = connection.execute(_latest(mode, occasion.meeting, *(occurrences.c[name] for name in told))).first()
    present = occasion.method, occasion.meeting_at, occasion.meeting_place
    same = row is not None and (row.method, row.meeting_at, row.meeting_place) == present
    return int(row.sequence) if row is not None and same else int(highest) + 1


def is_on(mode: Mode, meeting: str) -> ColumnElement[bool]:
    """Whether a meeting has not been called off."""
    method = _latest(mode, meeting, occurrences.c.method).scalar_subquery()
    return func.coalesce(method, "") != CANCEL


def holds(mode: Mode, meeting: str) -> ColumnElement[bool]:
    """Of rows of `answers`: whether they were given since their givers were told of the time they know.

    Each was told what their own campaign says: where two have different times, an answer is to the one that was asked.
    """
    last, told = occurrences.alias("last"), occurrences.alias("told")
    of_last, of_told = (
        (each.c.mode == mode, each.c.meeting == meeting, _told_to(each, answers.c.person_id)) for each in (last, told)
    )
    known = select(last.c.meeting_at).where(*of_last).order_by(last.c.id.desc()).limit(1).correlate(answers)
    present = known.scalar_subquery()
    was_moved = select(told.c.id).where(*of_told, told.c.meeting_at != present).correlate(answers).exists()
    since = select(func.min(told.c.frozen_at)).where(*of_told, told.c.meeting_at == present).correlate(answers)
    return answers.c.answered_at >= case((was_moved, since.scalar_subquery()), else_=answers.c.answered_at)


def has_told() -> ColumnElement[bool]:
    """Of rows of occurrences: whether anybody was told, or is to be; nobody was of what was missed or cancelled."""
    copy = select(deliveries.c.id).where(deliveries.c.occurrence_id == occurrences.c.id).correlate(occurrences)
    never = copy.where(deliveries.c.state.in_(_NEVER_TOLD), deliveries.c.finished_at.is_not(None))
    reaches = copy.where(deliveries.c.state.not_in((*_NEVER_TOLD, State.EXCLUDED, State.FAILED)))
    return or_(not_(never.exists()), reaches.exists())


def _told_to(told: FromClause, person: ColumnElement[int]) -> ColumnElement[bool]:
    """Of rows of occurrences: whether somebody has a copy."""
    mine = select(deliveries.c.id).where(
        deliveries.c.occurrence_id == told.c.id,
        deliveries.c.person_id == person,
        deliveries.c.state.not_in(_NEVER_TOLD),
    )
    return mine.correlate(told, answers).exists()


def _latest(mode: Mode, meeting: str, *columns: Any) -> Select[Any]:
    of = occurrences.c.mode == mode, occurrences.c.meeting == meeting, has_told()
    return select(*columns).where(*of).order_by(occurrences.c.id.desc()).limit(1)
