"""`communique answers`: who comes, for the screen and for a spreadsheet, and what came by mail or telephone."""

import csv
import io
from datetime import timedelta

import pytest

from communique.answering import Answer, Came
from communique.delivery import Mode
from communique.store.recipients import answers, letters, people
from communique.store.recipients.answers import Given
from tests.command_line import CommandLine
from tests.meetings import MEETING, hold_a_meeting
from tests.workspaces import START, Town


@pytest.fixture
def line(town: Town, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """Ana, Ben and Cleo have been invited; Dora is known, and was not."""
    monkeypatch.setenv("COMMUNIQUE_KEY", "key")
    hold_a_meeting(town)
    town.invite("ana", "ben", "cleo")
    town.run()
    town.invite("dora")
    found = CommandLine(town.root, monkeypatch)
    found("explain", "missing-fact", now=START)
    return found


def answer(town: Town, name: str, **said: object) -> None:
    """Somebody answers on the page."""
    with town.database.begin() as connection:
        person = people.by_address(connection, f"{name}@example.org")
        assert person is not None
        given = Given(**{"answer": Answer.YES, "came": Came.PAGE, "answered_at": START, **said})  # type: ignore[arg-type]
        assert answers.give(connection, Mode.LIVE, MEETING, person.id, given)


def test_the_list_says_who_comes_and_how_many(line: CommandLine, town: Town) -> None:
    """Those who come first, the silent last; who was not invited and is silent is not in it."""
    assert line("answers", "list").text.splitlines()[0] == (
        "kickoff.meeting: 3 people; 0 coming, 0 perhaps, 0 not coming, 3 without an answer."
    )
    answer(town, "cleo", companions=2, access_needs="A ramp\nand water")
    answer(town, "ben", answer=Answer.NO)
    said = line("answers", "list", MEETING).text.splitlines()

    assert said[0] == (
        "kickoff.meeting: 3 people; 1 coming (3 people in all), 0 perhaps, 1 not coming, 1 without an answer."
    )
    assert [each.split()[0] for each in said[1:]] == ["comes", "does", "has"]
    assert "cleo@example.org  +2  A ramp and water" in said[1]
    assert "Tue 2026-12-01 10:00 CET, page" in said[1]


@pytest.mark.parametrize("lead", ["=", "+", "-", "@", "\t=", "\r=", "\n="])
def test_no_cell_of_the_export_is_a_formula(line: CommandLine, town: Town, lead: str) -> None:
    """Whatever somebody is called, or needs."""
    nasty = f"{lead}HYPERLINK(1)"
    answer(town, "ana", access_needs=nasty, interpretation=nasty)
    with town.database.begin() as connection:
        row = people.Row(address="ana@example.org", name=nasty, language="en", organisation=nasty)
        people.add(connection, [row], audience="friends", basis="test", source="test", now=START)

    head, first, *_ = csv.reader(io.StringIO(line("answers", "export").text, newline=""))
    found = dict(zip(head, first, strict=True))
    assert {found[each] for each in ("name", "organisation", "access_needs", "interpretation")} == {f"'{nasty}"}
    assert found["answered_at"] == "2026-12-01T09:00:00Z"


def test_an_answer_that_came_by_mail_is_noted(line: CommandLine, town: Town) -> None:
    """On record, without the address; the last one holds."""
    said = line("answers", "add", "ANA@example.org", "maybe", "--as", "Ines")
    assert (said.code, said.text) == (
        0,
        "Noted: ANA@example.org may come (kickoff.meeting). A mail confirms it to them.\n",
    )
    said = line("answers", "add", "ana@example.org", "yes", "--companions", "3", "--as", "Ines")
    assert "Before: may come." in said.text

    with town.database.reading() as connection:
        person = people.by_address(connection, "ana@example.org")
        assert person is not None
        found = answers.find(connection, Mode.LIVE, MEETING, person.id)
    assert found is not None
    assert (found.answer, found.companions, found.came) == (Answer.YES, 3, Came.HAND)
    assert "noted an answer to kickoff.meeting" in line("log").text


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("nobody@example.org", "yes"), "Nobody is known who has nobody@example.org."),
        (("ana", "yes"), "ana: "),
        (("ana@example.org", "perhaps"), "perhaps"),
        (("ana@example.org", "yes", "--companions", "-1"), "-1"),
        (("ana@example.org", "yes", "--meeting", "kikoff.meeting"), "Did you mean `kickoff.meeting`?"),
    ],
)
def test_what_cannot_be_noted_is_refused(line: CommandLine, town: Town, words: tuple[str, ...], why: str) -> None:
    """And nothing is."""
    said = line("answers", "add", *words, "--as", "Ines")
    assert said.code != 0
    assert why in said.errors
    assert "3 without an answer" in line("answers", "list").text


def test_answers_go_with_the_person(line: CommandLine, town: Town) -> None:
    """Told to them in full; gone when they are erased."""
    answer(town, "ana", access_needs="Sesame-free cake")
    assert "Sesame-free cake" in line("people", "export", "ana@example.org").text
    line("people", "erase", "ana@example.org", "--as", "Ines")

    assert "Ana" not in line("answers", "list").text
    for file in town.root.rglob("ledger.sqlite*"):
        assert b"Sesame-free" not in file.read_bytes()


def test_an_answer_by_hand_is_confirmed_unless_the_officer_says_no(line: CommandLine, town: Town) -> None:
    """As one that an officer has read in a mail; once the meeting has begun, nobody is told any more."""

    def owed() -> int:
        with town.database.begin() as connection:
            return len(letters.take(connection, town.clock.now, 10))

    said = line("answers", "add", "ana@example.org", "yes", "--no-mail", "--as", "Ines", now=START)
    assert owed() == 0
    assert said.text.endswith("(kickoff.meeting). No mail confirms it.\n")
    line("answers", "add", "ben@example.org", "no", "--as", "Ines", now=START)
    assert owed() == 1
    over = line("answers", "add", "cleo@example.org", "yes", "--as", "Ines", now=START + timedelta(days=15))
    assert over.text.endswith("No mail confirms it: the meeting is over.\n")
    assert owed() == 0  # hers was taken


def test_of_several_meetings_the_command_is_told_how_to_name_one(line: CommandLine, town: Town) -> None:
    """As this very command wants it; a meeting that nobody was invited to is none of several."""
    again = "  again:\n    at: start\n    title: Again\n    place: Here\n    rsvp: a@example.org\n"
    town.campaign("facts:\n", f"facts:\n{again}")
    assert line("answers", "list").text == line("answers", "list", "kickoff.meeting").text
    assert "(kickoff.meeting)" in line("answers", "add", "ana@example.org", "yes", "--as", "Ines").text
    assert line("answers", "add", "dora@example.org", "yes", "--meeting", "start.again", "--as", "Ines").code == 0
    for command in ("list", "export"):
        refused = line("answers", command)
        assert refused.code == 1
        assert f"Name one: communique answers {command} kickoff.meeting" in refused.errors
    added = line("answers", "add", "dora@example.org", "yes", "--as", "Ines")
    assert "Say which: --meeting kickoff.meeting" in added.errors
