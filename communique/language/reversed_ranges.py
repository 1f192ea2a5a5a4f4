"""Ranges whose end comes before their beginning: `from 18:00 to 16:00`, `del 20 de marzo … al 5 de marzo`, `2029–2027`.

From the evening into the night is none (`from 22:00 to 02:00`), nor is what was moved from one time to another.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from babel import Locale

from communique.language.dates_in_text import placed_dates
from communique.language.hours_in_text import Hour, hours_in

_TO = re.compile(
    r"[\s,]*(?:[–—-]|to|till?|until|through|and|al?|hasta|y|à|au|jusqu[’']à|et|às?|até|e|إلى|حتى|و|до|по|та)"
    r"(?:\s(?:el|las?|the|le|o|as|à|الساعة|يوم))*[\s\u00a0]*",
    re.IGNORECASE,
)
#: Before a range: nothing was moved, and nothing is merely listed, where one of these stands.
_FROM = re.compile(
    r"(?:\b(?:from|between|open|desde|del?|entre|abierto|de|du|à partir du|desde|das|do)|من|بين|від|від|з)"
    r"(?:\s(?:el|las?|the|le|o|as|الساعة|يوم))*\s*$",
    re.IGNORECASE,
)
_DASH = re.compile(r"\s?[–—-]\s?")
_MOVED = re.compile(
    r"\b(?:mov|chang|shift|resched|brought forward|postpon|traslad|cambi|adelant|aplaz|pas[aeó]|report|avanc|déplac|"
    r"alter|antecip|adi|мін|перен)|نقل|تغي|تأجيل|تقديم",
    re.IGNORECASE,
)
_YEARS = re.compile(r"(?<![\w/.–-])(20\d\d)[–-](20\d\d)(?![\w/–-])")
_EVENING, _MORNING = 16 * 60, 9 * 60
_BEFORE = 80  #: letters in which it would be said that something was moved


def reversed_ranges(text: str, locale: Locale) -> Iterator[str]:
    """Each as it stands in the text."""
    hours = list(hours_in(text))
    for first, last in pairwise(hours):
        if _is_range(text, first.at, first.at + len(first.words), last.at) and _is_reversed(first, last):
            yield text[first.at : last.at + len(last.words)]
    days = list(placed_dates(text, locale))
    for (first_day, begins, ends), (last_day, begins_last, ends_last) in pairwise(days):
        if last_day < first_day and _is_range(text, begins, ends, begins_last):
            yield text[begins:ends_last]
    for match in _YEARS.finditer(text):
        if match[2] < match[1]:
            yield match[0]


def _is_range(text: str, begins: int, ends: int, next_begins: int) -> bool:
    between, before = text[ends:next_begins], text[max(begins - _BEFORE, 0) : begins]
    sentence = re.split(r"[.!?؟]\s", before)[-1]
    is_joined = _DASH.fullmatch(between) or (_TO.fullmatch(between) and _FROM.search(before))
    return bool(is_joined) and not _MOVED.search(sentence)


def _is_reversed(first: Hour, last: Hour) -> bool:
    if not (first.is_one and last.is_one):
        return False
    pairs = [(start, end) for start in first.minutes for end in last.minutes]
    return all(end < start and not (start >= _EVENING and end <= _MORNING) for start, end in pairs)
