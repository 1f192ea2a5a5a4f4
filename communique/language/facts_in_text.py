"""What a text says that another language has to say as well: its dates, numbers and links."""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cache, lru_cache

from babel import Locale

from communique.language.calendar_names import dates_by_name, names_of
from communique.language.dates_in_text import dates_in, with_whole_ranges
from communique.language.prefilter import Prefiltered

_LINK = re.compile(r"https?://[^\s<>\"')\]،؛]+")
_ADDRESS = re.compile(r"\S+@\S+")
#: A time of day, with what languages write beside it: it is no number that another language must have.
_CLOCK = re.compile(
    r"(?<![€$£])\b\d{1,2}\s*[:h.]\s*\d{2}(?!\d|[\s\u00a0\u202f]?[€$£%])(?:\s*[ap]\.?\s?m\b\.?)?|\b\d{1,2}\s*(?:[ap]\.?\s?m\b\.?|h\b)",
    re.IGNORECASE,
)
#: French has a space between thousands, and keyboards an ordinary one.
_NUMBER = re.compile(r"(?<![\w.])(?:\d{1,3}(?: \d{3})+(?!\d)|\d+)(?:[.,\u00a0\u202f']\d+)*")
#: With a number before or behind it, as each of our languages has it.
_MONEY = {
    code: Prefiltered(
        pattern=re.compile(rf"\d[\s\u00a0\u202f]?(?:{names})|(?:{signs})[\s\u00a0\u202f]?\d", re.IGNORECASE),
        words=words,
    )
    for code, names, signs, words in (
        ("EUR", r"€|euros?\b|EUR\b|يورو|євро", "€|EUR", ("€", "eur", "يورو", "євро")),
        (
            "USD",
            r"\$|dollars?\b|dólar(?:es)?\b|USD\b|دولار|долар",
            r"\$|USD",
            ("$", "dollar", "dólar", "usd", "دولار", "долар"),
        ),
        ("GBP", r"£|pounds?\b|GBP\b", "£|GBP", ("£", "pound", "gbp")),
        ("MAD", r"dirhams?\b|MAD\b|درهم", "MAD", ("dirham", "mad", "درهم")),
        ("UAH", r"₴|грн|гривень|гривн|hryvnias?\b|UAH\b", "₴|UAH", ("₴", "грн", "гривень", "гривн", "hryvnia", "uah")),
    )
}
_BETWEEN = re.compile(r"[., \u00a0\u202f']")


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """Each with how often it is said."""

    dates: Counter[str]  #: `2027-02-09`
    numbers: Counter[str]  #: without what languages write between digits
    links: Counter[str]  #: with `…` for the language in an address


@lru_cache(maxsize=64)  # the first language is compared with each of the others
def facts_in(text: str, language: str, locale: Locale) -> Facts:
    """Of plain text."""
    links = [_without_language(each.rstrip(".,;:"), language) for each in _LINK.findall(text)]
    plain = with_whole_ranges(_western(_ADDRESS.sub(" ", _LINK.sub(" ", text))), locale)
    dates = Counter(each.isoformat() for each in dates_in(plain, locale))
    for form in _dates(locale):
        plain = form.sub(" ", plain)
    plain = _CLOCK.sub(" ", plain)
    numbers = Counter(_BETWEEN.sub("", each) for each in _NUMBER.findall(plain))
    return Facts(dates=dates, numbers=numbers, links=Counter(links))


def currencies_in(text: str) -> set[str]:
    """Codes (ISO 4217) of the money that a text speaks of; `$` is that of whoever writes it."""
    return {code for code, pattern in _MONEY.items() if pattern.search(text)}


@cache
def _dates(locale: Locale) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(rf"(?<!\w){form}(?!\w)", re.IGNORECASE) for form in dates_by_name(names_of(locale)))


def _without_language(link: str, language: str) -> str:
    """The same page in another language has the same address but for the language in it."""
    return re.sub(rf"(?<=[/=]){re.escape(language)}(?=[/&#]|$)", "…", link)


def _western(text: str) -> str:
    """With digits 0-9, whatever digits a language writes."""
    others = {each for each in set(text) if each.isdigit() and not each.isascii()}
    return text.translate({ord(each): str(unicodedata.digit(each)) for each in others}) if others else text
