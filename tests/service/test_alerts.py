"""What the officers are told by mail: once, in plain words, and again when it is over."""

import email
import email.policy
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from email.message import EmailMessage

import pytest

from communique.alerts.causes import COMMANDS, LASTING, Cause
from communique.installation import Installation
from communique.plan.planning import Planner
from communique.read.settings_file import read_settings
from communique.send.seen_clock import MachineClock
from communique.service.daemon import Daemon
from communique.store.deliveries import concerns, pauses, rests
from communique.store.deliveries.concerns import GRACE, PAUSE
from communique.store.desk import officers
from communique.store.desk.officers import Duty
from communique.workspace import SETTINGS
from tests.channels.recording_smtp import RecordingSmtp
from tests.ticking import approve
from tests.workspaces import START, Town

_SOON = GRACE + timedelta(minutes=1)
_LATER = PAUSE + timedelta(minutes=1)


@dataclass
class Watch:
    """A town whose alerts go to `duty@example.net`."""

    town: Town
    server: RecordingSmtp
    daemons: list[Daemon] = field(default_factory=list)

    def tick(self, after: timedelta = timedelta()) -> None:
        """So much later, a tick."""
        if not self.daemons:
            self.restart()
        self.town.clock.now += after
        self.daemons[-1].tick()

    def restart(self) -> None:
        """A daemon that remembers nothing."""
        for each in self.daemons:
            each.close()
        self.daemons.append(Daemon(installation=self.town.installation, clock=self.town.clock, stopping=lambda: False))

    @property
    def alerts(self) -> list[EmailMessage]:
        """The mails to the officers, in order."""
        found = [mail for mail in self.server.accepted if mail.recipients == ("duty@example.net",)]
        return [email.message_from_bytes(mail.data, policy=email.policy.default) for mail in found]

    @property
    def subjects(self) -> list[str]:
        """Of those mails."""
        return [str(each["Subject"]) for each in self.alerts]

    def text(self, number: int = -1) -> str:
        """The words of one of them."""
        body = self.alerts[number].get_body(("plain",))
        assert body is not None
        return " ".join(str(body.get_content()).split())


@pytest.fixture
def watch(town: Town) -> Iterator[Watch]:
    """An announcement to one person is due and approved."""
    with RecordingSmtp() as server:
        town.settings("port: 25", f"port: {server.port}")
        town.settings("approvals: {required: 0}", "approvals: {required: 1}\nalerts: {to: [duty@example.net]}")
        town.invite("ana")
        names = ("X_CONSUMER_KEY", "X_CONSUMER_SECRET", "X_ACCESS_TOKEN", "X_ACCESS_TOKEN_SECRET")
        town.variables |= dict.fromkeys(names, "secret")
        made = Watch(town, server)
        yield made
        for daemon in made.daemons:
            daemon.close()


HELD = "An announcement is due and does not go out"


def test_what_is_due_and_held_is_told_once_and_settled_once(watch: Watch) -> None:
    """Told when it lasts, not repeated, and its end is told."""
    watch.tick()
    assert watch.subjects == []
    watch.tick(_SOON)
    assert watch.subjects == [HELD]
    assert "news/hello" in watch.text()
    assert "approve" in watch.text()
    assert "communique plan" in watch.text()
    watch.tick(_LATER)
    assert watch.subjects == [HELD]
    approve(watch.town)
    watch.tick(_SOON)
    watch.tick(_SOON)
    assert watch.subjects[1:] == [f"Settled: {HELD}", "An announcement went out late"]
    watch.tick(_LATER)
    assert len(watch.subjects) == 3


def test_each_officer_is_told_in_their_own_language(watch: Watch) -> None:
    """By the address they were invited to the desk with; a mailbox that is nobody's reads the town's language."""
    watch.town.settings("to: [duty@example.net]", "to: [duty@example.net, olga@example.net]")
    with watch.town.database.begin() as connection:
        officers.invite(
            connection, "Olga", [Duty.OPERATOR], address="Olga@example.net", language="es", now=watch.town.clock.now
        )
    watch.tick()
    watch.tick(_SOON)
    heard = [email.message_from_bytes(each.data, policy=email.policy.default) for each in watch.server.accepted]
    told = {str(each["To"]): str(each["Subject"]) for each in heard}
    spanish = watch.town.workspace.words.of("es")["alerts"]["causes"]["held"]["headline"]
    assert told == {"duty@example.net": HELD, "olga@example.net": spanish}


