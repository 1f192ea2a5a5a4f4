"""Times within sentences in Spanish, as Latin America writes them."""

from datetime import UTC, datetime

import pytest

from communique.language.spanish_times import with_spanish_times
from communique.read.sources import Copy
from communique.texts.templates import Templates


@pytest.mark.parametrize(
    ("filled", "said"),
    [
        ("Ya no será el martes, a las 12:00 p.\u00a0m..", "Ya no será el martes, a las 12:00 p.\u00a0m."),
        ("**Hasta las 11:59\u202fp.\u202fm.**. Después", "**Hasta las 11:59\u202fp.\u202fm.** Después"),
        ("<strong>10:00 a.m.</strong>.", "<strong>10:00 a.m.</strong>"),
        ("A las 1:30 p. m., y a las 11:00 a. m.", "A la 1:30 p. m., y a las 11:00 a. m."),
        ("Mañana a las **1:00** o a las 13:00.", "Mañana a la **1:00** o a las 13:00."),
        ("Las 1:10 partes de a. m...", "La 1:10 partes de a. m..."),
    ],
)
def test_a_time_fits_its_sentence(filled: str, said: str) -> None:
    """One point ends an abbreviation and its sentence; one o’clock is singular; thirteen hours are not one."""
    assert with_spanish_times(filled) == said


def test_templates_say_it_so_in_spanish_alone() -> None:
    """Whatever hour stands in the text; other languages are left as they are."""
    times = Templates(Copy({}), {"es": "es-EC"}, lambda _: {})
    said = {
        language: times.fill_text(
            "t.txt", "a las {{ at | time }}.", {"language": language, "at": datetime(2027, 3, 2, 13, tzinfo=UTC)}
        )
        for language in ("es", "pt")
    }
    assert said["es"].split() == ["a", "la", "1:00", "p.", "m."]
    assert said["pt"] == "a las 13:00."
