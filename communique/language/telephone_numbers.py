"""Numbers in running text, above all telephone numbers: their groups stay together, and in order."""

import re
from collections.abc import Iterable

_FROM_THE_RIGHT = re.compile(r"[\u0590-\u08ff]")
#: What begins a number with its country's, escaped or not.
_BEGINS = re.compile(r"(?<![\w\u200e\u2066\\])(\\?\+)(?=\d{1,3}[ \u00a0]\d)")
#: A Latin word, what ends it, and a number that belongs to what follows: `OGP Local: 25`.
_BEHIND_LATIN = re.compile(r"(?<=[A-Za-z])([ \u00a0]?[:،؛][ \u00a0]+)(?=[\u200e\\]*\+?\d)")
_BAR = " | "
_BAR_BEHIND_LATIN = re.compile(r"(?<=[A-Za-z]) \| (?=\+?\d)")
_WHOLE = re.compile(r"\+\d{1,3}(?: \d+)+")


def in_order(text: str) -> str:
    """With marks where a text has Arabic letters, among which numbers would be shown elsewhere than they stand.

    Before a telephone number one from the left: its groups would be in reverse order. Before a number behind a Latin
    word one from the right: `OGP Local: 25` would be shown as if `25` came first.
    """
    if not _FROM_THE_RIGHT.search(text):
        return text
    return _BEHIND_LATIN.sub("\\1\u200f", _BEGINS.sub("\u200e\\1", text))


def in_order_by_line(text: str) -> str:
    """The same in a text from the left, where a name in Arabic letters changes no other line than its own."""
    if not _FROM_THE_RIGHT.search(text):
        return text
    return "\n".join(map(in_order, text.split("\n")))


def row(cells: Iterable[str]) -> str:
    """Cells in one line of plain text; among Arabic letters a number stays behind the cell that ends in Latin."""
    line = _BAR.join(cells)
    return _BAR_BEHIND_LATIN.sub(f"{_BAR}\u200f", line) if _FROM_THE_RIGHT.search(line) else line


def joined(text: str, by: str) -> str:
    """With something else than spaces within each, so that no line ends there."""
    return _WHOLE.sub(lambda number: number[0].replace(" ", by), text)
