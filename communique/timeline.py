"""When each announcement is due: all arithmetic with dates is here, and it is pure.

Rules: minutes and hours are elapsed time; days, working days, weeks and months are steps in the local calendar that
keep the time of day (a month's last day stands in for days it lacks). A local time that does not exist (clocks go
forward) means the first instant after the gap; one that exists twice (clocks go back) means the first of the two.
"""

import calendar
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from communique.campaign import Announcement, Campaign
from communique.moments import Milestone, Offset, Unit, When
from communique.working_days import IsWorkingDay

ONCE = "once"  #: the occurrence of an announcement that does not recur
_ELAPSED = {Unit.MINUTES, Unit.HOURS}


class UnknownMilestoneError(LookupError):
    """A moment counts from a milestone that has no date yet; `args[0]` is its name."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Almanac:
    """What dates mean here: the zone, the time of day of a bare date, the working days, the patience."""

    zone: ZoneInfo
    day_starts: time
    late_window: timedelta
    is_working_day: IsWorkingDay


@dataclass(frozen=True, kw_only=True, slots=True)
class Occurrence:
    """One time that an announcement is due; instants in UTC."""

    announcement: str
    occurrence: str  #: `once`, or `1`, `2`, … of a recurring announcement: a moved milestone keeps the numbers
    due_at: datetime | None  #: None while it counts from a milestone that is unknown
    expires_at: datetime | None  #: after it, what has not gone is missed
    unknown: str = ""  #: the milestone that is unknown; empty when the moment lies outside the calendar
    due_local: str = ""  #: what the officer meant, in local time and before gaps: `2027-03-28 02:30`


def instant(local: datetime, zone: ZoneInfo) -> datetime:
    """The UTC instant of a naive local time, by the rules for gaps and folds above."""
    early = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    late = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if not is_in_gap(local, zone):
        return late
    return _transition(early, late, zone)


def is_in_gap(local: datetime, zone: ZoneInfo) -> bool:
    """Whether clocks jump over this local time."""
    return local.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) != local


def is_in_fold(local: datetime, zone: ZoneInfo) -> bool:
    """Whether clocks show this local time twice."""
    first, second = (local.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    return first != second and not is_in_gap(local, zone)


def _transition(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The second at which the zone's offset changes, between two instants."""
    old = before.astimezone(zone).utcoffset()
    low, high = int(before.timestamp()), int(after.timestamp())
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == old:
            low = middle
        else:
            high = middle
    return datetime.fromtimestamp(high, UTC)


def start_of(milestone: Milestone, almanac: Almanac) -> datetime:
    """A known milestone's beginning in naive local time."""
    start = milestone.start
    if start is None:
        raise ValueError("the milestone is unknown")
    return start if isinstance(start, datetime) else datetime.combine(start, almanac.day_starts)


def resolve(when: When, milestones: Mapping[str, Milestone], almanac: Almanac) -> datetime:
    """The instant (UTC) that is meant.

    Raises:
        UnknownMilestoneError: it counts from a milestone without a date.
        OverflowError: it lies outside the calendar (years 1 to 9999).
    """
    return _instant_of(when, _local(when, milestones, almanac), almanac)


def _instant_of(when: When, local: datetime, almanac: Almanac) -> datetime:
    moment = instant(local, almanac.zone)
    if when.offset and when.offset.unit in _ELAPSED:
        return moment + timedelta(**{when.offset.unit: when.offset.count})
    return moment


def _local(when: When, milestones: Mapping[str, Milestone], almanac: Almanac) -> datetime:
    """The naive local time meant, before an elapsed offset is added."""
    if when.milestone is None:
        if when.day is None or when.at is None:
            raise ValueError("neither a milestone nor a date with a time")
        return datetime.combine(when.day, when.at)
    milestone = milestones[when.milestone]
    if not milestone.known:
        raise UnknownMilestoneError(when.milestone)
    local = start_of(milestone, almanac)
    if when.offset and when.offset.unit not in _ELAPSED:
        local = datetime.combine(step(local.date(), when.offset, almanac.is_working_day), local.time())
    return datetime.combine(local.date(), when.at) if when.at else local


def step(day: date, offset: Offset, is_working_day: IsWorkingDay) -> date:
    """So many days, working days, weeks or months from a date.

    Raises:
        OverflowError: the result lies outside the calendar.
    """
    if offset.unit is Unit.MONTHS:
        return _months(day, offset.count)
    if offset.unit is Unit.WORKING_DAYS:
        return _working(day, offset.count, is_working_day)
    return day + timedelta(days=offset.count * (7 if offset.unit is Unit.WEEKS else 1))


