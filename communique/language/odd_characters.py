"""Characters that came along when a text was pasted, and look like nothing, or like another letter."""

import unicodedata
from collections.abc import Iterator

import regex

#: Of languages that are written from right to left, where a mark of direction may be needed.
_RIGHT_TO_LEFT = {"ar", "ckb", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"}
_SOFT_HYPHEN = regex.compile(r"\w*\u00ad[\w\u00ad]*")
_DIRECTION = regex.compile(r"[\u200e\u200f\u061c\u202a-\u202c\u2066-\u2069]")
#: Where a picture was, and the bullets of fonts that only one program has.
_OF_A_PROGRAM = regex.compile(r"[\ufffc\uf000-\uf0ff]")
#: Words only: filters put such spaces into numbers and dates, and French before its signs.
_HARD_SPACES = regex.compile(r"(?:\p{L}{2,},?\u00a0){4,}\p{L}{2,}")
_WORD = regex.compile(r"[\p{Latin}\p{Cyrillic}\p{Greek}]{3,}")
#: Letters of other alphabets that look like Latin ones.
_ALIKE = regex.compile(r"[аеорсухіѕјкмнтвАВЕКМНОРСТХІЅЈοναρΑΒΕΖΗΙΚΜΝΟΡΤΥΧ]")
_LATIN_ALIKE = regex.compile(r"[aeopcyxisjkmnbABEKMHOPCTXISJ]")
#: Nearly every text has one alphabet alone, or several in words of their own.
_SIDE_BY_SIDE = regex.compile(r"\p{Latin}[\p{Cyrillic}\p{Greek}]|[\p{Cyrillic}\p{Greek}]\p{Latin}")
_LATIN, _NOT_LATIN = regex.compile(r"\p{Latin}"), regex.compile(r"\P{Latin}")
_MOST_STRANGERS = 2


def marks_of_programs(text: str) -> Iterator[str]:
    """Signs that readers see as an empty box, with the word behind each."""
    for match in _OF_A_PROGRAM.finditer(text):
        yield match[0]


def unseen_within_words(text: str, language: str) -> Iterator[tuple[str, str]]:
    """What stands unseen in a text: words as they are there, and the character."""
    for match in _SOFT_HYPHEN.finditer(text):
        yield match[0], "\u00ad"
    first = _DIRECTION.search(text) if language.partition("-")[0] not in _RIGHT_TO_LEFT else None
    if first is not None:  # they come in pairs, and from one paste
        yield next(word for word in text.split() if first[0] in word), first[0]
    for match in _HARD_SPACES.finditer(text):
        yield match[0], "\u00a0"


def mixed_letters(text: str) -> Iterator[tuple[str, str]]:
    """Words of one alphabet with a letter of another that looks alike: the word, and that letter."""
    if text.isascii() or not _SIDE_BY_SIDE.search(text):
        return
    for match in _WORD.finditer(text):
        word = match[0]
        latin = _LATIN.findall(word)
        others = _NOT_LATIN.findall(word)
        if not latin or not others or "".join(latin).isupper():  # an abbreviation bends: `SMSка`
            continue
        few, alike = (others, _ALIKE) if len(others) < len(latin) else (latin, _LATIN_ALIKE)
        if len(few) <= _MOST_STRANGERS and len(few) < len(word) - len(few) and all(map(alike.fullmatch, few)):
            yield word, few[0]


def name_of(character: str) -> str:
    """As Unicode has it, in small letters."""
    return unicodedata.name(character, "private use character").lower()
