"""Whether a text is easy to read: how long its sentences are, what its links and headings say. Warnings only.

The longest sentence of each language is a stated rule: 25 words in English (GOV.UK style), 30 in the others, which need
more words for the same. A list's items count by themselves, and an address is one word.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

from communique.phrase import phrase
from communique.problems import Problem, Severity

#: Words of the longest sentence, by language; of any other language as of those with longer ones.
LONGEST = {"en": 25}
_LONGEST_OF_OTHERS = 30
#: What says nothing to those who hear only a page's links (WCAG 2.2, 2.4.4).
VAGUE = {
    "here",
    "click here",
    "this link",
    "link",
    "aquí",
    "haga clic aquí",
    "este enlace",
    "enlace",
    "ici",
    "cliquez ici",
    "ce lien",
    "lien",
    "aqui",
    "clique aqui",
    "esta ligação",
    "هنا",
    "اضغط هنا",
    "الرابط",
}
#: They hide where a link leads, which is why filters and readers mistrust them.
_BARE = re.compile(r"https?://[^\s<>()]+")
_SHORTENERS = {
    *("bit.ly", "buff.ly", "cutt.ly", "goo.gl", "is.gd", "lnkd.in", "ow.ly"),
    *("rb.gy", "rebrand.ly", "shorturl.at", "t.co", "t.ly", "tiny.cc", "tinyurl.com", "v.gd"),
}
_SENTENCE_ENDS = re.compile(r"(?<=[.!?؟…])[\"»”’)]*\s+(?=[\"«“‘(¿¡]?\w)")
_ITEM = re.compile(r"\n(?=\s*(?:[-•*>]|\d+[.)])\s)")
_LOOKS_LIKE_AN_ADDRESS = re.compile(r"^(?:https?://)?(?:[\w-]+\.)+[a-z]{2,}(?:/\S*)?$", re.IGNORECASE)
_MAIL = re.compile(r"[^@\s<>,;/]+@[^@\s<>,;/]+\.[^@\s<>,;/.?]{2,}")
_NUMBER = re.compile(r"\+?[\d\s().\u00a0-]{6,}")
#: A sentence is looked for in its file by its first words: behind them stand facts that only the filled text has.
_FIRST_WORDS, _FEWEST_WORDS = 6, 3
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
#: A page's and a mail's own headline is the first.
_HEADLINE = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Text:
    """What is read, apart from what stands around every mail and page."""

    language: str
    file: str  #: that it was made from
    text: str  #: plain
    html: str  #: as a fragment; empty where there is none

    def warning(self, code: str, message: str, hint: str) -> Problem:
        """What is worth a look in it, at no line yet."""
        return Problem(code=code, message=message, hint=hint, severity=Severity.WARNING, file=self.file)

    def error(self, code: str, message: str, hint: str) -> Problem:
        """What stops it, at no line yet."""
        return Problem(code=code, message=message, hint=hint, file=self.file)


def check_reading(texts: Mapping[tuple[str, str], Text]) -> Iterator[tuple[Problem, str]]:
    """Everything that makes texts hard to read, with words of the line where it is."""
    for each in dict.fromkeys(texts.values()):
        yield from _long_sentences(each)
        if each.html:
            yield from _in_html(each)
        else:
            for address in _BARE.findall(each.text):
                yield from _shortened(each, urlsplit(address).hostname or "")


def _long_sentences(it: Text) -> Iterator[tuple[Problem, str]]:
    most = LONGEST.get(it.language.partition("-")[0], _LONGEST_OF_OTHERS)
    for sentence in _sentences(it.text):
        words = sentence.split()
        if len(words) > most:
            start = " ".join(words[:_FIRST_WORDS])
            yield (
                it.warning(
                    "long-sentence",
                    phrase(
                        "expected sentences of {most} words at the most in `{language}`, "
                        "found one of {number}: “{start} …”",
                        most=most,
                        language=it.language,
                        number=len(words),
                        start=start,
                    ),
                    phrase("Make two of it, or a list."),
                ),
                start,
            )


def _sentences(text: str) -> Iterator[str]:
    for paragraph in re.split(r"\n\s*\n", text):
        # A row of a table is no sentence.
        prose = "\n".join(line for line in paragraph.splitlines() if " | " not in line)
        for item in _ITEM.split(prose):
            plain = " ".join(item.split())
            yield from _SENTENCE_ENDS.split(plain)


def _in_html(it: Text) -> Iterator[tuple[Problem, str]]:
    found = _Outline()
    found.feed(it.html)
    level = _HEADLINE
    for heading, words in found.headings:
        if heading > level + 1:
            message = phrase(
                "expected a heading of level {level} at the most, found one of level {heading}: {words}",
                level=level + 1,
                heading=heading,
                words=words,
            )
            hint = phrase(
                "Begin the line with {level}: who hears the page goes from heading to heading.", level="#" * level
            )
            yield it.warning("heading-skipped", message, hint), words
        level = heading
    for address, words in found.links:
        yield from _link(it, address, words)


def links_in(html: str) -> list[tuple[str, str]]:
    """The links of a fragment: each address, and the words it is under."""
    return list(_links_in(html))


@lru_cache(maxsize=16)  # of one text several checks ask
def _links_in(html: str) -> tuple[tuple[str, str], ...]:
    found = _Outline()
    found.feed(html)
    return tuple(found.links)


def _link(it: Text, address: str, words: str) -> Iterator[tuple[Problem, str]]:
    parts = urlsplit(address)
    host = (parts.hostname or "").removeprefix("www.")
    shown = urlsplit(words if "://" in words else f"//{words}").hostname or ""
    if words.casefold().strip(" .") in VAGUE:
        message = phrase("expected a link whose words say where it leads, found “{words}”", words=words)
        yield it.warning("vague-link", message, phrase("Link the words that name what is there.")), f"[{words}]"
    elif _LOOKS_LIKE_AN_ADDRESS.match(words) and parts.scheme == "https" and shown.removeprefix("www.") != host:
        message = phrase(
            "expected a link to the address it shows, found one that shows {words} and leads to {host}",
            words=words,
            host=host,
        )
        yield (
            it.warning("link-shows-another", message, phrase("Filters take that for a fraud: show the real one.")),
            words,
        )
    elif shown_address := _another_address(address, words):
        message = phrase(
            "expected a link to the address it shows, found one that shows {words} and leads to {host}",
            words=words,
            host=shown_address,
        )
        hint = phrase("Who clicks comes to another one than who copies it: correct the one that is wrong.")
        yield it.warning("link-shows-another", message, hint), words
    yield from _shortened(it, host)


def _another_address(address: str, words: str) -> str:
    """The telephone number or mail address that a link leads to, where its words are another one."""
    scheme, _, target = address.partition(":")
    target = unquote(target).partition("?")[0]
    if scheme == "mailto" and _MAIL.fullmatch(words) and words.casefold() != target.casefold():
        return target
    if scheme == "tel" and _NUMBER.fullmatch(words):
        one, other = ("".join(filter(str.isdigit, each)).lstrip("0") for each in (words, target.partition(";")[0]))
        return "" if one.endswith(other) or other.endswith(one) else target  # with the country's number, or without
    return ""


def _shortened(it: Text, host: str) -> Iterator[tuple[Problem, str]]:
    if host in _SHORTENERS:
        message = phrase("expected an address that says where it leads, found one of {host}, which hides it", host=host)
        yield it.warning("shortened-link", message, phrase("Put in the address it stands for.")), host


class _Outline(HTMLParser):
    """Headings and links of a fragment, with their words."""

    def __init__(self) -> None:
        super().__init__()
        self.headings: list[tuple[int, str]] = []
        self.links: list[tuple[str, str]] = []
        self._open: list[tuple[str, str, list[str]]] = []

    def updatepos(self, i: int, j: int) -> int:  # noqa: ARG002 - named by the library
        """Count no lines: nobody asks where something stands."""
        return j

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin to listen."""
        if tag in _HEADINGS or tag == "a":
            self._open.append((tag, dict(attrs).get("href") or "", []))

    def handle_data(self, data: str) -> None:
        """What is read."""
        for _, _, words in self._open:
            words.append(data)

    def handle_endtag(self, tag: str) -> None:
        """Note what was heard."""
        if not (self._open and self._open[-1][0] == tag):
            return
        _, address, heard = self._open.pop()
        words = " ".join("".join(heard).split())
        if tag in _HEADINGS:
            self.headings.append((_HEADINGS[tag], words))
        elif address:
            self.links.append((address, words))


def starts_of(words: str) -> Iterator[str]:
    """Beginnings to look for in a file, the longest first."""
    split = words.split()
    yield words
    if (joined := " ".join(split)) != words:  # a mail ends its lines anywhere
        yield joined
    for count in range(len(split) - 1, _FEWEST_WORDS - 1, -1):
        yield " ".join(split[:count])
