"""What a milestone overtakes (`unless`) goes no more from then on, and goes again where nobody has got it."""

from datetime import timedelta

import pytest

from communique.channel import Message, TemporaryError
from communique.delivery import Mode
from communique.plan.overtaken import Overtaken
from communique.store.announcements import publications
from tests.command_line import CommandLine, at
from tests.workspaces import START, Town


@pytest.fixture
def line(town: Town, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """The command line an hour before the announcement; two people are to be written to."""
    town.add()
    town.invite("ana", "ben")
    return at(town.root, monkeypatch, START - timedelta(hours=1))


def test_from_a_moment_on_it_goes_no_more(town: Town, line: CommandLine) -> None:
    """What tells of a meeting does not go once that is called off; before that moment it does, and with a new date."""
    town.campaign("when: start\n", "when: start\n    unless: later\n")
    town.clock.turn(hours=-1)
    assert town.standing().will_go
    assert line("declare", "news", "later", "2026-12-01 10:30", "--as", "Ana Gil").code == 0
    assert town.standing().will_go  # it is due before
    assert line("declare", "news", "later", "2026-12-01 09:59", "--as", "Ana Gil").code == 0
    assert "will NOT go: it goes no more since later (2026-12-01 09:59)" in line("plan").text
    assert "waits for hello, which was cancelled" in town.standing("goodbye").reason
    town.clock.turn(hours=2)
    town.run()
    assert (town.email.taken, town.balances()) == ([], {})
    assert line("declare", "news", "later", "unknown", "--as", "Ana Gil").code == 0
    town.run()
    town.run()
    assert [each.key.split("/")[1] for each in town.email.taken] == ["hello", "hello", "goodbye", "goodbye"]


def test_what_was_overtaken_is_on_the_books_as_cancelled(town: Town) -> None:
    """Once its time has passed, with the reason; nobody is told that it was missed."""
    town.invite("ana", "ben")
    town.campaign("when: start\n", "when: start\n    unless: later\n")
    town.campaign("later: unknown", "later: 2026-12-01 09:00")
    town.clock.turn(hours=49)
    town.run()
    assert (town.email.taken, town.account()) == ([], "2 planned = 2 cancelled")


def test_of_what_fell_due_before_what_still_waits_goes_no_more(town: Town, line: CommandLine) -> None:
    """A server that puts mails off, or a pause, does not make an invitation outlive its meeting, nor does its page."""
    town.say_to_nobody_in_particular()
    town.campaign("through: [email]\n", "through: [email, website]\n    unless: later\n    not_after: start + 3 days\n")
    line("pause", "website", "--as", "Ana Gil", now=START)
    town.email.before = _put_off_ben
    town.run()
    assert town.account("hello") == "3 planned = 2 scheduled + 1 sent"
    town.clock.turn(hours=1)
    line("declare", "news", "later", "2026-12-01 12:00", "--as", "Ana Gil", now=town.clock.now)
    town.run()
    assert town.account("hello") == "3 planned = 2 scheduled + 1 sent"
    town.email.before = lambda _message: None
    town.clock.turn(hours=1)
    overtaken = [town.standing()]
    line("declare", "news", "later", "2026-12-03 12:00", "--as", "Ana Gil", now=town.clock.now)
    assert Overtaken(town.workspace, town.database, Mode.LIVE).stop(overtaken, town.clock.now) == 0  # no more since
    line("declare", "news", "later", "2026-12-01 12:00", "--as", "Ana Gil", now=town.clock.now)
    line("resume", "website", "--as", "Ana Gil", now=town.clock.now)
    town.run()
    assert town.account("hello") == "3 planned = 1 sent + 2 cancelled"
    with town.database.reading() as connection:
        assert publications.on_website(connection, town.planner.mode) == []
    line("declare", "news", "later", "unknown", "--as", "Ana Gil", now=town.clock.now)
    town.run()  # what it says may have been overtaken as well: it stays on the books
    assert town.account("hello") == "3 planned = 1 sent + 2 cancelled"


def _put_off_ben(message: Message) -> None:
    if message.recipient is not None and message.recipient.name == "Ben":
        raise TemporaryError("451 try again")


def test_what_was_overtaken_goes_once_it_has_a_new_date(town: Town) -> None:
    """Also where that is found after its first time has passed; until then it is overtaken at any date."""
    town.invite("ana", "ben")
    town.campaign("when: start\n", "when: start\n    unless: later\n")
    town.campaign("later: unknown", "later: 2026-12-01 09:00")
    town.clock.turn(hours=49)
    town.run()
    assert town.account() == "2 planned = 2 cancelled"
    town.campaign("start: 2026-12-01", "start: 2026-12-08")
    town.clock.turn(days=5)
    assert town.standing().overtaken
    town.run()
    assert town.account() == "2 planned = 2 cancelled"
    town.campaign("later: 2026-12-01 09:00", "later: unknown")
    town.run()
    assert town.account() == "2 planned = 2 sent"


def test_what_was_overtaken_by_mistake_goes_as_it_was(town: Town, line: CommandLine) -> None:
    """A milestone is declared too soon while all of it waits, and taken back in time."""
    town.campaign("when: start\n", "when: start\n    unless: later\n")
    line("pause", "email", "--as", "Ana Gil", now=START)
    town.run()
    line("declare", "news", "later", "2026-12-01 10:00", "--as", "Ana Gil", now=START)
    town.run()
    assert town.account("hello") == "2 planned = 2 cancelled"
    assert town.standing().is_frozen
    line("resume", "email", "--as", "Ana Gil", now=START)
    line("declare", "news", "later", "unknown", "--as", "Ana Gil", now=START)
    town.run()
    assert town.account("hello") == "2 planned = 2 sent"


def test_what_it_is_not_to_outlive_is_a_milestone(line: CommandLine, town: Town) -> None:
    """Anything else is refused, at its line."""
    town.campaign("when: start\n", "when: start\n    unless: latter\n")
    said = line("check")
    assert said.code == 1
    assert "campaigns/news.yaml:12:13" in said.text
    assert "expected a milestone of this campaign, found `latter`" in said.text
    assert "Did you mean `later`?" in said.text
