"""Too many mails of an announcement come back: the rest waits for a person, and what they decide holds."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from communique.alerts.causes import Cause, in_ledger
from communique.bounces.consequences import follow
from communique.bounces.reading import read_report
from communique.channel import Crossing, Outcome, PermanentError
from communique.delivery import Delivery, Mode, State
from communique.monitoring.health import Health
from communique.send.bulk import LedgerTraffic
from communique.store.database import occurrences
from communique.store.deliveries.stops import stopped_occurrences
from communique.store.desk import journal
from communique.store.desk.officers import Duty
from communique.store.tables.channel import stops
from tests.command_line import CommandLine, at
from tests.desk import desk_of
from tests.returned_reports import KEY, about
from tests.send.test_bulk import taken
from tests.send.test_bulk import traffic as traffic  # noqa: PLC0414 - a fixture
from tests.single_delivery import failing
from tests.workspaces import START, Town

NAMES = [f"p{number:02}" for number in range(40)]
UNKNOWN, UNWANTED, FULL = "postfix-unknown-user", "gmail-dmarc", "exim-mailbox-full"


@pytest.fixture
def line(town: Town, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """The command line of a town in which half of forty mails have left; three that come back are too many."""
    town.settings("mode: live", "mode: live\nbounces: {stop: {copies: 3, percent: 15}, brake: {people: 900}}")
    town.settings("kind: email", "kind: email\n    rate: 20 per hour")
    town.invite(*NAMES)
    town.run()
    assert town.account() == "40 planned = 20 scheduled + 20 sent"
    return at(town.root, monkeypatch, START)


def gone(town: Town) -> Sequence[Delivery]:
    """Copies that have left, in order."""
    return [each.delivery for each in town.copies() if each.delivery.state is State.SENT]


def come_back(town: Town, copies: Sequence[Delivery], report: str = UNKNOWN) -> None:
    """A report about each, one after another."""
    rules = town.workspace.settings.bounces
    for each in copies:
        with town.database.begin() as connection:
            follow(connection, read_report(about(report, each)), KEY, rules, place="", now=town.clock.now)


def an_hour_later(town: Town) -> str:
    """The account after another hour's mails."""
    town.clock.turn(hours=1, minutes=1)
    town.run()
    return town.account()


def test_what_has_not_left_waits_and_everybody_is_told(town: Town, line: CommandLine) -> None:
    """Two of twenty stop nothing; the third does. Status, plan, why, health, the alert and the journal say so."""
    copies = gone(town)
    come_back(town, copies[:2])
    assert "STOPPED" not in line("status").text
    come_back(town, copies[2:4])
    assert an_hour_later(town) == "40 planned = 20 scheduled + 20 sent; 4 came back"
    for command in ("status", "plan"):
        said = line(command).text
        assert "STOPPED: news/hello through email" in said
        assert "of 20 mails that had left 3 came back. 20 copies wait." in said
        assert "communique resume news/hello --as NAME" in said
    (stopped,) = line("status", "--json").json["stopped"]
    assert (stopped["returned"], stopped["gone"], stopped["waiting"]) == (3, 20, 20)
    assert line("plan", "--json").json["stopped"] == [stopped]
    assert "@" not in stopped["words"]
    waiting = line("why", f"{NAMES[-1]}@example.org", "news/hello").text
    assert "waiting to go" in waiting
    assert "It waits for an officer: 3 of 20 mails came back." in waiting
    health = Health()
    with town.database.reading() as connection:
        health.look(connection, Mode.LIVE, town.clock.now)
        (told,) = (
            (each.subject, each.detail)
            for each in in_ledger(connection, town.workspace, Mode.LIVE, town.clock.now)
            if each.cause is Cause.STOPPED
        )
        (noted,) = journal.latest(connection, 1)
    assert health.report(town.clock.now)[1]["stopped"] == ["news/hello"]
    assert (told[0], told[1][:5]) == ("news/hello (email)", "3/20:")
    assert (noted.who, noted.what) == (
        "Communiqué",
        "stopped news/hello through email: 3 of 20 mails came back",
    )


