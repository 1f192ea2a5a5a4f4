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
    phrase("sent, decided by {who}"),
    phrase("sent, decided by {who}: {note}"),
    phrase("failed, decided by {who}"),
    phrase("failed, decided by {who}: {note}"),
    phrase("resend, decided by {who}"),
    phrase("resend, decided by {who}: {note}"),
    phrase("cancelled, decided by {who}"),
    phrase("cancelled, decided by {who}: {note}"),
    phrase("posted by {who}"),
    phrase("posted by {who}: {note}"),
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
        if all(piece in text for piece in pieces) and (found := _read(pattern, text)) is not None:
            return _filled(known[pattern], _values(found, language, depth))
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
        parts = _parts(pattern)
        pieces = tuple(literal for literal, _ in parts if literal)
        if len(parts) > 1 and _letters(pieces) >= (_ENOUGH_IN_FRONT if parts[0][0] else _ENOUGH):
            found[pattern] = pieces
    return dict(sorted(found.items(), key=lambda each: -_letters(each[1])))


def _letters(pieces: tuple[str, ...]) -> int:
    return sum(each.isalpha() for piece in pieces for each in piece)


@cache
def _parts(pattern: str) -> tuple[tuple[str, str], ...]:
    """What stands before each place, and its name; what stands behind the last one, and no name.

    Nothing for a sentence about braces.
    """
    found, before = list[tuple[str, str]](), ""
    try:
        for literal, name, *_ in Formatter().parse(pattern):
            before += literal
            if name is None:
                continue
            if not name.isidentifier():
                return ()
            found.append((before, name))
            before = ""
    except ValueError:
        return ()
    return (*found, (before, ""))


def _read(pattern: str, text: str) -> dict[str, str] | None:
    """What stands in the places, each as short as can be; None where the text is another one.

    By one walk through the text: strangers write some of it, and a regular expression would try all ways to divide it.
    """
    (first, name), *others = _parts(pattern)
    if not text.startswith(first):
        return None
    values, at = dict[str, str](), len(first)
    for literal, following in others:
        end = text.find(literal, at + 1) if following else len(text) - len(literal)
        if end <= at or not text.startswith(literal, end) or values.setdefault(name, text[at:end]) != text[at:end]:
            return None
        name, at = following, end + len(literal)
    return values


def _filled(sentence: str, values: Mapping[str, str]) -> str:
    """As `str.format` would, where each value is written already: `{ratio:.1f}` is for a number."""
    return "".join(f"{literal}{values[name] if name else ''}" for literal, name in _parts(sentence))