def test_an_announcement_is_called_as_officers_call_it(watch: Watch) -> None:
    """With the name that commands know it by."""
    watch.town.campaign("  hello:\n", "  hello:\n    title: {en: The first greeting, es: El primer saludo}\n")
    watch.tick()
    watch.tick(_SOON)
    assert "The first greeting, news/hello: " in " ".join(watch.text().split())


def test_a_restart_repeats_nothing(watch: Watch) -> None:
    """What was told stands in the ledger's database."""
    watch.tick()
    watch.tick(_SOON)
    watch.restart()
    watch.tick(_LATER)
    assert watch.subjects == [HELD]


def test_what_mends_itself_is_not_told(watch: Watch) -> None:
    """An edit half done for a minute is nobody's alarm."""
    approve(watch.town)
    watch.town.campaign("title: News", "title: [News")
    watch.tick()
    watch.town.campaign("title: [News", "title: News")
    watch.tick(_SOON)
    watch.tick(_SOON)
    assert watch.subjects == []


def test_a_broken_file_is_told_with_its_line(watch: Watch) -> None:
    """Where it is; not what stands there."""
    approve(watch.town)
    watch.tick()
    watch.town.campaign("title: News", "title: [News")
    watch.tick(timedelta(minutes=1))
    watch.tick(_SOON)
    assert watch.subjects == ["There is a mistake in the files or settings"]
    assert "campaigns/news.yaml:2" in watch.text()


def test_an_address_in_a_broken_file_stays_out_of_the_alert(watch: Watch) -> None:
    """What was found in a file may be a reader's."""
    approve(watch.town)
    watch.tick()
    watch.town.campaign("to: [friends]", "to: [zoe@example.org]")
    watch.tick(timedelta(minutes=1))
    watch.tick(_SOON)
    assert watch.subjects == ["There is a mistake in the files or settings"]
    assert "zoe@" not in watch.alerts[0].as_string()


def test_there_is_one_mail_an_hour_and_cause(watch: Watch) -> None:
    """What comes within the hour comes together, when it is over."""
    watch.tick()
    watch.tick(_SOON)
    watch.town.add("  second:\n    when: start\n    to: [friends]\n    through: [email]\n")
    watch.tick(_SOON)
    watch.tick(_SOON)
    assert watch.subjects == [HELD]
    watch.tick(_LATER)
    assert watch.subjects == [HELD, HELD]
    assert "news/second" in watch.text()
    assert "news/hello" in watch.text()


def test_copies_in_doubt_are_told_by_their_number_and_no_address(watch: Watch) -> None:
    """The answer to the final dot is lost; nobody's address or name is in the alert."""
    watch.town.campaign("through: [email]", "through: [email]\n    in_doubt: strict")
    approve(watch.town)
    watch.server.lose_answer(times=1)
    watch.tick()
    watch.tick(_SOON)
    assert watch.subjects == ["It is not known whether some copies went out"]
    assert "news/hello (email): 1" in watch.text()
    assert "Reasons are quoted" not in watch.text()  # a number is nobody's words
    assert "in the browser" not in watch.text()  # nobody has said where officers find the desk
    for mail in watch.alerts:
        assert "ana" not in mail.as_string().lower().replace("ana gil", "").replace("manage", "")


def test_an_alert_leads_to_the_desk_where_that_shows_more(watch: Watch) -> None:
    """Officers read it on a telephone, far from any command line."""
    watch.town.settings("alerts: {to", "desk: {address: https://desk.example.org}\nalerts: {to")
    watch.tick()
    watch.tick(_SOON)
    assert watch.subjects == [HELD]
    assert "It can be seen, and mostly settled, in the browser, too: https://desk.example.org" in watch.text()


def test_what_went_late_and_what_was_missed_is_told(watch: Watch) -> None:
    """Events are told once, and have no end."""
    watch.town.add(
        "  second:\n    when: start\n    to: [friends]\n    through: [email]\n    not_after: start + 1 hours\n"
    )
    approve(watch.town)
    approve(watch.town, "second")
    watch.tick(timedelta(hours=3))
    watch.tick(_SOON)
    assert sorted(watch.subjects) == ["An announcement went out late", "Copies were not sent in time"]
    watch.tick(timedelta(days=3))
    watch.tick(_SOON)
    assert len(watch.subjects) == 2


