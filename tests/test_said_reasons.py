"""Reasons at the desk in the officer's language; what nobody has put into words stays the engine's, and is marked."""

import re
from pathlib import Path

import pytest

from communique.web.desk.desk_pages import words_of
from communique.web.desk.said_reasons import said

TABLE = words_of("es")["reasons"]


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("not approved: 2 approvals missing", [("no aprobado: faltan 2 aprobaciones", True)]),
        (
            "its time has passed: changed since it was approved; paused by Ana Gil",
            [
                ("ha pasado su hora: ", True),
                ("ha cambiado desde que se aprobó", True),
                ("; ", True),
                ("en pausa por Ana Gil", True),
            ],
        ),
        ("Ana asks for changes: Wrong day", [("Ana pide cambios: ", True), ("Wrong day", False)]),
        ("nobody is in friends or press", [("no hay nadie en friends or press", True)]),
        ("550 5.1.1 <b>no such user</b>", [("550 5.1.1 <b>no such user</b>", False)]),
    ],
)
def test_a_reason_is_said_part_by_part(reason: str, expected: list[tuple[str, bool]]) -> None:
    """Reasons within reasons, too."""
    assert list(said(reason, TABLE)) == expected


def test_every_sentence_of_the_table_is_one_that_the_engine_writes() -> None:
    """A reason that is worded anew would be shown in English: the table has to follow."""
    engine = Path(__file__).parents[1] / "communique"
    written = "".join(
        path.read_text(encoding="utf-8") for room in ("plan", "store") for path in (engine / room).rglob("*.py")
    )
    pieces = {each: [piece.strip(" :") for piece in re.split(r"\{\w+\}", each)] for each in TABLE}
    gone = [each for each, found in pieces.items() if not any(len(one) > 3 and one in written for one in found)]
    assert gone == []


def test_english_stays_as_the_engine_has_it() -> None:
    """One part, in the words of the plan."""
    assert [words for words, _ in said("late: changed since it was approved", words_of("en")["reasons"])] == [
        "late: changed since it was approved"
    ]
