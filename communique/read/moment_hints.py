"""What an officer probably meant by a moment that is written in another notation."""

import calendar
import re
import unicodedata
from collections.abc import Callable
from datetime import date
from typing import Any

from communique.language.dates_in_text import dates_in
from communique.language.formatting import locale_of
from communique.moments import (
    WEEKDAYS,
    MomentError,
    parse_duration,
    parse_every,
    parse_milestone,
    parse_time,
    parse_when,
)
from communique.phrase import phrase

Parse = Callable[[str], Any]

_TYPED = str.maketrans({"–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-", "\u00a0": " ", "\u202f": " "})
_DAY_FIRST = re.compile(r"\b(\d{1,2})[./-](\d{1,2})[./-](?:20)?(\d\d)\b")
_ZONE = re.compile(r"\d:\d\d\s*(?:[A-Z]{3,4}|Z|[+-]\d\d:?\d\d)$")
_OVER_MIDNIGHT = re.compile(r"^\d{4}-\d\d-\d\d (\d\d:\d\d) to (\d\d:\d\d)$")
_NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_UNITS = {"h": "hours", "hr": "hours", "hrs": "hours", "min": "minutes", "mins": "minutes", "d": "days", "w": "weeks"}
_SPOKEN = ("en", "es", "fr", "pt")
#: Day 0 of a spreadsheet's calendar; the days of this century are five digits long.
_FIRST_SERIAL = date(1899, 12, 30).toordinal()


def _counted(match: re.Match[str]) -> str:
    """`2 days after acceptance`."""
    count = match[1] if match[1].isdigit() else _NUMBERS.index(match[1]) if match[1] in _NUMBERS else 1
    return f"{match[4]} {'-' if match[3] == 'before' else '+'} {count} {match[2]}"


#: Other notations and ours, one change after the other. A guess that is still no moment is not shown.
_CHANGES: tuple[tuple[str, str | Callable[[re.Match[str]], str]], ...] = (
    (r"^[34567]\d{4}$", lambda m: date.fromordinal(_FIRST_SERIAL + int(m[0])).isoformat()),
    (_DAY_FIRST.pattern, lambda m: f"20{m[3]}-{int(m[2]):02}-{int(m[1]):02}"),
    (r"\b(\d{4})[./](\d{1,2})[./](\d{1,2})\b", r"\1-\2-\3"),
    (r"\b(\d{1,2})(?::(\d\d))? ?([ap])\.?m\b\.?", lambda m: f"{int(m[1]) % 12 + 12 * (m[3] == 'p'):02}:{m[2] or '00'}"),
    (r"^(\d{1,2})(?:h|\.(\d\d))?$", lambda m: f"{int(m[1]):02}:{m[2] or '00'}"),
    (r"([\d-] |^|at |to )(\d{1,2})h(\d\d)?\b", lambda m: f"{m[1]}{m[2]}:{m[3] or '00'}"),
    (r"([\d-] |^|at |to )(\d{1,2})\.(\d\d)\b", r"\1\2:\3"),
    (r"(\d:\d\d) ?(?:-|until|till|a|à|às|bis) ?(?=\d{1,2}:\d\d)", r"\1 to "),
    (r"([a-z]),? (?:[+] )?(?=\d{1,2}:\d\d)", r"\1 at "),
    (r"\b(at|to) at\b", r"\1"),
    (r"\b(?:business|work|working|week)[ -]?(?=days?\b)", "working "),
    (r"^(a|an|\d+|[a-z]+) ([a-z ]+?) (after|before) (?:the )?([a-z][a-z0-9-]*)", _counted),
    (r"([+-] ?)([a-z]+) ", lambda m: f"{m[1]}{_NUMBERS.index(m[2]) if m[2] in _NUMBERS else m[2]} "),
    (r"(?<=[a-z0-9]) *([+-]) *(\d+) *(?=[a-z])", r" \1 \2 "),
    (r"(?<=\d )([a-z]+)\b", lambda m: _UNITS.get(m[1], m[1])),
    (r"\b1\.5 hours\b", "90 minutes"),
    (r"^(?:every|each) ", ""),
)


