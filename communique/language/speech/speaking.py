"""A whole text turned into what is said, and what in it is not yet a word."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from babel import Locale

from communique.language.calendar_names import dates_by_name, names_of
from communique.language.speech import days_and_hours, numbers
from communique.language.speech.addresses_aloud import (
    ADDRESS,
    TELEPHONE,
    address_in_words,
    pieces_of,
    telephone_in_words,
)
from communique.localisation.french_spaces import is_french, with_french_spaces

_NUMBER = re.compile(r"(?<![\w.,:/-])\d[\d.,\u00a0\u202f\u066b\u066c]*\d(?![\w/]|:\d)|(?<![\w.,:/-])\d(?![\w/]|:\d)")
_PER_CENT = re.compile(r"\s?[%٪]")
_UNSPOKEN = re.compile(r"\S*\d\S*|https?://\S+|\S+@\S+|www\.\S+")
_SPACES = re.compile(r"[^\S\n]+")
_TIME_WITH_H = re.compile(r"(?<![\w:])(\d{1,2})\s?h(?:\s?(\d{2}))?(?!\w)")  #: `10 h`, `17 h 30`, `17h30`
_WRITE_AN_H = frozenset({"fr", "pt"})  #: languages whose hours may have one


@dataclass(frozen=True)
class Speech:
    """How a language is spoken.

    `phrases` are those below `speech:` in `templates/layouts/words/<language>.yaml`.
    """

    locale: Locale
    phrases: Mapping[str, Any]
    dialled: Mapping[str, str] = field(default_factory=dict)  #: for a country's number, what is dialled within it

    def spoken(self, text: str) -> str:
        """The text with its numbers, dates, times and addresses in words; what cannot be said stays as it is."""
        for pattern, say in self._turns:
            text = pattern.sub(say, text)
        text = _PER_CENT.sub(f" {self.phrases['percent']}", text)
        text = _SPACES.sub(" ", text)  # written dates have spaces that do not break: "2027\u202fр."
        for found, instead in self.phrases.get("joins", ()):
            if found.endswith("."):  # of an abbreviation that ends a paragraph it ends the sentence, too
                text = re.sub(rf"{re.escape(found)}(?=\s*(?:\n|\Z))", f"{instead}.", text)
            text = text.replace(found, instead)
        text = _SPACES.sub(" ", text).strip()
        return with_french_spaces(text) if is_french(str(self.locale).replace("_", "-")) else text

    @cached_property
    def _turns(self) -> list[tuple[re.Pattern[str], Callable[[re.Match[str]], str]]]:
        """In the order in which one may stand in the way of the next: an address has digits, a date has a year."""
        dates = (re.compile(rf"(?<!\w){form}(?!\w)", re.IGNORECASE) for form in dates_by_name(names_of(self.locale)))
        return [
            (ADDRESS, lambda found: address_in_words(found[0], self.locale, self.phrases)),
            (TELEPHONE, self._telephone),
            *((pattern, self._date) for pattern in dates),
            (self._time_pattern, self._time),
            *([(_TIME_WITH_H, self._time_with_h)] if self.locale.language in _WRITE_AN_H else ()),
            (_NUMBER, self._number),
        ]

    @cached_property
    def _time_pattern(self) -> re.Pattern[str]:
        widths = self.locale.day_periods["format"].values()
        before, after = ("|".join(re.escape(each.get(half, half)) for each in widths) for half in ("am", "pm"))
        # Indonesians, Danes and Finns write 10.00.
        mark = r"[:.]" if "." in self.locale.time_formats["short"].pattern else ":"
        return re.compile(
            rf"(?<![\w:.,])(\d{{1,2}}){mark}(\d{{2}})(?![\w:]|[.,]\d)(?:\s?(?:(?P<am>{before})|(?P<pm>{after}))(?!\w))?",
            re.IGNORECASE,
        )

    def _telephone(self, found: re.Match[str]) -> str:
        number = found[0]
        for country, instead in self.dialled.items():
            if number.startswith(country):
                number = instead + number.removeprefix(country).strip()
        return telephone_in_words(number, self.locale, self.phrases)

    def _date(self, found: re.Match[str]) -> str:
        day, year = int(found["day"]), int(found["year"])
        return days_and_hours.date_in_words(day, found["month"], year, self.locale, self.phrases)

    def _time(self, found: re.Match[str]) -> str:
        hour = int(found[1])
        if found["am"] or found["pm"]:
            hour = hour % 12 + (12 if found["pm"] else 0)
        return self._time_said(hour, int(found[2]), found[0])

    def _time_with_h(self, found: re.Match[str]) -> str:
        return self._time_said(int(found[1]), int(found[2] or 0), found[0])

    def _time_said(self, hour: int, minute: int, written: str) -> str:
        if hour > 23 or minute > 59:  # noqa: PLR2004 - hours and minutes
            return written
        return days_and_hours.time_in_words(hour, minute, self.locale, self.phrases)

    def _number(self, found: re.Match[str]) -> str:
        if numbers.is_year(found[0]):
            return days_and_hours.year_in_words(int(found[0]), self.locale, self.phrases)
        value = numbers.as_written(found[0], self.locale)
        return found[0] if value is None else numbers.decimal(value, self.locale, self.phrases["point"]) or found[0]


def unspoken(text: str) -> list[str]:
    """What is left in a text that nobody can read aloud as it stands: digits, addresses."""
    return [found[0] for found in _UNSPOKEN.finditer(text)]


def long_addresses(text: str, most: int) -> Iterator[str]:
    """Addresses of a text that have more words than a listener keeps in mind."""
    yield from (found[0] for found in ADDRESS.finditer(text) if pieces_of(found[0]) > most)


def count_words(text: str) -> int:
    """How many words are said."""
    return sum(any(sign.isalpha() for sign in word) for word in text.split())


def pronounced(text: str, notes: Mapping[str, str]) -> str:
    """A text with names spelt as they are said, for a voice that does not know them."""
    for name, said in notes.items():
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", said.replace("\\", r"\\"), text)
    return text
