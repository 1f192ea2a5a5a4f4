"""Dates, times and lists as each language writes them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from communique.language.formatting import (
    NotADateError,
    date_range,
    day_and_month,
    direction,
    file_size,
    joined,
    locale_of,
    seconds_written,
    short_span,
    time_of_day,
    time_range,
    weekday_and_date,
    zone_name,
)

LOCALES = {"en": "en-GB", "pt": "pt-PT", "ar": "ar-MA"}
MEETING = {
    "start": datetime(2027, 2, 9, 10, tzinfo=ZoneInfo("Europe/Madrid")),
    "end": datetime(2027, 2, 9, 12, tzinfo=ZoneInfo("Europe/Madrid")),
}


@pytest.mark.parametrize(
    ("language", "day", "weekday", "time"),
    [
        ("en", "9 February 2027", "Tuesday 9 February 2027", "10:00"),
        ("es", "9 de febrero de 2027", "martes 9 de febrero de 2027", "10:00"),
        ("fr", "9 février 2027", "mardi 9 février 2027", "10\u00a0h"),
        ("pt", "9 de fevereiro de 2027", "terça-feira, 9 de fevereiro de 2027", "10:00"),
        ("pt-BR", "9 de fevereiro de 2027", "terça-feira, 9 de fevereiro de 2027", "10h"),
        ("ar", "9 فبراير 2027", "الثلاثاء، 9 فبراير 2027", "10:00"),
    ],
)
def test_each_language_writes_dates_its_own_way(language: str, day: str, weekday: str, time: str) -> None:
    """With the digits 0 to 9 in all of them, as telephone numbers have them."""
    locale = locale_of(language, LOCALES)

    assert day_and_month(MEETING["start"], locale) == day
    assert weekday_and_date(MEETING["start"], locale) == weekday
    assert time_of_day(MEETING["start"], locale) == time


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ("Europe/Madrid", "CET"),
        ("America/Bogota", "UTC\u22125"),
        ("Asia/Kolkata", "IST"),
        ("Asia/Kathmandu", "UTC+5:45"),
    ],
)
def test_a_zone_without_a_name_is_counted_from_utc(place: str, name: str) -> None:
    """No newsroom knows what (-05) is counted from; most of Latin America has no other name."""
    assert zone_name(datetime(2027, 2, 9, 10, tzinfo=ZoneInfo(place))) == name


def test_brazil_writes_hours_with_an_h_and_counts_the_first_day() -> None:
    """`10h30` and `1º de fevereiro`, as its newspapers and offices do; Portugal writes `10:30` and `1 de fevereiro`."""
    brazil, portugal = locale_of("pt-BR", LOCALES), locale_of("pt", LOCALES)
    at = datetime(2027, 2, 1, 10, 30)  # noqa: DTZ001 - only its hour is written
    assert (day_and_month(at, brazil), time_of_day(at, brazil)) == ("1º de fevereiro de 2027", "10h30")
    assert (day_and_month(at, portugal), time_of_day(at, portugal)) == ("1 de fevereiro de 2027", "10:30")


def test_french_counts_the_first_day_of_a_month_and_no_other() -> None:
    """`1er février`, and `2 février`; a year or a day with a 1 in it is left alone."""
    locale = locale_of("fr", LOCALES)

    assert day_and_month(date(2027, 2, 1), locale) == "1er février 2027"
    assert weekday_and_date(date(2027, 2, 1), locale) == "lundi 1er février 2027"
    assert day_and_month(date(2027, 2, 11), locale) == "11 février 2027"


@pytest.mark.parametrize(
    ("language", "small", "large"),
    [("en", "1 kB", "2.4 MB"), ("fr", "1 ko", "2,4 Mo"), ("pt", "1 kB", "2,4 MB"), ("uk", "1 кБ", "2,4 МБ")],
)
def test_sizes_have_the_sign_that_readers_know(language: str, small: str, large: str) -> None:
    """No unit is spelled out by half."""
    locale = locale_of(language, LOCALES)

    assert file_size(900, locale).replace("\u202f", " ").replace("\u00a0", " ") == small
    assert file_size(2_400_000, locale).replace("\u202f", " ").replace("\u00a0", " ") == large


def test_american_dates_keep_their_comma() -> None:
    """Where the month comes first."""
    assert weekday_and_date(date(2027, 2, 9), locale_of("en", {"en": "en-US"})) == "Tuesday, February 9, 2027"


def test_digits_are_the_same_in_every_arabic() -> None:
    """Egypt's locale would write ٩; dates stand beside addresses with digits."""
    assert day_and_month(date(2027, 2, 9), locale_of("ar", {"ar": "ar-EG"})) == "9 فبراير 2027"


