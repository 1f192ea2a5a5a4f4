"""Markdown as officers write it, made into HTML for pages and mails and into plain text for the same mails.

CommonMark with tables. Raw HTML shows as text. Links lead to https, mailto or tel and nowhere else; a picture would be
fetched from somebody's server by every reader, so there are none. A page has one h1, its headline, so `#` in a text is
a second-level heading.
"""

import functools
import re
import textwrap
from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from communique.language import telephone_numbers
from communique.localisation.whole_dates import with_whole_dates

WIDTH = 76  #: columns of plain text
_LINKS = re.compile(r"^(https://|mailto:|tel:|#)", re.IGNORECASE)
_NO_BREAK = "\u00a0"
_UNBROKEN = "\0"  #: within what no line may end; CommonMark lets none into a text (2.3)


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    parser.validateLink = lambda url: bool(_LINKS.match(url.strip()))  # type: ignore[method-assign]
    return parser


_PARSER = _parser()
#: Pages, feeds, cards and mails of an announcement are made from the same text in turn: a few of them are kept.
_same_again = functools.lru_cache(maxsize=32)


@_same_again
def to_html(source: str) -> str:
    """An HTML fragment."""
    tokens = _PARSER.parse(telephone_numbers.joined(telephone_numbers.in_order(source), _NO_BREAK))
    for token in tokens:
        if token.tag == "h1":
            token.tag = "h2"
    return str(_PARSER.renderer.render(tokens, _PARSER.options, {}))


@_same_again
def to_text(source: str) -> str:
    """The same as plain text: every word and every address."""
    blocks = [block for block in _blocks(_PARSER.parse(telephone_numbers.in_order(source))) if block.strip()]
    return "\n\n".join(blocks).strip() + "\n" if blocks else ""


def _blocks(tokens: Sequence[Token]) -> Iterator[str]:
    """Paragraphs, headings, whole lists and tables, in order."""
    position = 0
    while position < len(tokens):
        end = _end_of(tokens, position)
        inside = tokens[position + 1 : end]
        kind = tokens[position].type
        if kind in {"bullet_list_open", "ordered_list_open"}:
            yield "\n".join(
                _items(
                    inside,
                    first=tokens[position].attrGet("start") if kind.startswith("o") else None,
                    ordered=kind.startswith("o"),
                )
            )
        elif kind == "table_open":
            yield "\n".join(_rows(inside))
        elif kind == "blockquote_open":
            quoted = "\n\n".join(_blocks(inside))
            yield textwrap.indent(quoted, "> ", lambda _: True)
        elif kind in {"fence", "code_block"}:
            yield tokens[position].content.rstrip()
        elif kind == "hr":
            yield "-" * 20
        elif kind == "heading_open":
            heading = _inline(inside[0])
            yield f"{heading}\n{'-' * min(len(heading), WIDTH)}"
        elif inside and inside[0].type == "inline":
            yield _wrapped(_inline(inside[0]))
        position = end + 1


def _end_of(tokens: Sequence[Token], start: int) -> int:
    """The index of the token that closes the one at `start` (itself, when it opens nothing)."""
    depth = 0
    for index in range(start, len(tokens)):
        depth += tokens[index].nesting
        if depth == 0:
            return index
    return len(tokens) - 1


def _items(tokens: Sequence[Token], *, first: str | float | None, ordered: bool) -> Iterator[str]:
    number, position = int(first or 1), 0
    while position < len(tokens):
        end = _end_of(tokens, position)
        mark = f"{number}. " if ordered else "- "
        body = "\n".join(_blocks(tokens[position + 1 : end]))
        yield mark + textwrap.indent(body, " " * len(mark)).lstrip()
        number, position = number + 1, end + 1


def _rows(tokens: Sequence[Token]) -> Iterator[str]:
    cells: list[str] = []
    for token in tokens:
        if token.type == "inline":
            cells.append(_inline(token))
        elif token.type == "tr_close":
            yield telephone_numbers.row(cells)
            cells = []


def _inline(token: Token) -> str:
    """Text of one line of Markdown; a link is its words and, after them, its address."""
    words: list[str] = []
    address, start = "", 0
    for child in token.children or ():
        if child.type == "link_open":
            address, start = str(child.attrGet("href")), len(words)
        elif child.type == "link_close":
            shown = address.removeprefix("mailto:").removeprefix("tel:")
            if shown not in "".join(words[start:]):
                words.append(f" ({shown})")
        elif child.type in {"softbreak", "hardbreak"}:
            words.append("\n" if child.type == "hardbreak" else " ")
        else:
            words.append(child.content)
    return "".join(words)


def _wrapped(text: str) -> str:
    whole = with_whole_dates(telephone_numbers.joined(text, _UNBROKEN), _UNBROKEN)
    lines = (textwrap.fill(line, WIDTH, break_long_words=False, break_on_hyphens=False) for line in whole.split("\n"))
    return "\n".join(lines).replace(_UNBROKEN, " ")
