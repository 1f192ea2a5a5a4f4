"""Dates and times of day as words, by the patterns of the language's `speech:` phrases."""

from collections.abc import Mapping
from typing import Any

from babel import Locale

from communique.language.calendar_names import folded, names_of
from communique.language.speech import numbers

Phrases = Mapping[str, Any]
_HALF_A_DAY = 12


def date_in_words(day: int, month: str, year: int, locale: Locale, phrases: Phrases) -> str:
    """A date; `month` is its name as it was written, and said in full."""
    said = phrases["date"]
    in_full = str(locale.months["format"]["wide"][names_of(locale).months[folded(month)]])
    return str(said["pattern"]).format(
        day=_day(day, locale, said), month=in_full, year=year_in_words(year, locale, phrases)
    )


def year_in_words(year: int, locale: Locale, phrases: Phrases) -> str:
    """A year, as it stands within a sentence."""
    words = numbers.year(year, locale)
    for found, instead in phrases["date"].get("year_words", {}).items():
        words = words.replace(found, instead)
    return words


def time_in_words(hour: int, minute: int, locale: Locale, phrases: Phrases) -> str:
    """A time of day, of 24 hours."""
    said = phrases["time"]
    if named := said.get("named", {}).get(f"{hour:02}:{minute:02}"):
        return str(named)
    pattern = said["minutes"].get(str(minute)) or said["minutes"]["other"]
    shown = hour if said["hours"] > _HALF_A_DAY else hour % _HALF_A_DAY or _HALF_A_DAY
    words = said.get("hour_words", {}).get(str(shown)) or str(said["hour"]).format(hour=numbers.cardinal(shown, locale))
    parts = sorted(((int(begins), str(name)) for begins, name in said["parts"].items()), reverse=True)
    part = next(name for begins, name in parts if hour >= begins)
    return str(pattern).format(hour=words, minute=numbers.cardinal(minute, locale), part=part).strip()


def _day(day: int, locale: Locale, said: Phrases) -> str:
    if word := said.get("day_words", {}).get(str(day)):
        return str(word)
    return numbers.ordinal(day, locale) if said["day"] == "ordinal" else numbers.cardinal(day, locale)
