"""Times of day that a text names in figures: `18:00`, `6.30 pm`, `18 h 30`, `6:30 م`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_SPACE = r"[\s\u00a0\u202f\u200e\u200f]{0,2}"
_LATIN = rf"[ap]\.?{_SPACE}m\b"
#: Before noon and after; `5 م` alone may as well be five metres.
_MORNING = r"ص\b|صباح|de la ma(?:ñ|n\u0303)ana\b|da manhã\b|du matin\b|in the morning\b"
_EVENING = (
    r"مساء|بعد الظهر|de la (?:tarde|noche)\b|da (?:tarde|noite)\b|du soir\b|de l[’']après-midi\b|"
    r"in the (?:afternoon|evening)\b"
)
_FORM = re.compile(
    r"(?<![\w:.,/-])(?P<hour>\d{1,2})"
    rf"(?:(?P<colon>:)(?P<minute>\d{{2}})(?![\d:])|{_SPACE}[hH](?![a-zA-Z])(?:{_SPACE}(?P<after>\d{{2}})(?!\d))?"
    rf"|(?:\.(?P<point>\d{{2}}))?(?={_SPACE}(?:{_LATIN}|{_MORNING}|{_EVENING})))"
    rf"(?:{_SPACE}(?:(?P<half>[ap])\.?{_SPACE}m\b\.?|(?P<morning>{_MORNING})|(?P<evening>{_EVENING}|م\b)))?",
    re.IGNORECASE,
)
_NIGHT = re.compile(r"noche|noite", re.IGNORECASE)
_OF_A_NIGHT = {12, 1, 2, 3, 4}
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
        if hour > _HOURS and not match["colon"] and (match["morning"] or match["evening"]):
            continue  # something else is counted
        half = "a" if match["morning"] else "p" if match["evening"] else (match["half"] or "").lower()
        if hour in _OF_A_NIGHT and _NIGHT.search(match[0]):
            half = ""  # `12 de la noche` is midnight, and the 1 that follows is of a night, too
        yield Hour(match[0].rstrip(" .\u00a0\u202f"), match.start(), _minutes(hour, minute, half))


def _minutes(hour: int, minute: int, half: str) -> frozenset[int]:
    if minute >= _MINUTES or hour > _HOURS or (hour == _HOURS and minute):
        return frozenset()
    if half and hour <= _NOON:
        hour = hour % _NOON + (_NOON if half == "p" else 0)
    elif not half and hour <= _NOON:
        return frozenset({hour * _MINUTES + minute, (hour + _NOON) % _HOURS * _MINUTES + minute})
    return frozenset({hour % _HOURS * _MINUTES + minute})
