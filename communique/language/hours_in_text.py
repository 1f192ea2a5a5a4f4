"""Times of day that a text names in figures: `18:00`, `6.30 pm`, `18 h 30`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_FORM = re.compile(
    r"(?<![\w:.,/-])(?P<hour>\d{1,2})"
    r"(?:(?P<colon>:)(?P<minute>\d{2})(?![\d:])|[\s\u00a0\u202f]?[hH](?![a-zA-Z])(?:[\s\u00a0\u202f]?(?P<after>\d{2})(?!\d))?"
    r"|(?:\.(?P<point>\d{2}))?(?=[\s\u00a0\u202f]?[ap]\.?[\s\u00a0\u202f]?m\b))"
    r"(?:[\s\u00a0\u202f]?(?P<half>[ap])\.?[\s\u00a0\u202f]?m\b\.?)?",
    re.IGNORECASE,
)
_HOURS, _MINUTES, _NOON = 24, 60, 12


@dataclass(frozen=True, slots=True)
class Hour:
    """A time of day as it stands in a text."""

    words: str
    at: int  #: where it begins
    minutes: frozenset[
        int
    ]  #: since midnight; two where morning and evening are both possible; none where there is none

    @property
    def is_one(self) -> bool:
        """Whether a clock shows it."""
        return bool(self.minutes)


def hours_in(text: str) -> Iterator[Hour]:
    """Each, in the order they are named."""
    for match in _FORM.finditer(text):
        hour = int(match["hour"])
        minute = int(match["minute"] or match["after"] or match["point"] or 0)
        yield Hour(
            match[0].rstrip(" .\u00a0\u202f"), match.start(), _minutes(hour, minute, (match["half"] or "").lower())
        )


def _minutes(hour: int, minute: int, half: str) -> frozenset[int]:
    if minute >= _MINUTES or hour > _HOURS or (hour == _HOURS and minute):
        return frozenset()
    if half and hour <= _NOON:
        hour = hour % _NOON + (_NOON if half == "p" else 0)
    elif not half and hour <= _NOON:
        return frozenset({hour * _MINUTES + minute, (hour + _NOON) % _HOURS * _MINUTES + minute})
    return frozenset({hour % _HOURS * _MINUTES + minute})
