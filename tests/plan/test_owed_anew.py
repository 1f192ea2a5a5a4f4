"""Missed, and then given a later time: owed anew, to those whom it concerns now."""

from datetime import timedelta

import pytest

from communique.channel import TemporaryError
from communique.delivery import Mode, State
from communique.moments import parse_milestone
from communique.store.announcements import declarations, publications
from tests.command_line import at
from tests.workspaces import START, Town


@pytest.fixture
def missed(town: Town) -> Town:
    """A town where `hello` was missed by Ana and Ben; its milestone has been moved by a week since."""
    town.invite("ana", "ben")
    town.clock.turn(hours=25)
    town.run()
    assert town.account() == "2 planned = 2 missed"
    move(town)
    return town


def move(town: Town) -> None:
    """Declare the milestone a week later, and let its time come."""
    with town.database.begin() as connection:
        moment = parse_milestone("2026-12-08 10:00")
        declarations.declare(connection, "news", "start", moment, by="Ana Gil", now=town.clock.now)
    town.run()
    town.clock.now = START + timedelta(days=7)


def test_who_joined_since_gets_it_too(missed: Town) -> None:
    """The audience is counted anew, as nobody has had anything."""
    missed.invite("eva")
    missed.run()
    assert missed.account() == "3 planned = 3 sent"


def test_who_left_since_gets_nothing(missed: Town) -> None:
    """The account says why."""
    missed.suppress("ben")
    missed.run()
    assert missed.account() == "2 planned = 1 sent + 1 excluded"


def test_who_changed_language_since_gets_one_copy(missed: Town) -> None:
    """In the language they have now; the other one stays missed."""
    missed.campaign("languages: [en]", "languages: [en, es]")
    missed.invite("ben", language="es")
    missed.run()
    assert [message.language for message in missed.email.taken] == ["en", "es"]
    assert missed.account() == "3 planned = 2 sent + 1 missed"


def test_what_a_server_refused_until_the_end_is_owed_anew_as_well(town: Town) -> None:
    """Tried in vain, it has not gone either."""

    def refuse(_message: object) -> None:
        raise TemporaryError("451 busy")

    town.invite("ana")
    town.email.before = refuse
    for _ in range(30):
        town.run()
        town.clock.turn(hours=1)
    assert [copy.delivery.state for copy in town.copies()] == [State.MISSED]
    town.email.before = lambda _message: None
    move(town)
    town.run()
    assert town.account() == "1 planned = 1 sent"


def test_it_is_dated_anew(missed: Town) -> None:
    """The mail does not claim to be a week old, and it is not late."""
    missed.run()
    assert {message.created_at for message in missed.email.taken} == {START + timedelta(days=7)}
    assert not missed.balances()["hello"].late


def test_what_was_cancelled_is_owed_anew_once_that_is_taken_back(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too late for its first time; the time it has now is another."""
    line = at(town.root, monkeypatch, START)
    town.invite("ana", "ben")
    line("pause", "email", "--as", "Ana Gil")
    town.run()
    assert line("cancel", "hello", "--as", "Ana Gil", "--why", "not yet", "--yes").code == 0
    line("resume", "email", "--as", "Ana Gil")
    town.clock.turn(hours=25)
    move(town)
    town.run()
    assert town.account() == "2 planned = 2 cancelled"
    assert line("cancel", "hello", "--undo", "--as", "Ana Gil", now=town.clock.now).code == 0
    town.run()
    assert town.account() == "2 planned = 2 sent"


@pytest.mark.parametrize("how", ["missed", "cancelled"])
def test_its_page_says_what_is_announced_now(town: Town, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    """Its first page was kept when it fell due, and the website was paused until it was too late."""
    line = at(town.root, monkeypatch, START)
    town.campaign("through: [email]", "through: [website, feed]")
    town.say_to_nobody_in_particular()
    line("pause", "--as", "Ana Gil")
    town.run()
    undo = ("cancel", "hello", "--undo", "--as", "Ana Gil")
    if how == "cancelled":
        assert line("cancel", "hello", "--as", "Ana Gil", "--why", "not yet", "--yes").code == 0
    town.clock.turn(hours=25)
    town.run()
    town.campaign("colour: blue", "colour: green")
    line("resume", "--as", "Ana Gil", now=town.clock.now)
    move(town)
    if how == "cancelled":
        assert line(*undo, now=town.clock.now).code == 0
    town.run()
    assert town.account() == "2 planned = 2 sent"
    with town.database.reading() as connection:
        (page,), (entry,) = (of(connection, Mode.LIVE) for of in (publications.on_website, publications.in_feed))
    assert page == entry
    assert (page.summary, page.published_at) == ("It is green.", START + timedelta(days=7))


@pytest.mark.parametrize("how", ["each", "withdrawn"])
def test_what_is_not_to_go_at_all_is_not_owed_anew(town: Town, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    """What somebody has cancelled copy by copy, and what was withdrawn before any of it had left."""
    line = at(town.root, monkeypatch, START)
    town.invite("ana")
    line("pause", "email", "--as", "Ana Gil")
    town.run()
    (copy,) = town.copies()
    said = {
        "each": ("resolve", str(copy.delivery.id), "cancelled"),
        "withdrawn": ("retract", "news/hello", "--reason", "en=We were wrong.", "--yes"),
    }
    done = line(*said[how], "--as", "Ana Gil")
    assert done.code == 0, done.errors
    line("resume", "email", "--as", "Ana Gil")
    town.clock.turn(hours=25)
    move(town)
    town.run()
    assert [each.delivery.state for each in town.copies()] == [State.CANCELLED]
    assert town.email.taken == []


def test_nothing_is_owed_anew_when_something_has_gone(town: Town) -> None:
    """What has gone stays gone, and its account closed."""
    town.invite("ana", "ben")
    town.email.before = _refuse_ben
    for _ in range(30):
        town.run()
        town.clock.turn(hours=1)
    assert town.account() == "2 planned = 1 sent + 1 missed"
    town.email.before = lambda _message: None
    move(town)
    town.run()
    assert town.account() == "2 planned = 1 sent + 1 missed"


def _refuse_ben(message: object) -> None:
    if message.recipient.name == "Ben":  # type: ignore[attr-defined]
        raise TemporaryError("451 busy")
