"""A translation that stayed as it was while its original changed is pointed out, and nothing else is."""

import pytest

from tests.command_line import CommandLine
from tests.workspaces import START, Town

ENGLISH, SPANISH = "templates/news/hello/en/article.md", "templates/news/hello/es/article.md"
TEXT = "---\nheadline: H\nsummary: S\n---\nCome to {place}.\n\nBring a friend.\n"


@pytest.fixture
def line(town: Town, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """The command line, when both languages have been approved."""
    monkeypatch.setenv("COMMUNIQUE_KEY", "key")
    town.settings("approvals: {required: 0}", "approvals: {required: 1}")
    town.campaign("languages: [en]", "languages: [en, es]")
    town.write(ENGLISH, TEXT.format(place="the hall"))
    town.write(SPANISH, TEXT.format(place="la sala"))
    found = CommandLine(town.root, monkeypatch)
    assert "approved by Ana" in found("approve", "news", "--as", "Ana", now=START).text
    return found


def stale(line: CommandLine) -> list[dict[str, object]]:
    """What `check` says about translations."""
    found = line("check", "--json").json["problems"]
    return [each for each in found if each["code"] == "stale-translation"]


def test_an_original_that_changed_alone_is_pointed_out(town: Town, line: CommandLine) -> None:
    """At the translation, with the line of the original; it stops nothing."""
    assert stale(line) == []
    town.edit(ENGLISH, "Bring a friend.", "Bring two friends.")

    [found] = stale(line)
    assert (found["file"], found["severity"]) == (SPANISH, "warning")
    assert f"{ENGLISH} as it is now, found one from before line 7 changed" in str(found["message"])


def test_a_translation_that_was_changed_as_well_is_none(town: Town, line: CommandLine) -> None:
    """Whatever it says: that somebody looked is all a program can tell."""
    town.edit(ENGLISH, "the hall", "the square")
    town.edit(SPANISH, "la sala", "la plaza")
    assert stale(line) == []


def test_a_translation_that_was_corrected_alone_is_none(town: Town, line: CommandLine) -> None:
    """The original is the first language."""
    town.edit(SPANISH, "la sala", "el salón")
    assert stale(line) == []


def test_white_space_is_no_change(town: Town, line: CommandLine) -> None:
    """Nor are the line ends of another system."""
    (town.root / ENGLISH).write_bytes(
        (TEXT.format(place="the hall").replace("friend.", "friend.  ") + "\n\n").replace("\n", "\r\n").encode()
    )
    assert stale(line) == []


def test_the_time_of_a_file_says_nothing(town: Town, line: CommandLine) -> None:
    """A copied folder has new times, and the same texts."""
    town.write(ENGLISH, (town.root / ENGLISH).read_text())
    assert stale(line) == []


def test_an_approval_begins_anew(town: Town, line: CommandLine) -> None:
    """Whoever approves has read both. The approval of another announcement is none of this one."""
    town.add()
    town.say("goodbye", {"en": TEXT.format(place="x"), "es": TEXT.format(place="y")})
    town.edit(ENGLISH, "friend", "neighbour")
    assert "approved by Ana" in line("approve", "news", "goodbye", "--as", "Ana").text
    assert len(stale(line)) == 1

    line("approve", "news", "hello", "--as", "Ana")
    assert stale(line) == []


def test_it_can_be_waived_with_a_reason(town: Town, line: CommandLine) -> None:
    """A slip of the pen in one language."""
    town.edit(ENGLISH, "friend", "freind")
    town.campaign("    through: [email]", "    waive: {stale-translation: A spelling only.}\n    through: [email]")
    assert stale(line) == []


def test_what_was_never_approved_is_not_compared(town: Town, line: CommandLine) -> None:
    """There is nothing to hold it against."""
    town.add()
    town.say("goodbye", {"en": TEXT.format(place="x"), "es": TEXT.format(place="y")})
    town.edit("templates/news/goodbye/en/article.md", "friend", "neighbour")
    assert stale(line) == []
