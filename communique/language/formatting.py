"""Dates, times and lists as each language writes them (CLDR, by Babel)."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from math import ceil
from typing import Literal

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.dates import format_date, format_time, format_timedelta, parse_pattern
from babel.lists import format_list
from babel.numbers import get_decimal_symbol
from babel.units import format_unit

from communique.phrase import phrase

_KILO = 1000
_SPANS = 60, 3600, 86400  #: a minute, an hour, a day
_FIRST = re.compile(r"\b1\b")
_BRAZIL = "pt_BR"
#: Who counts the first day of a month only: `1er février`, and then `2 février`. CLDR has no form for it.
_FIRST_DAYS = {"fr": "1er", _BRAZIL: "1º"}
_COMMA = re.compile(r"\A(\w+), (?=\d)")
_DISTANCE, _SIGNS = re.compile(r"([+-])(\d\d)(\d\d)?"), {"+": "+", "-": "\u2212"}
#: Where CLDR has the short name of a month, texts have the long one; what it puts between two days, they say in a word.
_SHORT_MONTH, _BETWEEN = re.compile(r"(?<!M)MMM(?!M)"), re.compile(r"\s*(?:[-–—~～至]|تا)?\s*\Z")
_MONTH = re.compile(r"[ML]")
_NO_BREAK = "\u00a0"
#: What begins with the sound of an i, before which Spanish says “e” for “y”; “hielo” does not.
_SOUNDS_LIKE_I = re.compile(r"h?[ií](?![aeoáéó])", re.IGNORECASE)


class NotADateError(ValueError):
    """A value that is no date was to be written as one."""


def locale_of(language: str, locales: Mapping[str, str]) -> Locale:
    """The locale that says how a language is written here: `locales` may name one (`en: en-GB`)."""
    return _locale(locales.get(language, language), language)


@lru_cache(maxsize=256)  # asked for each date of each text
def _locale(tag: str, language: str) -> Locale:
    try:
        return Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse(language.partition("-")[0])


def shorter_tag(language: str) -> str:
    """The tag of two letters for a language that was named by three (`eng`); empty where there is none."""
    alias = str(get_global("language_aliases").get(language, ""))
    return alias if len(alias) < len(language) else ""


def direction(language: str) -> str:
    """`rtl` or `ltr`, for the `dir` attribute."""
    return locale_of(language, {}).text_direction


def day_and_month(value: object, locale: Locale) -> str:
    """`9 February 2027`."""
    return _written(value, "long", locale)


def weekday_and_date(value: object, locale: Locale) -> str:
    """`Tuesday 9 February 2027`: English and Spanish have no comma where the day follows, whatever CLDR says."""
    text = _written(value, "full", locale)
    return _COMMA.sub(r"\1 ", text) if locale.language in {"en", "es"} else text


def time_of_day(value: object, locale: Locale) -> str:
    """`10:00`; in French `10 h` and `10 h 30`, as the Imprimerie nationale has it; in Brazil `10h` and `10h30`.

    No line ends within it: a half of the day alone in the next line of a table says nothing.
    """
    if not isinstance(value, datetime):
        raise NotADateError(phrase("expected a moment with a time of day, found `{value}`", value=value))
    if locale.language == "fr":
        return _NO_BREAK.join((f"{value.hour}", "h", *([f"{value.minute:02}"] if value.minute else ())))
    if str(locale) == _BRAZIL:
        return f"{value.hour}h{value.minute:02}" if value.minute else f"{value.hour}h"
    return _western(format_time(value.time(), "short", locale=locale)).replace(" ", _NO_BREAK)


def time_range(meeting: object, locale: Locale, pattern: str) -> str:
    """`10:00 to 12:00`, or the start alone when no end is known; `pattern` is the language's, `{start} to {end}`."""
    start = meeting.get("start") if isinstance(meeting, Mapping) else meeting
    end = meeting.get("end") if isinstance(meeting, Mapping) else None
    begins = time_of_day(start, locale)
    return pattern.replace("{start}", begins).replace("{end}", time_of_day(end, locale)) if end else begins