def moment_hint(text: str, parse: Parse) -> str:
    """How a moment that was written in another notation is written here; empty where that cannot be told.

    `parse` reads what is right and raises MomentError for everything else: no guess is shown that it would refuse.
    """
    words = " ".join(unicodedata.normalize("NFC", text).translate(_TYPED).split())
    if re.match(r"[A-Za-z]+,? \d{4}-\d", words):
        return phrase("Which of the two is right?")
    if (times := _OVER_MIDNIGHT.search(words)) and times[2] < times[1]:
        return phrase("Exchange the two, or correct one. What goes on after midnight ends here at 23:59.")
    meant = _changed(words)
    guess = next((each for each in (meant, _dated(meant), _in_days(meant)) if _is_right(each, parse)), text)
    return phrase("Did you mean `{guess}`?", guess=guess) if guess != text else _rule(words, meant)


def parser_for(pattern: str) -> Parse | None:
    """What reads the moments that a pattern of the schema describes; None for a pattern of something else."""
    marks = (
        ("until", parse_every),
        ("unknown", parse_milestone),
        ("\\d{4}-", parse_when),
        ("minutes?", parse_duration),
    )
    parse = next((parse for mark, parse in marks if mark in pattern), None)
    return parse_time if pattern.startswith(r"^\d{1,2}:") else parse


def parse_date(text: str) -> date:
    """`2027-02-02` and nothing else.

    Raises:
        MomentError: it is no such date.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise MomentError(phrase("expected a date such as `2027-02-02`")) from None


def _is_right(words: str, parse: Parse) -> bool:
    try:
        return getattr(parse(words), "milestone", None) not in WEEKDAYS
    except MomentError:
        return False


def _changed(words: str) -> str:
    words = words.lower()
    for pattern, change in _CHANGES:
        words = re.sub(pattern, change, words)
    return words


def _dated(words: str) -> str:
    """`25 de febrero de 2027, 9:00`."""
    days = [day for each in _SPOKEN for day in dates_in(words, locale_of(each, {}))]
    return " ".join([days[0].isoformat(), " to ".join(re.findall(r"\d{1,2}:\d\d", words))]).strip() if days else ""


def _in_days(words: str) -> str:
    weeks = re.fullmatch(r"(\d+) weeks?", words)
    return f"{7 * int(weeks[1])} days" if weeks else ""


def _rule(words: str, meant: str) -> str:
    """The rule that is broken, where no moment could be guessed."""
    if match := re.search(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b", meant):
        year, month, day = (int(part) for part in match.groups())
        last = calendar.monthrange(year, month)[1] if year and 1 <= month <= 12 else 0  # noqa: PLR2004
        if not last or not day:
            return phrase("Dates are written year-month-day: `2027-02-09`.")
        if day > last:
            return phrase("That month ends on {year}-{month:02}-{last}.", year=year, month=month, last=last)
    rules = (
        (r"\b24:00\b", phrase("The last minute of a day is `23:59`; midnight is `00:00` of the next day.")),
        (_ZONE, phrase("Times carry no zone here: they are meant in the `timezone` of config/settings.yaml.")),
        (r"\buntil \d", phrase("After `until` comes a milestone: give that date a name under `milestones`.")),
        (
            r"\b\d{1,2}([.,]\d{1,2}|\s?[ap]m|h\d{0,2})\b(?! [a-z])",
            phrase("Times are written with a colon: `10:00`, `17:30`."),
        ),
        (r"\d[.,]\d", phrase("Write a whole number, or a smaller unit: `90 minutes`.")),
        (
            r"(?i)day\b|tomorrow|today|mañana|hoy|demain",
            phrase("Write a date, `2027-02-09 10:00`, or count from a milestone."),
        ),
    )
    return next((rule for pattern, rule in rules if re.search(pattern, words)), "")