def _months(day: date, count: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    if not date.min.year <= year <= date.max.year:
        raise OverflowError("date value out of range")
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def _working(day: date, count: int, is_working_day: IsWorkingDay) -> date:
    """The count-th working day after (before) a day; none at all means the day itself or the next working one."""
    direction = timedelta(days=-1 if count < 0 else 1)
    if count == 0:
        while not is_working_day(day):
            day += direction
    for _ in range(abs(count)):
        day += direction
        while not is_working_day(day):
            day += direction
    return day


def occurrences(
    campaign: Campaign, milestones: Mapping[str, Milestone], almanac: Almanac, horizon: datetime
) -> list[Occurrence]:
    """Every occurrence of every announcement, in the order they are due, the unknown ones last.

    `milestones` are the campaign's with what was declared since. Recurring announcements without a known end are
    listed up to `horizon` (UTC).
    """
    found = itertools.chain.from_iterable(
        _of_announcement(name, announcement, milestones, almanac, horizon)
        for name, announcement in campaign.announcements.items()
    )
    far = datetime.max.replace(tzinfo=UTC)
    return sorted(found, key=lambda each: each.due_at or far)


def _of_announcement(
    name: str, announcement: Announcement, milestones: Mapping[str, Milestone], almanac: Almanac, horizon: datetime
) -> Iterator[Occurrence]:
    try:
        if announcement.every is None:
            yield _occurrence(name, ONCE, announcement, announcement.when, milestones, almanac)
        else:
            yield from _recurring(name, announcement, milestones, almanac, horizon)
    except (UnknownMilestoneError, OverflowError) as error:
        # One moment that cannot be found keeps its own announcement back, and no other.
        first = ONCE if announcement.every is None else "1"
        unknown = error.args[0] if isinstance(error, UnknownMilestoneError) else ""
        yield Occurrence(announcement=name, occurrence=first, due_at=None, expires_at=None, unknown=unknown)


def _occurrence(
    name: str, key: str, announcement: Announcement, when: When, milestones: Mapping[str, Milestone], almanac: Almanac
) -> Occurrence:
    local = _local(when, milestones, almanac)
    due_at = _instant_of(when, local, almanac)
    return Occurrence(
        announcement=name,
        occurrence=key,
        due_at=due_at,
        expires_at=_expiry(announcement, due_at, milestones, almanac),
        due_local=f"{local:%Y-%m-%d %H:%M}",
    )


def _expiry(
    announcement: Announcement, due_at: datetime, milestones: Mapping[str, Milestone], almanac: Almanac
) -> datetime:
    if announcement.not_after is not None:
        try:
            return resolve(announcement.not_after, milestones, almanac)
        except UnknownMilestoneError:
            pass  # a limit that is not known yet limits nothing; the late window does
    return due_at + almanac.late_window


def _recurring(
    name: str, announcement: Announcement, milestones: Mapping[str, Milestone], almanac: Almanac, horizon: datetime
) -> Iterator[Occurrence]:
    if announcement.every is None:
        return
    first = _first(announcement.when, milestones, almanac)
    every, end = announcement.every, _end(announcement, milestones, almanac)
    for number in itertools.count():
        when = announcement.when
        if number > 0:
            # Counted from the first each time, so that the 31st does not become the 28th for ever.
            offset = Offset(every.interval.count * number, every.interval.unit)
            when = When(day=step(first.date(), offset, almanac.is_working_day), at=first.time())
        occurrence = _occurrence(name, str(number + 1), announcement, when, milestones, almanac)
        if occurrence.due_at is None or (end and occurrence.due_at >= end):
            return
        if number > 0 and (occurrence.due_at > horizon or _is_too_late(occurrence)):
            return
        yield occurrence


def _is_too_late(occurrence: Occurrence) -> bool:
    """Whether it is due when it must not go any more: `not_after` ends a series."""
    due_at, expires_at = occurrence.due_at, occurrence.expires_at
    return due_at is not None and expires_at is not None and expires_at <= due_at


def _first(when: When, milestones: Mapping[str, Milestone], almanac: Almanac) -> datetime:
    """The naive local time that a series keeps: with the hours that pass until its first, and before gaps."""
    if when.offset and when.offset.unit in _ELAPSED:
        return resolve(when, milestones, almanac).astimezone(almanac.zone).replace(tzinfo=None)
    return _local(when, milestones, almanac)


def _end(announcement: Announcement, milestones: Mapping[str, Milestone], almanac: Almanac) -> datetime | None:
    until = announcement.every.until if announcement.every else None
    if until is None or not milestones[until].known:
        return None
    return resolve(When(milestone=until), milestones, almanac)
