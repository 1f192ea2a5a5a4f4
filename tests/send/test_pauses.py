"""A person lets a channel wait: it is seen by whoever sends, told everywhere, and what expires is missed as ever."""

from datetime import timedelta

import pytest

from communique.channel import Message
from communique.monitoring.health import Health
from communique.store.deliveries import pauses
from communique.store.deliveries.pauses import EVERYTHING
from communique.store.desk import journal
from tests.command_line import CommandLine, at
from tests.recording_channel import RecordingChannel
from tests.workspaces import START, Town


@pytest.fixture
def line(town: Town, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """The command line at the time of the announcement; two people are to be written to."""
    town.add()
    town.invite("ana", "ben")
    return at(town.root, monkeypatch, START)


def test_a_paused_channel_takes_nothing_up_until_it_is_resumed(town: Town, line: CommandLine) -> None:
    """What is due is frozen and waits; afterwards it goes."""
    assert line("pause", "email", "--as", "Ana Gil", "--why", "the relay moves").code == 0
    town.run()
    assert town.email.taken == []
    assert town.account() == "2 planned = 2 scheduled"
    said = line("resume", "email", "--as", "Ben Sol")
    assert (said.code, said.text) == (0, "Goes on: email.\n")
    town.run()
    assert town.account() == "2 planned = 2 sent"
    with town.database.reading() as connection:
        told = [(each.who, each.what) for each in journal.latest(connection, 2)]
    assert told == [("Ben Sol", "resumed email"), ("Ana Gil", "paused email: the relay moves")]


def test_a_pause_of_everything_is_a_pause_of_each(town: Town, line: CommandLine) -> None:
    """Pages and posts wait as mails do."""
    town.campaign("through: [email]", "through: [email, website]")
    town.say_to_nobody_in_particular()
    line("pause", "--as", "Ana Gil")
    town.run()
    assert town.account() == "3 planned = 3 scheduled"
    line("resume", "--as", "Ana Gil")
    town.run()
    assert town.account() == "3 planned = 3 sent"


def test_other_channels_go_on(town: Town, line: CommandLine) -> None:
    """One that waits holds nobody else up."""
    town.campaign("through: [email]", "through: [email, website]")
    town.say_to_nobody_in_particular()
    line("pause", "email", "--as", "Ana Gil")
    town.run()
    assert town.account() == "3 planned = 2 scheduled + 1 sent"


def test_a_run_under_way_sees_it_at_its_next_claim(town: Town, line: CommandLine) -> None:
    """What it has taken up goes; the rest is owed as before."""
    town.invite(*(f"p{number}" for number in range(98)))

    def pause(_message: Message) -> None:
        with town.database.begin() as connection:
            pauses.begin(connection, "email", who="Ana Gil", why="", now=START)

    class Pausing(RecordingChannel):
        """Pauses itself at its first message."""

        def check(self, message: Message) -> list[str]:
            """As ever."""
            pause(message)
            return []

    town.email = Pausing()
    town.run()
    assert town.account() == "100 planned = 50 scheduled + 50 sent"


def test_what_expires_meanwhile_is_missed_and_the_command_says_so_before(town: Town, line: CommandLine) -> None:
    """How many copies, and when; of what is due, and of what is to come."""
    line("pause", "email", "--as", "Ana Gil")
    town.run()
    said = line("pause", "email", "--as", "Ben Sol", now=START + timedelta(minutes=1)).text
    assert "Paused already: email, since Tue 2026-12-01 10:00 CET, told by Ana Gil." in said
    assert "  2 copies  by Wed 2026-12-02 10:00 CET\n" in said
    assert "news/goodbye  email  2 copies  by Wed 2026-12-02 11:00 CET\n" in said
    town.clock.turn(hours=25)
    town.run()
    assert town.email.taken == []
    assert town.account() == "2 planned = 2 missed"


def test_a_pause_tells_only_what_waits_through_it_now(town: Town, line: CommandLine) -> None:
    """Not what goes another way, nor what has gone, nor what was left from a trial."""
    town.campaign("through: [email]", "through: [email, website]")
    town.say_to_nobody_in_particular()
    town.settings("mode: live", "mode: trial")
    town.freeze()
    town.settings("mode: trial", "mode: live")
    town.freeze()
    assert "  2 copies  by Wed 2026-12-02 10:00 CET\n" in line("pause", "email", "--as", "Ana Gil").text
    assert "  3 copies  by Wed 2026-12-02 10:00 CET\n" in line("pause", "--as", "Ana Gil").text
    line("resume", "--as", "Ana Gil")
    town.run()
    assert "  2 copies  by Wed 2026-12-02 10:00 CET\n" in line("pause", "--as", "Ana Gil").text


def test_a_pause_is_told_by_plan_status_and_health(town: Town, line: CommandLine) -> None:
    """Whoever looks sees that it waits, since when, by whom, why, and how it goes on."""
    line("pause", "email", "--as", "Ana Gil", "--why", "the relay moves")
    told = "PAUSED: The channel email waits since Tue 2026-12-01 10:00 CET, told by Ana Gil: the relay moves"
    for command in ("status", "plan"):
        said = line(command).text
        assert told in said
        assert "communique resume email --as NAME" in said
    assert "paused by Ana Gil" in line("plan", "--json").json["messages"][0]["reason"]
    paused = [{"channel": "email", "since": "2026-12-01T09:00:00Z", "who": "Ana Gil", "why": "the relay moves"}]
    assert line("plan", "--json").json["paused"] == line("status", "--json").json["paused"] == paused
    health = Health()
    health.ticked(START)
    with town.database.reading() as connection:
        health.look(connection, town.planner.mode, town.clock.now)
    well, report = health.report(START)
    assert (well, report["paused"]) == (True, ["email"])


def test_what_was_paused_by_its_name_goes_on_by_its_name(town: Town, line: CommandLine) -> None:
    """Two people's reasons are two pauses; what still waits is said."""
    line("pause", "email", "--as", "Ana Gil")
    line("pause", "--as", "Ben Sol")
    said = line("resume", "--as", "Ben Sol").text
    assert said == "Goes on: every channel. Still paused: email (communique resume email --as NAME).\n"
    town.run()
    assert town.email.taken == []
    with town.database.reading() as connection:
        assert pauses.is_paused(connection, "email")
        assert not pauses.is_paused(connection, "website")
        assert not pauses.is_paused(connection, EVERYTHING)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("pause", "emial", "--as", "Ana Gil"), "Did you mean `email`?"),
        (("resume", "emial", "--as", "Ana Gil"), "Did you mean `email`?"),
        (("resume", "email", "--as", "Ana Gil"), "There is no pause of email."),
        (("resume", "--as", "Ana Gil"), "There is no pause of every channel."),
    ],
)
def test_a_slip_is_told(line: CommandLine, words: tuple[str, ...], told: str) -> None:
    """In a sentence, and nothing is changed."""
    said = line(*words)
    assert said.code == 1
    assert told in said.errors
