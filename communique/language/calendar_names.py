"""Names of days and months in any language that babel has, and the dates that are written with them."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from babel import Locale

_OF = r"[\s\u00a0]+(?:(?:of|de|del|do)[\s\u00a0]+)?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|º|\.º)?"
_YEAR = r"(?P<year>\d{4})"
_SPACE = r"\s+"
#: What stands between the first day and the last, in any of the languages that are shipped, or a dash in all.
_TO = r"(?P<to>\s*[-–]\s*|\s+(?:to|al|a|au|إلى|до|по)\s+)"


@dataclass(frozen=True, slots=True)
class Names:
    """What a language calls days and months; look them up by `folded`."""

    days: Mapping[str, int]  #: Monday is 0
    months: Mapping[str, int]  #: January is 1
    shown: tuple[str, ...]  #: the full name of each weekday


@cache
def names_of(locale: Locale) -> Names:
    """The names, long and short, as they stand alone and within a date."""
    days, months = locale.days, locale.months
    by_day = {folded(name): number for number, name in _all(lambda use, width: days[use][width])}
    by_month = {folded(name): number for number, name in _all(lambda use, width: months[use][width])}
    # Portuguese says "terça" as well as "terça-feira".
    by_day |= {name.partition("-")[0]: number for name, number in by_day.items() if "-feira" in name}
    shown = tuple(str(days["format"]["wide"][number]) for number in range(7))
    return Names(days=by_day, months=by_month, shown=shown)


def folded(name: str) -> str:
    """A name as it is looked up: small letters, no full stop of an abbreviation, one space between its words."""
    return " ".join(unicodedata.normalize("NFC", name).lower().rstrip(".").split())


def any_of(group: str, names: Iterable[str]) -> str:
    """A pattern for any of the names. A line may end within one of two words (`كانون الثاني`)."""
    longest_first = sorted(names, key=len, reverse=True)
    words = (map(re.escape, name.split()) for name in longest_first)
    # Most places in a text have none of the letters, and thirty names need not be tried there.
    letters = "".join(sorted({re.escape(name.split()[0][0]) for name in longest_first}))
    return rf"(?P<{group}>(?=[{letters}])(?:{'|'.join(map(_SPACE.join, words))}))"


def dates_by_name(names: Names) -> tuple[str, str]:
    """Patterns for `9 February 2027` and `February 9, 2027`, with the groups `day`, `month` and `year`."""
    month = any_of("month", names.months)
    return rf"{_DAY}{_OF}{month}[.,]?{_OF}{_YEAR}", rf"{month}\.?\s+{_DAY},?\s+{_YEAR}"


def days_by_name(locale: Locale) -> tuple[str, ...]:
    """Patterns for `9 February` and, in English, `February 9`, with the groups `day` and `month`.

    Only full names count, as the language writes them or at the beginning of a sentence: short ones are words, too.
    """
    full = {str(name) for use in ("format", "stand-alone") for name in locale.months[use]["wide"].values()}
    month = any_of("month", full | {name.title() for name in full} if locale.language != "en" else full)
    by_day = rf"{_DAY}{_OF}{month}"
    return (by_day, rf"{month}\s+{_DAY}(?![:.]\d)") if locale.language == "en" else (by_day,)


def ranges_by_name(names: Names) -> tuple[str, str]:
    """Patterns for `3 to 5 March 2027` and `March 3 to 5, 2027`, where both days share the year and perhaps the month.

    Their groups are `first`, `of_first` (its month, where it has one of its own), `to`, `last`, and of the last day
    `day`, `month` and `year`; the year may be missing, and where months come first the month, too.
    """
    month, of_first = any_of("month", names.months), any_of("of_first", names.months)
    first = _DAY.replace("<day>", "<first>")
    return (
        rf"{first}(?:{_OF}{of_first})?{_TO}(?P<last>{_DAY}{_OF}{month}(?:[.,]?{_OF}{_YEAR})?)",
        rf"{of_first}\s+{first}{_TO}(?P<last>(?:{month}\s+)?{_DAY}(?:,?\s+{_YEAR})?)",
    )


def _all(names: Callable[[str, str], Mapping[int, str]]) -> Iterator[tuple[int, str]]:
    for use in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            yield from names(use, width).items()
