"""A milestone that moves: what shifts, what went out with the old date, and a draft of its correction."""

import json
from datetime import timedelta

import pytest

from tests.command_line import CommandLine, at
from tests.digest_towns import text_of
from tests.workspaces import START, Town

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NAMES_IT = (
    "---\nheadline: Hello\nsummary: Come.\n---\nOn {{ milestones.later.start | date }}.\n"
    "{% if milestones.later.start is defined %}Come.{% endif %}\n"
)
REMINDER = "  remind:\n    when: later - 2 days\n    to: [friends]\n    through: [email]\n"


@pytest.fixture
def line(town: Town, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """`hello` has gone to two people and names a date; `remind` is to come and names it, `other` does not."""
    town.campaign("later: unknown", "later: 2026-12-15 10:00")
    town.add(REMINDER)
    town.say("hello", {"en": NAMES_IT})
    town.say("remind", {"en": NAMES_IT})
    town.add("  other:\n    when: start\n    to: [friends]\n    through: [email]\n")
    town.invite("ana", "ben")
    town.run()
    return at(town.root, monkeypatch, START + timedelta(hours=1))


def test_it_says_what_shifts_and_what_went_out_and_drafts_what_is_read_and_approved(
    town: Town, line: CommandLine
) -> None:
    """Declared, seen in the plan, drafted, sent; and after that nothing says the old date any more."""
    assert json.loads(line("plan", "--json").text)["old_dates"] == []
    said = line("declare", "news", "later", "2026-12-22 10:00", "--as", "Ana Gil")
    assert said.code == 0, said.errors
    words = " ".join(said.text.split())
    assert "remind Sun 2026-12-13 10:00 CET -> Sun 2026-12-20 10:00 CET" in words
    assert "Went out with an old date: news/hello (later was 2026-12-15 10:00, is 2026-12-22 10:00)" in words
    assert "To come, with the new date in it (to be approved anew): news/remind email" in words
    assert "email en 2 people who got it" in words
    (one,) = json.loads(line("plan", "--json").text)["old_dates"]
    assert (one["announcement"], one["to"][0]["copies"]) == ("news/hello", 2)
    assert "has moved since: write correction.md yourself" in line("correct", "news", "other", "--draft").errors
    drafted = line("correct", "news", "hello", "--draft")
    assert drafted.text.startswith("Written: templates/news/hello/en/correction.md")
    assert "Waits for approval: correction 1 of news/hello (" in line("plan").text
    clean = line("check")
    assert "correction.md" not in clean.text + clean.errors
    town.edit("templates/news/hello/en/correction.md", "The new date is", "TBD")
    checked = line("check")
    assert "hello/en/correction.md" in checked.text + checked.errors
    (one,) = json.loads(line("plan", "--json").text)["corrections"]
    assert (one["announcement"], one["number"], len(one["problems"])) == ("news/hello", 1, 1)
    town.edit("templates/news/hello/en/correction.md", "TBD", "It is on")
    assert "is written already" in line("correct", "news", "hello", "--draft").text
    assert line("correct", "news", "hello", "--as", "Ana Gil").code == 0
    town.clock.turn(hours=2)
    town.run()
    told = text_of(town.email.taken[-1])
    assert json.loads(line("plan", "--json").text)["corrections"] == []
    for words in ("Hello: new date, Tuesday, December 22, 2026", "It is on", "The date was Tuesday, December 15, 2026"):
        assert words in " ".join(told.split())
    assert json.loads(line("plan", "--json").text)["old_dates"] == []
    moved = line("declare", "news", "later", "unknown", "--as", "Ana Gil").text
    assert "later was 2026-12-22 10:00, is unknown" in moved


def test_all_dates_that_moved_are_in_one_draft_and_those_that_it_does_not_name_are_not(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each with its old and its new date, in the order of the file; also one that was unknown, and one that is."""
    town.campaign(
        "later: unknown",
        "unnamed: 2026-12-10\n  forum: 2026-12-15 10:00 to 12:00\n  call-ends: 2026-12-18\n  open: unknown",
    )
    named = "{% if milestones.open is defined %}{{ milestones.open.start | date }}{% endif %}"
    words = f"{{{{ milestones.forum | time_range }}}} {{{{ milestones.call_ends.start | date }}}} {named}"
    town.say("hello", {"en": f"---\nheadline: Hello\nsummary: Come.\n---\n{words}\n"})
    town.invite("ana")
    town.run()
    line = at(town.root, monkeypatch, START + timedelta(hours=1))
    assert "No date that anything of news named has moved" in line("correct", "news", "--draft").errors
    for name, date in (
        ("unnamed", "2026-12-11"),
        ("forum", "2026-12-15 10:00 to 13:00"),
        ("call-ends", "unknown"),
        ("open", "2026-12-30 09:00"),
    ):
        assert line("declare", "news", name, date, "--as", "Ana Gil").code == 0
    (one,) = json.loads(line("plan", "--json").text)["old_dates"]
    assert list(one["moved"]) == ["forum", "call-ends", "open"]
    assert "Say which announcement of news is corrected" in line("correct", "news").errors
    drafted = line("correct", "news", "--draft")
    assert drafted.text.startswith("Written: templates/news/hello/en/correction.md\n"), drafted.errors
    text = (town.root / "templates/news/hello/en/correction.md").read_text().replace("\u202f", " ")
    headline, wrong, right = text.splitlines()[1:4]
    assert headline == 'headline: "Hello: dates have changed"'
    assert wrong.split(": ", 1)[1].strip('"').split("; ") == [
        "forum: The date was Tuesday, December 15, 2026, 10:00 AM to 12:00 PM",
        "call ends: The date was Friday, December 18, 2026",
        "open: The date was not known yet.",
    ]
    assert right.split(": ", 1)[1].strip('"').split("; ") == [
        "forum: The new date is Tuesday, December 15, 2026, 10:00 AM to 1:00 PM",
        "call ends: The new date is not known yet",
        "open: The new date is Wednesday, December 30, 2026, at 9:00 AM.",
    ]
    assert line("correct", "news", "hello", "--as", "Ana Gil").code == 0
    assert json.loads(line("plan", "--json").text)["old_dates"] == []


MEETING = "facts:\n  meeting: {at: later, place: Room 2, title: The forum}\n"


def test_who_has_an_invitation_with_the_new_date_is_not_told_twice(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """A calendar has moved it already; who was asked for all the same gets both."""
    town.campaign("later: unknown", "later: 2026-12-15 10:00")
    town.campaign("facts:\n", MEETING)
    town.campaign("through: [email]", "through: [email]\n    invite: meeting")
    town.add("  again:\n    when: start + 1 hours\n    to: [few]\n    through: [email]\n    invite: meeting\n")
    town.settings("audiences:\n", "audiences:\n  few: {title: Few, role: invited}\n")
    town.invite("ana", "ben")
    town.invite("ana", audience="few")
    town.run()
    line = at(town.root, monkeypatch, START)
    assert line("declare", "news", "later", "2026-12-22 10:00", "--as", "Ana Gil").code == 0
    town.clock.turn(hours=1)
    town.run()
    assert town.email.addresses == ["ana@example.org", "ben@example.org", "ana@example.org"]
    assert line("correct", "news", "hello", "--draft").code == 0
    assert "1 of them have an invitation with the new date" in line("correct", "news", "hello").text
    assert "invitation with" not in line("correct", "news", "hello", "--all").text
    assert line("correct", "news", "hello", "--as", "Ana Gil", now=town.clock.now).code == 0
    town.run()
    assert town.email.addresses[3:] == ["ben@example.org"]
