"""Dates that a text writes in figures alone, which readers of different countries take for different days."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

_DATE = re.compile(r"(?<![\w/.,-])(\d{1,2})([/.-])(\d{1,2})\2(\d{4})(?![\w/-]|\.\d)")
_MONTHS, _DAYS = 12, 31


@dataclass(frozen=True, slots=True)
class FigureDate:
    """One as it stands in a text."""

    words: str
    readings: tuple[date, ...]  #: the day first, then the month first; none where no calendar has such a day


def dates_in_figures(text: str) -> Iterator[FigureDate]:
    """`12/01/2026` and the like; what cannot be meant for a date (`45/13/2026`, a file's number) is none."""
    for match in _DATE.finditer(text):
        one, other, year = int(match[1]), int(match[3]), int(match[4])
        if any(0 < month <= _MONTHS and 0 < day <= _DAYS for day, month in ((one, other), (other, one))):
            yield FigureDate(match[0], tuple(dict.fromkeys(_real(year, one, other))))


def _real(year: int, one: int, other: int) -> Iterator[date]:
    for day, month in ((one, other), (other, one)):
        try:
            yield date(year, month, day)
        except ValueError:
            continue
