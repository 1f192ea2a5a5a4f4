"""Two languages of a text side by side, and what stands in one of them only: paragraphs, dates, numbers, links."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from communique.channel import Form
from communique.language.facts_in_text import Facts, facts_in
from communique.language.formatting import locale_of
from communique.preview.as_read import AsRead

_RULE = re.compile(r"^[-=]{3,}$", re.MULTILINE)
#: A line end within a sentence, not before an item of a list.
_WRAPPED = re.compile(r"\n(?!\s*(?:[-•*>]|\d+[.)])\s)")


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
            first: (one, facts_in(one, first, locale_of(first, locales))),
            second: (other, facts_in(other, second, locale_of(second, locales))),
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


def _gaps(found: Mapping[str, tuple[str, Facts]]) -> Iterator[Gap]:
    (first, (mine, one)), (second, (theirs, other)) = found.items()
    here, there = len(_paragraphs(mine)), len(_paragraphs(theirs))
    if here != there:
        yield Gap(kind="paragraphs", language=first if here < there else second, words=f"{here} : {there}")
    for kind, own, others in (
        ("date", one.dates, other.dates),
        ("number", one.numbers, other.numbers),
        ("link", one.links, other.links),
    ):
        # Said twice in one language and once in the other is no gap.
        yield from (Gap(kind=kind, language=second, words=each) for each in sorted(own.keys() - others.keys()))
        yield from (Gap(kind=kind, language=first, words=each) for each in sorted(others.keys() - own.keys()))
