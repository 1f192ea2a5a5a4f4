"""Dates that a text names, found again by the month names of its language."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from functools import cache

from babel import Locale

from communique.language.calendar_names import dates_by_name, folded, names_of


def dates_in(text: str, locale: Locale) -> Iterator[date]:
    """Every complete date (day, month by name, year), in the order it is named."""
    months = names_of(locale).months
    plain = unicodedata.normalize("NFC", text)
    matches = [match for pattern in _patterns(locale) for match in pattern.finditer(plain)]
    for found in sorted(matches, key=lambda match: match.start()):
        try:
            yield date(int(found["year"]), months[folded(found["month"])], int(found["day"]))
        except ValueError:
            continue


@cache
def _patterns(locale: Locale) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(rf"(?<!\w){form}(?!\w)", re.IGNORECASE) for form in dates_by_name(names_of(locale)))
