"""Dates that a text names, found again by the month names of its language."""

import contextlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache

from babel import Locale

from communique.language.calendar_names import dates_by_name, days_by_name, folded, names_of, ranges_by_name

_BEFORE_A_YEAR = r"\s+(?:(?:of|de|del|do)\s+)?"
_LEAP_YEAR = 2000  #: has every day that a year can have


def dates_in(text: str, locale: Locale) -> Iterator[date]:
    """Every complete date (day, month by name, year), in the order it is named."""
    return iter(_dates_in(text, locale))


@lru_cache(maxsize=64)  # as with_whole_ranges
def _dates_in(text: str, locale: Locale) -> tuple[date, ...]:
    months = names_of(locale).months
    plain = with_whole_ranges(text, locale)
    matches = [match for pattern in _patterns(locale) for match in pattern.finditer(plain)]
    dates = []
    for found in sorted(matches, key=lambda match: match.start()):
        with contextlib.suppress(ValueError):
            dates.append(date(int(found["year"]), months[folded(found["month"])], int(found["day"])))
    return tuple(dates)


def placed_dates(text: str, locale: Locale) -> list[tuple[date, int, int]]:
    """Every complete date with where it begins and ends, in order; of a range's first day only what stands there."""
    months = names_of(locale).months
    found: list[tuple[date, int, int]] = []
    for pattern in _patterns(locale):
        for match in pattern.finditer(text):
            try:
                day = date(int(match["year"]), months[folded(match["month"])], int(match["day"]))
            except ValueError:
                continue
            found.append((day, match.start(), match.end()))
    return sorted(set(found), key=lambda each: each[1:])


def no_dates_in(text: str, locale: Locale) -> Iterator[str]:
    """What looks like a date and names a day that its month does not have, as it stands there."""
    months = names_of(locale).months
    plain = unicodedata.normalize("NFC", text)
    for pattern in _patterns(locale):
        for match in pattern.finditer(plain):
            try:
                date(int(match["year"]), months[folded(match["month"])], int(match["day"]))
            except ValueError:
                yield match[0]
    by_day, *_ = days_by_name(locale)  # where months come first, `June 31` may be a month and a number
    for match in _before_no_year(rf"(?<![\w/-]){by_day}(?!\w)").finditer(plain):
        if not _is_a_day(months[folded(match["month"])], match["day"]):
            yield match[0]


def placed_days(text: str, locale: Locale) -> Iterator[tuple[int, int, int, int]]:
    """Month and day of each date without a year, with where it begins and ends."""
    months = names_of(locale).months
    for form in _without_year(locale):
        for match in _before_no_year(form.pattern).finditer(text):
            if _is_a_day(month := months[folded(match["month"])], match["day"]):
                yield month, int(match["day"]), match.start(), match.end()


def days_in(text: str, locale: Locale) -> set[tuple[int, int]]:
    """Month and day of every date that a text names by day and month, whether with its year or without."""
    return set(_days_in(text, locale))


@lru_cache(maxsize=64)  # as with_whole_ranges
def _days_in(text: str, locale: Locale) -> frozenset[tuple[int, int]]:
    found = {(day.month, day.day) for day in dates_in(text, locale)}
    months = names_of(locale).months
    left = with_whole_ranges(text, locale)
    for form in (*_patterns(locale), *_without_year(locale)):
        # What one form has read is not there for the next: “5 December 10” is no tenth of December.
        for match in form.finditer(left):
            if "year" not in match.groupdict() and _is_a_day(month := months[folded(match["month"])], match["day"]):
                found.add((month, int(match["day"])))
        left = form.sub(" ; ", left)
    return frozenset(found)


@lru_cache(maxsize=256)  # several questions are asked of one text in turn
def with_whole_ranges(text: str, locale: Locale) -> str:
    """The text, in which the first day of a range has the month and the year that are said with the last one.

    `del 3 al 5 de marzo de 2027` names the third of March, too.
    """
    plain = unicodedata.normalize("NFC", text)
    day_first, month_first = _ranges(locale)
    return month_first.sub(_whole_after_month, day_first.sub(_whole_before_month, plain))


def _whole_before_month(found: re.Match[str]) -> str:
    day = " ".join(filter(None, (found["first"], found["of_first"] or found["month"], found["year"])))
    return f"{day}{found['to']}{found['last']}"


def _whole_after_month(found: re.Match[str]) -> str:
    year = f", {found['year']}" if found["year"] else ""
    last = found["last"] if found["month"] else f"{found['of_first']} {found['last']}"
    return f"{found['of_first']} {found['first']}{year}{found['to']}{last}"


@dataclass(frozen=True, slots=True)
class NamedDays:
    """What days a text names."""

    whole: set[date]
    days: set[tuple[int, int]]  #: month and day of each, with its year or without

    def lacks(self, day: date) -> bool:
        """Whether a date is not there, not even without its year."""
        if (day.month, day.day) not in self.days:
            return True
        return day not in self.whole and any((each.month, each.day) == (day.month, day.day) for each in self.whole)


def named_days(text: str, locale: Locale) -> NamedDays:
    """The days of a text."""
    return NamedDays(set(dates_in(text, locale)), days_in(text, locale))


def _is_a_day(month: int, day: str) -> bool:
    try:
        return bool(date(_LEAP_YEAR, month, int(day)))
    except ValueError:
        return False


@cache
def _before_no_year(form: str) -> re.Pattern[str]:
    return re.compile(rf"{form}(?!\.?,?{_BEFORE_A_YEAR}\d{{4}})")


@cache
def _without_year(locale: Locale) -> tuple[re.Pattern[str], ...]:
    """In the case that the names are written in: “5 may join”, in English, is no fifth of May."""
    return tuple(re.compile(rf"(?<!\w){form}(?!\w)") for form in days_by_name(locale))


@cache
def _patterns(locale: Locale) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(rf"(?<!\w){form}(?!\w)", re.IGNORECASE) for form in dates_by_name(names_of(locale)))


@cache
def _ranges(locale: Locale) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(rf"(?<![\w:.]){form}(?!\w)", re.IGNORECASE) for form in ranges_by_name(names_of(locale)))
