"""`communique approve`: what may still be approved, and what may not any more."""

import json

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
    said = line("approve", "news", "--as", "Ana").text
    assert "approved by Ana\n" in said
    assert "1 announcement approved, of which 1 with all approvals; 0 NOT approved.\n" in said
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
    town.campaign("  hello:\n    when: start", "  hello:\n    when: start\n    every: 60 days")
    assert "2026-12-01" in line("approve", "news", "hello", "--as", "Ana").text
    assert "2027-03-31" in line("approve", "news", "hello", "--as", "Ana", "--occurrence", "3").text
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
    assert line("log").text.startswith("Nothing has ")


def test_a_saved_plan_is_approved_as_it_was_looked_at_or_not_at_all(line: CommandLine, town: Town) -> None:
    """What has changed since is named, be it words, people, time, or that it has gone; and nothing is approved."""
    town.add()
    file = str(town.root / "plan.json")
    assert line("plan", "--out", file, now=town.clock.now).code == 2
    town.edit("templates/news/goodbye/en/article.md", "hello.", "farewell.")
    town.invite("ben")
    said = line("approve", "--plan", file, "--as", "Ana", now=town.clock.now)
    assert said.code == 1
    assert "news/goodbye  says something else: templates/news/goodbye/en/article.md" in said.text
    assert "news/hello    reached 1 through email, reaches 2" in said.text
    spanish = line("--language", "es", "approve", "--plan", file, "--as", "Ana", now=town.clock.now).text
    assert "news/goodbye  dice otra cosa: templates/news/goodbye/en/article.md" in spanish
    assert "approved news" not in line("log").text

    assert "2 announcements to approve" in line("plan", "--out", file, now=town.clock.now).text
    town.campaign("start + 1 hours", "start + 2 hours")
    moved = json.loads(line("approve", "--plan", file, "--as", "Ana", "--json", now=town.clock.now).text)
    assert [each["announcement"] for each in moved["changed"]] == ["news/goodbye"]
    assert "was due 2026-12-01 10:00 UTC, is due 2026-12-01 11:00 UTC" in moved["changed"][0]["change"]

    line("plan", "--out", file, now=town.clock.now)
    done = json.loads(line("approve", "--plan", file, "--as", "Ana", "--json", now=town.clock.now).text)
    assert [(each["announcement"], each["missing"]) for each in done["approved"]] == [("hello", 0), ("goodbye", 0)]
    town.clock.now = START
    town.run()
    assert "has gone out since" in line("approve", "--plan", file, "--as", "Ana", now=town.clock.now).text

    town.write("plan.json", "{}")
    assert "expected a plan that `communique plan --out` wrote" in line("approve", "--plan", file, "--as", "A").errors
    assert "or --plan FILE" in line("approve", "--as", "Ana").errors
