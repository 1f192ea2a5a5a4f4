"""Which meeting a name means: two years later another process may call its meeting by the same milestone and fact.

The first that anybody is invited to bears the name alone, `kickoff.meeting`; a later one the day for which it was first
called as well, `kickoff.meeting~2028-12-15`. It is fixed with the first invitation that is frozen, and stays when the
meeting moves. Answers, revisions, links and UIDs (RFC 5545 3.8.4.7) are of that identity.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, or_, select

from communique.answering import MEETING_OF_TERM, meeting_name, parse_only
from communique.campaign import Campaign
from communique.delivery import Mode
from communique.moments import Milestone, parse_milestone
from communique.occasion import Occasion
from communique.store.database import occurrences
from communique.store.read_once import read_once
from communique.store.recipients import meeting_revisions

#: A meeting that is over is none that is called so long after it, or before.
APART = timedelta(days=180)
_CALLS = select(
    occurrences.c.meeting, occurrences.c.meeting_at, meeting_revisions.has_told().label("has_told")
).order_by(occurrences.c.id)


def in_term(connection: Connection, mode: Mode, occasion: Occasion, now: datetime) -> Occasion:
    """The same, with the identities of the meetings that it is about, and when people think that its own is."""
    campaign = occasion.campaign
    facts = {occasion.meeting_fact, *campaign.announcements[occasion.announcement].only} - {""}
    occasion = replace(occasion, terms=_of_facts(connection, mode, campaign, occasion.milestones, facts, now))
    return replace(occasion, before=_told_before(connection, mode, occasion))


def of_campaign(
    connection: Connection, mode: Mode, campaign: Campaign, milestones: Mapping[str, Milestone], now: datetime
) -> Mapping[str, str]:
    """The identities of its meetings, by name."""
    return _of_facts(connection, mode, campaign, milestones, set(campaign.facts), now)


def as_frozen(row: Any) -> Mapping[str, str]:
    """Of a row of occurrences: the identities it was frozen with, by name."""
    only = parse_only(Mode(row.mode), row.only)
    return {meeting_name(each): each for each in (row.meeting, only.meeting if only else "") if each}


def identity(connection: Connection, mode: Mode, name: str, moment: Milestone | None, now: datetime) -> str:
    """Of the meeting that has this name and is at this moment: one that people know of, else a new one."""
    told = _calls_to(connection, mode, name)
    days = {row.meeting: _day(parse_milestone(row.meeting_at or "unknown")) for row in told}
    at = _day(moment)
    if not days or at is None:
        return next(reversed(days), name)
    _, day, nearest = min((abs((day or at) - at), day or at, each) for each, day in days.items())
    return f"{name}{MEETING_OF_TERM}{at}" if is_another(day, at, now) else nearest


def is_another(known: date, day: date, now: datetime) -> bool:
    """Whether what is called for a day is another one than what people know of; what is still to come has moved."""
    return abs(day - known) > APART and known < now.date()


def meant(connection: Connection, mode: Mode, meeting: str, now: datetime) -> Callable[[Milestone | None], bool]:
    """Whether a meeting of that name at a moment is the one with this identity."""
    name = meeting_name(meeting)
    return lambda moment: identity(connection, mode, name, moment, now) == meeting


def told(connection: Connection, mode: Mode, meeting: str) -> Milestone | None:
    """When people think that a meeting is: as what invited to it last had it. None before anything has."""
    known = [each for each in _told_dates(connection, mode, meeting) if each]
    return parse_milestone(known[-1]) if known else None


def _told_dates(connection: Connection, mode: Mode, meeting: str) -> list[str]:
    """As they are written, in the order people were told; empty where it had none."""
    calls = _calls_to(connection, mode, meeting_name(meeting))
    return [row.meeting_at for row in calls if row.meeting == meeting and row.has_told]


def _of_facts(
    connection: Connection,
    mode: Mode,
    campaign: Campaign,
    milestones: Mapping[str, Milestone],
    facts: set[str],
    now: datetime,
) -> dict[str, str]:
    names = {fact: name for fact in facts if (name := campaign.meeting(fact))}
    moments = {name: milestones.get(campaign.facts[fact]["at"]) for fact, name in names.items()}
    return {name: identity(connection, mode, name, moment, now) for name, moment in moments.items()}


def _told_before(connection: Connection, mode: Mode, occasion: Occasion) -> dict[str, Milestone]:
    """The milestone that its meeting is at, as the last invitation with another date had it; empty without one."""
    if not occasion.meeting or not occasion.meeting_at:
        return {}
    dates = _told_dates(connection, mode, occasion.meeting)
    others = [each for each in dates if each not in {"", occasion.meeting_at}]
    told = others[-1] if others else ""
    return {occasion.campaign.facts[occasion.meeting_fact]["at"]: parse_milestone(told)} if told else {}


def _calls_to(connection: Connection, mode: Mode, name: str) -> Sequence[Any]:
    """What invited to meetings of a name or called them off, in the order it was written down."""

    def read() -> Mapping[str, Sequence[Any]]:
        found: dict[str, list[Any]] = {}
        for row in connection.execute(_CALLS.where(occurrences.c.mode == mode, occurrences.c.meeting != "")):
            found.setdefault(meeting_name(row.meeting), []).append(row)
        return found

    known = read_once(connection, ("calls to meetings", str(mode)), read)
    if known is not None:
        return known.get(name, ())
    is_one = or_(occurrences.c.meeting == name, occurrences.c.meeting.startswith(name + MEETING_OF_TERM))
    return connection.execute(_CALLS.where(occurrences.c.mode == mode, is_one)).all()


def _day(moment: Milestone | None) -> date | None:
    start = moment.start if moment is not None else None
    return start.date() if isinstance(start, datetime) else start