def test_a_date_may_be_written_in_the_file() -> None:
    """A fact such as `rsvp_by: 2027-02-02` is text, and a date all the same."""
    assert day_and_month("2027-02-02", locale_of("en", LOCALES)) == "2 February 2027"


@pytest.mark.parametrize("value", ["soon", "", None, 5, "2027-13-01", "02/02/2027"])
def test_what_is_no_date_is_refused(value: object) -> None:
    """The message says what was found."""
    with pytest.raises(NotADateError, match="expected a date such as 2027-02-09"):
        day_and_month(value, locale_of("en", LOCALES))


def test_a_date_has_no_time_of_day() -> None:
    """Midnight is not invented."""
    with pytest.raises(NotADateError, match="expected a moment with a time of day"):
        time_of_day(date(2027, 2, 9), locale_of("en", LOCALES))


def test_a_range_has_an_end_when_it_is_known() -> None:
    """`10:00 to 12:00`, or the beginning alone."""
    english = locale_of("en", LOCALES)

    assert time_range(MEETING, english, "{start} to {end}") == "10:00 to 12:00"
    assert time_range({"start": MEETING["start"]}, english, "{start} to {end}") == "10:00"
    assert time_range(MEETING["start"], english, "{start} to {end}") == "10:00"


@pytest.mark.parametrize(
    ("language", "pattern", "months", "days", "years"),
    [
        (
            "en",
            "from {start} to {end}",
            "from 29 March to 14 May 2027",
            "from 1 to 5 March 2027",
            "from 29 December 2026 to 14 January 2027",
        ),
        (
            "en-US",
            "from {start} to {end}",
            "from March 29 to May 14, 2027",
            "from March 1 to 5, 2027",
            "from December 29, 2026 to January 14, 2027",
        ),
        (
            "es",
            "del {start} al {end}",
            "del 29 de marzo al 14 de mayo de 2027",
            "del 1 al 5 de marzo de 2027",
            "del 29 de diciembre de 2026 al 14 de enero de 2027",
        ),
        (
            "fr",
            "du {start} au {end}",
            "du 29 mars au 14 mai 2027",
            "du 1er au 5 mars 2027",
            "du 29 décembre 2026 au 14 janvier 2027",
        ),
        (
            "pt",
            "de {start} a {end}",
            "de 29 de março a 14 de maio de 2027",
            "de 1 a 5 de março de 2027",
            "de 29 de dezembro de 2026 a 14 de janeiro de 2027",
        ),
        (
            "ar",
            "من {start} إلى {end}",
            "من 29 مارس إلى 14 ماي 2027",
            "من 1 إلى 5 مارس 2027",
            "من 29 دجنبر 2026 إلى 14 يناير 2027",
        ),
        (
            "uk",
            "з {start} до {end}",
            "з 29 березня до 14 травня 2027\u202fр.",
            "з 1 до 5 березня 2027\u202fр.",
            "з 29 грудня 2026\u202fр. до 14 січня 2027\u202fр.",
        ),
        (
            "hu",
            "{start} – {end}",
            "2027. március 29. – 2027. május 14.",
            "2027. március 1. – 2027. március 5.",
            "2026. december 29. – 2027. január 14.",
        ),
    ],
)
def test_a_range_of_days_says_once_what_both_share(
    language: str, pattern: str, months: str, days: str, years: str
) -> None:
    """The year, and the month where it is the same; whole where a language begins with the year."""
    locale = locale_of(language, LOCALES)
    assert date_range(date(2027, 3, 29), date(2027, 5, 14), locale, pattern) == months
    assert date_range(date(2027, 3, 1), "2027-03-05", locale, pattern) == days
    assert date_range(date(2026, 12, 29), date(2027, 1, 14), locale, pattern) == years
    assert date_range(date(2027, 3, 5), date(2027, 3, 5), locale, pattern) == day_and_month("2027-03-05", locale)


