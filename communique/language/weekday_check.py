"""Whether the weekday before a date is the right one, in any language whose names of days and months babel has."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache

from babel import Locale, UnknownLocaleError

from communique.language.calendar_names import any_of, dates_by_name, days_by_name, folded, names_of
from communique.language.formatting import locale_of

#: What may stand between the parts of a date: articles, "of", "dated" (الموافق), a comma.
_BETWEEN = r"[,،.]?[\s\u00a0]+(?:(?:the|el|le|dia|día|الموافق|يوم|of|de|del)[\s\u00a0]+)?"


#: What is in every date that is read, whatever the language: most texts have none, and need no names of days.
_DATE = re.compile(r"(?<!\d)\d{1,2}\D.*\d{4}|\d{4}-\d", re.DOTALL)


def find_weekday_mismatches(text: str, language: str) -> list[tuple[str, str]]:
    """Dates with a wrong weekday, as they stand in the text, each with the weekday that would be right.

    In a language whose names of days are not known, none is found.
    """
    if not _DATE.search(text) or not is_known_language(language):
        return []
    names = names_of(locale_of(language, {}))
    found: list[tuple[str, str]] = []
    plain = unicodedata.normalize("NFC", text)
    for match, days in _dates(plain, language):
        weekday = names.days[folded(match["weekday"])]
        if days and weekday not in {day.weekday() for day in days}:
            found.append((match[0], names.shown[days[0].weekday()]))
    return found


def is_known_language(language: str) -> bool:
    """Whether dates can be written in a language."""
    try:
        return bool(locale_of(language, {}))
    except (UnknownLocaleError, ValueError):
        return False


def is_known_locale(locale: str) -> bool:
    """Whether a locale is known as it is written, and not only its language."""
    try:
        return bool(Locale.parse(locale, sep="-"))
    except (UnknownLocaleError, ValueError):
        return False


def _dates(text: str, language: str) -> Iterator[tuple[re.Match[str], list[date]]]:
    """Every date with a weekday; two days where the order of day and month is open."""
    names = names_of(locale_of(language, {}))
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
                orders = [(names.months[folded(month)], day)]
            yield match, list(_real(year, orders))


def _real(year: int, orders: Iterable[tuple[int, int]]) -> Iterator[date]:
    for month, day in orders:
        try:
            yield date(year, month, day)
        except ValueError:
            continue


@cache
def _patterns(language: str) -> tuple[re.Pattern[str], ...]:
    names = names_of(locale_of(language, {}))
    weekday = any_of("weekday", names.days)
    forms = (
        *dates_by_name(names),
        r"(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-](?P<year>\d{4})",
        r"(?P<iso>(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2}))",
    )
    return tuple(re.compile(rf"(?<!\w){weekday}{_BETWEEN}{form}(?!\w)", re.IGNORECASE) for form in forms)


def weekdays_without_year(text: str, language: str) -> Iterator[tuple[str, int, tuple[int, int]]]:
    """Days with a weekday and without a year: as they stand in the text, the weekday (Monday is 0), month and day."""
    if not is_known_language(language):
        return
    locale = locale_of(language, {})
    names = names_of(locale)
    plain = unicodedata.normalize("NFC", text)
    for pattern in _without_year(locale):
        for match in pattern.finditer(plain):
            day = names.months[folded(match["month"])], int(match["day"])
            yield match[0], names.days[folded(match["weekday"])], day


@cache
def _without_year(locale: Locale) -> tuple[re.Pattern[str], ...]:
    weekday = any_of("weekday", names_of(locale).days)
    return tuple(
        re.compile(rf"(?<!\w)(?i:{weekday}){_BETWEEN}{form}(?!\w)(?![,.]?\s+(?:(?:of|de|del|do)\s+)?\d{{4}})")
        for form in days_by_name(locale)
    )
