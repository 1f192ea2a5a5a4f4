"""What the guides quote of the desk is what the desk shows: a button that gets another name gets it there, too."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

import communique
from communique.web.desk.desk_pages import LANGUAGES, words_of
from tests.web.desk.test_desk_table import table

DOCS = Path(__file__).parents[3] / "docs"
PAGES = Path(communique.__file__).parent / "pages" / "desk"
#: In this guide, words in italics are what stands on the screen.
GUIDE = DOCS / "officers" / "desk.md"
_ITALICS = re.compile(r"(?<![*\w])\*([^*]+)\*(?![*\w])")
_CODE = re.compile(r"^```.*?^```|`[^`\n]+`", re.DOTALL | re.MULTILINE)
_BOLD = re.compile(r"\*\*([^*]+)\*\*")
#: What stands in a phrase's place, and in a quotation of it.
_PLACE = re.compile(r"\\\{\w+\\\}")


def quoted() -> list[tuple[str, str]]:
    """Language and words, of every quotation."""
    english = [" ".join(each.split()) for each in _ITALICS.findall(_BOLD.sub("", GUIDE.read_text("utf-8")))]
    guides = [_CODE.sub("", file.read_text("utf-8")) for file in sorted((DOCS / "es").glob("*.md"))]
    spanish = [each for text in guides for each in _BOLD.findall(text)]
    return sorted({("en", each) for each in english} | {("es", each) for each in spanish})


def phrases(words: object, at: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Each with where it stands among the words."""
    if isinstance(words, Mapping):
        for name, inner in words.items():
            yield from phrases(inner, (*at, str(name)))
    elif isinstance(words, list):
        for inner in words:
            yield from phrases(inner, at)
    elif words is not None:
        yield at, str(words)


def test_every_phrase_is_a_whole_text() -> None:
    """A comma in a phrase without quotation marks, within braces, ends it: the rest would be a name without words."""

    def empty(words: object) -> Iterator[str]:
        for name, inner in words.items() if isinstance(words, Mapping) else ():
            yield from [str(name)] if inner is None else empty(inner)

    assert {language: list(empty(words_of(language))) for language in LANGUAGES} == {each: [] for each in LANGUAGES}


@cache
def shown_by() -> str:
    """All that takes words to a page."""
    files = [*PAGES.glob("*.html"), *PAGES.glob("*.txt"), *PAGES.glob("scripts/*.js")]
    return "\n".join(each.read_text("utf-8") for each in files)


def is_shown(at: tuple[str, ...]) -> bool:
    """Whether a page asks for these words: by their name, by a number, or by choosing in one of their groups."""
    *groups, name = at
    called = [groups[-1]] if name in {"one", "other"} else [name]
    patterns = [rf"\.{re.escape(each)}\b" for each in called]
    patterns += [rf"\.{re.escape(each)}(?:\[|\.get\(|\.items\()" for each in groups]
    return any(re.search(each, shown_by()) for each in patterns)


def says(phrase: str, quotation: str) -> bool:
    """Whether a phrase is what is quoted; `…` stands for what its places hold. A sentence may begin with it or not."""
    pattern = _PLACE.sub(".+", re.escape(phrase.rstrip(".:")))
    shortened = re.escape(quotation).replace("…", ".+")
    return any(
        re.fullmatch(one, other, re.IGNORECASE)
        for one, other in ((pattern, quotation.rstrip(".:")), (shortened, phrase))
    )


@cache
def on_the_desk(language: str) -> list[str]:
    """Every phrase that some page shows."""
    return [text for at, text in phrases(words_of(language)) if is_shown(at)]


def test_the_guides_quote_the_desk() -> None:
    """So that the test below has something to do: in both languages."""
    found = quoted()
    assert all(sum(language == each for language, _ in found) > 20 for each in ("en", "es"))


@pytest.mark.parametrize(("language", "words"), quoted())
def test_what_a_guide_quotes_stands_on_the_desk(language: str, words: str) -> None:
    """To the letter, but for capitals."""
    assert any(says(each, words) for each in on_the_desk(language)), f"no page of the desk shows “{words}”"


def test_the_help_has_a_part_for_pages_of_the_desk_and_the_same_in_each_language() -> None:
    """Each page leads to the part of its name; a label that is no more fails where the page is filled."""
    pages = {each.path.partition("/")[0] or "timeline" for each in table()}
    english, spanish = (words_of(language)["help"]["topics"] for language in ("en", "es"))
    assert list(english) == list(spanish)
    assert set(english) <= pages
    labels = [
        [re.findall(r"\*(\w+)\*", " ".join(topic["texts"])) for topic in each.values()] for each in (english, spanish)
    ]
    assert [set(each) for each in labels[0]] == [set(each) for each in labels[1]]


def test_a_phrase_that_no_page_asks_for_is_not_shown() -> None:
    """What only stands in the file of words cannot be found by whoever reads the guide."""
    assert is_shown(("announcement", "approve"))
    assert not is_shown(("announcement", "no_such_phrase_anywhere"))
