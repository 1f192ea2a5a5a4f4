"""Dates that a text names, found again by the month names of its language."""

import functools
import re
from collections.abc import Iterator
from datetime import date

from babel import Locale

#: Day, month name and year, with what languages put between them: `9 de febrero de 2027`, `9 February 2027`.
_BETWEEN = r"(?:\s+de)?[\s.]+"


def dates_in(text: str, locale: Locale) -> Iterator[date]:
    """Every complete date (day, month by name, year), in the order it is named."""
    pattern, months = _pattern(locale)
    for found in pattern.finditer(text):
        try:
            yield date(int(found["year"]), months[found["month"].lower()], int(found["day"]))
        except ValueError:
            continue


@functools.cache
def _pattern(locale: Locale) -> tuple[re.Pattern[str], dict[str, int]]:
    months = {
        name.lower(): number
        for style in ("wide", "abbreviated")
        for number, name in locale.months["format"][style].items()
    }
    names = "|".join(sorted((re.escape(name) for name in months), key=len, reverse=True))
    return re.compile(
        rf"\b(?P<day>\d{{1,2}}){_BETWEEN}(?P<month>{names}){_BETWEEN}(?P<year>\d{{4}})\b", re.IGNORECASE
    ), months
