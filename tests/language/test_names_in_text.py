"""Names, rooms and offices in texts of several languages: what is a slip, and what is another name."""

from datetime import UTC, datetime

import pytest

from communique.language.facts_in_text import currencies_in, facts_in
from communique.language.formatting import locale_of
from communique.language.names_in_text import holders, nearly, numbered, one_letter_apart, shares_a_word
from communique.language.pasted_words import paragraphs_unended
from communique.language.personal_data import mobile_numbers, private_addresses
from communique.language.stray_signs import broken_hashtags
from communique.plan.checks.between_languages import check_between_languages
from communique.plan.checks.prose import check_prose
from communique.plan.checks.reading import Text
from communique.plan.checks.sense import check_sense
from communique.texts.markdown import to_html, to_text
from tests.shipped_site import SETTINGS


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Town Hall, Room 2, Plaza Mayor 1", [("room", "2"), ("mayor", "1")]),
        ("sala 12b; salle 3.", [("sala", "12b"), ("salle", "3")]),
        ("في القاعة 2، وبالقاعة ٣", [("قاعة", "2"), ("وبالقاعة", "3")]),
        ("зал 4", [("зал", "4")]),
        ("on 2 March, 40 people, Room 10:30, up 12 %, room 2 €", []),
        ("Law 39/2015, bus 3rd, by 2,5 and 2027 alone", []),
    ],
)
def test_what_has_a_number(text: str, found: list[tuple[str, str]]) -> None:
    """Rooms and houses; no hours, shares, prices, laws or ordinals."""
    assert [(each.word, each.number) for each in numbered(text)] == found


@pytest.mark.parametrize(
    ("text", "name", "language", "found"),
    [
        ("Hoy habla Ines Vidal.", "Inés Vidal", "es", ["Ines Vidal"]),
        ("Inès Vidale parle.", "Inès Vidal", "fr", ["Inès Vidale"]),
        ("Come to Puerto Clara now.", "Puerto Claro", "en", ["Puerto Clara"]),
        ("Ines Vidal speaks.", "Inés Vidal", "en", []),
        ("INÉS VIDAL, Inés\nVidal, Inés Vidal’s", "Inés Vidal", "es", []),
        ("Inés María, Luis Vidal, Inés Vidales Roca, la Inés vida", "Inés Vidal", "es", []),
        ("Rosa María Gil", "Rosa Marín", "es", []),
        ("бачимо Інесу Відаль", "Інеса Відаль", "uk", []),
        ("Elena Roblesi eman", "Elena Robles", "eu", []),
    ],
)
def test_a_name_that_is_nearly_known(text: str, name: str, language: str, found: list[str]) -> None:
    """One letter away; never in languages whose names change their ends, nor as part of a longer name."""
    assert list(nearly(text, name, language)) == found


def test_who_holds_an_office() -> None:
    """The name before it, with a comma or without, and in a script without capitals only with one."""
    assert list(holders("Our guest is Marta Soler, the Mayor of Littleton.", "mayor of Littleton")) == [
        ("Marta Soler", "Marta Soler, the Mayor of Littleton")
    ]
    assert [name for name, _ in holders("— Ana de la Fuente (alcaldesa de X)", "alcaldesa de X")] == [
        "Ana de la Fuente"
    ]
    assert [name for name, _ in holders("للتواصل: مارتا سولير، نقطة الاتصال", "نقطة الاتصال")] == ["مارتا سولير"]
    assert list(holders("We thank the mayor of Littleton. Dear mayor of Littleton.", "Mayor of Littleton")) == []
    assert list(holders("Habla Eva Sanz, alcaldesa de X en funciones.", "alcaldesa de X")) == []
    assert list(holders("Eva Sanz, Deputy Mayor of X, and Bo Lee, former Mayor of X.", "Mayor of X")) == []
    assert list(holders("كتبنا إلى نقطة الاتصال", "نقطة الاتصال")) == []
    assert shares_a_word("E. Robles", ["Elena Robles"])
    assert not shares_a_word("Marta Soler", ["Elena Robles"])


def test_one_person_in_two_languages() -> None:
    """Accents are left out of some languages on purpose; a letter is not."""
    assert one_letter_apart("Elena Robles", "Helena Robles")
    assert not one_letter_apart("Tomás Iborra", "Tomas Iborra")
    assert not one_letter_apart("Luis", "Luise")


def test_a_paragraph_that_has_no_end() -> None:
    """Only where others have one; not what is signed, listed, linked, or written in lines."""
    whole = "We will answer every one of the proposals.\n\nThe answers will be on this page for a year.\n\n"
    cut = "The plan will be published when the council"
    for right in (
        "- a list of what we need before the meeting begins",
        "1. what we need before the meeting, and\n\n   who is going to bring all of it along",
        "Inés Vidal, who speaks for the town hall and its people",
        "> — Inés Vidal for the town hall and all of its people",
        "Read all that we know of it and much more on [our page](https://example.org)",
        "Roses are red and violets are blue,\\\nsugar is sweet and so are you",
        "## A headline that goes on and on and on for long",
        "We need all of these before the meeting begins:",
    ):
        assert list(paragraphs_unended(to_html(whole + right))) == []
    assert list(paragraphs_unended(to_html(whole + cut))) == [cut]
    assert list(paragraphs_unended(to_html(cut))) == []


