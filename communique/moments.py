"""When something is to happen, as an officer writes it: `acceptance + 1 working day at 10:00`.

Values and their parsers only; what instant they mean is the timeline's business.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from communique.phrase import Phrase, phrase

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
NAME = r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*"
_WEEKDAY = r"(?:(?P<weekday>[A-Za-z]{3,9}),?\s+)?"
_DATE = r"(?P<date>\d{4}-\d{1,2}-\d{1,2})"
_ABSOLUTE = re.compile(rf"^{_WEEKDAY}{_DATE}(?:(?:\s+at)?[\sT]+(?P<at>\d{{1,2}}:\d{{2}})(?::00)?)?$")
_MILESTONE = re.compile(
    rf"^{_WEEKDAY}{_DATE}(?:[\sT]+(?P<at>\d{{1,2}}:\d{{2}})(?::00)?(?:\s+to\s+(?P<to>\d{{1,2}}:\d{{2}}))?)?$"
)
_RELATIVE = re.compile(
    rf"^(?P<milestone>{NAME})"
    r"(?:\s*(?P<sign>[+-])\s*(?P<count>\d+)\s+(?P<unit>[a-z]+(?:\s+[a-z]+)?))?"
    r"(?:\s+at\s+(?P<at>\d{1,2}:\d{2}))?$"
)
_EVERY = re.compile(rf"^(?P<count>\d+)\s+(?P<unit>[a-z]+(?:\s+[a-z]+)?)(?:\s+until\s+(?P<until>{NAME}))?$")
_DURATION = re.compile(r"^(?P<count>\d+)\s+(?P<unit>minutes?|hours?|days?)$")

EXPECTED_WHEN = phrase(
    "a date and time (`2026-12-01 10:00`) or a milestone, counted from or not: `acceptance`, "
    "`acceptance + 2 hours`, `kickoff - 7 days at 09:00`, `acceptance + 1 working day at 10:00`"
)
EXPECTED_MILESTONE = phrase(
    "a date (`2026-12-01`), with a time (`2026-12-15 10:00`), with an end (`2026-12-15 10:00 to 12:00`), or `unknown`"
)
EXPECTED_EVERY = phrase(
    "an interval (`3 months`, `2 weeks`), with an end if it has one (`3 months until plan-published`)"
)


_NAMES_OF_DAYS = (
    *(phrase("Monday"), phrase("Tuesday"), phrase("Wednesday"), phrase("Thursday")),
    *(phrase("Friday"), phrase("Saturday"), phrase("Sunday")),
)


def weekday_name(day: date) -> Phrase:
    """As problems name it."""
    return _NAMES_OF_DAYS[day.weekday()]


class MomentError(ValueError):
    """The words name no moment; the message says what was expected."""


class WeekdayError(MomentError):
    """The weekday and the date disagree."""


class Unit(StrEnum):
    """What an offset counts. Minutes and hours are elapsed time, the others steps in the local calendar."""

    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    WORKING_DAYS = "working days"
    WEEKS = "weeks"
    MONTHS = "months"


@dataclass(frozen=True, slots=True)
class Offset:
    """So many units after (or, negative, before) something."""

    count: int
    unit: Unit

    def __str__(self) -> str:
        unit = self.unit.removesuffix("s") if abs(self.count) == 1 else self.unit
        return f"{abs(self.count)} {unit}"


@dataclass(frozen=True, slots=True)
class When:
    """Either a local date with a time of day, or a milestone with an offset and a time of day."""

    milestone: str | None = None
    offset: Offset | None = None
    day: date | None = None
    at: time | None = None

    def __str__(self) -> str:
        parts = [self.milestone or str(self.day)]
        if self.offset:
            parts.append(f"{'-' if self.offset.count < 0 else '+'} {self.offset}")
        if self.at:
            parts.append(f"at {self.at:%H:%M}" if self.milestone else f"{self.at:%H:%M}")
        return " ".join(parts)


@dataclass(frozen=True, slots=True)
class Every:
    """Again and again at an interval, until a milestone if one is named."""

    interval: Offset
    until: str | None = None

    def __str__(self) -> str:
        return f"{self.interval} until {self.until}" if self.until else str(self.interval)


@dataclass(frozen=True, slots=True)
class Milestone:
    """A named moment in local time that others are counted from; `start` None means unknown yet."""

    start: date | None = None  #: a `datetime` (naive, local) when the time of day is known
    end: datetime | None = None

    @property
    def known(self) -> bool:
        """Whether anything counted from it can be scheduled."""
        return self.start is not None

    def __str__(self) -> str:
        if self.start is None:
            return "unknown"
        if not isinstance(self.start, datetime):
            return self.start.isoformat()
        text = f"{self.start:%Y-%m-%d %H:%M}"
        return f"{text} to {self.end:%H:%M}" if self.end else text

    @property
    def told(self) -> str:
        """The same to be read, and not to be written into a file."""
        if self.start is None:
            return phrase("unknown")
        if not self.end:
            return str(self)
        return phrase("{start} to {end}", start=f"{self.start:%Y-%m-%d %H:%M}", end=f"{self.end:%H:%M}")


def parse_when(text: str) -> When:
    """What `when:` and `not_after:` say.

    Raises:
        MomentError: with what was expected.
    """
    words = text.strip()
    if match := _ABSOLUTE.match(words):
        day = _day(match)
        if match["at"] is None:
            raise MomentError(phrase("expected a time of day after the date, as in `{day} 10:00`", day=day))
        return When(day=day, at=_time(match["at"]))
    if match := _RELATIVE.match(words):
        at = _time(match["at"]) if match["at"] else None
        if match["count"] is None:
            return When(milestone=match["milestone"], at=at)
        sign = -1 if match["sign"] == "-" else 1
        offset = _offset(match["count"], match["unit"], sign)
        if at and offset.unit in {Unit.MINUTES, Unit.HOURS}:
            raise MomentError(
                phrase(
                    "expected either an offset in {unit} or a time of day (`at {at}`), found both",
                    unit=offset.unit,
                    at=format(at, "%H:%M"),
                )
            )
        return When(milestone=match["milestone"], offset=offset, at=at)
    raise MomentError(phrase("expected {form}", form=EXPECTED_WHEN))


def parse_every(text: str) -> Every:
    """What `every:` says.

    Raises:
        MomentError: with what was expected.
    """
    match = _EVERY.match(text.strip())
    if match is None:
        raise MomentError(phrase("expected {form}", form=EXPECTED_EVERY))
    interval = _offset(match["count"], match["unit"], 1)
    if interval.count == 0 or interval.unit in {Unit.MINUTES, Unit.HOURS}:
        raise MomentError(phrase("expected an interval of at least a day, in days, working days, weeks or months"))
    return Every(interval=interval, until=match["until"])


def parse_milestone(text: str) -> Milestone:
    """What stands behind a milestone's name.

    Raises:
        MomentError: with what was expected.
    """
    words = text.strip()
    if words == "unknown":
        return Milestone()
    match = _MILESTONE.match(words)
    if match is None:
        raise MomentError(phrase("expected {form}", form=EXPECTED_MILESTONE))
    day = _day(match)
    if match["at"] is None:
        return Milestone(start=day)
    start = datetime.combine(day, _time(match["at"]))
    if match["to"] is None:
        return Milestone(start=start)
    end = datetime.combine(day, _time(match["to"]))
    if end <= start:
        raise MomentError(
            phrase("expected an end after the start, found {start} to {end}", start=match["at"], end=match["to"])
        )
    return Milestone(start=start, end=end)


def parse_duration(text: str) -> timedelta:
    """A length of time, as in `24 hours`.

    Raises:
        MomentError: with what was expected.
    """
    match = _DURATION.match(text.strip())
    if match is None:
        raise MomentError(phrase("expected a length of time such as `30 minutes`, `24 hours` or `3 days`"))
    unit = match["unit"].removesuffix("s") + "s"
    try:
        return timedelta(**{unit: int(match["count"])})
    except OverflowError:
        raise MomentError(phrase("expected a length of time that a calendar can hold")) from None


def parse_time(text: str) -> time:
    """A time of day, as in `09:00`.

    Raises:
        MomentError: with what was expected.
    """
    if not re.fullmatch(r"\d{1,2}:\d{2}", text.strip()):
        raise MomentError(phrase("expected a time of day from 00:00 to 23:59"))
    return _time(text.strip())


def _offset(count: str, unit: str, sign: int) -> Offset:
    words = " ".join(unit.split())
    plural = words if words.endswith("s") else f"{words}s"
    try:
        known = Unit(plural)
    except ValueError:
        units = ", ".join(Unit)
        raise MomentError(phrase("expected one of {units}; found `{words}`", units=units, words=words)) from None
    if len(count) > 5:  # noqa: PLR2004 - more than 99999 of any unit is a slip of the keyboard
        raise MomentError(phrase("expected fewer than 100000 {plural}, found {count}", plural=plural, count=count))
    return Offset(count=sign * int(count), unit=known)


def _time(text: str) -> time:
    hour, minute = (int(part) for part in text.split(":"))
    try:
        return time(hour, minute)
    except ValueError:
        raise MomentError(phrase("expected a time of day from 00:00 to 23:59, found {text}", text=text)) from None


def _day(match: re.Match[str]) -> date:
    year, month, dayofmonth = (int(part) for part in match["date"].split("-"))
    try:
        day = date(year, month, dayofmonth)
    except ValueError:
        raise MomentError(phrase("expected a day of the calendar, found {day}", day=match["date"])) from None
    if match["weekday"] is None:
        return day
    named = [name for name in WEEKDAYS if name.startswith(match["weekday"].lower())]
    if not named:
        raise MomentError(phrase("expected a weekday before the date, found `{word}`", word=match["weekday"]))
    if named[0] != WEEKDAYS[day.weekday()]:
        raise WeekdayError(
            phrase(
                "{day} is a {weekday}, not a {other}",
                day=day,
                weekday=weekday_name(day),
                other=named[0].capitalize(),
            )
        )
    return day
