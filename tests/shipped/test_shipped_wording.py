"""How shipped texts are written: what a town’s name would do to them, how they are set, and what stands twice."""

import re

import pytest

from tests import shipped_site
from tests.shipped_messages import LANGUAGES, samples, sources

#: “De” and “à” run together with an article, and “de” and “que” lose their vowel: Le Havre, Les Ulis, Évry. Within a
#: Portuguese sentence o Porto and a Amadora need their article, which the fact does not have.
BEFORE_A_TOWN = {
    "fr": r"\b(?:à|de|du|que|lorsque|jusqu’à)\s+\{\{ government\.(?:place|name) \}\}",
    "pt": r"\b(?:a|à|com|da|de|do|em|na|no|para|por|que)\s+\{\{ government\.(?:place|name) \}\}",
}


@pytest.mark.parametrize("language", BEFORE_A_TOWN)
def test_no_preposition_that_would_change_stands_before_the_name_of_the_town(language: str) -> None:
    """A town has its name with an article or without, with a vowel first or not: the texts fit every one."""
    before = re.compile(BEFORE_A_TOWN[language], re.IGNORECASE)
    texts = {path: words for path, words in sources().items() if f"/{language}/" in path}
    assert texts
    assert {path: found[0] for path, words in texts.items() if (found := before.search(words))} == {}


def test_a_portuguese_town_begins_its_sentence_with_its_article() -> None:
    """`place: o Porto` stands in the settings as it stands within a sentence."""
    small = re.compile(r"(?:^|[.?!\]|] |\[|\*\*)\{\{ government\.place \}\}", re.MULTILINE)
    portuguese = {path: words for path, words in sources().items() if "/pt/" in path}
    assert portuguese
    assert {path: found[0] for path, words in portuguese.items() if (found := small.search(words))} == {}


#: What a keyboard has instead of the marks that French is set with, outside of what stands in braces.
TYPED = re.compile(r"(?<=\w)'(?=\w)|[“”]|(?<=\w)[;?!](?=\s)|(?i:n°)|\b\d+ ?ère?s?\b", re.MULTILINE)


def test_french_is_set_as_it_is_printed() -> None:
    """Curly apostrophes, « », a space before two-part signs; the spaces that do not break come by themselves."""
    french = {path: re.sub(r"\{[{%].*?[%}]\}|\(\S+\)|https?://\S+", "", words) for path, words in sources().items()}
    french = {path: words for path, words in french.items() if "/fr/" in path}
    assert {path: found[0] for path, words in french.items() if (found := TYPED.search(words))} == {}


def test_no_french_sign_can_begin_a_line() -> None:
    """In no part of any message, whether its words come from a text, a phrase or a fact."""
    loose = re.compile(r"[^\W_][)»”]? [;:?!»](?=\s|$)|« ")
    said = {f"{each.announcement}/{each.channel}": each.words for each in samples() if each.language == "fr"}
    assert said
    assert {name: found[0] for name, words in said.items() if (found := loose.search(words))} == {}


def test_no_arabic_verb_agrees_with_the_name_of_the_government() -> None:
    """A town (بلدية) is feminine, a council or a province (مجلس، إقليم) is not: whose name it is no text knows."""
    verb = re.compile(r"(?:(?<!\S)[وف]?ت\S+|\S+ت) {{ government\.name }}|{{ government\.name }} ت")
    arabic = {path: words for path, words in sources().items() if "/ar/" in path}
    assert verb.search("انضمّت {{ government.name }} إلى الشراكة")
    assert [f"{path}: {found[0]}" for path, words in arabic.items() if (found := verb.search(words))] == []


def test_no_arabic_text_is_of_a_city_alone() -> None:
    """Regions and provinces are members, too."""
    arabic = {path: words for path, words in sources().items() if "/ar/" in path}
    assert len(arabic) > 50
    assert [path for path, words in arabic.items() if "مدين" in words] == []


def test_link_and_hashtag_of_an_arabic_post_stand_on_a_line_of_their_own() -> None:
    """The link first: a # between Arabic and Latin letters, or first in a line, would be shown behind its word."""
    posts = {path: words for path, words in sources().items() if path.endswith("/ar/social.txt")}
    assert len(posts) > 5
    for path, words in posts.items():
        assert [line for line in words.splitlines() if "link }}" in line or "hashtag }}" in line] == [
            "{{ link }} {{ hashtag }}"
        ], path


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_process_page_has_each_of_its_headings_once(language: str) -> None:
    """What its announcement says under headings stands between the sections that every such page has."""
    text = sources()[f"templates/accepted-into-ogp/open-the-process-page/{language}/article.md"]
    fixed = shipped_site.words(language)
    own = set(re.findall(r"^## (.+)$", text, re.MULTILINE))
    assert own
    assert own & set(map(str, (fixed["take_part"], *fixed["process_page"].values()))) == set()