def test_a_person_lets_it_go_on_and_the_same_mails_stop_it_no_more(town: Town, line: CommandLine) -> None:
    """What left before counts no more, whenever it comes back; what leaves afterwards does."""
    copies = gone(town)
    come_back(town, copies[:3])
    said = line("resume", "news/hello", "--as", "Ana Gil")
    assert (said.code, said.text) == (0, "news/hello goes on through email: 20 copies to go.\n")
    town.settings("20 per hour", "10 per hour")
    come_back(town, copies[3:8])
    assert an_hour_later(town) == "40 planned = 10 scheduled + 30 sent; 8 came back"
    come_back(town, gone(town)[20:22])
    assert an_hour_later(town).startswith("40 planned = 40 sent")
    refused = line("resume", "news/hello", "--as", "Ana Gil")
    assert refused.code == 1
    assert "news/hello is not stopped. communique status lists what is." in refused.errors


def test_it_is_stopped_again_for_others(town: Town, line: CommandLine) -> None:
    """Of ten that left after somebody let it go on, three are too many."""
    come_back(town, gone(town)[:3])
    line("resume", "news/hello", "--as", "Ana Gil")
    town.settings("20 per hour", "10 per hour")
    an_hour_later(town)
    come_back(town, gone(town)[20:23])
    assert an_hour_later(town) == "40 planned = 10 scheduled + 30 sent; 6 came back"
    (stopped,) = line("status", "--json").json["stopped"]
    assert (stopped["returned"], stopped["gone"], stopped["waiting"]) == (3, 10, 10)


def test_a_list_as_bad_as_somebody_has_seen_it_goes_to_its_end(town: Town, line: CommandLine) -> None:
    """Three of twenty came back; of the next sixteen four, which is not twice as much."""
    come_back(town, gone(town)[:3])
    line("resume", "news/hello", "--as", "Ana Gil")
    town.settings("20 per hour", "8 per hour")
    an_hour_later(town)
    an_hour_later(town)
    come_back(town, gone(town)[20:24])
    assert an_hour_later(town) == "40 planned = 40 sent; 7 came back"


def test_only_what_is_held_against_a_sender_counts(town: Town, line: CommandLine) -> None:
    """Full mailboxes do not stop it; servers that do not want us do."""
    copies = gone(town)
    come_back(town, copies[:6], FULL)
    assert line("status", "--json").json["stopped"] == []
    come_back(town, copies[6:9], UNWANTED)
    assert len(line("status", "--json").json["stopped"]) == 1


def test_few_of_many_and_many_of_few_stop_nothing(town: Town, line: CommandLine) -> None:
    """By the numbers of the settings: ten of them at least, and one in twenty."""
    town.settings("stop: {copies: 3, percent: 15}, ", "")
    come_back(town, gone(town)[:9])
    assert line("status", "--json").json["stopped"] == []
    come_back(town, gone(town)[9:10])
    assert len(line("status", "--json").json["stopped"]) == 1


def test_other_announcements_go_on(town: Town, line: CommandLine) -> None:
    """Nothing but the rest of this one waits; and when its time has passed it is missed, and nothing is stopped."""
    come_back(town, gone(town)[:3])
    town.settings("20 per hour", "100 per hour")
    town.add("  more:\n    when: start + 2 hours\n    to: [friends]\n    through: [email]\n")
    town.clock.now = START + timedelta(hours=2)
    town.run()
    assert town.account("more") == "40 planned = 37 sent + 3 excluded"
    town.clock.now = START + timedelta(days=3)
    town.run()
    assert town.account() == "40 planned = 20 sent + 20 missed; 3 came back"
    assert line("status", "--json").json["stopped"] == []


def test_a_stop_is_of_one_announcement_through_one_channel(town: Town, line: CommandLine) -> None:
    """Another one of which far more came back, and which somebody has let go on, is neither asked nor changed."""
    town.add("  more:\n    when: start\n    to: [friends]\n    through: [email]\n")
    town.freeze()
    with town.database.begin() as connection:
        named = select(occurrences.c.announcement, occurrences.c.id)
        numbers: dict[str, int] = dict(connection.execute(named).all())
        seen = {"since": START, "returned": 15, "gone": 20, "words": "550", "resumed_at": START}
        connection.execute(insert(stops).values(occurrence_id=numbers["more"], channel="email", **seen))

    def stopped(channel: str = "email") -> set[int]:
        with town.database.reading() as connection:
            return stopped_occurrences(connection, channel)

    come_back(town, gone(town)[:3])
    assert (stopped(), stopped("letter")) == ({numbers["hello"]}, set())
    line("resume", "news/hello", "--as", "Ana Gil")
    assert stopped() == set()
    town.settings("20 per hour", "10 per hour")
    an_hour_later(town)
    come_back(town, gone(town)[20:23])
    assert stopped() == {numbers["hello"]}
    with town.database.reading() as connection:
        of_more = select(stops.c.returned, stops.c.resumed_at).where(stops.c.occurrence_id == numbers["more"])
        assert tuple(connection.execute(of_more).one()) == (15, START)


