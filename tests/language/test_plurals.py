"""What is counted takes the form that its number asks for, in languages with two forms and with six."""

from typing import Any

import pytest
from babel import Locale

from communique.language.plurals import MissingFormError, counted, forms_of
from communique.read.sources import Copy
from communique.texts.templates import TemplateProblemError, Templates
from communique.texts.words import Words

PATH = "templates/city/news/uk/article.md"
FILE = "templates/layouts/words/uk.yaml"
ASKED = "{{ facts.most | counted('commitments') }}"
UKRAINIAN = 'counted:\n  commitments: {one: "# зобов’язання", few: "# зобов’язання", many: "# зобов’язань"}\n'


def filled(words: str, source: str = ASKED, most: object = 5) -> str:
    """A Ukrainian text with these fixed phrases."""
    phrases = Words(Copy({FILE: words.encode()}))
    context: dict[str, Any] = {"language": "uk", "facts": {"most": most}}
    return Templates(phrases.sources, {}, phrases.of).fill_text(PATH, source, context)


@pytest.mark.parametrize(
    ("language", "phrase", "written"),
    [
        ("en", {"one": "# plan", "other": "# plans"}, {0: "0 plans", 1: "1 plan", 21: "21 plans", 1500: "1,500 plans"}),
        (
            "fr",
            {"one": "# plan", "other": "# plans"},
            {0: "0 plan", 1: "1 plan", 1_000_000: "1\u202f000\u202f000 plans"},
        ),
        ("uk", {"one": "# план", "few": "# плани", "many": "# планів"}, {1: "1 план", 3: "3 плани", 11: "11 планів"}),
        (
            "ar",
            {"zero": "لا خطة", "one": "خطة واحدة", "two": "خطتان", "few": "# خطط", "many": "# خطةً", "other": "# خطة"},
            {0: "لا خطة", 1: "خطة واحدة", 2: "خطتان", 3: "3 خطط", 11: "11 خطةً", 100: "100 خطة"},
        ),
    ],
)
def test_each_number_has_its_form(language: str, phrase: dict[str, str], written: dict[int, str]) -> None:
    """By CLDR; a form may do without the number, as Arabic's dual does."""
    locale = Locale.parse(language)
    assert {number: counted(number, phrase, locale) for number in written} == written
    assert set(forms_of(locale)) == set(phrase)


def test_a_number_with_a_form_of_its_own_is_written_so() -> None:
    """Spanish writes small numbers as words; what is larger takes the form that CLDR asks for."""
    phrase = {1: "un plan", 5: "cinco planes", "one": "# plan", "other": "# planes"}
    locale = Locale.parse("es")
    assert [counted(number, phrase, locale) for number in (1, 5, 15)] == ["un plan", "cinco planes", "15 planes"]


def test_a_form_that_is_missing_is_never_made_up() -> None:
    """Neither when a number asks for it, nor before: `check` names it with the numbers that will."""
    with pytest.raises(MissingFormError, match="expected a form `few` for 3, found one, many"):
        counted(3, {"one": "# план", "many": "# планів"}, Locale.parse("uk"))

    lacking = UKRAINIAN.replace("few", "other")
    (problem,) = Words(Copy({FILE: lacking.encode()})).problems(("uk",))
    assert (problem.code, problem.file, problem.line) == ("missing-translation", FILE, 2)
    assert "found none for `few` (2, 3, 4)" in problem.message
    assert Words(Copy({FILE: UKRAINIAN.encode()})).problems(("uk",)) == []


def test_a_text_counts_by_the_name_of_what_is_counted() -> None:
    """The forms stand among the language's fixed phrases, once."""
    assert [filled(UKRAINIAN, most=number) for number in (1, 2, 5)] == [
        "1 зобов’язання",
        "2 зобов’язання",
        "5 зобов’язань",
    ]


@pytest.mark.parametrize(
    ("words", "source", "most", "message"),
    [
        (UKRAINIAN, "{{ facts.most | counted('seats') }}", 5, "expected forms of 'seats'"),
        ("to: до\n", ASKED, 5, "expected forms of 'commitments'"),
        (UKRAINIAN.replace("few", "other"), ASKED, 3, "'commitments': expected a form `few` for 3"),
        (UKRAINIAN, ASKED, "five", "expected a whole number"),
        (UKRAINIAN, ASKED, True, "expected a whole number"),
        (UKRAINIAN, "{{ facts.most | counted }}", 5, "expected what is counted"),
        (UKRAINIAN, "{{ facts.most | counted(facts.most) }}", 5, "expected what is counted"),
        (
            UKRAINIAN,
            "{{ facts.more | counted('commitments') }}",
            5,
            "expected most, the only name there is here; found `more`",
        ),
    ],
)
def test_what_cannot_be_counted_is_said_at_its_line(words: str, source: str, most: object, message: str) -> None:
    """With the way out, and no traceback."""
    with pytest.raises(TemplateProblemError) as caught:
        filled(words, source, most)
    assert message in caught.value.problem.message
    assert (caught.value.problem.file, caught.value.problem.line) == (PATH, 1)
    assert caught.value.problem.hint
