"""What may look like a slip of the pen, and what is none."""

import pytest

from communique.language.common_words import language_of
from communique.language.dates_in_figures import dates_in_figures
from communique.language.doubled_words import doubled_words_in
from communique.language.hours_in_text import hours_in
from communique.language.stray_signs import capitals_in, letters_in_numbers, open_signs, stray_signs
from communique.language.weekday_check import weekdays_without_year


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("at 18:00", [(1080,)]),
        ("a las 18:00 h", [(1080,)]),
        ("at 6 p.m. or 6:30pm", [(1080,), (1110,)]),
        ("à 18 h 30, às 18h30", [(1110,), (1110,)]),
        ("at 9:15", [(555, 1275)]),
        ("at midnight, 24:00", [(0,)]),
        ("25:30 and 10:75", [(), ()]),
        ("16:9, 1:100, 10:00:00, 2027-01-01 and version 1.10", []),
        ("الساعة ١٨:٠٠", [(1080,)]),
        ("من 10:00 ص إلى 12:30 م.", [(600,), (750,)]),
        ("الساعة 6:30 مساءً أو 9 صباحًا، أو 12 ص", [(1110,), (540,), (0,)]),
        ("من 5:15\u200f م حتى ٧ بعد الظهر", [(1035,), (1140,)]),
        ("على بعد 5 م من الباب، عام 2027 م", []),
    ],
)
def test_hours_are_read_as_each_language_writes_them(text: str, expected: list[tuple[int, ...]]) -> None:
    """In minutes since midnight; both halves of the day where a text does not say which; none for no hour."""
    assert [tuple(sorted(each.minutes)) for each in hours_in(text)] == expected


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("12/01/2026", ["2026-01-12", "2026-12-01"]),
        ("31.12.2026", ["2026-12-31"]),
        ("05-05-2026", ["2026-05-05"]),
        ("31/11/2026", []),
    ],
)
def test_a_date_in_figures_has_one_reading_or_two(text: str, readings: list[str]) -> None:
    """Or none at all."""
    (found,) = dates_in_figures(f"On {text}, it begins.")
    assert [each.isoformat() for each in found.readings] == readings


@pytest.mark.parametrize("text", ["45/13/2026", "1/12/2026/3", "https://example.org/01/02/2026/plan", "2026-01-02"])
def test_what_is_no_date_in_figures(text: str) -> None:
    """Numbers of files, addresses, and dates that have one reading everywhere."""
    assert list(dates_in_figures(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "He had had enough, and that that was so.",
        "Nous nous voyons, et vous vous inscrivez.",
        "In Bora Bora.",
        "نتحدّث اثنين اثنين",
        "el, el otro",
        "the\n\nthe next",
    ],
)
def test_what_is_said_twice_on_purpose(text: str) -> None:
    """Verbs, names, pairs, and words of two paragraphs."""
    assert list(doubled_words_in(text)) == []


def test_a_doubled_word_is_found_over_the_end_of_a_line() -> None:
    """As mails in plain text break them."""
    assert list(doubled_words_in("Come to the\nthe hall, la la sala, في في البلدية.")) == ["the\nthe", "la la", "في في"]


@pytest.mark.parametrize(
    ("text", "expected", "found"),
    [
        ("Le invitamos a la reunión de los vecinos con el ayuntamiento y las asociaciones.", "en", "es"),
        ("Nous vous invitons à la réunion des habitants avec les associations de la ville.", "es", "fr"),
        ("Convidamos os moradores do bairro para uma reunião com as associações da cidade.", "es", "pt"),
        ("We invite the residents to a meeting with their associations and the council.", "uk", "en"),
        ("We invite the residents to a meeting with their associations and the council.", "en-GB", ""),
        ("Presentado por la Red Vecinal Puerto Abierto and the University, with all of you at the table.", "en", ""),
        ("Il comune invita tutti i cittadini alla riunione con le associazioni del quartiere.", "it", ""),
        ("Welcome to the hall.", "es", ""),
        ("Tuesday 6 April 2027: Rennes-sur-Lune, Maison des associations, 6 cours des Alliés.", "en", ""),
    ],
)
def test_a_paragraph_is_told_by_its_small_words(text: str, expected: str, found: str) -> None:
    """Only where it is sure: of unknown languages, of names and of short texts nothing is said."""
    assert language_of(text, expected) == found


@pytest.mark.parametrize(
    "text",
    [
        "Come … and see...",
        "a.b.c, e.g., 3.14",
        "https://example.org/a,,b",
        "Vraiment ? Oui !",
        "5 € or 5%",
        "до 30 квітня 2027 р.. Далі",
    ],
)
def test_signs_that_stand_where_they_belong(text: str) -> None:
    """Pauses, abbreviations, addresses, and the spaces of French."""
    assert list(stray_signs(text)) == []


def test_signs_that_do_not() -> None:
    """Each with its word."""
    assert list(stray_signs("Come!!! Bring paper , pens,, and 5 €€ there..")) == [
        "Come!!!",
        "paper ,",
        "pens,,",
        "€€",
        "there..",
    ]


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Bring (at least) one (or two.", "en", [("(or", ")")]),
        ("a) one (two)", "en", []),
        ("[page](https://example.org/a)", "en", []),
        ("Viene usted?", "es", [("usted?", "¿")]),
        ("¿Viene usted.", "es", [("¿Viene", "?")]),
        ("¿Viene? ¡Sí!", "es", []),
        ("„So“ heißt es.", "de", []),
    ],
)
def test_pairs_that_are_not_closed(text: str, language: str, expected: list[tuple[str, str]]) -> None:
    """Found at the word of the one that is there."""
    assert list(open_signs(text, language)) == expected


def test_letters_and_capitals() -> None:
    """Formulas, names and abbreviations are none of them."""
    assert list(letters_in_numbers("It costs 1O euros, with CO2, H2O and O2.")) == ["1O"]
    assert list(capitals_in("UNESCO AND OGP ARE HERE NOW, says OGP Local in the USA.")) == [
        "UNESCO AND OGP ARE HERE NOW"
    ]


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Monday 15 December", "en", [(0, (12, 15))]),
        ("Monday, December 15", "en", [(0, (12, 15))]),
        ("Monday 15 December 2026", "en", []),
        ("el lunes 15 de diciembre", "es", [(0, (12, 15))]),
        ("el lunes 15 de diciembre de 2026", "es", []),
        ("lundi 15 décembre", "fr", [(0, (12, 15))]),
    ],
)
def test_weekdays_of_days_without_a_year(text: str, language: str, expected: list[tuple[int, tuple[int, int]]]) -> None:
    """Those with a year are compared with it elsewhere."""
    assert [(weekday, day) for _, weekday, day in weekdays_without_year(text, language)] == expected
