"""What a terminal can show: colours, lines that are written over, and how wide a text is on it."""

import shutil
import sys
import textwrap
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache

_DUMB = "dumb"  #: of `TERM`: a terminal that knows letters and line breaks alone
_WIDE = {"W", "F"}  #: East_Asian_Width of what takes two columns (UAX #11)
_LEAST = 24  #: columns in which words can be read below one another
_GAP = "  "  #: between two cells
_OWN_LINE = 6  #: columns before a cell on a line of its own
_UNSEEN = {"Mn", "Me", "Cf"}  #: categories of marks above letters, and of what turns the direction: no column


def colours(environment: Mapping[str, str]) -> bool | None:
    """Whether to colour; None: where somebody looks, and not in a file or a pipe.

    `NO_COLOR` (no-color.org) comes first, then `CLICOLOR_FORCE` and `CLICOLOR` (bixense.com/clicolors), then `TERM`.
    """
    if environment.get("NO_COLOR"):
        return False
    if environment.get("CLICOLOR_FORCE", "0") not in {"", "0"}:
        return True
    return False if environment.get("CLICOLOR") == "0" or environment.get("TERM") == _DUMB else None


def may_write_over(environment: Mapping[str, str]) -> bool:
    """Whether a line can be written anew in its place: on a terminal that can, and nowhere else."""
    return sys.stdout.isatty() and environment.get("TERM") != _DUMB


def room() -> int | None:
    """How many columns a line has; None in a file or a pipe, where lines are for programs and as long as they are."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def columns(text: str) -> int:
    """How many columns a text takes: 2 for Chinese letters, none for a mark above a letter."""
    if text.isascii():
        return len(text)
    return sum(map(_columns_of, text))


@lru_cache(maxsize=4096)  # lists are long, alphabets short
def _columns_of(sign: str) -> int:
    return 0 if unicodedata.category(sign) in _UNSEEN else 1 + (unicodedata.east_asian_width(sign) in _WIDE)


def filled(text: str, width: int) -> str:
    """With spaces behind it, as wide as a column."""
    return text + " " * (width - columns(text))


def folded(line: str, last: str, width: int) -> list[str]:
    """A line of a table, `last` being its last cell, on a terminal of a width: folded between words below that cell.

    Where little room is left beside it, the cell begins a line of its own. What is longer than a line, as an address
    is, stays whole, so that it can be copied.
    """
    if not last or columns(line) <= width:
        return [line]
    before = line.removesuffix(last)
    hanging = columns(before)
    begin = [] if width - hanging >= _LEAST else [before.rstrip()]
    indent = " " * (_OWN_LINE if begin else hanging)
    parts = textwrap.wrap(last, max(width - len(indent), 1), break_long_words=False, break_on_hyphens=False) or [""]
    first = [] if begin else [before + parts[0]]
    return [*begin, *first, *(indent + each for each in (parts if begin else parts[1:]))]


def stacked(cells: Sequence[str], indent: str, width: int) -> list[str]:
    """A row of a table that is wider than the terminal before its last cell: as many cells a line as have room there.

    Nothing stands below anything then; only a cell that is longer than a line is folded within.
    """
    lines: list[str] = []
    deeper = " " * _OWN_LINE
    for cell in filter(None, (each.strip() for each in cells)):
        if lines and columns(lines[-1]) + len(_GAP) + columns(cell) <= width:
            lines[-1] += _GAP + cell
            continue
        begun = deeper if lines else indent
        own = max(width - len(begun), 1)
        lines += [begun + each for each in textwrap.wrap(cell, own, break_long_words=False, break_on_hyphens=False)]
    return lines
