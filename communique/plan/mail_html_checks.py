"""What programs would not show of a mail's HTML, and what people who hear it would miss: warnings only.

Which program shows what is known from caniemail's data (`communique/pages/mail-programs`, made by `make
mail-programs`), of which that is kept without which a mail lacks a part or lies in a heap.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from importlib.resources import files
from typing import Any

from communique.channel import Mail
from communique.problems import Problem, Severity

SHELL = "templates/layouts/mail.html"
#: Per cent of the mails that were opened (Litmus, December 2021, a billion opens a month, most of them in the USA; what
#: Apple's proxies fetch is counted as opened): an order of size, and no more.
SHARES = {"Apple Mail": 57, "Gmail": 30, "Outlook": 4, "Yahoo! Mail": 3}
_DECLARATION = re.compile(r"([\w-]+)\s*:\s*([^;{}]+)")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def check_mail_html(samples: Mapping[tuple[str, str], Any], paths: Mapping[tuple[str, str], str]) -> Iterator[Problem]:
    """Everything of the mails among the samples; of the shell of all mails, each thing once."""
    for way, sample in samples.items():
        if not isinstance(sample, Mail):
            continue
        seen = _Seen()
        seen.feed(sample.html)
        yield from _not_shown(seen)
        yield from _not_heard(seen)
        if not sample.text.strip():
            message = "expected a mail with a text for programs that show no HTML, found none"
            hint = "Fill templates/layouts/mail.txt: filters count a mail without one as spam."
            yield _warning("mail-without-text", message, hint, paths[way])


@cache
def _features() -> list[dict[str, Any]]:
    path = files("communique") / "pages" / "mail-programs" / "support.json"
    return json.loads(path.read_text(encoding="utf-8"))["features"]  # type: ignore[no-any-return]


def _not_shown(seen: "_Seen") -> Iterator[Problem]:
    styles = _COMMENT.sub("", "\n".join(seen.styles))
    declared = [(name.lower(), value.strip().lower()) for name, value in _DECLARATION.findall(styles)]
    for each in _features():
        if _is_used(each, seen, declared, styles):
            of = ", ".join(f"{name} ({SHARES[name]} %)" if name in SHARES else name for name in each["without"])
            message = (
                f"expected HTML that mail programs show, found `{each['title']}`; not every version shows it of {of}"
            )
            hint = f"Take it out, or look at the mail without it. {each['address']}"
            yield _warning("not-shown-in-mail", message, hint, SHELL)


def _is_used(feature: Mapping[str, Any], seen: "_Seen", declared: list[tuple[str, str]], styles: str) -> bool:
    if "element" in feature:
        return feature["element"] in seen.elements
    if "function" in feature:
        return any(f"{feature['function']}(" in value for _, value in declared)
    wanted = feature["property"]
    if wanted.startswith("@"):
        return wanted in styles
    return any(name == wanted and feature.get("value", value) in value.split() for name, value in declared)


def _not_heard(seen: "_Seen") -> Iterator[Problem]:
    if not seen.language:
        message = "expected the language of the mail in `<html lang=…>`, found none"
        yield _warning("mail-hard-to-hear", message, 'Write `<html lang="{{ language }}" dir="{{ dir }}">`.', SHELL)
    if seen.headlines != 1:
        message = f"expected one headline (`h1`), found {seen.headlines or 'none'}"
        yield _warning("mail-hard-to-hear", message, "Who hears the mail finds its beginning by it.", SHELL)
    for table in seen.tables:
        if not (table.has_heads or table.is_layout):
            message = 'expected `role="presentation"` at a table that only arranges, found one without'
            yield _warning("mail-hard-to-hear", message, "Screen readers would read its rows and columns aloud.", SHELL)
    for name in seen.unspoken:
        message = f"expected `alt` at every picture, found none at {name}"
        hint = 'Say what it shows; `alt=""` where it shows nothing.'
        yield _warning("mail-hard-to-hear", message, hint, SHELL)


def _warning(code: str, message: str, hint: str, file: str) -> Problem:
    return Problem(code=code, message=message, hint=hint, severity=Severity.WARNING, file=file, line=1, column=1)


@dataclass(slots=True)
class _Table:
    is_layout: bool
    has_heads: bool = False


@dataclass
class _Seen(HTMLParser):
    """What is in a mail; what stands in comments for one program alone is not."""

    language: str = ""
    headlines: int = 0
    elements: set[str] = field(default_factory=set)
    styles: list[str] = field(default_factory=list)
    tables: list[_Table] = field(default_factory=list)
    unspoken: list[str] = field(default_factory=list)  #: sources of pictures without `alt`
    _open: list[_Table] = field(default_factory=list)
    _is_style: bool = False

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element, its style, and what belongs to it."""
        given = dict(attrs)
        self.elements.add(tag)
        self.styles += [f"{given['style']};"] if given.get("style") else []
        self._is_style = tag == "style"
        self.headlines += tag == "h1"
        if tag == "html":
            self.language = given.get("lang") or ""
        elif tag == "table":
            self._open.append(_Table(given.get("role") in {"presentation", "none"}))
            self.tables.append(self._open[-1])
        elif tag == "th" and self._open:
            self._open[-1].has_heads = True
        elif tag == "img" and given.get("alt") is None:
            self.unspoken.append(given.get("src") or "a picture")

    def handle_endtag(self, tag: str) -> None:
        """Leave a table or a style sheet."""
        if tag == "table" and self._open:
            self._open.pop()
        self._is_style = False

    def handle_data(self, data: str) -> None:
        """Rules of a style sheet."""
        if self._is_style:
            self.styles.append(data)
