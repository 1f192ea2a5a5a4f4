"""Two languages of a text side by side, and what stands in one of them only: paragraphs, dates, numbers, links."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from communique.channel import Form
from communique.language.calendar_names import dates_by_name, names_of
from communique.language.dates_in_text import dates_in, with_whole_ranges
from communique.language.formatting import locale_of
from communique.preview.as_read import AsRead

_LINK = re.compile(r"https?://[^\s<>\"')\]،؛]+")
_ADDRESS = re.compile(r"\S+@\S+")
#: A time of day, with what languages write beside it: it is no number that another language must have.
_CLOCK = re.compile(
    r"\d{1,2}\s*[:h.]\s*\d{2}(?!\d)(?:\s*[ap]\.?\s?m\b\.?)?|\b\d{1,2}\s*(?:[ap]\.?\s?m\b\.?|h\b)", re.IGNORECASE
)
_NUMBER = re.compile(r"(?<![\w.])\d+(?:[.,\u00a0\u202f']\d+)*")
_RULE = re.compile(r"^[-=]{3,}$", re.MULTILINE)
#: A line end within a sentence, not before an item of a list.
_WRAPPED = re.compile(r"\n(?!\s*(?:[-•*>]|\d+[.)])\s)")
_BETWEEN = re.compile(r"[.,\u00a0\u202f']")


@dataclass(frozen=True, kw_only=True, slots=True)
class Gap:
    """What stands in one language only."""

    kind: str  #: `paragraphs`, `date`, `number` or `link`
    language: str  #: that lacks it
    words: str  #: what it lacks; of paragraphs: how many there are in either


@dataclass(frozen=True, kw_only=True, slots=True)
class SideBySide:
    """One text in two languages."""

    channels: Sequence[str]  #: that carry it
    rows: Sequence[tuple[str, str]]  #: paragraph by paragraph; empty where there is none
    gaps: Sequence[Gap]


def side_by_side(seen: AsRead, first: str, second: str) -> Iterator[SideBySide]:
    """Each text of an announcement, once for all channels that carry the same words."""
    texts: dict[tuple[str, str], list[str]] = {}
    for channel, language in seen.samples:
        if language == first and (channel, second) in seen.samples:
            pair = _words(seen, channel, first), _words(seen, channel, second)
            texts.setdefault(pair, []).append(channel)
    locales = seen.workspace.settings.locales
    for (one, other), channels in texts.items():
        found = {
            first: _facts(one, first, locales),
            second: _facts(other, second, locales),
        }
        rows = list(zip_longest(_paragraphs(one), _paragraphs(other), fillvalue=""))
        yield SideBySide(channels=channels, rows=rows, gaps=list(_gaps(found)))


def _words(seen: AsRead, channel: str, language: str) -> str:
    """The text of a page or mail as it is written, without the shell that stands around every mail."""
    route, sample = seen.route(channel), seen.samples[channel, language]
    if route.form in {Form.MAIL, Form.LETTER}:
        article, _ = seen.workspace.renderer.article(
            seen.occasion, route, seen.reader.recipient(seen.workspace.words, language)
        )
        return "\n\n".join(filter(None, (article.headline, article.text)))
    return "\n\n".join(filter(None, (getattr(sample, "headline", ""), sample.text)))


def _paragraphs(text: str) -> list[str]:
    """Each on one line, but for its lists; without the rules that plain text draws under headings."""
    found = (_RULE.sub("", each).strip() for each in re.split(r"\n\s*\n", text))
    return [_WRAPPED.sub(" ", each) for each in found if each]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Facts:
    """What can be compared across languages."""

    paragraphs: int
    dates: Counter[str]
    numbers: Counter[str]
    links: Counter[str]


def _facts(text: str, language: str, locales: Mapping[str, str]) -> _Facts:
    locale = locale_of(language, locales)
    links = [_without_language(each.rstrip(".,;:"), language) for each in _LINK.findall(text)]
    plain = with_whole_ranges(_western(_ADDRESS.sub(" ", _LINK.sub(" ", text))), locale)
    dates = Counter(each.isoformat() for each in dates_in(plain, locale))
    for form in dates_by_name(names_of(locale)):
        plain = re.sub(rf"(?<!\w){form}(?!\w)", " ", plain, flags=re.IGNORECASE)
    plain = _CLOCK.sub(" ", plain)
    numbers = Counter(_BETWEEN.sub("", each) for each in _NUMBER.findall(plain))
    return _Facts(paragraphs=len(_paragraphs(text)), dates=dates, numbers=numbers, links=Counter(links))


def _gaps(found: Mapping[str, _Facts]) -> Iterator[Gap]:
    (first, one), (second, other) = found.items()
    if one.paragraphs != other.paragraphs:
        fewer = first if one.paragraphs < other.paragraphs else second
        yield Gap(kind="paragraphs", language=fewer, words=f"{one.paragraphs} : {other.paragraphs}")
    for kind, mine, theirs in (
        ("date", one.dates, other.dates),
        ("number", one.numbers, other.numbers),
        ("link", one.links, other.links),
    ):
        # Said twice in one language and once in the other is no gap.
        yield from (Gap(kind=kind, language=second, words=each) for each in sorted(mine.keys() - theirs.keys()))
        yield from (Gap(kind=kind, language=first, words=each) for each in sorted(theirs.keys() - mine.keys()))


def _without_language(link: str, language: str) -> str:
    """The same page in another language has the same address but for the language in it."""
    return re.sub(rf"(?<=[/=]){re.escape(language)}(?=[/&#]|$)", "…", link)


def _western(text: str) -> str:
    """With digits 0-9, whatever digits a language writes."""
    return "".join(str(unicodedata.digit(each)) if each.isdigit() and not each.isascii() else each for each in text)
