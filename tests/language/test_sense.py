"""What may look like nonsense, and is none: ranges, shares, hours, numbers and words of sound texts."""

import pytest

from communique.language.formatting import locale_of
from communique.language.pasted_words import (
    days_by_today,
    paragraphs_cut_off,
    secrets_in,
    words_of_a_program,
    words_still_open,
)
from communique.language.placeholders import find_placeholders
from communique.language.reversed_ranges import reversed_ranges
from communique.language.unlikely_figures import (
    shares_over_the_whole,
    short_numbers,
    unclear_hours,
    wrong_accounts,
    zones_in,
)

OURS = "+34 955 000 000"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The night of museums is open from 22:00 to 02:00.", "en"),
        ("Abierto de 20:00 a 1:30.", "es"),
        ("Open from 9:00 to 5:00.", "en"),
        ("The meeting was moved from 18:00 to 16:00.", "en"),
        ("La reunión se adelanta del 20 de marzo de 2027 al 5 de marzo de 2027.", "es"),
        ("Trains leave at 18:00 and 16:00.", "en"),
        ("First we meet at 18:00. By 16:00 the doors are open.", "en"),
        ("Du 5 mars 2027 au 20 mars 2027, de 10 h à 12 h.", "fr"),
        ("Phone 2029-2027-10, file 2029/2027.", "en"),
        ("من 22:00 إلى 02:00", "ar"),
    ],
)
def test_ranges_that_are_in_order(text: str, language: str) -> None:
    """Nights, times that were moved, clocks of twelve hours, and figures of something else."""
    assert list(reversed_ranges(text, locale_of(language, {}))) == []


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("Open from 18:00 to 16:00.", "en", "18:00 to 16:00"),
        ("Horario: de 18:00 a 16:00 h.", "es", "18:00 a 16:00"),
        ("Ouvert de 18 h à 16 h 30.", "fr", "18 h à 16 h 30"),
        ("مفتوح من الساعة 18:00 إلى الساعة 16:00.", "ar", "18:00 إلى الساعة 16:00"),
        ("18:00–16:00", "en", "18:00–16:00"),
        ("The office has moved. It is open from 18:00 to 16:00.", "en", "18:00 to 16:00"),
        ("The plan for 2029–2027.", "en", "2029–2027"),
        ("Del 20 de marzo de 2027 al 5 de marzo de 2027.", "es", "20 de marzo de 2027 al 5 de marzo de 2027"),
        ("من 20 مارس 2027 إلى 5 مارس 2027", "ar", "20 مارس 2027 إلى 5 مارس 2027"),
    ],
)
def test_ranges_that_are_not(text: str, language: str, found: str) -> None:
    """As each language says them."""
    assert list(reversed_ranges(text, locale_of(language, {}))) == [found]


@pytest.mark.parametrize(
    "text",
    [
        "Rents grew by 110 %.",
        "El gasto aumentó un 130 %.",
        "Turnout was 105 % of the target.",
        "100 % of the answers, 99.9 % of them at once.",
        "1 of 2 people, 15 of 12 March, the 40 of us.",
        "Ley 39 de 2 de marzo, 203 de 30 de abril.",
        "Main Square 130, 2nd floor",
        "Sur 40 places, 30 sont prises.",
    ],
)
def test_figures_that_can_be_so(text: str) -> None:
    """What grew, what is compared, numbers of houses and of laws, dates."""
    assert list(shares_over_the_whole(text)) == []


def test_more_than_the_whole() -> None:
    """In the figures of each language."""
    text = "130 % agree.\nEl 250% no.\nمن جميع الإجابات 130٪ مؤيدة.\n40 of 30 seats.\n40 من أصل 30 مقعدًا."
    assert list(shares_over_the_whole(text)) == ["130 %", "250%", "130٪", "40 of 30", "40 من أصل 30"]


@pytest.mark.parametrize(
    "text",
    [
        "Call us on 955 000 000 or 010, in emergencies 112.",
        "Call us on 955 00\n00 00 (Monday to Friday).",
        "Llame al 900 100 200, al 116 000 o al 012.",
        "Llame al 116 000. Call 0800 123 4567.",
        "Tel. +34 955 000 000, +33 (0)1 23 45 67 89, +44 20 7946 0958, +49 30 1234567.",
        "In 2027 we call 40 people, and telephone 1 200 households.",
        "+15 % more, +33 000 visitors, +1 250 000 euros.",
    ],
)
def test_numbers_that_can_be_dialled(text: str) -> None:
    """Of countries whose numbers have one length; special ones; and figures of something else."""
    assert list(short_numbers(text, OURS)) == []


def test_numbers_that_cannot() -> None:
    """A digit short, or one too many, with the country's number or without."""
    text = "Call us on 555 012. Llámenos al 955 00 00. Ask +34 612 or +33 1 23 45 67 8. هاتف 955 00 00 000"
    assert sorted(found for found, _ in short_numbers(text, OURS)) == [
        "+33 1 23 45 67 8",
        "+34 612",
        "555 012",
        "955 00 00",
        "955 00 00 000",
    ]


def test_hours_that_are_read_as_two() -> None:
    """Noon and evening hours are read alike by all."""
    assert list(unclear_hours("at 24:00, 12 am, 12:00 a.m., 14:00 pm")) == ["24:00", "12 am", "12:00 a.m", "14:00 pm"]
    assert list(unclear_hours("at 12 pm, 2:00 pm, 23:59, 0:30, 12 amigos, 13 amigas, 124:00")) == []
    assert [name for _, name in zones_in("at 10:00 EST, at 9 GMT, 12 EST members of ESTA")] == ["EST", "GMT", "EST"]


def test_accounts_by_their_check_digits() -> None:
    """ISO 13616: the example of Spain's banks is right."""
    assert list(wrong_accounts("ES91 2100 0418 4502 0005 1332")) == []
    assert list(wrong_accounts("ES91 2100 0418 4502 0005 1333")) == ["ES91 2100 0418 4502 0005 1333"]


@pytest.mark.parametrize(
    "text",
    [
        "En el siglo XXX, Alfonso XXX.",
        "Name the place. NAME OF THE TOWN",
        "Lea «Nombre de guerra».",
        "[sic] [PDF, 2 MB] [music]",
        "100 % OGP, 20%_of",
        "(check with your doctor), (consulte con su oficina)",
        "(falta una semana)",
    ],
)
def test_words_that_stand_for_themselves(text: str) -> None:
    """Roman numbers, titles, notes for readers."""
    assert find_placeholders(text, "es") == []


def test_words_that_officers_do_write() -> None:
    """Of mornings, of the town of tomorrow, of forms and of what is decided."""
    assert (
        list(days_by_today("The city of tomorrow. Por la mañana. La ville de demain. El mañana. A cidade de amanhã."))
        == []
    )
    assert list(days_by_today("It closes tomorrow. Cierra mañana. C’est demain. تُغلق غدًا.")) == [
        "tomorrow",
        "mañana",
        "demain",
        "غدًا",
    ]
    assert list(secrets_in("Choose a new password of ten letters. La contraseña es personal. 12345678A")) == []
    assert list(words_of_a_program("From: the town hall. Of course, here we are. Como modelo de ciudad.")) == []
    assert list(words_still_open("He confirmed it. A confirmation is sent. Lo pendiente se confirmó.")) == []
    assert list(
        paragraphs_cut_off("This is what all of us have been waiting for.\n\nYours, the team of the town hall of")
    ) == ["Yours, the team of the town hall of"]
