"""Text and HTML that a feed may carry: what XML forbids and what readers refuse is left out."""

import re
from unicodedata import bidirectional
from urllib.parse import urlsplit

from lxml import html
from lxml.etree import Comment, ParserError, ProcessingInstruction

#: What XML 1.0 (section 2.2) does not allow, and what validators warn of: C1 controls, non-characters, U+FFFD.
_FORBIDDEN = re.compile(r"[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffc\U00010000-\U0010ffff]")
#: Elements whose content is no text, and form controls that no feed reader shows.
_DROPPED = frozenset(
    {
        *("applet", "audio", "base", "button", "canvas", "embed", "form", "frame", "frameset", "iframe", "input"),
        *("link", "math", "meta", "noscript", "object", "script", "select", "style", "svg", "template", "textarea"),
        *("title", "video"),
    }
)
#: Elements that every reader shows and the W3C validator calls safe; of any other only the content is kept.
_KEPT = frozenset(
    {
        *("a", "abbr", "article", "aside", "b", "bdi", "bdo", "blockquote", "br", "caption", "cite", "code", "col"),
        *("colgroup", "dd", "del", "dfn", "div", "dl", "dt", "em", "figcaption", "figure", "footer", "h1", "h2", "h3"),
        *("h4", "h5", "h6", "header", "hr", "i", "img", "ins", "kbd", "li", "main", "mark", "ol", "p", "pre", "q", "s"),
        *("samp", "section", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead"),
        *("time", "tr", "u", "ul", "var", "wbr"),
    }
)
#: Attributes that can stand in a feed without a reader having to clean them.
_ATTRIBUTES = frozenset(
    {
        *("alt", "cite", "colspan", "datetime", "dir", "headers", "height", "href", "lang", "rowspan", "scope"),
        *("src", "start", "title", "width"),
    }
)
_ADDRESSES = ("href", "src", "cite")
_SCHEMES = frozenset({"https", "http", "mailto", "tel"})


def plain(text: str) -> str:
    """The text without characters that XML cannot hold."""
    return _FORBIDDEN.sub("", text)


def directed(text: str) -> str:
    """As `plain`; what begins in Arabic or Hebrew says itself where it ends.

    A title carries no direction, and many readers show all of them from the left: there `طلب إلى OGP Local` would begin
    with its last words, and a question mark stand at its beginning.
    """
    text = plain(text)
    strong = next((way for way in map(bidirectional, text) if way in _STRONG), "L")
    return text if strong == "L" or not _LATIN_OR_END.search(text) else f"{_FROM_THE_RIGHT}{text}{_SO_FAR}"


_STRONG = frozenset({"L", "R", "AL"})
_LATIN_OR_END = re.compile(r"[A-Za-z]|[^\w\s]\s*$")
_FROM_THE_RIGHT, _SO_FAR = "\u2067", "\u2069"  #: an isolate (UAX #9): it does not mix with what stands beside it


def clean_html(fragment: str, base: str) -> str:
    """The fragment without scripts, styles, frames and unknown elements, its addresses made absolute."""
    try:
        root = html.fragment_fromstring(plain(fragment), create_parent="div")
    except ParserError:
        return ""
    root.make_links_absolute(base, resolve_base_href=False)
    for element in list(root.iterdescendants()):
        _clean(element)
    return (root.text or "").translate(_ESCAPED) + "".join(html.tostring(child, encoding="unicode") for child in root)


_ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def _clean(element: html.HtmlElement) -> None:
    if element.tag in (Comment, ProcessingInstruction) or element.tag in _DROPPED:
        element.drop_tree()
        return
    if element.tag not in _KEPT:
        element.drop_tag()
        return
    for name in set(element.attrib) - _ATTRIBUTES:
        del element.attrib[name]
    for name in _ADDRESSES:
        if name in element.attrib and urlsplit(element.attrib[name]).scheme not in _SCHEMES:
            del element.attrib[name]