def test_french_says_hours_and_the_first_of_a_month_its_own_way() -> None:
    """`10 h 30`, with spaces that do not break, and `1er mars`; other days are no ordinals."""
    french = locale_of("fr", LOCALES)
    assert time_of_day(datetime(2027, 3, 1, 10, 30, tzinfo=UTC), french) == "10\u00a0h\u00a030"
    assert time_of_day(datetime(2027, 3, 1, 8, 5, tzinfo=UTC), french) == "8\u00a0h\u00a005"
    assert time_range(MEETING, french, "de {start} à {end}") == "de 10\u00a0h à 12\u00a0h"
    assert day_and_month(date(2027, 3, 1), french) == "1er mars 2027"
    assert weekday_and_date(date(2027, 3, 1), french) == "lundi 1er mars 2027"
    assert day_and_month(date(2027, 3, 11), french) == "11 mars 2027"
    assert day_and_month(date(2027, 3, 21), french) == "21 mars 2027"


@pytest.mark.parametrize(
    ("last", "text"),
    [
        ("Iniciativa Joven", "la Red e Iniciativa Joven"),
        ("Ítaca", "la Red e Ítaca"),
        ("Hijas del Mar", "la Red e Hijas del Mar"),
        ("Hielo Norte", "la Red y Hielo Norte"),
        ("el Instituto", "la Red y el Instituto"),
    ],
)
def test_spanish_says_e_before_an_i(last: str, text: str) -> None:
    """As it is heard; before a diphthong it stays."""
    assert joined(["la Red", last], locale_of("es", LOCALES)) == text


@pytest.mark.parametrize(
    ("language", "text"), [("en", "a, b and c"), ("es", "a, b y c"), ("fr", "a, b et c"), ("ar", "a وb وc")]
)
def test_lists_are_joined(language: str, text: str) -> None:
    """With the word for "and" before the last."""
    assert joined(["a", "b", "c"], locale_of(language, LOCALES)) == text


@pytest.mark.parametrize(
    ("language", "side"), [("ar", "rtl"), ("fa", "rtl"), ("en", "ltr"), ("pt-BR", "ltr"), ("ca", "ltr")]
)
def test_direction(language: str, side: str) -> None:
    """Arabic and Persian are written from right to left."""
    assert direction(language) == side


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "12.5 secs"), ("es", "12,5 s"), ("fr", "12,5 s"), ("pt", "12,5 s"), ("ar", "12,5 ث"), ("uk", "12,5 с")],
)
def test_seconds_have_the_mark_of_the_language_before_tenths(language: str, said: str) -> None:
    """A cue sheet is read by people of a station in their own language: 12,5 s in Spanish, 12.5 in English."""
    pattern, mark = seconds_written(locale_of(language, LOCALES))
    assert pattern.format(f"12{mark}5").replace("\u00a0", " ").replace("\u202f", " ") == said


@pytest.mark.parametrize(
    ("seconds", "written"),
    [(0.2, "1 min"), (180, "3 min"), (181, "4 min"), (3600, "1 hr"), (3601, "2 hr"), (86400, "1 day")],
)
def test_a_time_to_wait_is_rounded_up(seconds: float, written: str) -> None:
    """Whoever comes back then is let in; the language says how it is shortened."""
    assert short_span(seconds, locale_of("en", {})) == written
    assert short_span(180, locale_of("ar", {})) == "3 د"
