"""Words that stand twice in a row by a slip: “the the”."""

from collections.abc import Iterator

import regex

#: What a language says twice on purpose.
_ON_PURPOSE = frozenset({"had", "that", "nous", "vous", "muy", "poco", "bla", "ha", "no", "que", "très", "so", "very"})
#: Arabic and its neighbours say a word twice for “one by one”: of theirs only these.
_SMALL = frozenset(
    {"في", "من", "على", "إلى", "عن", "أن", "إن", "هذا", "هذه", "التي", "الذي", "مع", "أو", "قد", "لا", "و"}
)
#: In the same line or over the end of one, with nothing but space between; a name may be a double one (`Bora Bora`).
_TWICE = regex.compile(
    r"(?<![\p{L}\p{N}'’-])(\p{L}[\p{L}\p{M}]*)"
    r"[ \t\u00a0]*(?:\n[ \t]*|[ \t\u00a0])"
    r"(\p{Ll}+|\p{Lo}[\p{L}\p{M}]*)(?![\p{L}\p{M}\p{N}'’-])"
)
_WORD = regex.compile(r"\p{L}[\p{L}\p{M}]*")
_NO_SMALL_LETTER = regex.compile(r"\p{Lo}")


def doubled_words_in(text: str) -> Iterator[str]:
    """Each pair as it stands there."""
    words = [word.casefold() for word in _WORD.findall(text)]
    if not any(map(str.endswith, words, words[1:])):
        return  # sooner known than what stands between all the words
    for match in _TWICE.finditer(text, overlapped=True):
        first, second = match[1], match[2]
        is_small = second in _SMALL or not _NO_SMALL_LETTER.match(second)
        if first.casefold() == second.casefold() and second.casefold() not in _ON_PURPOSE and is_small:
            yield match[0]
