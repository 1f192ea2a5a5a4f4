"""A text, filled: what its readers see, and everything that keeps it from being filled."""

from collections.abc import Mapping
from typing import Any

import pytest

from communique.read.sources import Copy
from communique.texts.articles import Article, Note, write_article, write_note
from communique.texts.templates import TemplateProblemError, Templates
from communique.texts.wording import read_wording

PATH = "templates/news/hello/en/article.md"
CONTEXT = {"language": "en", "facts": {"colour": "blue & *green*"}, "link": "https://a.example/"}
TOP = "---\nheadline: It is {{ facts.colour }}\nsummary: Now you know.\ngreeting: 'Dear {{ recipient.name }},'\n---\n"


def _article(text: str, context: Mapping[str, Any] = CONTEXT) -> Article:
    return write_article(*_read(text), context)


def _note(text: str) -> Note:
    return write_note(*_read(text), CONTEXT)


def _read(text: str) -> Any:
    sources = Copy({PATH: text.encode()})
    wording, problems = read_wording(sources, PATH)
    assert problems == []
    return Templates(sources, {}, lambda _: {}), wording


def test_every_part_is_filled() -> None:
    """Values show as they were typed: escaped in HTML, plain in text; the subject is the headline."""
    article = _article(TOP + "It is **{{ facts.colour }}**.\n")

    assert (article.headline, article.subject) == ("It is blue & *green*",) * 2
    assert article.html.strip() == "<p>It is <strong>blue &amp; *green*</strong>.</p>"
    assert "blue & *green*" in article.text


def test_a_mail_may_have_a_subject_of_its_own() -> None:
    """And the headline stays what it is."""
    article = _article("---\nheadline: H\nsummary: S\nsubject: Another\n---\nHello.\n")
    assert (article.headline, article.subject) == ("H", "Another")


def test_only_who_is_known_is_greeted() -> None:
    """A page made from the same file knows no recipient, and has no greeting."""
    assert _article(TOP).greeting == ""
    assert _article(TOP, {**CONTEXT, "recipient": {"name": "Ana"}}).greeting == "Dear Ana,"


def test_all_faults_are_told_at_once() -> None:
    """Of the top and of the text, each at its line."""
    with pytest.raises(TemplateProblemError) as caught:
        _article("---\nheadline: '{{ facts.nothing }}'\n---\n\nHello {{ facts.nobody }}.\n")
    found = sorted((each.code, each.line) for each in caught.value.problems)
    assert found == [("missing-fact", 2), ("missing-fact", 5), ("missing-front-matter", 1)]


@pytest.mark.parametrize(
    ("source", "hint"),
    [
        ("Hello.\n", "Begin the file with:\n  ---\n  headline: …\n  summary: …\n  ---"),
        ("---\nheadline: H\n---\nHello.\n", "Write there:\n  summary: …"),
    ],
)
def test_what_the_top_lacks_is_told_once_as_it_is_to_be_written(source: str, hint: str) -> None:
    """All of it together, and no second top below the one that is there."""
    with pytest.raises(TemplateProblemError) as caught:
        _article(source)
    assert [each.hint for each in caught.value.problems] == [hint]


def test_a_headline_is_one_line() -> None:
    """What stands on several lines in the file cannot break a header."""
    article = _article("---\nheadline: |\n  One\n  Two\nsummary: S\n---\nHello.\n")
    assert "\n" not in article.headline
    assert article.headline.split() == ["One", "Two"]


def test_a_note_is_its_text_alone() -> None:
    """Without empty lines at its ends; a headline only when it has one."""
    note = _note("---\nheadline: Look\n---\n\nIt is {{ facts.colour }}: {{ link }}\n\n")
    assert (note.text, note.headline) == ("It is blue & *green*: https://a.example/", "Look")
    assert _note("Hello.").headline == ""
