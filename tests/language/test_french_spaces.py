"""French signs keep the word before them on their line, however the space was typed."""

from dataclasses import replace

import pytest
from babel import Locale

from communique.language.speech.speaking import Speech
from communique.localisation.french_spaces import is_french, with_french_spaces
from communique.localisation.localised import localise
from communique.read.sources import Copy
from communique.texts.templates import Templates
from communique.texts.words import Words


@pytest.mark.parametrize(
    ("typed", "set_as"),
    [
        ("Une idée ? Oui !", "Une idée\u202f? Oui\u202f!"),
        ("**Lieu :** la mairie ; puis rien", "**Lieu\u00a0:** la mairie\u202f; puis rien"),
        ("pour {{ place }} ? Ici : {{ link }}", "pour {{ place }}\u202f? Ici\u00a0: {{ link }}"),
        ("sous « alerts » :", "sous «\u00a0alerts\u00a0»\u00a0:"),
        (
            "[{{ a if b else ' ?' }}](https://a.example/x?y=1;z=2)",
            "[{{ a if b else ' ?' }}](https://a.example/x?y=1;z=2)",
        ),
        ("| --- | :--- | 10:30 ?=", "| --- | :--- | 10:30 ?="),
        ("déjà\u202f? oui", "déjà\u202f? oui"),
    ],
)
def test_a_sign_stays_with_its_word(typed: str, set_as: str) -> None:
    """Addresses, tables and what stands in braces stay as they are."""
    assert with_french_spaces(typed) == set_as


def test_french_texts_and_phrases_have_them() -> None:
    """Those of other languages do not."""
    files = {"templates/layouts/words/fr.yaml": b"ask: {more: ['Une question ?']}\nspeech: {x: 'a ?'}\n"}
    words = Words(Copy(files))
    assert words.of("fr")["ask"]["more"] == ["Une question\u202f?"]
    assert words.of("fr")["speech"]["x"] == "a ?"
    templates = Templates(Copy({}), {}, words.of)
    assert templates.fill_text("templates/a/b/fr/x.txt", "Une idée ?", {}) == "Une idée\u202f?"
    assert templates.fill_line("templates/a/b/es/article.md", "a ?", {}) == "a ?"
    assert [is_french(each) for each in ("fr", "fr-BE", "fr-CA", "es")] == [True, True, False, False]


def test_canada_has_a_space_before_the_colon_alone() -> None:
    """In texts, phrases and facts that are those of France, and in its own."""
    words = Words(Copy({"templates/layouts/words/fr.yaml": b"ask: 'Une question ?'\n"}))
    assert words.of("fr-CA")["ask"] == "Une question?"
    templates = Templates(Copy({}), {}, words.of)
    for folder in ("fr", "fr-CA"):
        path, language = f"templates/a/b/{folder}/x.txt", {"language": "fr-CA"}
        assert templates.fill_text(path, "Dates : non ! « Oui ? »", language) == "Dates\u00a0: non! «\u00a0Oui?\u00a0»"
        assert templates.fill_line(path, "{{ x }} : « bon » ;", {**language, "x": 1}) == "1\u00a0: «\u00a0bon\u00a0»;"
    assert localise({"fr": "Quand ?"}, "fr-CA", ("fr-CA",)) == "Quand?"


def test_what_an_officer_writes_in_yaml_has_them_too() -> None:
    """A fact, a setting, the name of a stage: in the language of the reader, or in one for all."""
    agenda = [{"moment": {"fr": "Que veut dire « ouvert » ?", "es": "¿Qué es ?"}, "minutes": 5}]
    assert localise(agenda, "fr", ("es", "fr")) == [
        {"moment": "Que veut dire «\u00a0ouvert\u00a0»\u202f?", "minutes": 5}
    ]
    assert localise(agenda, "es", ("es", "fr")) == [{"moment": "¿Qué es ?", "minutes": 5}]
    assert localise({"title": "Une idée ?"}, "fr", ("fr",)) == {"title": "Une idée\u202f?"}


def test_what_is_read_aloud_has_them_in_captions_and_on_the_sheet() -> None:
    """Words for numbers come in between, and no sign begins a line all the same."""
    speech = Speech(Locale.parse("fr"), {"percent": "pour cent", "point": "virgule"})
    assert speech.spoken("Bonne\u202fnouvelle : 5 idées !") == "Bonne nouvelle\u00a0: cinq idées\u202f!"
    assert replace(speech, locale=Locale.parse("fr_CA")).spoken("Une idée ?") == "Une idée ?"
