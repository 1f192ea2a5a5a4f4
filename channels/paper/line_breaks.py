"""A line that WeasyPrint ends after its first word, mended.

Words that stand before a link or bold words have a space at their end. When they fill the line exactly, without that
space, WeasyPrint (70.0) takes them for too long, looks for a place to break in the first word, finds its end, and
leaves the rest for the next line: “Una”, and below it “semana antes le enviaremos…”.
"""

from typing import Any

_SPLIT = "split_first_line"
_SPACES_COLLAPSE = ("normal", "pre-line")
_RESUME = 2  #: in what it returns: the byte at which the next line begins; None when all fits
_WIDTH = 3


def mend(inline: Any) -> None:
    """Wrap what splits lines in `weasyprint.layout.inline`; a later version that has no such function is left alone."""
    split = getattr(inline, _SPLIT, None)
    if split is None or hasattr(split, "__wrapped__"):
        return

    def mended(text: str, style: Any, context: Any, max_width: Any, *rest: Any, **further: Any) -> Any:
        found = split(text, style, context, max_width, *rest, **further)
        words = text.rstrip(" ")
        resumes = found[_RESUME]
        if resumes is None or words == text or style["white_space"] not in _SPACES_COLLAPSE:
            return found
        if " " in text.encode()[:resumes].decode().strip(" "):
            return found  # it has more than one word
        whole = split(words, style, context, max_width, *rest, **further)
        if whole[_RESUME] is not None or whole[_WIDTH] > max_width:
            return found
        return (*whole[:_RESUME], len(text.encode()), *whole[_WIDTH:])

    mended.__wrapped__ = split  # type: ignore[attr-defined]
    setattr(inline, _SPLIT, mended)