def test_data_of_private_people() -> None:
    """A list of them; one address may be an association's, and a house has numbers of its own."""
    assert private_addresses("ana@gmail.com; bo@hotmail.com, ana@gmail.com") == ["ana@gmail.com", "bo@hotmail.com"]
    assert private_addresses("choir@gmail.com and open@town.example.org") == []
    assert len(mobile_numbers("612 345 678, 613345678 and +34 614 34 56 78", "+34 955 000 000")) == 3
    assert len(mobile_numbers("06 12 34 56 78, 07 12 34 56 78, +33 6 12 34 56 79", "+33 1 23 45 67 89")) == 3
    assert mobile_numbers("955 000 000, 954 000 000, 953 000 000, 612 345 678", "+34 955 000 000") == []
    assert mobile_numbers("612 345 678, 613 345 678, 614 345 678", "") == []
    assert mobile_numbers("9161234567, 9161334567, 9161434567, 1612345678, 1613345678", "+34 955 000 000") == []


def test_a_hashtag_broken_by_a_space() -> None:
    """Numbers may have one."""
    assert list(broken_hashtags("# OpenGov and @ town")) == ["# OpenGov", "@ town"]
    assert list(broken_hashtags("#OpenGov, # 3, C# is, a@b.org, #")) == []


@pytest.mark.parametrize(
    ("text", "currencies"),
    [
        ("40 €, €40, 40 euros, 40 يورو, 40 євро", {"EUR"}),
        ("$40 or 40 dólares", {"USD"}),
        ("300 dirhams, 300 درهم", {"MAD"}),
        ("200 грн", {"UAH"}),
        ("the euro, a pound of sugar, $HOME, European 40", set()),
    ],
)
def test_the_money_of_a_text(text: str, currencies: set[str]) -> None:
    """As languages write it, beside a number."""
    assert currencies_in(text) == currencies


def test_money_that_is_another_one_in_a_translation() -> None:
    """Only where both say one."""

    def said(spanish: str) -> list[str]:
        texts = {
            ("email", language): Text(language=language, file=f"{language}/article.md", text=text, html="")
            for language, text in (("en", "It costs 5 € a year."), ("es", spanish))
        }
        return [str(each.message) for each in check_between_languages({}, texts)]

    assert said("Cuesta 5 euros al año.") == said("Cuesta cinco al año.") == []
    assert said("Cuesta 5 $ al año.") == ["expected the same in `en` and `es`, found EUR in `en` and USD in `es`"]


@pytest.mark.parametrize(
    ("french", "english"),
    [("Vous êtes 3 128.", "You are 3,128."), ("Le billet coûte 2,50 €.", "A ticket is €2.50."), ("18 h 30", "6.30 pm")],
)
def test_numbers_as_languages_write_them(french: str, english: str) -> None:
    """With an ordinary space between thousands, a sign of money in front; hours are none."""
    one, other = (
        facts_in(text, language, locale_of(language, {})).numbers
        for text, language in ((french, "fr"), (english, "en"))
    )
    assert one == other


def test_what_differs_from_several_languages_is_told_once() -> None:
    """At the first one where all others agree, else at those that differ, naming them."""

    def said(**by_language: str) -> list[tuple[str, str]]:
        texts = {
            ("email", language): Text(language=language, file=f"{language}/article.md", text=text, html="")
            for language, text in by_language.items()
        }
        return [(each.file, str(each.message)) for each in check_between_languages({}, texts)]

    assert said(en="We have 240 seats.", es="Hay 240.", fr="Il y en a.") == [
        ("fr/article.md", "expected the same in `en` and `fr`, found 240 in `en` only")
    ]
    assert said(en="We have 240 seats.", es="Hay sitio.", fr="Il y en a.") == [
        ("en/article.md", "expected the same in `en` and `es`, `fr`, found 240 in `en` only")
    ]


@pytest.mark.parametrize("language", ["id", "eu", "sw", "de"])
def test_checks_that_go_by_words_are_silent_where_they_know_none(language: str) -> None:
    """Whether something grew, or a word stands twice on purpose, only words tell."""
    written = "Anggaran naik 130 %, poliki poliki, sana sana. Die, die die Sitzung planen, bleiben."
    it = Text(language=language, file="a/article.md", text=to_text(written), html=to_html(written))
    texts = {("email", language): it}
    found = [*check_prose(texts), *check_sense(SETTINGS, texts, datetime(2027, 2, 2, tzinfo=UTC))]
    assert [problem.code for problem, _ in found] == []