def date_range(first: object, last: object, locale: Locale, pattern: str) -> str:
    """`from 3 to 5 March 2027`: what both days have in common is said once, where the language says it (CLDR).

    `pattern` is the language's, `from {start} to {end}`. Where the year comes before the day, both are written whole.
    """
    start, end = _date(first), _date(last)
    if start == end:
        return day_and_month(end, locale)
    begins, ends = day_and_month(start, locale), day_and_month(end, locale)
    formats = locale.interval_formats.get("yMMMMd") or locale.interval_formats.get("yMMMd") or {}
    if start.year == end.year and (parts := formats.get("d" if start.month == end.month else "M")):
        before, after = (_SHORT_MONTH.sub("MMMM", part) for part in parts)
        if "y" not in before and (start.month == end.month or _MONTH.search(before)):
            begins = _by_pattern(start, _BETWEEN.sub("", before), locale)
            ends = ends if "MMMM" in after else _by_pattern(end, after, locale)
    return pattern.replace("{start}", begins).replace("{end}", ends)


def zone_name(moment: datetime) -> str:
    """`CET`; where a zone has no name but its distance, what that is counted from as well: `UTC−5`, `UTC+5:30`."""
    name = f"{moment:%Z}"
    if not (found := _DISTANCE.fullmatch(name)):
        return name
    sign, hours, minutes = found.groups()
    return f"UTC{_SIGNS[sign]}{int(hours)}{f':{minutes}' if minutes else ''}"


def joined(values: Sequence[object], locale: Locale) -> str:
    """`a, b and c`."""
    parts = [str(value) for value in values]
    said = format_list(parts, locale=locale)
    if locale.language == "es" and parts and _SOUNDS_LIKE_I.match(last := parts[-1]):
        return re.sub(rf" y (?={re.escape(last)}\Z)", " e ", said)
    return said


def own_name(language: str) -> str:
    """What its speakers call a language: `français`; the tag itself where nobody has noted it."""
    try:
        locale = Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return language
    return locale.get_display_name(locale) or language


def file_size(size: int, locale: Locale) -> str:
    """Bytes as people read them: `184 kB`, `2.4 MB`."""
    if size < _KILO * _KILO:
        # CLDR's Portuguese spells half of it out: `1 kByte`.
        text = _western(format_unit(max(1, round(size / _KILO)), "kilobyte", "short", locale=locale))
        return text.replace("kByte", "kB")
    return _western(format_unit(round(size / _KILO / _KILO, 1), "megabyte", "short", locale=locale))


def short_span(seconds: float, locale: Locale) -> str:
    """A time to wait, rounded up: `3 min`, `2 hr`, `1 day`."""
    unit = next((each for each in _SPANS if seconds <= each * 60), _SPANS[-1])
    span = timedelta(seconds=max(1, ceil(seconds / unit)) * unit)
    return _western(format_timedelta(span, granularity="minute", threshold=1, format="short", locale=locale))


def seconds_written(locale: Locale) -> tuple[str, str]:
    """How a length in seconds is written with digits 0-9: the pattern (`{0} s`) and the mark before tenths (`,`)."""
    mark = get_decimal_symbol(locale, numbering_system="latn")
    example = format_unit(12.5, "second", "short", locale=locale, numbering_system="latn")
    return example.replace(f"12{mark}5", "{0}"), mark


def _written(value: object, form: Literal["long", "full"], locale: Locale) -> str:
    day = _date(value)
    return _first_day(day, format_date(day, form, locale=locale), locale)


def _by_pattern(day: date, pattern: str, locale: Locale) -> str:
    return _first_day(day, parse_pattern(pattern).apply(day, locale), locale)


def _first_day(day: date, written: str, locale: Locale) -> str:
    text = _western(written)
    first = _FIRST_DAYS.get(str(locale)) or _FIRST_DAYS.get(locale.language)
    return _FIRST.sub(first, text, count=1) if first and day.day == 1 else text


def _date(value: object) -> date:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise NotADateError(phrase("expected a date such as 2027-02-09, found `{value}`", value=value)) from None


def _western(text: str) -> str:
    """The same with digits 0-9: dates stand beside telephone numbers and addresses that are written so."""
    digits = {
        ord(digit): str(value)
        for zero in "٠۰"
        for value, digit in enumerate(map(chr, range(ord(zero), ord(zero) + 10)))
    }
    return text.translate(digits)
