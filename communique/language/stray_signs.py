"""Signs, letters and capitals that stand in a text by a slip of the keyboard."""

from collections.abc import Iterator

import regex

from communique.language.prefilter import Prefiltered

_STRAY = regex.compile(
    # A space before a comma or full stop; French has one before other signs only.
    r"[\p{L}\p{N}]+[ \t]+[,،.]{1,3}(?=\s|$)"
    # Twice what stands once; three full stops are a pause.
    r"|\p{L}+(?:,,+|،،+|;;+|::+|!{2,}|؟{2,}|(?<![.?])\?{2}(?!\?))(?!\S*[/@])"
    # After an abbreviation, which has one of its own, a filter's full stop may meet that of the sentence: `2027 р..`
    r"|\p{L}{4,}\.{2}(?!\.)"
    # Hashtags without a space between them, and one without its word.
    r"|(?<!\S)#[\p{L}\p{N}_]+[ \t]?[,;](?=#)"
    r"|(?<!\S)#(?=\s*$)"
    r"|€{2,}|\${2,}|%{2,}",
    regex.MULTILINE,
)
_ANY_STRAY = Prefiltered(
    pattern=_STRAY,
    signs=(
        *(f"{space}{mark}" for space in " \t" for mark in ",،."),
        *(",,", "،،", ";;", "::", "!!", "؟؟", "??", "..", "#", "€€", "$$", "%%"),
    ),
)
#: `# OpenGov`, `@ puertoclaro`; numbers may have a space behind the sign (`# 3`).
_APART = regex.compile(r"(?<!\S)[#@][ \t\u00a0]+\p{L}[\p{L}\p{N}_]*")
#: Networks end a hashtag at a hyphen, and make none of figures alone.
_NO_TAG = regex.compile(r"(?<!\S)#(?:\p{L}[\p{L}\p{N}_]*-\p{L}[\p{L}\p{N}_-]*|20\d\d(?![\p{L}\p{N}_/-]))")
_ADDRESS = regex.compile(r"https?://[^\s()]+|[^\s()]+@[^\s()]+")
#: Four words or more: names of organisations are shorter.
_CAPITALS = regex.compile(r"(?<![\p{L}\p{N}])(?:\p{Lu}+[ \t]+){3,}\p{Lu}+(?![\p{L}\p{N}])")
_FEWEST_LETTERS = 12
_LETTER_O = regex.compile(r"(?<![\p{L}\p{N}.])(?:\d+O[\dO]*|O\d[\dO]+)(?![\p{L}\p{N}])")
_PAIRS = {"(": ")", "[": "]", "«": "»", "“": "”"}
_WORD_BEHIND = regex.compile(r".\S*")
#: Spanish opens what it asks and calls out.
_SPANISH = {"?": "¿", "!": "¡"}
_ANY_PAIR = (*_PAIRS, *_SPANISH, *_SPANISH.values())


def stray_signs(text: str) -> Iterator[str]:
    """Each with the word that it stands behind."""
    if _ANY_STRAY.may_be_in(text):
        for match in _ANY_STRAY.finditer(_ADDRESS.sub("·", text)):
            yield match[0]


def broken_hashtags(text: str) -> Iterator[str]:
    """The sign of a hashtag or an account with a space or a hyphen behind it, or with figures alone: mere words."""
    for pattern in (_APART, _NO_TAG):
        for match in pattern.finditer(text):
            yield match[0]


def open_signs(paragraph: str, language: str) -> Iterator[tuple[str, str]]:
    """Brackets and quotation marks without their partner: the one that is there with its word, and the missing one.

    A closing one alone may be the mark of a list (`a)`). What German and others close with “ tells nothing.
    """
    if not any(sign in paragraph for sign in _ANY_PAIR):
        return
    plain = _ADDRESS.sub("·", paragraph)
    for opening, closing in _PAIRS.items():
        if plain.count(opening) > plain.count(closing) and (opening != "“" or language[:2] in {"en", "es", "pt"}):
            yield _at_the_open_one(plain, opening, closing), closing
    for closing, opening in _SPANISH.items() if language[:2] == "es" else ():
        if plain.count(closing) and not plain.count(opening):
            yield _word_before(plain, plain.index(closing)), opening
        elif plain.count(opening) and not plain.count(closing):
            yield _at_the_open_one(plain, opening, closing), closing


def _at_the_open_one(text: str, opening: str, closing: str) -> str:
    """The first that stays open, with the word behind it."""
    left: list[int] = []
    for at, sign in enumerate(text):
        if sign == opening:
            left.append(at)
        elif sign == closing and left:
            left.pop()
    found = _WORD_BEHIND.match(text, left[0]) if left else None
    return str(found[0]) if found else opening


def _word_before(text: str, at: int) -> str:
    return text[:at].rsplit(maxsplit=1)[-1] + text[at] if text[:at].strip() else text[at]


def letters_in_numbers(text: str) -> Iterator[str]:
    """Numbers with a capital O in the place of a zero."""
    for match in _LETTER_O.finditer(text):
        yield match[0]


def capitals_in(text: str) -> Iterator[str]:
    """Runs of words in capitals."""
    for match in _CAPITALS.finditer(text):
        if sum(map(str.isalpha, match[0])) >= _FEWEST_LETTERS:
            yield match[0]