def test_an_announcement_refused_by_its_network_is_told(watch: Watch) -> None:
    """One of one is many."""
    approve(watch.town)
    watch.server.refuse("RCPT", "550 5.1.1 no such user", times=1)
    watch.tick()
    watch.tick(_SOON)
    assert watch.subjects == ["Many copies were refused"]
    assert "news/hello (email): 1/1" in watch.text()


def test_an_alert_that_cannot_be_sent_is_logged_and_tried_again(watch: Watch, caplog: pytest.LogCaptureFixture) -> None:
    """There is no alert about it; the log names no address."""
    watch.tick()
    watch.server.refuse("MAIL", "451 4.3.0 not now", times=1)
    watch.tick(_SOON)
    assert watch.subjects == []
    (said,) = [record.getMessage() for record in caplog.records if "alert about" in record.getMessage()]
    assert "held" in said
    assert "@" not in said
    watch.tick(timedelta(minutes=2))
    assert watch.subjects == []
    watch.tick(timedelta(minutes=10))
    assert watch.subjects == [HELD]


def test_a_tick_that_fails_is_told_and_settles_nothing_else(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has looked at what is held: that it is over is not claimed."""
    watch.tick()
    watch.tick(_SOON)

    def fail(*_: object) -> None:
        raise RuntimeError("nobody foresaw this")

    monkeypatch.setattr(Planner, "freeze_due", fail)
    watch.tick(_SOON)
    watch.tick(_SOON)
    watch.tick(_LATER)
    assert watch.subjects == [HELD, "Communiqué cannot do its work"]


def test_in_trial_mode_alerts_reach_their_addresses(watch: Watch) -> None:
    """They are staff; the mail says that it is a trial."""
    watch.town.settings("mode: live", "mode: trial")
    watch.tick()
    watch.tick(_SOON)
    assert watch.subjects == [HELD]
    assert "trial mode" in watch.text()


def test_nothing_is_kept_or_sent_without_addresses(watch: Watch) -> None:
    """Alerts are off until somebody says to whom."""
    watch.town.settings("\nalerts: {to: [duty@example.net]}", "")
    watch.tick()
    watch.tick(_SOON)
    assert watch.subjects == []
    with watch.town.database.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM concerns").scalar_one() == 0


def test_two_machines_tell_it_once(watch: Watch) -> None:
    """Who takes an alert keeps it from the others."""
    town = watch.town
    concern = concerns.Concern(cause=Cause.HELD, subject="news/hello", detail="why", since=town.clock.now)
    mode = town.workspace.settings.mode
    with town.database.begin() as connection:
        concerns.observe(connection, mode, {Cause.HELD}, [concern], lasting=LASTING, now=town.clock.now)
        assert len(concerns.take(connection, mode, town.clock.now + _SOON)) == 1
    with town.database.begin() as connection:
        assert concerns.take(connection, mode, town.clock.now + _SOON) == []


def test_a_full_disk_and_a_ledger_put_back_are_told(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each by its own mail, and nothing else is said to be over."""
    approve(watch.town)
    watch.tick()
    watch.town.settings("late_window", "disk_reserve: 999999999\nlate_window")
    watch.tick(timedelta(minutes=1))
    watch.tick(_SOON)
    assert watch.subjects == ["There is no room left on the disk"]
    monkeypatch.setattr(Installation, "hold", lambda *_: "this ledger was put back")
    watch.tick(timedelta(minutes=1))
    watch.tick(_SOON)
    assert watch.subjects[1:] == ["Nothing goes out: the ledger was put back"]


def test_a_clock_that_jumped_is_told_and_its_end_too(watch: Watch) -> None:
    """By the time that went by: the alert waits as long as any other."""
    approve(watch.town)
    went_by = [90_000.0]
    machine = MachineClock(watch.town.clock, lambda: went_by[0], "a start")
    installation = replace(watch.town.installation, machine_clock=machine)
    watch.daemons.append(Daemon(installation=installation, clock=watch.town.clock, stopping=lambda: False))
    watch.tick()
    year = timedelta(days=365)
    for after, set_by in ((_SOON, year), (_SOON, timedelta()), (_SOON, -year), (_LATER, timedelta())):
        went_by[0] += after.total_seconds()
        watch.tick(after + set_by)
    jumped = "Nothing goes out: this machine’s clock jumped ahead"
    assert watch.subjects == [jumped, f"Settled: {jumped}"]
    assert "put forward by 365 days" in watch.text(0)
    assert "communique resume --clock-is-right --as NAME" in watch.text(0)


def test_a_pause_that_was_forgotten_is_told(watch: Watch) -> None:
    """Who pauses knows it; hours later it may be forgotten. Its end is told."""
    approve(watch.town)
    watch.tick()
    with watch.town.database.begin() as connection:
        pauses.begin(connection, "email", who="Ana Gil", why="the relay moves", now=watch.town.clock.now)
    watch.tick(timedelta(hours=3))
    watch.tick(_SOON)
    assert watch.subjects == []
    watch.tick(timedelta(hours=1))
    watch.tick(_SOON)
    assert watch.subjects == ["A channel has been paused for a long time"]
    assert "email: Ana Gil: the relay moves" in watch.text()
    with watch.town.database.begin() as connection:
        pauses.end(connection, "email")
    watch.tick(_LATER)
    watch.tick(_SOON)
    assert watch.subjects[1:] == ["Settled: A channel has been paused for a long time"]


def test_a_channel_that_rests_is_told_and_that_it_is_used_again(watch: Watch) -> None:
    """In its server's words."""
    approve(watch.town)
    watch.tick()
    with watch.town.database.begin() as connection:
        rests.failed(
            connection,
            "x",
            "the network said 503 to ana@example.org",
            pause=lambda _: timedelta(hours=2),
            worked_before=False,
            now=watch.town.clock.now,
        )
    watch.tick(timedelta(minutes=1))
    watch.tick(_SOON)
    assert watch.subjects == ["A channel cannot be used"]
    assert "x: the network said 503" in watch.text()
    assert "ana@" not in watch.text()
    with watch.town.database.begin() as connection:
        rests.worked(connection, "x")
    watch.tick(_LATER)
    watch.tick(_SOON)
    assert watch.subjects[1:] == ["Settled: A channel cannot be used"]


def test_alerts_do_not_wait_in_turn_for_a_server_that_is_away(watch: Watch) -> None:
    """The first that finds it away speaks for all of them; none is lost."""
    approve(watch.town)
    watch.tick()
    watch.town.add()
    watch.town.campaign("start + 1 hours", "start")
    with watch.town.database.begin() as connection:
        pauses.begin(connection, "x", who="Ana Gil", why="", now=START - timedelta(hours=5))
    watch.tick(timedelta(minutes=1))
    watch.server.refuse("MAIL", "451 4.3.0 not now")
    earlier = len(watch.server.commands)
    watch.tick(_SOON)
    assert sum(each.startswith("MAIL ") for each in watch.server.commands[earlier:]) == 1
    watch.server.heal()
    watch.tick(timedelta(minutes=11))
    assert sorted(watch.subjects) == ["A channel has been paused for a long time", HELD]


@pytest.mark.parametrize("language", ["en", "es", "fr", "pt", "ar"])
def test_every_cause_has_its_words_in_every_language(town: Town, language: str) -> None:
    """And a command that helps."""
    phrases = town.workspace.words.of(language)["alerts"]
    assert set(phrases["causes"]) == set(Cause)
    assert {key for cause in Cause for key in phrases["causes"][cause]} == {"headline", "what", "then", "do"}
    assert set(COMMANDS) == set(Cause)
    assert set(phrases) == set(town.workspace.words.of("en")["alerts"])


def test_alerts_through_no_mail_channel_are_named_by_check(town: Town) -> None:
    """With what there is instead."""
    town.settings("approvals:", "alerts: {to: [duty@example.net], through: x}\napprovals:")
    _, problems = read_settings((town.root / SETTINGS).read_bytes(), SETTINGS)
    (problem,) = problems
    assert problem.code == "wrong-value"
    assert "kind email" in problem.message
    assert problem.line
    assert "email" in problem.hint
