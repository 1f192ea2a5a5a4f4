"""Values in sentences: a town's name behind a word that it changes, and two marks at an end."""

import pytest

from communique.language.contractions import contracted
from communique.plan.checks.put_together import check_put_together
from communique.plan.checks.reading import Text
from tests.shipped_messages import workspace


@pytest.mark.parametrize(
    ("word", "name", "language", "expected"),
    [
        ("de", "Le Havre", "fr", "du Havre"),
        ("à", "Les Ulis", "fr", "aux Ulis"),
        ("de", "Orléans", "fr", "d’Orléans"),
        ("que", "Évry", "fr-CA", "qu’Évry"),
        ("de", "Lyon", "fr", None),
        ("à", "Orléans", "fr", None),
        ("de", "Honfleur", "fr", None),
        ("de", "La Rochelle", "fr", None),
        ("em", "o Porto", "pt", "no Porto"),
        ("por", "a Amadora", "pt-BR", "pela Amadora"),
        ("de", "Lisboa", "pt", None),
        ("de", "El Ejido", "es", None),
    ],
)
def test_a_name_is_joined_as_its_language_joins_it(word: str, name: str, language: str, expected: str | None) -> None:
    """Spanish does not join its article to names that have one; an h may be silent or not, so it is let alone."""
    assert contracted(word, name, language) == expected


def found(place: str, language: str, text: str) -> list[tuple[str, str]]:
    """What is told of a text in a town of this name."""
    settings = workspace().settings
    names = dict.fromkeys(settings.languages, place)
    town = settings.model_copy(update={"government": settings.government.model_copy(update={"place": names})})
    read = {("email", language): Text(language=language, file="a.md", text=text, html="")}
    return [(problem.code, words) for problem, words in check_put_together(town, read)]


def test_a_town_is_told_where_its_name_does_not_fit() -> None:
    """Once for each; who wrote it out is not bothered, nor a town whose name changes nothing."""
    text = "La mairie de Le Havre. À Le Havre et de  Le Havre, Le Havre vous invite ; pour Le Havre, au Havre."
    assert found("Le Havre", "fr", text) == [("name-not-joined", "de Le Havre"), ("name-not-joined", "À Le Havre")]
    assert found("Lyon", "fr", "La mairie de Lyon, à Lyon. Celle de Lyonnaise.") == []
    assert found("o Porto", "pt", "A candidatura de o Porto.") == [("name-not-joined", "de o Porto")]
    assert found("Puerto Claro", "ar", "de Puerto Claro") == []


@pytest.mark.parametrize("text", ["Почнемо 9 лютого 2027\u202fр.. Приходьте.", "He asked why?.", "(Harbour Ltd..)"])
def test_a_sentence_ends_once(text: str) -> None:
    """A value that ends with a mark of its own has no other behind it."""
    assert [code for code, _ in found("Puerto Claro", "en", text)] == ["doubled-mark"]


@pytest.mark.parametrize("text", ["And so on… Well...", "Невже?.. Так.", "See ../a and a..b, or “why?”.", "A. B. C."])
def test_other_marks_are_left_alone(text: str) -> None:
    """Three dots, as some write an ellipsis, Ukrainian two behind a question, and what is no sentence."""
    assert found("Puerto Claro", "en", text) == []
