"""Moments in the notations that officers bring along: each is answered with ours, and no guess is a wrong one."""

import pytest

from communique.moments import parse_duration, parse_every, parse_milestone, parse_time, parse_when
from communique.read.moment_hints import Parse, moment_hint, parse_date

GUESSES = [
    ("assembly – 1 week at 09:00", parse_when, "assembly - 1 week at 09:00"),
    ("assembly -1 weeks, 09:00", parse_when, "assembly - 1 weeks at 09:00"),
    ("opening + 1 working day at 10h30", parse_when, "opening + 1 working day at 10:30"),
    ("opening + two hours", parse_when, "opening + 2 hours"),
    ("opening + 2h", parse_when, "opening + 2 hours"),
    ("opening + 1.5 hours", parse_when, "opening + 90 minutes"),
    ("assembly + 20:00", parse_when, "assembly at 20:00"),
    ("2 days before acceptance at 10:00", parse_when, "acceptance - 2 days at 10:00"),
    ("one day after the kickoff", parse_when, "kickoff + 1 day"),
    ("25 de febrero de 2027, 9:00", parse_when, "2027-02-25 9:00"),
    ("February 25, 2027 9:00", parse_when, "2027-02-25 9:00"),
    ("2026-12-01 5 pm", parse_when, "2026-12-01 17:00"),
    ("2026/12/01 10.00", parse_when, "2026-12-01 10:00"),
    ("15/12/2026 10:00 - 12:00", parse_milestone, "2026-12-15 10:00 to 12:00"),
    ("46419", parse_milestone, "2027-02-01"),
    ("1/3/27", parse_date, "2027-03-01"),
    ("every 3 months", parse_every, "3 months"),
    ("9am", parse_time, "09:00"),
    ("1 week", parse_duration, "7 days"),
]


@pytest.mark.parametrize(("written", "parse", "meant"), GUESSES)
def test_another_notation_is_answered_with_ours(written: str, parse: Parse, meant: str) -> None:
    """The guess can be copied as it stands."""
    assert moment_hint(written, parse) == f"Did you mean `{meant}`?"
    parse(meant)


@pytest.mark.parametrize(
    ("written", "parse", "rule"),
    [
        ("31/11/2026", parse_milestone, "ends on 2026-11-30"),
        ("2027-02-30 23:59", parse_milestone, "ends on 2027-02-28"),
        ("2027-13-01", parse_milestone, "year-month-day"),
        ("2027-04-30 24:00", parse_milestone, "`23:59`"),
        ("3 months until 2027-12-31", parse_every, "After `until` comes a milestone"),
        ("Monday at 09:00", parse_when, "Write a date"),
        ("mañana a las 9", parse_when, "Write a date"),
        ("2026-12-01 10:00 CET", parse_when, "no zone"),
        ("Tuesday 2026-12-02 10:00", parse_when, "Which of the two"),
        ("2026-12-01 22:00 to 02:00", parse_milestone, "at 23:59"),
    ],
)
def test_what_cannot_be_guessed_is_answered_with_the_rule(written: str, parse: Parse, rule: str) -> None:
    """A day that no calendar has is never proposed."""
    hint = moment_hint(written, parse)
    assert rule in hint
    assert "Did you mean" not in hint


def test_words_that_mean_nothing_get_no_hint() -> None:
    """Better none than a wrong one."""
    assert moment_hint("kickoff at noon", parse_when) == ""
