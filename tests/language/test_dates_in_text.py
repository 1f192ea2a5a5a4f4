"""Dates in running text are found in every language's own notation."""

from datetime import date

import pytest

from communique.language.dates_in_text import dates_in, days_in
from communique.language.formatting import locale_of


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("es", "La reunión es el 1 de marzo de 2027."),
        ("en", "We meet on 1 March 2027."),
        ("en", "We meet on March 1, 2027."),
        ("en", "We meet on the 1st of March 2027."),
        ("fr", "Rendez-vous le 1er mars 2027."),
        ("pt", "A reunião é a 1 de março de 2027."),
        ("ar", "الاجتماع يوم 1 مارس 2027."),
    ],
)
def test_a_date_is_found(language: str, text: str) -> None:
    """Day, month by name, year."""
    assert list(dates_in(text, locale_of(language, {}))) == [date(2027, 3, 1)]


def test_a_month_of_two_words_is_found_across_lines() -> None:
    """January is `كانون الثاني` in Jordan, and a line of a plain mail may end within it."""
    jordan = locale_of("ar", {"ar": "ar-JO"})
    text = "في موعد أقصاه الأربعاء، 6 كانون\n   الثاني 2027."
    assert list(dates_in(text, jordan)) == [date(2027, 1, 6)]
    assert days_in(text, jordan) == {(1, 6)}


def test_dates_come_in_the_order_of_the_text() -> None:
    """Whichever notation each has; a day that no calendar has is left out."""
    text = "March 4, 2027, then 1 March 2027; never 31 April 2027"
    assert list(dates_in(text, locale_of("en", {}))) == [date(2027, 3, 4), date(2027, 3, 1)]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("es", "Hasta el 5 de diciembre, a las 10."),
        ("en", "By 5 December at 10:00."),
        ("en", "Until December 5."),
        ("en", "The 5th of December 2027 it is."),
        ("fr", "Jusqu’au 5 décembre"),
        ("pt", "Até 5 de dezembro de 2027."),
        ("ar", "حتى 5 ديسمبر"),
        ("uk", "до 5 грудня"),
        ("id", "Paling lambat 5 Desember"),
    ],
)
def test_a_day_is_found_with_its_year_or_without(language: str, text: str) -> None:
    """Month and day."""
    assert days_in(text, locale_of(language, {})) == {(12, 5)}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("es", "Del 29 de abril al 5 de mayo de 2027."),
        ("en", "From 29 April to 5 May 2027."),
        ("en", "April 29 to May 5, 2027"),
        ("fr", "Du 29 avril au 5 mai 2027."),
        ("pt", "De 29 de abril a 5 de maio de 2027."),
        ("ar", "من 29 أبريل إلى 5 مايو 2027"),
        ("uk", "з 29 квітня до 5 травня 2027 р."),
    ],
)
def test_the_first_day_of_a_range_has_the_year_of_the_last(language: str, text: str) -> None:
    """So that a language which says it twice says nothing else."""
    assert list(dates_in(text, locale_of(language, {}))) == [date(2027, 4, 29), date(2027, 5, 5)]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("es", "Del 1 al 5 de mayo, de 10:00 a 12:00."),
        ("en", "From 1 to 5 May."),
        ("en", "From May 1 to 5 at 10:00"),
        ("fr", "Du 1er au 5 mai"),
        ("pt", "De 1 a 5 de maio de 2027"),
        ("ar", "من 1 إلى 5 مايو"),
        ("uk", "1–5 травня"),
    ],
)
def test_the_first_day_of_a_range_has_the_month_of_the_last(language: str, text: str) -> None:
    """With a year or without."""
    assert days_in(text, locale_of(language, {})) == {(5, 1), (5, 5)}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "No more than 5 may come."),
        ("en", "We march. 5 people came in March; 45 December days, 31 April."),
        ("es", "Un mar. 5 personas; en mayo, 5 de cada 10."),
        ("en", "On December 5:30 is late."),
        ("en", "Groups of 3 to 5 may join."),
    ],
)
def test_words_that_only_look_like_a_day_are_none(language: str, text: str) -> None:
    """Short names, and days that no month has."""
    assert days_in(text, locale_of(language, {})) == set()
