"""Web, mail and telephone addresses as they are said to somebody who writes them down."""

import re
from collections.abc import Mapping
from typing import Any

from babel import Locale

from communique.language.speech import numbers

_LABEL = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_HOST = rf"{_LABEL}(?:\.{_LABEL})*\.[a-z]{{2,24}}"
#: `https://…`, `name@host` and bare hosts; a full stop or comma behind them is the sentence's.
ADDRESS = re.compile(
    rf"(?:https?://\S*[\w/]|[\w.+-]+@{_HOST}|(?<![\w.@/])(?:www\.)?{_HOST}(?:/\S*[\w/])?(?![\w@]))", re.IGNORECASE
)
#: Seven digits and more with spaces between them, or with a country's number or an area's in brackets in front.
TELEPHONE = re.compile(
    r"(?<![\w+])(?:\+\d[\d ()-]{5,}\d|\(\d{2,3}\) ?\d{3,5}[ -]\d{4}|\d{2,4}(?:[ -]\d{2,4}){2,})(?!\w)"
)
_PAIR = 2  #: digits of a group that French says as a number
_SIGNS = {".": "dot", "@": "at", "/": "slash", "-": "hyphen", "_": "underscore", "+": "plus"}


def address_in_words(address: str, locale: Locale, phrases: Mapping[str, Any]) -> str:
    """`open dot example dot org`: without its scheme, and without what nobody has to type."""
    bare = re.sub(r"^https?://", "", address, flags=re.IGNORECASE).rstrip("/")
    return " ".join(
        phrases[_SIGNS[part]] if part in _SIGNS else _piece(part, locale)
        for part in re.findall(r"\d|[^\W\d_]+|\S", bare)
    )


def pieces_of(address: str) -> int:
    """How many words and numbers a listener has to keep in mind."""
    return len(re.findall(r"[^\W\d_]+|\d+", re.sub(r"^https?://", "", address, flags=re.IGNORECASE)))


def telephone_in_words(number: str, locale: Locale, phrases: Mapping[str, Any]) -> str:
    """With a pause between the groups that are written: digit by digit, pairs as numbers where a language has that."""
    in_pairs = phrases.get("telephone") == "pairs"
    groups = [
        numbers.cardinal(int(group), locale)
        if in_pairs and len(group) == _PAIR and not group.startswith("0")
        else numbers.digit_by_digit(group, locale, phrases.get("digit_words", {}))
        for group in re.findall(r"\d+", number)
    ]
    plus = f"{phrases['plus']} " if number.startswith("+") else ""
    return plus + f"{phrases['comma']} ".join(groups)


def _piece(part: str, locale: Locale) -> str:
    return numbers.cardinal(int(part), locale) if part.isdigit() else part
