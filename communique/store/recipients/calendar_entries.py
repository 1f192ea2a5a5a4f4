"""Which event a date of the process is for calendars, and its revision.

A date that a later action plan has again, under the same name, is another event (RFC 5545 3.8.4.7), by the rule that
meetings go by (`communique.store.recipients.meeting_terms`); one that moves, or is called off, is the same event with
another revision (SEQUENCE, RFC 5546 2.1.4).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, delete, insert, select

from communique.answering import MEETING_OF_TERM
from communique.delivery import Mode
from communique.store.recipients.meeting_terms import is_another
from communique.store.tables.calendar import calendar_entries


class Held(NamedTuple):
    """When a date of the process is now."""

    starts_at: datetime  #: aware, in the zone of the place: a later event is named by the day there
    ends_at: datetime | None  #: None: all day
    is_off: bool  #: called off


class CalendarEntry(NamedTuple):
    """An event of public calendars."""

    event: str  #: `co-creation-kickoff/kickoff`; that of a later term `co-creation-kickoff/kickoff~2028-12-15`
    sequence: int = 0


def entries(connection: Connection, mode: Mode, dates: Mapping[str, Held], now: datetime) -> dict[str, CalendarEntry]:
    """What calendars are to be told of dates, by their names."""
    known = select(calendar_entries).where(calendar_entries.c.mode == mode)
    rows = connection.execute(known.order_by(calendar_entries.c.starts_at)).all()
    return {name: _entry([row for row in rows if row.date == name], name, held, now) for name, held in dates.items()}


def keep(connection: Connection, mode: Mode, dates: Mapping[str, Held], now: datetime) -> None:
    """Write down what calendars are told, so that they are told the same until it changes."""
    for name, entry in entries(connection, mode, dates, now).items():
        of = calendar_entries.c.mode == mode, calendar_entries.c.event == entry.event
        values = {"mode": mode, "date": name, **dates[name]._asdict(), **entry._asdict()}
        connection.execute(delete(calendar_entries).where(*of))
        connection.execute(insert(calendar_entries).values(**values))


def are_kept(connection: Connection, mode: Mode, dates: Mapping[str, Held], now: datetime) -> bool:
    """Whether nothing has changed since `keep`."""
    kept = connection.execute(select(calendar_entries).where(calendar_entries.c.mode == mode)).all()
    said = {(row.event, row.sequence, *_said(row)) for row in kept}
    return said.issuperset((*entry, *dates[name]) for name, entry in entries(connection, mode, dates, now).items())


def _entry(known: list[Row[Any]], name: str, held: Held, now: datetime) -> CalendarEntry:
    day = held.starts_at.date()
    zone = held.starts_at.tzinfo
    if not known:
        return CalendarEntry(name)
    last = min(known, key=lambda row: abs(row.starts_at.astimezone(zone).date() - day))
    if is_another(last.starts_at.astimezone(zone).date(), day, now):
        return CalendarEntry(f"{name}{MEETING_OF_TERM}{day}")
    return CalendarEntry(last.event, last.sequence + (_said(last) != held))


def _said(row: Row[Any]) -> Held:
    return Held(row.starts_at, row.ends_at, row.is_off)
