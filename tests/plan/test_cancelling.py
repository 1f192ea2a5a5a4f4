"""What has not left is cancelled: said before, told everywhere, kept out whatever comes back; and it can be undone."""

from datetime import timedelta
from io import StringIO

import pytest

from communique.channel import ChannelError, Message, PermanentError, TemporaryError
from communique.plan import outlook
from communique.plan.outlook import Sign
from communique.store.announcements import publications
from communique.store.desk.officers import Duty
from communique.subscription import Frequency
from tests.command_line import CommandLine, at
from tests.desk import desk_of
from tests.digest_towns import DigestTown
from tests.workspaces import START, Town

WHY = ("--as", "Ana Gil", "--why", "the date is wrong")


@pytest.fixture
def line(town: Town, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """The command line an hour before the announcement; two people are to be written to."""
    town.add()
    town.invite("ana", "ben")
    return at(town.root, monkeypatch, START - timedelta(hours=1))


def test_what_is_to_come_does_not_fall_due(town: Town, line: CommandLine) -> None:
    """Plan, `why` and what waits for it say so, by whom and why; once its time has passed it is on the books."""
    town.clock.turn(hours=-1)
    said = line("cancel", "news/hello", *WHY, "--yes")
    assert said.code == 0
    assert "Cancelled: news/hello. It does not fall due." in said.text
    assert "Would not fall due:\n  Tue 2026-12-01 10:00 CET  email  en  2 copies\n" in said.text
    assert "To take it back: communique cancel news/hello --undo --as NAME" in said.text
    plan = line("plan").text
    assert "will NOT go: cancelled by Ana Gil: the date is wrong" in plan
    assert "Wait for it, and would not go either (let them wait for something else" in said.text
    assert "cancel them too):\n  news/goodbye\n" in said.text
    advice = "waits for hello, which was cancelled: let it wait for something else, or cancel it too"
    assert advice in plan
    assert "cancelled by Ana Gil: the date is wrong" in line("why", "ana@example.org", "news/hello").text
    assert "news/hello  cancelled by Ana Gil: the date is wrong" in line("status").text
    assert line("status", "--json").json["cancelled"] == [
        {
            "campaign": "news",
            "announcement": "hello",
            "occurrence": None,
            "channel": None,
            "since": "2026-12-01T08:00:00Z",
            "who": "Ana Gil",
            "why": "the date is wrong",
        }
    ]
    town.clock.turn(hours=2)
    town.run()
    assert (town.email.taken, town.balances()) == ([], {})
    assert not town.standing().is_held_at(town.clock.now)
    with town.database.reading() as connection:
        found = {each.name[1]: each for each in outlook.coming(town.planner, connection, town.clock.now)}
    assert {name: each.sign for name, each in found.items()} == {"hello": Sign.CANCELLED, "goodbye": Sign.LATE}
    assert found["goodbye"].reason == advice
    town.clock.turn(hours=48)
    town.run()
    assert (town.email.taken, town.account()) == ([], "2 planned = 2 cancelled")
    assert "it was withdrawn or cancelled" in line("why", "ana@example.org", "news/hello", now=town.clock.now).text


def test_what_was_counted_is_cancelled_and_owed_again_when_that_is_undone(town: Town, line: CommandLine) -> None:
    """While its time lasts; what waits for it goes only after it."""
    line("pause", "email", "--as", "Ana Gil", now=START)
    town.run()
    assert town.account() == "2 planned = 2 scheduled"
    said = line("cancel", "hello", *WHY, "--yes")
    assert "Would not go any more (counted, and not sent yet):\n  email  2 copies\n" in said.text
    assert town.account() == "2 planned = 2 cancelled"
    line("resume", "email", "--as", "Ana Gil")
    town.clock.turn(hours=2)
    town.run()
    assert (town.email.taken, list(town.balances())) == ([], ["hello"])
    said = line("cancel", "hello", "--undo", "--as", "Ana Gil", now=town.clock.now)
    assert said.text == "Goes again: news/hello. 2 copies owed again.\n"
    town.run()
    town.run()
    assert (town.account(), town.account("goodbye")) == ("2 planned = 2 sent", "2 planned = 2 sent")
    said = line("cancel", "hello", "--undo", "--as", "Ana Gil")
    assert (said.code, "is not cancelled by that name" in said.errors) == (1, True)


def test_after_its_time_a_copy_stays_cancelled(town: Town, line: CommandLine) -> None:
    """Nothing goes out late because somebody took something back."""
    line("pause", "--as", "Ana Gil", now=START)
    town.run()
    line("cancel", "hello", *WHY, "--yes")
    town.clock.turn(hours=25)
    said = line("cancel", "hello", "--undo", "--as", "Ana Gil", now=town.clock.now)
    assert "2 copies stay cancelled: their time has passed." in said.text
    assert town.account() == "2 planned = 2 cancelled"


def test_one_channel_is_cancelled_and_the_others_go_on(town: Town, line: CommandLine) -> None:
    """Its copies are on the books as cancelled, and no page shows what was not to be shown."""
    town.campaign("through: [email]", "through: [email, website]")
    town.say_to_nobody_in_particular()
    assert line("cancel", "hello", "--through", "website", *WHY, "--yes").code == 0
    town.run()
    assert town.account() == "3 planned = 2 sent + 1 cancelled"
    with town.database.reading() as connection:
        assert publications.on_website(connection, town.planner.mode) == []
    said = line("cancel", "hello", "--through", "emial", *WHY, "--yes")
    assert (said.code, "through `emial`" in said.errors) == (1, True)


def test_a_page_that_was_to_appear_appears_when_that_is_undone(town: Town, line: CommandLine) -> None:
    """It was ready and had not left."""
    town.campaign("through: [email]", "through: [email, website]")
    town.say_to_nobody_in_particular()
    line("pause", "website", "--as", "Ana Gil", now=START)
    town.run()
    for words, shown in ((("--through", "website", *WHY, "--yes"), 0), (("--through", "website", "--undo", *WHY), 1)):
        assert line("cancel", "hello", *words).code == 0
        with town.database.reading() as connection:
            assert len(publications.on_website(connection, town.planner.mode)) == shown


def test_what_is_under_way_comes_to_its_end_and_is_not_tried_again(town: Town, line: CommandLine) -> None:
    """A copy that came back to be tried later is kept out by whoever would take it up."""

    def busy(_message: Message) -> None:
        line("cancel", "hello", *WHY, "--yes", now=START)
        town.email.after = _refuse
        raise TemporaryError("450 try later")

    def _refuse(_message: Message) -> None:
        raise TemporaryError("450 try later")

    town.email.before = busy
    town.run()
    assert town.account() == "2 planned = 2 scheduled"
    town.email.before = town.email.after = lambda _message: None
    town.clock.turn(hours=2)
    town.run()
    assert (town.email.taken, town.account()) == ([], "2 planned = 2 cancelled")


@pytest.mark.parametrize(("language", "answer"), [("en", "y"), ("en", "Yes"), ("es", "s"), ("es", "Sí"), ("es", "y")])
def test_a_yes_is_one_in_the_language_of_the_question(
    town: Town, line: CommandLine, monkeypatch: pytest.MonkeyPatch, language: str, answer: str
) -> None:
    """A Spanish officer answers as they would anywhere."""
    monkeypatch.setattr("sys.stdin", StringIO(f"{answer}\n"))
    said = line("--language", language, "cancel", "hello", *WHY)
    assert (said.code, ("[s/N]: " if language == "es" else "[y/N]: ") in said.text) == (0, True)
    town.run()
    assert town.email.taken == []


def test_it_asks_before_it_acts_and_wants_a_reason(
    town: Town, line: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever says no has changed nothing; nor has whoever does not say why, or cancels what has gone."""
    for answer in ("\n", "", "n\n", "perhaps\n", "s\n"):  # Enter, the end of the input, a no, no answer, a Spanish yes
        monkeypatch.setattr("sys.stdin", StringIO(answer))
        said = line("cancel", "hello", *WHY)
        assert (said.code, said.errors) == (1, "Error: Nothing was cancelled. Where nobody can answer: --yes\n")
    said = line("cancel", "hello", "--as", "Ana Gil", "--yes")
    assert (said.code, "Expected after --why" in said.errors) == (64, True)
    town.run()
    said = line("cancel", "hello", *WHY, "--yes", now=START + timedelta(hours=2))
    assert (said.code, "Nothing of news/hello waits to go" in said.errors) == (1, True)
    assert town.account() == "2 planned = 2 sent"


def test_operators_cancel_at_the_desk_once_they_have_seen_how_much(town: Town, line: CommandLine) -> None:
    """By channel or all of it; it stands on the timeline, and whoever cancelled it can take it back."""
    with desk_of(town) as desk:
        seat, editor = desk.sit(desk.hire("Olga", Duty.OPERATOR)), desk.sit(desk.hire("Eva", Duty.EDITOR))
        at_page = "/cancel/news/goodbye/once"
        assert at_page in seat.get("/announcement/news/goodbye/once").text
        assert ">2</td>" in seat.get(at_page).text
        assert "Operators cancel." in editor.get(at_page).text
        assert seat.post(at_page).status_code == 422
        assert seat.post(at_page, why="moved <b>").headers["location"] == f"{at_page}?said=cancelled"
        assert seat.post(at_page, why="again").status_code == 409
        page = seat.get("/announcement/news/goodbye/once").text
        assert ("Cancelled" in page, "cancelled by Olga: moved &lt;b&gt;" in page) == (True, True)
        assert "cancelled by Olga" in seat.get("/").text
        assert seat.post(f"{at_page}/undo").headers["location"] == f"{at_page}?said=uncancelled"
        assert seat.post(f"{at_page}/undo").status_code == 409
        assert "took back that news/goodbye" in desk.journal()[0]
        assert "took back" in editor.get("/journal").text
    town.clock.turn(hours=2)
    town.run()
    town.run()
    assert town.account("goodbye") == "2 planned = 2 sent"


def test_what_waits_for_copies_that_were_cancelled_says_what_to_do(town: Town, line: CommandLine) -> None:
    """As what waits for something that was cancelled before anything was counted."""
    line("pause", "email", "--as", "Ana Gil", now=START)
    town.run()
    assert line("cancel", "hello", *WHY, "--yes", now=START).code == 0
    town.clock.turn(hours=1)
    assert town.standing("goodbye").reason.startswith("waits for hello, which was cancelled: let it wait")


def test_who_wants_newsletters_by_day_gets_in_one_what_was_cancelled_and_is_no_more(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Taken back in time it waits for the next newsletter again; who takes each as it comes gets it at once."""
    digests = DigestTown(town)
    digests.announce("news", {"first": "2026-12-01 10:00", "second": "2026-12-01 11:00"})
    town.clock.now = START - timedelta(hours=1)
    digests.choose("ana", Frequency.EACH)
    digests.choose("ben", Frequency.DAILY)
    line = at(town.root, monkeypatch, START)
    line("pause", "newsletter", "--as", "Ana Gil")
    digests.tick(START)
    assert line("cancel", "news/first", *WHY, "--yes").code == 0
    assert town.account("first") == "2 planned = 2 cancelled"
    said = line("cancel", "news/first", "--undo", "--as", "Ana Gil", now=START + timedelta(minutes=5))
    assert said.text == "Goes again: news/first. 2 copies owed again.\n"
    assert town.account("first") == "2 planned = 1 scheduled + 1 collected"
    assert line("cancel", "news/second", *WHY, "--yes").code == 0
    line("resume", "newsletter", "--as", "Ana Gil")
    for hours in (1, 24):
        digests.tick(START + timedelta(hours=hours))
    assert digests.got("ana", ["first", "second"]) == {"first": 1}
    assert digests.got("ben", ["first", "second"]) == {"first": 1}


@pytest.mark.parametrize(
    ("error", "meanwhile"),
    [(PermanentError("550 no"), False), (PermanentError("550 no"), True), (TemporaryError("421 busy"), True)],
    ids=["had failed", "fails", "is tried again"],
)
def test_a_newsletter_that_did_not_go_carries_what_was_cancelled_no_more(
    town: Town, monkeypatch: pytest.MonkeyPatch, error: ChannelError, *, meanwhile: bool
) -> None:
    """Neither the next one, to which a failed one gave it back, nor the same one, tried once more."""
    digests = DigestTown(town)
    digests.announce("news", {"first": "2026-12-01 10:00", "second": "2026-12-01 10:30"})
    town.clock.now = START - timedelta(hours=1)
    digests.choose("ben", Frequency.DAILY)
    line = at(town.root, monkeypatch, START)
    for hours in (-1, 0, 0.5):  # the first round is that of the day on which there is none yet
        digests.tick(START + timedelta(hours=hours))
    assert digests.mails("ben") == []

    def fail(_message: Message) -> None:
        if meanwhile:
            line("cancel", "news/first", *WHY, "--yes")
        digests.newsletter.before = lambda _message: None
        raise error

    digests.newsletter.before = fail
    digests.tick(START + timedelta(hours=22))
    if not meanwhile:
        line("cancel", "news/first", *WHY, "--yes")
    for hours in (24, 26, 46):
        digests.tick(START + timedelta(hours=hours))
    assert digests.got("ben", ["first", "second"]) == {"second": 1}
    assert town.account("first") == "1 planned = 1 cancelled"


def test_what_a_newsletter_has_carried_has_left(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is told that it was stopped in time."""
    digests = DigestTown(town)
    digests.announce("news", {"first": "2026-12-01 10:00"})
    town.clock.now = START - timedelta(hours=1)
    digests.choose("ben", Frequency.DAILY)
    digests.choose("ana", Frequency.WEEKLY)
    line = at(town.root, monkeypatch, START)
    for hours in (-1, 0, 22):
        digests.tick(START + timedelta(hours=hours))
    assert digests.got("ben", ["first"]) == {"first": 1}
    assert "1 copy had not left" in line("cancel", "news/first", *WHY, "--yes").text
    line("cancel", "news/first", "--undo", "--as", "Ana Gil")
    digests.tick(START + timedelta(days=7))
    assert digests.got("ana", ["first"]) == {"first": 1}
    said = line("cancel", "news/first", *WHY, "--yes")
    assert (said.code, "Nothing of news/first waits to go" in said.errors) == (1, True)


def test_a_series_of_which_one_was_withdrawn_can_be_taken_up_again(town: Town, line: CommandLine) -> None:
    """What was withdrawn does not go again, by whatever name; the others of the series do."""
    town.campaign("  hello:\n    when: start", "  hello:\n    when: start\n    every: 1 week")
    town.run()
    assert line("retract", "news/hello", "--reason", "en=Wrong.", "--as", "Ana Gil", "--yes", now=START).code == 0
    assert line("cancel", "hello", *WHY, "--yes", now=START).code == 0
    assert line("cancel", "hello", "--undo", "--as", "Ana Gil", now=START).code == 0
    assert town.standing().is_frozen
    town.clock.turn(days=7)
    town.run()
    assert [each.key.split("/")[2] for each in town.email.taken if "/hello/" in each.key] == [
        *("1", "1", "1-retracted", "1-retracted", "2", "2")
    ]
