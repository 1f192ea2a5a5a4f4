"""A provider refused mails by mistake: its people are written to again, and nobody who wanted to be left alone."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from communique.bounces.consequences import Effect, follow
from communique.bounces.reading import read_report
from communique.store.recipients import suppression_list
from tests import command_line
from tests.command_line import CommandLine
from tests.returned_reports import KEY, about
from tests.workspaces import START, Town, build

SINCE = ("--since", "2026-12-01 09:00")
BY = ("--act", "--as", "Inés Vidal", "--note", "example.org answered 5.1.1 to everybody")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    """Ana's mail has come back, Ben has left, and Cleo has called one junk."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    made = build(tmp_path)
    made.invite("ana", "ben", "cleo")
    made.run()
    rules = made.workspace.settings.bounces
    for copy, report in zip(made.copies()[::2], ("postfix-unknown-user", "complaint-yahoo"), strict=True):
        with made.database.begin() as connection:
            data = about(report, copy.delivery)
            found = follow(connection, read_report(data), KEY, rules, place="here", now=START)
            assert found.effect is Effect.SUPPRESSED
    made.suppress("ben", "left by the link in a mail")
    yield made
    made.database.close()


@pytest.fixture
def line(here: Town, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """A day later."""
    return command_line.at(here.root, monkeypatch, START + timedelta(days=1))


def suppressed(town: Town) -> set[str]:
    """Who must not be written to."""
    with town.database.reading() as connection:
        return {
            name
            for name in ("ana", "ben", "cleo")
            if suppression_list.suppression(connection, f"{name}@example.org") is not None
        }


def test_whose_mail_came_back_is_let_in_and_nobody_else(here: Town, line: CommandLine) -> None:
    """First it is shown; then it is on record who did it, why, and how many: without addresses."""
    said = line("people", "restore", *SINCE)
    assert (said.code, "ana@example.org" in said.text, "Nothing has been changed" in said.text) == (0, True, True)
    assert suppressed(here) == {"ana", "ben", "cleo"}
    assert "1 address will be written to again" in line("people", "restore", *SINCE, *BY).text
    assert suppressed(here) == {"ben", "cleo"}
    (entry, *_) = line("log", "--json").json["journal"]
    assert (entry["who"], "1 address back in" in entry["what"], "5.1.1" in entry["what"]) == ("Inés Vidal", True, True)
    assert "@" not in entry["what"]
    assert here.account() == "3 planned = 3 sent; 1 came back; 1 called it junk"


@pytest.mark.parametrize(
    "narrower", [("--until", "2026-12-01 09:59"), ("--domain", "ample.org"), ("--domain", "other.example")]
)
def test_only_that_time_and_domain(here: Town, line: CommandLine, narrower: tuple[str, ...]) -> None:
    """The failure of one provider says nothing of others."""
    assert "no addresses will" in line("people", "restore", *SINCE, *narrower, *BY).text
    assert suppressed(here) == {"ana", "ben", "cleo"}


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (("--since", "yesterday"), 1, "expected"),
        (("--since", "start + 1 hours"), 1, "expected a date and time"),
        ((*SINCE, "--act"), 64, "--as and --note"),
    ],
)
def test_what_is_not_clear_is_refused(
    here: Town, line: CommandLine, words: tuple[str, ...], code: int, why: str
) -> None:
    """And nothing is changed."""
    said = line("people", "restore", *words)
    assert (said.code, why in said.errors) == (code, True)
    assert "ana" in suppressed(here)
