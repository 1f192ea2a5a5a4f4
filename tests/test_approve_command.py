"""`communique approve`: what may still be approved, and what may not any more."""

import pytest

from tests.command_line import CommandLine
from tests.workspaces import START, Town


@pytest.fixture
def line(town: Town, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """The command line of a town that asks for one approval, a day before the start."""
    monkeypatch.setenv("COMMUNIQUE_KEY", "key")
    town.settings("approvals: {required: 0}", "approvals: {required: 1}")
    town.invite("ana")
    town.clock.turn(days=-1)
    found = CommandLine(town.root, monkeypatch)
    found("explain", "missing-fact", now=town.clock.now)
    return found


def test_what_has_gone_waits_for_no_approval(line: CommandLine, town: Town) -> None:
    """Neither does what was missed: nothing is written down as approved that can never go."""
    assert line("approve", "news", "--as", "Ana").text.split()[-3:] == ["approved", "by", "Ana"]
    town.clock.now = START
    town.run()
    assert town.account() == "1 planned = 1 sent"
    said = line("approve", "news", "--as", "Ben", now=town.clock.now)
    assert (said.code, said.text) == (0, "Nothing waits for approval.\n")


def test_what_is_too_late_waits_for_no_approval(line: CommandLine, town: Town) -> None:
    """Its window has passed, and no approval opens it again."""
    town.clock.turn(days=30)
    said = line("approve", "news", "--as", "Ana", now=town.clock.now)
    assert (said.code, said.text) == (0, "Nothing waits for approval.\n")
    assert "approved" not in line("log").text


def test_of_a_series_the_next_one_is_approved(line: CommandLine, town: Town) -> None:
    """Or the one that is asked for; each on its own."""
    town.campaign("  hello:\n    when: start", "  hello:\n    when: start\n    every: 1 days")
    assert "2026-12-01" in line("approve", "news", "hello", "--as", "Ana").text
    assert "2026-12-03" in line("approve", "news", "hello", "--as", "Ana", "--occurrence", "3").text
    assert town.standing().reason == ""
    with town.database.reading() as connection:
        waiting = [each.reason for each in town.planner.standings(connection, town.clock.now)]
    assert [not reason for reason in waiting[:4]] == [True, False, True, False]


@pytest.mark.parametrize(
    ("words", "hint"),
    [(("newz",), "Did you mean `news`?"), (("news", "helo"), "Did you mean `hello`?")],
)
def test_a_slip_is_told_with_what_was_meant(line: CommandLine, words: tuple[str, ...], hint: str) -> None:
    """And nothing is approved."""
    said = line("approve", *words, "--as", "Ana")
    assert (said.code, hint in said.errors) == (1, True)
    assert line("log").text == ""
