"""A text as it is spoken: what a listener hears instead of digits and signs, in each shipped language."""

from pathlib import Path

import pytest

from communique.language.formatting import locale_of
from communique.language.speech.pace import words_per_minute
from communique.language.speech.speaking import Speech, count_words, long_addresses, pronounced, unspoken
from communique.read.sources import Copy, copy_of
from communique.texts.words import Words
from tests.shipped_messages import LANGUAGES, workspace

WORDS = "templates/layouts/words"
LOCALES = {"en": "en-GB", "pt": "pt-PT", "ar": "ar-MA"}


def speech(language: str) -> Speech:
    """As the shipped phrases have it."""
    further = Path(__file__).parents[2] / "languages" / language / WORDS / f"{language}.yaml"
    own = {f"{WORDS}/{language}.yaml": further.read_bytes()} if further.is_file() else {}
    phrases = Words(Copy({**copy_of(workspace().sources, under=(WORDS,)).files, **own})).of(language)["speech"]
    return Speech(locale_of(language, LOCALES), phrases, {"+34": ""})


@pytest.mark.parametrize(
    ("language", "written", "spoken"),
    [
        ("en", "Tuesday, 9 February 2027", "Tuesday, the ninth of February twenty twenty-seven"),
        (
            "en-US",
            "February 9, 2027 at 1:30 PM",
            "the ninth of February twenty twenty-seven at one thirty in the afternoon",
        ),
        ("es", "martes, 9 de febrero de 2027", "martes, nueve de febrero de dos mil veintisiete"),
        ("fr", "1 mars 2027", "premier mars deux mille vingt-sept"),
        ("fr", "1er mars 2027", "premier mars deux mille vingt-sept"),
        ("pt", "21 de janeiro de 2027", "vinte e um de janeiro de dois mil e vinte e sete"),
        (
            "pt-BR",
            "1º de junho de 2027, das 9h às 14h30",
            "primeiro de junho de dois mil e vinte e sete, das nove horas às catorze horas e trinta minutos",
        ),
        ("pt-BR", "Ligue para (11) 3366-4566.", "Ligue para um um, três três meia meia, quatro cinco meia meia."),
        ("ar", "9 فبراير 2027", "التاسع من فبراير عام ألفين وسبعة وعشرين"),
        (
            "uk",
            "вівторок, 17:00.\n\n9 травня 2027\u202fр.",
            "вівторок, о п’ятій вечора.\n\nдев’ятого травня дві тисячі двадцять сьомого року.",
        ),
        ("en", "10:00 to 12:00", "ten in the morning to noon"),
        ("es", "a las 10:00, a las 13:30", "a las diez de la mañana, a la una y media de la tarde"),
        ("fr", "de 10:00 à 21:15", "de dix heures à vingt et une heures quinze"),
        (
            "fr",
            "de 10\u00a0h à 21 h 15, le 1er mars 2027",
            "de dix heures à vingt et une heures quinze, le premier mars deux mille vingt-sept",
        ),
        ("pt", "às 1:00, às 22:30", "às uma hora, às vinte e duas horas e meia"),
        ("es", "Plaza Mayor, s/n", "Plaza Mayor, sin número"),
        ("pt", "Rua do Porto, s/n.º, e Praça Nova S/N.", "Rua do Porto, sem número, e Praça Nova sem número."),
        ("ar", "10:00", "العاشرة صباحًا"),
        (
            "id",
            "10.00 dan 13.30, 5.000 orang",
            "sepuluh in the morning dan satu tiga puluh in the afternoon, lima ribu orang",
        ),
        ("en", "5 of 1,500, or 25 %", "five of one thousand, five hundred, or twenty-five per cent"),
        ("es", "1.500 de 3,5", "mil quinientos de tres coma cinco"),
        ("fr", "1\u202f500 personnes", "mille cinq cents personnes"),
        ("ar", "25 عامًا", "خمسة وعشرون عامًا"),
        ("es", "a fin de 2027.", "a fin de dos mil veintisiete."),
        ("en", "https://open.town-hall.example.org/.", "open dot town hyphen hall dot example dot org."),
        ("pt", "ana_gil@vila.example.pt", "ana sublinhado gil arroba vila ponto example ponto pt"),
        (
            "fr",
            "Appelez le 02 35 00 08 71.",
            "Appelez le zéro deux, trente-cinq, zéro zéro, zéro huit, soixante et onze.",
        ),
        ("es", "Llame al +34 955 000 012.", "Llame al nueve cinco cinco, cero cero cero, cero uno dos."),
        ("en", "+44 20 7946 0000", "plus four four, two zero, seven nine four six, zero zero zero zero"),
    ],
)
def test_what_is_written_in_signs_is_said_in_words(language: str, written: str, spoken: str) -> None:
    """By the rules of the language, wherever it stands in a sentence."""
    phrases = "en" if language in {"en-US", "id"} else language
    said = Speech(locale_of(language, LOCALES), speech(phrases).phrases, {"+34": ""}).spoken(written)
    assert said == spoken
    assert unspoken(said) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_cannot_be_said_stays_to_be_found(language: str) -> None:
    """Nothing is guessed: an officer writes it as it is said."""
    assert unspoken(speech(language).spoken("24/7, H2O, 09/02/2027, 2nd, 25:00")) == [
        "24/7,",
        "H2O,",
        "09/02/2027,",
        "2nd,",
        "25:00",
    ]


def test_a_language_that_nobody_can_count_in_keeps_its_digits() -> None:
    """The rest of the text is spoken all the same."""
    maltese = Speech(locale_of("mt", {}), speech("en").phrases)
    assert maltese.spoken("5 fi open.example.org") == "5 fi open dot example dot org"


def test_an_address_of_many_words_is_too_long() -> None:
    """A host is not, whatever its path was cut to."""
    text = "https://open.example.org or https://open.example.org/es/accepted-into-ogp/tell-the-public/ or a@example.org"
    assert list(long_addresses(text, 6)) == ["https://open.example.org/es/accepted-into-ogp/tell-the-public/"]


def test_names_are_spelt_for_the_voice() -> None:
    """As whole words only; signs in what is said mean nothing."""
    assert pronounced("OGP and OGPX", {"OGP": r"O \1 P"}) == r"O \1 P and OGPX"


def test_words_are_counted_in_every_script() -> None:
    """Marks on Arabic letters do not cut them in two; a dash or colon is no word."""
    assert [count_words(each) for each in ("نُحاسَب على وعودنا", "Bonne nouvelle : oui", "one — two")] == [3, 3, 2]


def test_the_settings_know_their_announcers_best() -> None:
    """A language has its own speed; without a measured one it has the mean of all."""
    usual = {language: words_per_minute(language, {}) for language in ("ar", "en", "es", "fr", "pt", "mt")}
    assert usual == {"ar": 97, "en": 160, "es": 153, "fr": 136, "pt": 127, "mt": 129}
    assert (words_per_minute("pt-BR", {"pt": 150}), words_per_minute("pt", {"pt-BR": 150})) == (150, 127)
