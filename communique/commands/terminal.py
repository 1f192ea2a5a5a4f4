"""What a terminal can show: colours, lines that are written over, and how wide a text is on it."""

import sys
import unicodedata
from collections.abc import Mapping

_DUMB = "dumb"  #: of `TERM`: a terminal that knows letters and line breaks alone
_WIDE = {"W", "F"}  #: East_Asian_Width of what takes two columns (UAX #11)
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


def columns(text: str) -> int:
    """How many columns a text takes: 2 for Chinese letters, none for a mark above a letter."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.category(sign) in _UNSEEN else 1 + (unicodedata.east_asian_width(sign) in _WIDE)
        for sign in text
    )


def filled(text: str, width: int) -> str:
    """With spaces behind it, as wide as a column."""
    return text + " " * (width - columns(text))
