"""Whether the weekday before a date is the right one, in any language whose names of days and months babel has."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from babel import Locale, UnknownLocaleError

from communique.language.formatting import locale_of

#: What may stand between the parts of a date: articles, "of", "dated" (الموافق), a comma.
_BETWEEN = r"[,،.]?[\s\u00a0]+(?:(?:the|el|le|dia|día|الموافق|يوم|of|de|del)[\s\u00a0]+)?"
_OF = r"[\s\u00a0]+(?:(?:of|de|del|do)[\s\u00a0]+)?"
_YEAR = r"(?P<year>\d{4})"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|º|\.º)?"


@dataclass(frozen=True, slots=True)
class _Names:
    days: Mapping[str, int]  #: weekday by its folded names, Monday is 0
    months: Mapping[str, int]
    shown: tuple[str, ...]  #: the full name of each weekday


def find_weekday_mismatches(text: str, language: str) -> list[tuple[str, str]]:
    """Dates with a wrong weekday, as they stand in the text, each with the weekday that would be right.

    In a language whose names of days are not known, none is found.
    """
    if not is_known_language(language):
        return []
    names = _names(locale_of(language, {}))
    found: list[tuple[str, str]] = []
    plain = unicodedata.normalize("NFC", text)
    for match, days in _dates(plain, language):
        weekday = names.days[_fold(match["weekday"])]
        if days and weekday not in {day.weekday() for day in days}:
            found.append((match[0], names.shown[days[0].weekday()]))
    return found


def is_known_language(language: str) -> bool:
    """Whether dates can be written in a language."""
    try:
        return bool(locale_of(language, {}))
    except (UnknownLocaleError, ValueError):
        return False


def _dates(text: str, language: str) -> Iterator[tuple[re.Match[str], list[date]]]:
    """Every date with a weekday; two days where the order of day and month is open."""
    names = _names(locale_of(language, {}))
    for pattern in _patterns(language):
        for match in pattern.finditer(text):
            parts = match.groupdict()
            year, day, month = int(parts["year"]), int(parts["day"]), parts["month"]
            if month.isdecimal():
                orders = (
                    [(int(month), day)]
                    if parts.get("iso") or language[:2] != "en"
                    else [(int(month), day), (day, int(month))]
                )
            else:
                orders = [(names.months[_fold(month)], day)]
            yield match, list(_real(year, orders))


def _real(year: int, orders: Iterable[tuple[int, int]]) -> Iterator[date]:
    for month, day in orders:
        try:
            yield date(year, month, day)
        except ValueError:
            continue


@cache
def _patterns(language: str) -> tuple[re.Pattern[str], ...]:
    names = _names(locale_of(language, {}))
    weekday, month = _any_of("weekday", names.days), _any_of("month", names.months)
    forms = (
        rf"{_DAY}{_OF}{month}[.,]?{_OF}{_YEAR}",
        rf"{month}\.?\s+{_DAY},?\s+{_YEAR}",
        r"(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-](?P<year>\d{4})",
        r"(?P<iso>(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2}))",
    )
    return tuple(re.compile(rf"(?<!\w){weekday}{_BETWEEN}{form}(?!\w)", re.IGNORECASE) for form in forms)


def _any_of(group: str, names: Iterable[str]) -> str:
    longest_first = sorted(names, key=len, reverse=True)
    return rf"(?P<{group}>{'|'.join(re.escape(name) for name in longest_first)})"


@cache
def _names(locale: Locale) -> _Names:
    days, months = locale.days, locale.months
    by_day = {_fold(name): number for number, name in _all(lambda use, width: days[use][width])}
    by_month = {_fold(name): number for number, name in _all(lambda use, width: months[use][width])}
    # Portuguese says "terça" as well as "terça-feira".
    by_day |= {name.partition("-")[0]: number for name, number in by_day.items() if "-feira" in name}
    shown = tuple(str(days["format"]["wide"][number]) for number in range(7))
    return _Names(days=by_day, months=by_month, shown=shown)


def _all(names: Callable[[str, str], Mapping[int, str]]) -> Iterator[tuple[int, str]]:
    for use in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            yield from names(use, width).items()


def _fold(name: str) -> str:
    return unicodedata.normalize("NFC", name).lower().rstrip(".")
