"""Telephone numbers in running text: their groups stay together, and in order."""

import re

_FROM_THE_RIGHT = re.compile(r"[\u0590-\u08ff]")
#: What begins a number with its country's, escaped or not.
_BEGINS = re.compile(r"(?<![\w\u200e\u2066\\])(\\?\+)(?=\d{1,3}[ \u00a0]\d)")
_WHOLE = re.compile(r"\+\d{1,3}(?: \d+)+")


def in_order(text: str) -> str:
    """With a left-to-right mark before each: among Arabic letters its groups would be shown in reverse order."""
    return _BEGINS.sub("\u200e\\1", text) if _FROM_THE_RIGHT.search(text) else text


def joined(text: str, by: str) -> str:
    """With something else than spaces within each, so that no line ends there."""
    return _WHOLE.sub(lambda number: number[0].replace(" ", by), text)
