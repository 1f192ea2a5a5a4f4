"""`communique status` of what is due and does not go: why, from the first time on, and whether anybody sends at all."""

from datetime import timedelta

import pytest

from communique.channel import TemporaryError, UnavailableError, UncertainError
from communique.delivery import State
from communique.send.lead import Lead
from tests.command_line import CommandLine, at
from tests.single_delivery import failing, in_doubt
from tests.workspaces import START, Town

_LATER = START + timedelta(minutes=5)


@pytest.fixture
def line(town: Town, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """The command line, when the announcement is due."""
    return at(town.root, monkeypatch, _LATER)


def on_a_server(town: Town) -> bool:
    """Where a daemon of any machine may send."""
    return town.variables.get("DATABASE_URL", "").startswith("postgresql")


def test_what_is_due_and_has_not_begun_is_told(line: CommandLine, town: Town) -> None:
    """Why it does not go, and that nobody would send it."""
    town.invite("ana")
    town.settings("required: 0", "required: 1")
    said = line("status")
    assert "Nothing has fallen due" not in said.text
    assert "DUE since Tue 2026-12-01 10:00 CET: news/hello does not go: " in said.text
    assert ("NO DAEMON RUNS HERE" in said.text) is not on_a_server(town)
    (due,) = line("status", "--json").json["due"]
    assert (due["announcement"], due["due_at"]) == ("hello", "2026-12-01T09:00:00Z")
    assert due["reason"]
    town.settings("required: 1", "required: 0")
    assert "news/hello has not begun\n" in line("status").text
    late = START + timedelta(hours=2)  # which is no reason why it does not go
    assert "news/hello has not begun\n" in line("status", now=late).text
    assert line("status", "--json", now=late).json["due"][0]["reason"] == ""


def test_where_a_daemon_runs_nothing_is_said_of_it(line: CommandLine, town: Town) -> None:
    """It holds the lead of this folder."""
    town.invite("ana")
    lead = Lead(town.root / "var" / "daemon.lock", "here/1")
    assert lead.take()
    said = line("status")
    lead.close()
    assert "NO DAEMON" not in said.text
    assert line("status", "--json").json["nobody_sends"] is not on_a_server(town)


def test_a_try_that_failed_is_told_the_first_time(line: CommandLine, town: Town) -> None:
    """With the words of the server, and when it is tried again."""
    town.invite("ana", "ben")
    town.email.before = failing(TemporaryError("450 4.2.0 Later"), times=1)
    town.run()
    said = line("status", now=START)
    assert "PUT OFF: 1 copy of news/hello through email; next try Tue 2026-12-01 10:0" in said.text
    assert "450 4.2.0 Later" in said.text
    (later,) = line("status", "--json").json["put_off"]
    assert (later["copies"], later["next_at"][-1]) == (1, "Z")
    assert said.code == 0
    town.settings("mode: live", "mode: trial")
    assert line("status", "--json").json["put_off"] == []  # of the other mode
    town.settings("mode: trial", "mode: live")
    town.clock.turn(hours=1)
    town.run()
    assert line("status", "--json").json["put_off"] == []  # it has gone


def test_what_was_cancelled_or_is_to_go_anew_is_not_told_as_put_off(line: CommandLine, town: Town) -> None:
    """However its last try ended: nobody waits for a server with it."""
    in_doubt(town, "strict")
    town.invite("ana", "ben")
    town.email.before = failing(TemporaryError("450 4.2.0 Later"), times=1)
    town.email.after = failing(UncertainError("the answer was lost"))
    town.run()
    (doubtful,) = (each.delivery.id for each in town.copies() if each.delivery.state is State.IN_DOUBT)
    assert line("resolve", str(doubtful), "resend", "--as", "Ines", now=START).code == 0
    assert [each["copies"] for each in line("status", "--json").json["put_off"]] == [1]
    assert line("cancel", "news/hello", "--as", "Ines", "--why", "The date is wrong.", "--yes").code == 0
    assert line("status", "--json").json["put_off"] == []


def test_a_channel_that_failed_is_told_before_it_rests(line: CommandLine, town: Town) -> None:
    """It rests at the third time."""
    town.invite("ana")
    town.email.before = failing(UnavailableError("The mail server could not be reached."), times=1)
    town.run()
    said = line("status", now=START)
    assert "FAILED: The channel email could not be used since Tue 2026-12-01 10:00 CET" in said.text
    assert "The mail server could not be reached." in said.text
    assert line("status", "--json").json["failing"][0]["channel"] == "email"


def test_a_broken_file_is_told_and_the_exit_code_says_so(line: CommandLine, town: Town) -> None:
    """At its line, as everywhere."""
    town.write("campaigns/other.yaml", "campaign: [other\n")
    said = line("status")
    assert (said.code, "campaigns/other.yaml:1:" in said.text) == (1, True)
    assert line("status", "--json").json["problems"][0]["file"] == "campaigns/other.yaml"