def test_where_domains_take_turns_it_waits_as_well(town: Town, line: CommandLine) -> None:
    """A rate per domain claims in another way."""
    come_back(town, gone(town)[:3])
    town.settings("rate: 20 per hour", 'rate_per_domain: {"*": 100 per hour}')
    assert an_hour_later(town) == "40 planned = 20 scheduled + 20 sent; 3 came back"
    line("resume", "news/hello", "--as", "Ana Gil")
    assert an_hour_later(town) == "40 planned = 40 sent; 3 came back"


def test_an_operator_lets_it_go_on_at_the_desk(town: Town, line: CommandLine) -> None:
    """The first page says what happened and leads to where it goes on; a second click changes nothing."""
    come_back(town, gone(town)[:3])
    with desk_of(town) as desk:
        seat = desk.sit(desk.hire("Olga", Duty.OPERATOR))
        assert "was stopped: too many mails came back" in seat.get("/").text
        page = seat.get("/live").text
        assert "Of 20 mails that had left, 3 came back." in page
        assert "Nothing is paused." not in page
        assert ("Going out</span>" in page, "Held</span>" in page, "Cancel what has not left" in page) == (
            False,
            True,
            True,
        )
        assert "20 mails wait." in page
        assert seat.post("/live/resume-announcement", announcement="news/hello").status_code == 303
        assert "was stopped" not in seat.get("/live").text
        assert seat.post("/live/resume-announcement", announcement="news/hello").status_code == 409
    assert an_hour_later(town) == "40 planned = 40 sent; 3 came back"


def test_refused_at_once_the_same_holds(town: Town) -> None:
    """By the server we talk to: the first fifty are taken up, the others wait."""
    town.invite(*(f"p{number}" for number in range(120)))
    error = PermanentError("refused")
    error.reply, error.about_recipient = "550 5.7.1 not wanted here", True
    town.email.before = failing(error)
    town.run()
    assert town.account() == "120 planned = 70 scheduled + 50 failed"


def test_what_was_claimed_in_bulk_and_not_begun_is_put_back(town: Town, traffic: LedgerTraffic) -> None:
    """A batch has five hundred: those of it that nobody has begun wait as well."""
    town.settings("mode: live", "mode: live\nbounces: {stop: {copies: 1, percent: 50}}")
    traffic.outcomes.workspace = town.workspace
    (ana,) = taken(traffic, 1)
    error = PermanentError("refused")
    error.reply = "550 5.7.1 not wanted here"
    assert list(traffic.settle([Crossing(message=ana, digest="digest")], [])) == [ana.reference]
    traffic.settle([], [Outcome(message=ana, result=error)])
    assert traffic.next() is None
    traffic.close()
    assert town.account() == "3 planned = 2 scheduled + 1 failed"


def test_where_many_have_come_back_it_is_looked_at_more_seldom(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """To count what has left takes long: of fifty, not each one more is held against it, but each second."""
    town.settings("mode: live", "mode: live\nbounces: {stop: {copies: 50, percent: 84}, brake: {people: 900}}")
    town.settings("kind: email", "kind: email\n    rate: 60 per hour")
    town.invite(*(f"q{number:02}" for number in range(70)))
    town.run()
    copies, line = gone(town), at(town.root, monkeypatch, START)
    assert len(copies) == 60
    come_back(town, copies[:51])
    assert line("status", "--json").json["stopped"] == []
    come_back(town, copies[51:53])
    (stopped,) = line("status", "--json").json["stopped"]
    assert (stopped["returned"], stopped["gone"]) == (52, 60)
