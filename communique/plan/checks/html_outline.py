"""What a whole mail or page is made of, as those perceive it who hear it, and as style sheets reach it."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

#: An element as selectors see it: its name, and those of its attributes that look depends on, in order.
Element = tuple[str, tuple[tuple[str, str], ...]]
#: Elements from the root down.
Path = tuple[Element, ...]

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
#: Elements that are landmarks by themselves (HTML Accessibility API Mappings); the first two only outside of articles.
_LANDMARKS = {"header": "banner", "footer": "contentinfo", "main": "main", "nav": "navigation"}
_ENDLESS = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
#: What a new one of the same ends by itself.
_ENDED_BY_THE_NEXT = {"li", "p", "td", "th", "tr", "dt", "dd", "option"}
_UNREAD = {"style", "script", "title", "head"}
_OF_LOOK = {"class", "id", "style", "lang", "dir", "role", "type", "bgcolor", "aria-current"}


@dataclass(slots=True)
class Table:
    """One table."""

    is_layout: bool  #: it says that it only arranges
    has_heads: bool = False


@dataclass(slots=True)
class Link:
    """One link, with what is heard of it: its label, or its words and the descriptions of its pictures."""

    address: str
    label: str
    heard: list[str] = field(default_factory=list)

    @property
    def words(self) -> str:
        """In one line."""
        return " ".join((self.label or "".join(self.heard)).split())


@dataclass
class Outline(HTMLParser):
    """Feed it a whole document. What stands in comments for one program alone is not seen."""

    language: str = ""
    elements: set[str] = field(default_factory=set)
    styles: list[str] = field(default_factory=list)  #: written at elements
    sheets: list[str] = field(default_factory=list)
    headings: list[tuple[int, str]] = field(default_factory=list)  #: level and words
    landmarks: list[tuple[str, str]] = field(default_factory=list)  #: role and label
    tables: list[Table] = field(default_factory=list)
    unspoken: list[str] = field(default_factory=list)  #: sources of pictures without `alt`
    links: list[Link] = field(default_factory=list)
    names: set[str] = field(default_factory=set)  #: that addresses within the page may lead to
    texts: dict[Path, str] = field(default_factory=dict)  #: each way to words, with the first of them
    _open: list[Element] = field(default_factory=list)
    _heading: list[str] | None = None

    def __post_init__(self) -> None:
        super().__init__()

    def updatepos(self, i: int, j: int) -> int:  # noqa: ARG002 - named by the library
        """Count no lines: nobody asks where something stands."""
        return j

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element and what belongs to it."""
        given = {name: value or "" for name, value in attrs}
        self.elements.add(tag)
        self.styles += [f"{given['style']};"] if given.get("style") else []
        self.names.add(given.get("id", ""))
        if tag in _ENDED_BY_THE_NEXT and self._open and self._open[-1][0] == tag:
            self._open.pop()
        element = tag, tuple(sorted((name, value) for name, value in given.items() if name in _OF_LOOK))
        if tag not in _ENDLESS:
            self._open.append(element)
        self._note(tag, given, element)

    def _note(self, tag: str, given: dict[str, str], element: Element) -> None:
        if tag == "html":
            self.language = given.get("lang", "")
        elif tag in _HEADINGS:
            self._heading = []
            self.headings.append((_HEADINGS[tag], ""))
        elif tag == "table":
            self.tables.append(Table(given.get("role") in {"presentation", "none"}))
        elif tag == "th" and self.tables:
            self.tables[-1].has_heads = True
        elif tag == "a" and "href" in given:
            self.links.append(Link(given["href"], given.get("aria-label", "")))
        elif tag == "img":
            self._picture(given, element)
        role = given.get("role", _LANDMARKS.get(tag, ""))
        if role in _LANDMARKS.values() and not (tag in {"header", "footer"} and self._within("article")):
            self.landmarks.append((role, given.get("aria-label", "")))

    def _picture(self, given: dict[str, str], element: Element) -> None:
        """What stands in its place where pictures are off is a text like others."""
        if "alt" not in given:
            self.unspoken.append(given.get("src") or "a picture")
        elif given["alt"]:
            self.texts.setdefault((*self._open, element), given["alt"])
            if self._within("a") and self.links:
                self.links[-1].heard.append(given["alt"])

    def handle_endtag(self, tag: str) -> None:
        """Leave an element, and what was left open in it."""
        if tag in _HEADINGS and self._heading is not None:
            self.headings[-1] = (self.headings[-1][0], " ".join("".join(self._heading).split()))
            self._heading = None
        if self._within(tag):
            while self._open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        """Words, or rules of a style sheet."""
        inmost = self._open[-1][0] if self._open else ""
        if inmost == "style":
            self.sheets.append(data)
        elif data.strip() and not any(self._within(each) for each in _UNREAD):
            self.texts.setdefault(tuple(self._open), " ".join(data.split()))
            if self._heading is not None:
                self._heading.append(data)
            if self._within("a") and self.links:
                self.links[-1].heard.append(data)

    def _within(self, tag: str) -> bool:
        return any(each[0] == tag for each in self._open)


def outline_of(html: str) -> Outline:
    """Of a whole document."""
    seen = Outline()
    seen.feed(html)
    seen.close()
    return seen
