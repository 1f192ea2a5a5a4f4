"""A wrong weekday before a date is found in every language of the campaigns."""

from datetime import date, timedelta

import pytest
from babel.dates import format_date
from hypothesis import given
from hypothesis import strategies as st

from communique.language.weekday_check import find_weekday_mismatches


@pytest.mark.parametrize(
    ("language", "text", "right"),
    [
        ("es", "lunes 9 de febrero de 2027", "martes"),
        ("es", "LUNES, 9 DE FEBRERO DEL 2027", "martes"),
        ("es", "lunes 09/02/2027", "martes"),
        ("en", "Monday 9 February 2027", "Tuesday"),
        ("en", "Monday, February 9th, 2027", "Tuesday"),
        ("en", "Monday the 9th of February 2027", "Tuesday"),
        ("en", "Mon 9 Feb 2027", "Tuesday"),
        ("en", "Monday 2027-02-09", "Tuesday"),
        ("fr", "lundi 1er juin 2027", "mardi"),
        ("pt", "segunda-feira, 9 de fevereiro de 2027", "terça-feira"),
        ("pt", "segunda, dia 9 de fevereiro de 2027", "terça-feira"),
        ("ar", "الاثنين 9 فبراير 2027", "الثلاثاء"),
        ("ar", "الاثنين الموافق ٩ فبراير ٢٠٢٧", "الثلاثاء"),
        ("ko", "2027", ""),
    ],
)
def test_mismatch(language: str, text: str, right: str) -> None:
    """The wrong weekday is named with the right one."""
    assert find_weekday_mismatches(f"Join us: {text}.", language) == ([(text, right)] if right else [])


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("es", "martes 9 de febrero de 2027"),
        ("es", "lunes 31 de febrero de 2027"),
        ("es", "lunes 9 de febrero"),
        ("en", "Tuesday 9/2/2027 or Thursday 2/9/2027"),
        ("en", "Monday: on 9 February 2027"),
        ("pt", "terça, dia 9 de fevereiro de 2027"),
        ("zz", "Monday 9 February 2027"),
        ("not a language", "Monday 9 February 2027"),
    ],
)
def test_no_mismatch(language: str, text: str) -> None:
    """Right weekdays, dates without a year and languages nobody knows give nothing."""
    assert find_weekday_mismatches(text, language) == []


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.sampled_from(["es", "en", "fr", "pt", "ar"]))
def test_dates_as_babel_writes_them(day: date, language: str) -> None:
    """A full date written by babel is right, and with the weekday of the day after it is wrong."""
    full = format_date(day, "full", locale=language)
    assert find_weekday_mismatches(full, language) == []
    weekday, after = (format_date(each, "EEEE", locale=language) for each in (day, day + timedelta(days=1)))
    assert [right for _, right in find_weekday_mismatches(full.replace(weekday, after), language)] == [weekday]
