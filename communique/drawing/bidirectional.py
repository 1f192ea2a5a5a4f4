"""A line in the order in which it is seen: the Unicode Bidirectional Algorithm (UAX 9), steps by python-bidi.

Its own function for whole texts knows no pairs of brackets (rule N0), without which `(OGP) 2027` falls apart in Arabic;
here its steps are taken one by one, with that rule where it belongs.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from bidi.algorithm import (
    explicit_embed_and_overrides,
    get_embedding_levels,
    get_empty_storage,
    resolve_implicit_levels,
    resolve_neutral_types,
    resolve_weak_types,
)
from bidi.mirror import MIRRORED

_LEFT_TO_RIGHT, _END = "\u202a", "\u202c"
_TELEPHONE = re.compile(r"\+?\d+(?: \d+)+")  #: its groups are read from the left, in every language
_ISOLATES = "\u2066\u2067\u2068\u2069"  #: what python-bidi does not know, and a line on a picture does not need
#: They say how letters join, and stay with the one before them: the algorithm would take them out (rule X9).
JOINERS = "\u200c\u200d"
_SAME = {"\u2329": "\u3008", "\u232a": "\u3009"}  # canonically the same brackets


@dataclass(frozen=True, slots=True)
class Run:
    """Letters of one direction, in the order in which they are read."""

    text: str
    from_right: bool


def runs_as_seen(line: str, *, rtl: bool) -> list[Run]:
    """The runs of a line from left to right; `rtl` is the direction of its paragraph."""
    letters: list[str] = []
    for letter in _TELEPHONE.sub(f"{_LEFT_TO_RIGHT}\\g<0>{_END}", line) if rtl else line:
        if letter in JOINERS and letters:
            letters[-1] += letter
        elif letter not in _ISOLATES:
            letters.append(letter)
    storage = get_empty_storage() | {"base_level": int(rtl), "base_dir": "R" if rtl else "L"}
    get_embedding_levels("".join(letter[0] for letter in letters), storage)
    for character, letter in zip(storage["chars"], letters, strict=True):
        character["ch"] = letter
    explicit_embed_and_overrides(storage)
    resolve_weak_types(storage)
    _resolve_brackets(storage["chars"], "R" if rtl else "L")
    resolve_neutral_types(storage, debug=False)
    resolve_implicit_levels(storage, debug=False)
    return _reordered(storage["chars"], int(rtl))


def _reordered(characters: list[dict[str, Any]], least: int) -> list[Run]:
    """Rule L2, by runs instead of letters; what ends the line stands at the paragraph's level (rule L1)."""
    for character in reversed(characters):
        if character["orig"] != "WS":
            break
        character["level"] = least
    levels = [
        (level, Run("".join(each["ch"] for each in group), from_right=level % 2 == 1))
        for level, group in groupby(characters, key=lambda each: int(each["level"]))
    ]
    for level in range(max((level for level, _ in levels), default=0), 0, -1):
        turned: list[tuple[int, Run]] = []
        for high, group in groupby(levels, key=lambda each: each[0] >= level):
            runs = list(group)
            turned += reversed(runs) if high else runs
        levels = turned
    return [run for _, run in levels]


def _resolve_brackets(characters: list[dict[str, Any]], embedding: str) -> None:
    """Rule N0: both brackets of a pair take the direction of what they enclose, or of what comes before them."""
    kinds = [_strong(each["type"]) for each in characters]
    for opening, closing in sorted(_pairs(characters)):
        inside = set(kinds[opening + 1 : closing]) - {""}
        if embedding in inside:
            direction = embedding
        elif inside:
            before = next((kind for kind in reversed(kinds[:opening]) if kind), embedding)
            direction = before if before in inside else embedding
        else:
            continue
        for index in (opening, closing):
            characters[index]["type"] = kinds[index] = direction


def _strong(kind: str) -> str:
    """Numbers count as read from the right (rule N0)."""
    return {"L": "L", "R": "R", "AL": "R", "EN": "R", "AN": "R"}.get(kind, "")


def _pairs(characters: list[dict[str, Any]]) -> Iterator[tuple[int, int]]:
    """Rule BD16."""
    waiting: list[tuple[str, int]] = []
    for index, character in enumerate(characters):
        letter = _SAME.get(character["ch"], character["ch"])
        if character["type"] != "ON" or letter not in MIRRORED:
            continue
        if unicodedata.category(letter) == "Ps":
            waiting.append((MIRRORED[letter], index))
        elif unicodedata.category(letter) == "Pe":
            place = next((at for at in range(len(waiting) - 1, -1, -1) if waiting[at][0] == letter), None)
            if place is not None:
                yield waiting[place][1], index
                del waiting[place:]
