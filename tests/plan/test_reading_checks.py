"""Whether a text is easy to read, and a mail one that gets through: what is warned of, and what is not."""

from dataclasses import replace

import pytest

from communique.channel import Mail
from communique.plan.checks.mail_traits import check_mail_traits
from communique.plan.checks.reading import Text, check_reading, starts_of
from communique.texts.markdown import to_html, to_text
from tests.workspaces import Town

FILE = "templates/news/hello/en/article.md"


def codes(written: str, language: str = "en") -> list[str]:
    """Of what is wrong with a text."""
    text = Text(language=language, file=FILE, text=to_text(written), html=to_html(written))
    return [problem.code for problem, _ in check_reading({("email", language): text, ("website", language): text})]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        (f"{'word ' * 25}end.", "long-sentence"),
        ("Read it [here](https://example.org/agenda).", "vague-link"),
        ("See [bank.example.com](https://example.org/x).", "link-shows-another"),
        ("See [the agenda](https://bit.ly/3xYz).", "shortened-link"),
        ("### Straight to level three\n\nText.", "heading-skipped"),
    ],
)
def test_what_makes_a_text_hard_to_read_is_named_once(written: str, code: str) -> None:
    """Whatever number of channels carry it."""
    assert codes(written) == [code]


@pytest.mark.parametrize(
    "written",
    [
        f"{'word ' * 24}end. {'Word ' * 24}end.",
        "\n".join(f"- {'word ' * 20}" for _ in range(3)),
        "\n".join(["| one | two |", "|---|---|", *("| many words in a cell | and in another |" for _ in range(9))]),
        "See [example.org](https://www.example.org/a) or [write to us](mailto:a@example.org).\n\n## Two\n\n### Three",
    ],
)
def test_what_is_easy_to_read_is_left_alone(written: str) -> None:
    """Lists and tables are no sentences, and an address may show its host."""
    assert codes(written) == []


def test_an_address_that_hides_where_it_leads_is_found_in_a_post() -> None:
    """Where no Markdown makes links."""
    post = Text(language="en", file=FILE, text="See https://bit.ly/3xYz or https://example.org/bit.ly now.", html="")
    assert [(each.code, words) for each, words in check_reading({("x", "en"): post})] == [("shortened-link", "bit.ly")]


def test_other_languages_may_take_more_words() -> None:
    """The rule is stated for each."""
    assert codes(f"{'palabra ' * 29}fin.", "es") == []
    assert codes(f"{'palabra ' * 30}fin.", "es") == ["long-sentence"]
    assert list(starts_of("a b\nc")) == ["a b\nc", "a b c"]
    assert list(starts_of("a b c d e")) == ["a b c d e", "a b c d", "a b c"]


def test_mails_that_filters_and_programs_treat_badly_are_named() -> None:
    """Their size and their subject."""
    fine = Mail(subject="OGP: good news!", text="", html="<p>")
    for mail, code in (
        (fine, ""),
        (replace(fine, subject="GREAT NEWS FOR ALL"), "shouting-subject"),
        (replace(fine, subject="Great news!!"), "shouting-subject"),
        (replace(fine, html="x" * (102 * 1024 + 1)), "mail-clipped"),
    ):
        found = check_mail_traits({("email", "en"): mail}, {("email", "en"): FILE})
        assert [problem.code for problem, _ in found] == ([code] if code else [])


def test_a_long_sentence_is_pointed_at(town: Town) -> None:
    """At its line, though it has facts in it; and the announcement goes out all the same."""
    town.edit(
        FILE, "hello.", f"hello.\n\nThis is a long sentence in {{{{ facts.colour }}}} {'and more words ' * 9}here."
    )
    town.invite("ana")
    standing = town.standing()
    assert standing.preflight is not None
    (problem,) = standing.preflight.problems
    assert (problem.code, problem.line) == ("long-sentence", 7)
    assert standing.will_go
