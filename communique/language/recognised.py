"""What lies somewhere as an English sentence, recognised by the catalogue and said in a language.

The ledger, the journal and the list of what needs a person keep texts. A sentence of the catalogue is found again by
what stands between its places; what stands in them is said in the language where it is such a sentence itself, and else
stays: a name, a server's own words.
"""

import re
from collections.abc import Mapping
from functools import cache
from string import Formatter

from communique.language.catalogue import OWN, SPOKEN, sentences
from communique.phrase import phrase

#: Letters that a pattern has between its places; with fewer it would fit whatever anybody wrote.
_ENOUGH, _ENOUGH_IN_FRONT = 9, 4
_MOST_LETTERS = 4_000  #: a longer text is nobody's sentence
_DEEPEST = 6
#: A file, and where in it, before what is said of it.
_PLACE = re.compile(r"[\w./-]+\.\w{2,4}(:\d+)*: ")
#: Sentences that are made where they are no phrases: they go into a statement, or are put together in another room.
KEPT = (
    phrase("withdrawn by {who}: {note}"),
    phrase("{decision}, decided by {who}"),
    phrase("{decision}, decided by {who}: {note}"),
    phrase("its mail comes back: nobody has this address ({code})"),
    phrase("its mail comes back: nobody has this address ({code}): {words}"),
    phrase("its mail came back {number} times within {days} days ({code})"),
    phrase("its mail came back {number} times within {days} days ({code}): {words}"),
    phrase("no e-mail address"),
    phrase("its reader has called a mail of ours junk"),
    phrase("its reader has called a mail of ours junk: {words}"),
)


def recognised(text: str, language: str) -> str | None:
    """Nothing where no sentence of the catalogue fits."""
    if language == OWN:
        return text
    is_spoken = language in SPOKEN and len(text) <= _MOST_LETTERS
    return _said(text, language, _DEEPEST) if is_spoken else None


def _said(text: str, language: str, depth: int) -> str | None:
    known = sentences(language)
    if text in known:
        return known[text]
    if (at := _PLACE.match(text)) is not None:
        said = _said(text[at.end() :], language, depth)
        return f"{at[0]}{said}" if said is not None else None
    for pattern, pieces in _patterns(language).items():
        if all(piece in text for piece in pieces) and (found := _regex(pattern).fullmatch(text)):
            return known[pattern].format(**_values(found.groupdict(), language, depth))
    first, joint, rest = text.partition("; ")
    if joint and (said := _said(first, language, depth)) is not None:
        return f"{said}; {_said(rest, language, depth) or rest}"
    return None


def _values(found: Mapping[str, str], language: str, depth: int) -> dict[str, str]:
    return {name: (_said(value, language, depth - 1) if depth else None) or value for name, value in found.items()}


@cache
def _patterns(language: str) -> Mapping[str, tuple[str, ...]]:
    """Those with places and enough between them, the one that says most first; each with what stands between."""
    found: dict[str, tuple[str, ...]] = {}
    for pattern in sentences(language):
        try:
            parts = list(Formatter().parse(pattern))
        except ValueError:  # a sentence about braces
            continue
        pieces = tuple(literal for literal, *_ in parts if literal)
        least = _ENOUGH_IN_FRONT if parts[0][0] else _ENOUGH
        if any(name for _, name, *_ in parts) and _letters(pieces) >= least:
            found[pattern] = pieces
    return dict(sorted(found.items(), key=lambda each: -_letters(each[1])))


def _letters(pieces: tuple[str, ...]) -> int:
    return sum(each.isalpha() for piece in pieces for each in piece)


@cache
def _regex(pattern: str) -> re.Pattern[str]:
    written, seen = "", set[str]()
    for literal, name, *_ in Formatter().parse(pattern):
        written += re.escape(literal)
        if name:
            written += f"(?P={name})" if name in seen else f"(?P<{name}>.+?)"
            seen.add(name)
    return re.compile(written, re.DOTALL)
