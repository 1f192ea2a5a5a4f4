"""What invited people were last told of a meeting: its revision (SEQUENCE), and whether it was called off."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, case, func, select

from communique.delivery import Mode
from communique.occasion import CANCEL, Occasion
from communique.store.answer_tables import answers
from communique.store.database import occurrences


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


def present(connection: Connection, mode: Mode, meeting: str) -> Told | None:
    """Nothing when nobody has been invited."""
    last = connection.execute(_latest(mode, meeting, occurrences.c.method, occurrences.c.meeting_at)).first()
    if last is None:
        return None
    of = occurrences.c.mode == mode, occurrences.c.meeting == meeting
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
    told = ("sequence", "method", "meeting_at", "meeting_place")
    row = connection.execute(_latest(mode, occasion.meeting, *(occurrences.c[name] for name in told))).first()
    if row is None:
        return 0
    same = (row.method, row.meeting_at, row.meeting_place) == (
        occasion.method,
        occasion.meeting_at,
        occasion.meeting_place,
    )
    return int(row.sequence) + (not same)


def is_on(mode: Mode, meeting: str) -> ColumnElement[bool]:
    """Whether a meeting has not been called off."""
    method = _latest(mode, meeting, occurrences.c.method).scalar_subquery()
    return func.coalesce(method, "") != CANCEL


def holds(mode: Mode, meeting: str) -> ColumnElement[bool]:
    """Of rows of `answers`: whether they were given since people were told of the meeting's present time."""
    present = _latest(mode, meeting, occurrences.c.meeting_at).scalar_subquery()
    told = occurrences.c.mode == mode, occurrences.c.meeting == meeting
    was_moved = select(occurrences.c.id).where(*told, occurrences.c.meeting_at != present).exists()
    since = select(func.min(occurrences.c.frozen_at)).where(*told, occurrences.c.meeting_at == present)
    return answers.c.answered_at >= case((was_moved, since.scalar_subquery()), else_=answers.c.answered_at)


def _latest(mode: Mode, meeting: str, *columns: Any) -> Select[Any]:
    of = occurrences.c.mode == mode, occurrences.c.meeting == meeting
    return select(*columns).where(*of).order_by(occurrences.c.id.desc()).limit(1)
