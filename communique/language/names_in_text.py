"""Names that a text says nearly as they are known, rooms by their number, and who is said to hold an office."""

import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache

import regex

from communique.language.mistyped_domains import slips

#: Languages whose names have the same letters wherever they stand; in others an ending may be right.
_UNCHANGED = {"en", "es", "fr", "pt"}
_WORD = regex.compile(r"[\p{L}\p{M}](?:[\p{L}\p{M}.-]*[\p{L}\p{M}])?")
_GOES_ON = regex.compile(r"[ \u00a0-]\p{Lu}")
_FEWEST_LETTERS = 7
_FEWEST_WORDS = 2
_FEWEST_OF_A_NAME = 3  #: letters
#: `Room 2`, `sala 12b`, `القاعة 3`: no year, no hour, no share, and nothing that goes on with figures.
_NUMBERED = regex.compile(
    r"(?<![\p{L}\p{N}/])(?P<word>\p{L}{3,})[ \u00a0](?P<number>\d{1,3})(?P<letter>[a-z]?)"
    r"(?![\p{L}\p{N}]|[.,:/–-]\d|[ \u00a0]?(?:%|٪|€|h\b|\p{Ll}))"
)
#: The article that Arabic writes at the word: the same room with it and without.
_ARTICLE = regex.compile(r"^(?:وال|بال|فال|كال|لل|ال)(?=\p{Arabic}{3})")
_CAPITAL = r"\p{Lu}(?:\.|[\p{L}\p{M}’'-]*)"
_SMALL = r"(?:(?:de|del|la|da|do|dos|von|van|el|al|ben|bin)[ \u00a0])*"
_PERSON = rf"{_CAPITAL}(?:[ \u00a0]{_SMALL}{_CAPITAL}){{1,3}}"
_THE = r"(?:the|la|el|le|l[’']|a|o|our|nuestra|nuestro|notre|nossa|nosso)\s"
#: Behind an office: somebody who has not all of it, or not now.
_IN_PART = (
    r"\s(?i:suplente|adjunt|interin|en funciones|en fonctions|honor|elect|saliente|entrante|emérit|sortant|suppléant|"
    r"par intérim|cessante|eleit|substitut|designate|emerit|السابق|بالنيابة)"
)
_ANY_NAME = r"(?<=^|[:.،\n—–-]\s?)\p{L}[\p{L}\p{M}]*(?:[ \u00a0]\p{L}[\p{L}\p{M}]*){1,2}"


@dataclass(frozen=True, slots=True)
class Numbered:
    """A word with a number behind it."""

    words: str  #: as they stand in the text
    word: str  #: to be compared by
    number: str


def numbered(text: str) -> Iterator[Numbered]:
    """What has a number, as rooms have."""
    for match in _NUMBERED.finditer(text):
        word = _ARTICLE.sub("", match["word"].casefold())
        yield Numbered(match[0], word, f"{int(match['number'])}{match['letter']}")


def nearly(text: str, name: str, language: str) -> Iterator[str]:
    """What is one letter away from a name of two words or more, the other words of which are there.

    In languages that bend names nothing is said. An accent that is left out counts, but in English, which has none.
    """
    words = name.split()
    if language.partition("-")[0] not in _UNCHANGED or len(words) < _FEWEST_WORDS or len(name) < _FEWEST_LETTERS:
        return
    found, folded, places = _words_of(text)
    sought = [word.casefold() for word in words]
    # All words but one are there, so that one of the two rarest is where it has to be.
    rarest = sorted(range(len(words)), key=lambda at: len(places.get(sought[at], ())))[:2]
    begins = {place - at for at in rarest for place in places.get(sought[at], ())}
    for at in sorted(each for each in begins if 0 <= each <= len(found) - len(words)):
        same = [one == other for one, other in zip(folded[at : at + len(words)], sought, strict=True)]
        if sum(same) != len(words) - 1:
            continue
        run = [match[0] for match in found[at : at + len(words)]]
        one, other = next((run[i], words[i]) for i, is_same in enumerate(same) if not is_same)
        ends = found[at + len(words) - 1].end()
        whole = text[found[at].start() : ends]
        goes_on = _GOES_ON.match(text, ends)  # `Rosa María Gil` is no slip of `Rosa Marín`
        # Names stand in one line of words, each with a capital letter.
        if (
            one[:1].isupper()
            and not goes_on
            and " ".join(whole.split()) == " ".join(run)
            and _is_slip(one, other, language)
        ):
            yield whole


@lru_cache(maxsize=4)  # one text is held against many names in turn
def _words_of(text: str) -> tuple[list[regex.Match[str]], list[str], dict[str, list[int]]]:
    """The words where they stand, each in small letters, and the numbers of each of these."""
    found = list(_WORD.finditer(text))
    folded = [match[0].casefold() for match in found]
    places: dict[str, list[int]] = {}
    for number, word in enumerate(folded):
        places.setdefault(word, []).append(number)
    return found, folded, places


def exchanged(text: str, abbreviation: str) -> list[str]:
    """An abbreviation with two neighbours in the place of each other: `OPG` for `OGP`."""
    if not regex.fullmatch(r"\p{Lu}{3,6}", abbreviation):
        return []
    slipped = {
        abbreviation[:at] + abbreviation[at + 1] + abbreviation[at] + abbreviation[at + 2 :]
        for at in range(len(abbreviation) - 1)
    } - {abbreviation}
    return list(
        dict.fromkeys(
            each for each in regex.findall(r"(?<![\p{L}\p{N}])\p{Lu}{3,6}(?![\p{L}\p{N}])", text) if each in slipped
        )
    )


def _is_slip(one: str, other: str, language: str) -> bool:
    if _plain(one) == _plain(other):
        return not language.startswith("en")
    return slips(_plain(one), _plain(other)) == 1


def one_letter_apart(one: str, other: str) -> bool:
    """Whether two names are the same but for a letter; accents are none."""
    plain, of_other = _plain(one), _plain(other)
    return len(plain) >= _FEWEST_LETTERS and slips(plain, of_other) == 1


def is_latin(text: str) -> bool:
    """Whether all its letters are Latin ones."""
    return not regex.search(r"(?=\p{L})\P{Latin}", text)


def holders(text: str, office: str) -> Iterator[tuple[str, str]]:
    """Who stands right before an office: `Inés Vidal, Local Government Point of Contact`; and the words of both."""
    has_capitals = office.lower() != office.upper()
    who, comma = (_PERSON, r"(?:\s?[,(–—]\s?|\s)") if has_capitals else (_ANY_NAME, r"\s?[،,]\s?")
    pattern = rf"({who}){comma}(?i:{_THE})?(?i:{regex.escape(office)})(?!\p{{L}}|{_IN_PART})"
    for match in regex.finditer(pattern, text, flags=regex.MULTILINE):
        yield match[1], match[0].strip()


def shares_a_word(one: str, names: Collection[str]) -> bool:
    """Whether a name has a word of one of these: it may be the same person, with other first names."""
    words = {_plain(each) for each in one.split()}
    return any(words & {_plain(each) for each in name.split() if len(each) >= _FEWEST_OF_A_NAME} for name in names)


def _plain(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return "".join(each for each in decomposed if not unicodedata.combining(each))
