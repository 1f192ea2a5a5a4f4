"""Text fitted to a box: the largest size at which its lines, broken where a language breaks them, have room."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from communique.drawing.shaping import Shaper
from communique.localisation.whole_dates import with_whole_dates

#: From the largest size down to the least, in this many steps.
_STEPS = 12
#: How often a narrower width is tried, to make lines even.
_TRIES = 6
_ELLIPSIS = "…"
_NO_BREAK = "\u00a0"
#: A line may end after these.
_AFTER = "-‐–—/"
_WIDE = {"W", "F"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Fit:
    """How a text stands in its box."""

    size: float
    lines: tuple[str, ...]
    cut: bool = False  #: True: even at the least size there was no room for all of it


@dataclass(frozen=True, kw_only=True, slots=True)
class Box:
    """The room for a text, in the drawing's units."""

    width: float
    height: float
    largest: float  #: size of the text
    least: float
    leading: float  #: from one base line to the next, in ems


def fit(text: str, box: Box, shaper: Shaper) -> Fit:
    """The text in lines, at the largest size that has room; at the least size, cut at a word with an ellipsis."""
    pieces = list(_breakable(with_whole_dates(" ".join(text.split()), _NO_BREAK)))
    of_a_line = shaper.height(text)
    for step in range(_STEPS + 1):
        size = box.largest - (box.largest - box.least) * step / _STEPS
        lines = _lines(pieces, box.width / size, shaper)
        if lines is not None and _height(len(lines), size, box, of_a_line) <= box.height:
            unbroken = list(_words(pieces))
            whole = _lines(unbroken, box.width / size, shaper)
            if whole is not None and len(whole) <= len(lines):  # “Souss-Massa” on one line, where that costs none
                pieces, lines = unbroken, whole
            return Fit(size=size, lines=tuple(_evened(pieces, lines, shaper)))
    return _cut(pieces, box, shaper, of_a_line)


def _height(lines: int, size: float, box: Box, of_a_line: tuple[float, float]) -> float:
    return size * (sum(of_a_line) + (lines - 1) * box.leading)


def _lines(pieces: list[str], room: float, shaper: Shaper, *, split: bool = False) -> list[str] | None:
    """Lines of a width in ems; None when a single piece is wider, which is split between letters only if it must."""
    lines, line = [], ""
    for piece in pieces:
        if shaper.width((line + piece).rstrip()) <= room:
            line += piece
            continue
        if line:
            lines.append(line.rstrip())
        line = piece
        while shaper.width(line.rstrip()) > room:
            if not split:
                return None
            most = next(end for end in range(len(line), 0, -1) if end == 1 or shaper.width(line[:end]) <= room)
            lines.append(line[:most])
            line = line[most:]
    return [*lines, line.rstrip()] if line.rstrip() else lines


def _evened(pieces: list[str], lines: list[str], shaper: Shaper) -> list[str]:
    """As many lines, of about the same width: no word is left alone on the last one."""
    least, most = 0.0, max(map(shaper.width, lines), default=0.0)
    for _ in range(_TRIES if len(lines) > 1 else 0):
        middle = (least + most) / 2
        tried = _lines(pieces, middle, shaper)
        if tried is not None and len(tried) <= len(lines):
            lines, most = tried, middle
        else:
            least = middle
    return lines


def _cut(pieces: list[str], box: Box, shaper: Shaper, of_a_line: tuple[float, float]) -> Fit:
    room = box.width / box.least
    lines = _lines(pieces, room, shaper, split=True) or []
    most = next((n for n in range(len(lines), 1, -1) if _height(n, box.least, box, of_a_line) <= box.height), 1)
    if most >= len(lines):
        return Fit(size=box.least, lines=tuple(lines))
    kept, last = lines[: most - 1], lines[most - 1]
    while last and shaper.width(last + _ELLIPSIS) > room:
        last = last.rpartition(" ")[0] or last[:-1]
    return Fit(size=box.least, lines=(*kept, last.rstrip(" ,;:") + _ELLIPSIS), cut=True)


def _words(pieces: list[str]) -> Iterator[str]:
    """The same, ended after spaces alone."""
    word = ""
    for piece in pieces:
        word += piece
        if word.endswith(" "):
            yield word
            word = ""
    if word:
        yield word


def _breakable(text: str) -> Iterator[str]:
    """The text in pieces between which a line may end, each with the spaces behind it.

    That is after spaces and dashes, and around the letters of scripts that write no spaces between words.
    """
    piece = ""
    for index, letter in enumerate(text):
        piece += letter
        following = text[index + 1 : index + 2]
        if not following or following == " " or unicodedata.combining(following):
            continue
        wide = unicodedata.east_asian_width(letter) in _WIDE and unicodedata.category(following)[0] != "P"
        dash = letter in _AFTER and len(piece) > 1 and following.isalpha()
        if letter == " " or wide or dash:
            yield piece
            piece = ""
    if piece:
        yield piece
