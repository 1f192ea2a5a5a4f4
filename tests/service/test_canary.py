"""The canary: sent now and then, looked for in its mailbox, missed when it does not come."""

import email
from collections.abc import Callable
from datetime import timedelta

import pytest

from communique.alerts.causes import Cause, in_ledger
from communique.bounces.sources import deliver
from communique.channel import PermanentError, TemporaryError, UncertainError
from communique.doctor.finding import Level
from communique.doctor.mailbox_checks import mailboxes
from communique.read.settings_file import read_settings
from communique.send.mail_sink import LocalSink
from communique.service.canary import CanaryPost, CanaryWatch
from communique.service.daemon import Daemon
from communique.store.deliveries import canaries
from tests.command_line import at
from tests.workspaces import Town

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
SETTINGS = """
canary:
  address: canary@example.net
  maildir: box
"""


@pytest.fixture
def watched(town: Town) -> Town:
    """A town with a canary, whose mailbox is empty."""
    add(town, SETTINGS)
    for each in ("new", "cur", "tmp"):
        (town.root / "box" / each).mkdir(parents=True)
    return town


def add(town: Town, more: str) -> None:
    """Add to the settings."""
    settings = (town.root / "config/settings.yaml").read_text(encoding="utf-8")
    town.write("config/settings.yaml", settings + more)


def send(town: Town) -> bool:
    """What a tick does about it."""
    settings = town.workspace.settings.canary
    assert settings is not None
    post = CanaryPost(workspace=town.workspace, database=town.database, channel=town.email)
    return post.send(settings, town.clock.now)


def look(town: Town) -> str:
    """Look into the mailbox; why that failed."""
    watch = CanaryWatch(town.root, town.installation.find_secret, town.clock)
    watch.begin(town.workspace.settings.canary, town.database)
    watch.wait()
    return watch.fault


def arrive(town: Town, number: int = -1, headers: str = "") -> None:
    """One of the mails that were sent is delivered."""
    reference = town.email.taken[number].reference
    deliver(town.root / "box", f"{headers}Message-ID: <{reference}>\r\n\r\n".encode(), f"{len(town.email.taken)}.a")


def concerns(town: Town) -> list[str]:
    """What the officers would be told of."""
    with town.database.reading() as connection:
        found = in_ledger(connection, town.workspace, town.workspace.settings.mode, town.clock.now)
        return [each.detail for each in found if each.cause is Cause.CANARY]


def test_it_is_sent_when_it_is_time_and_not_sooner(watched: Town) -> None:
    """Also by a process that knows nothing of the last one, and after the clock was put back."""
    assert send(watched)
    watched.clock.now += 59 * MINUTE
    assert not send(watched)
    watched.clock.now += MINUTE
    assert send(watched)
    first, second = watched.email.taken
    assert first.reference != second.reference
    assert first.recipient is not None
    assert first.recipient.address == "canary@example.net"
    watched.clock.now -= 3 * HOUR
    assert send(watched)


def test_it_goes_through_the_real_way(watched: Town) -> None:
    """Its text is the layout's, in the first language."""
    assert send(watched)
    content = watched.email.taken[0].content
    assert content.subject == "Do mails arrive?"
    assert "Nobody needs to read or answer it" in content.text
    assert "Nobody needs to read or answer it" in content.html


def test_one_that_arrives_is_no_concern(watched: Town) -> None:
    """It is marked as read; nobody is told."""
    send(watched)
    arrive(watched)
    watched.clock.now += 10 * MINUTE
    assert look(watched) == ""
    watched.clock.now += HOUR
    assert concerns(watched) == []
    assert [each.name[:1] for each in (watched.root / "box/cur").iterdir()] == ["1"]
    with watched.database.reading() as connection:
        assert canaries.last_arrival(connection, "email") == watched.clock.now - HOUR


def test_one_that_does_not_arrive_is_missed_until_a_later_one_does(watched: Town) -> None:
    """Not before its time is over."""
    send(watched)
    watched.clock.now += 30 * MINUTE - timedelta(seconds=1)
    assert concerns(watched) == []
    watched.clock.now += timedelta(seconds=1)
    assert concerns(watched) == [""]
    watched.clock.now += HOUR
    send(watched)
    arrive(watched)
    look(watched)
    assert concerns(watched) == []


def test_an_old_one_that_comes_late_does_not_hide_a_new_one(watched: Town) -> None:
    """Mails arrive in any order."""
    send(watched)
    watched.clock.now += HOUR
    send(watched)
    arrive(watched, 0)
    watched.clock.now += HOUR
    look(watched)
    assert concerns(watched) == [""]


def refusing(error: type[Exception]) -> Callable[[object], None]:
    """The server's answer, with an address in its words."""

    def step(_message: object) -> None:
        raise error("550 canary@example.net is not known here")

    return step


@pytest.mark.parametrize("error", [TemporaryError, PermanentError])
def test_one_that_is_not_accepted_goes_again_and_is_told_without_an_address(
    watched: Town, error: type[Exception]
) -> None:
    """A server that is away for a minute is no alarm; one that stays away is."""
    watched.email.before = refusing(error)
    assert not send(watched)
    watched.clock.now += 4 * MINUTE
    watched.email.before = lambda _message: None
    assert not send(watched)
    watched.clock.now += MINUTE
    assert send(watched)
    arrive(watched)
    look(watched)
    watched.email.before = refusing(error)
    watched.clock.now += HOUR
    send(watched)
    watched.clock.now += 30 * MINUTE
    assert concerns(watched) == ["550 (address) is not known here"]


def test_one_that_may_have_gone_is_waited_for(watched: Town) -> None:
    """Its arrival will tell."""
    watched.email.before = refusing(UncertainError)
    send(watched)
    watched.clock.now += 10 * MINUTE
    assert not send(watched)


@pytest.mark.parametrize(
    "headers", ["Message-ID: <canary-00000000000000000000000000000000@x>\r\n", "Message-ID: <a@b>\r\n", "\r\n", "\xff"]
)
def test_mails_of_others_say_nothing(watched: Town, headers: str) -> None:
    """Whoever writes to the mailbox cannot make one arrive."""
    send(watched)
    arrive(watched, headers=headers)
    assert look(watched) == ""
    watched.clock.now += HOUR
    assert concerns(watched) == [""]


def test_a_mailbox_that_is_away_is_said(watched: Town) -> None:
    """And what lies in it is found when it is back."""
    send(watched)
    arrive(watched)
    (watched.root / "box/new").rename(watched.root / "box/away")
    assert "No such file" in look(watched)
    (watched.root / "box/away").rename(watched.root / "box/new")
    assert look(watched) == ""
    watched.clock.now += HOUR
    assert concerns(watched) == []


def test_the_officers_are_told_that_nobody_can_see_whether_it_arrives(watched: Town) -> None:
    """By a mail of its own, and not that mails are missing; settled with the mailbox, and what lay in it counts."""
    watched.settings("approvals:", "alerts: {to: [duty@example.net]}\napprovals:")
    (watched.root / "box").rename(watched.root / "away")
    with LocalSink() as sink:
        watched.settings("port: 25", f"port: {sink.port}")
        daemon = Daemon(installation=watched.installation, clock=watched.clock, stopping=lambda: False)

        def tick(after: timedelta) -> list[str]:
            watched.clock.now += after
            daemon.tick()
            daemon.canary.wait()
            told = [mail for mail in sink.accepted if mail.recipients == ("duty@example.net",)]
            subjects = [str(email.message_from_bytes(mail.data)["Subject"]) for mail in told]
            return [each for each in subjects if "arrive" in each]  # the town has other concerns

        cannot = "The mailbox that tells whether mails arrive cannot be read"
        assert [tick(each) for each in (0 * MINUTE, MINUTE, 10 * MINUTE)][-1] == [cannot]
        assert tick(HOUR) == [cannot]  # the first canary is overdue, as far as anybody can see
        assert daemon.health.report(watched.clock.now)[1]["unread_mailboxes"] == ["canary"]
        assert "communique_unread_mailboxes 1.0" in daemon.metrics.page("text/plain")[0].decode()
        (watched.root / "away").rename(watched.root / "box")
        for number, mail in enumerate(each for each in sink.accepted if each.recipients == ("canary@example.net",)):
            deliver(watched.root / "box", mail.data, f"{number}.a")
        assert [tick(each) for each in (2 * MINUTE, 2 * MINUTE, 10 * MINUTE, HOUR)][-1] == [
            cannot,
            f"Settled: {cannot}",
        ]
        assert daemon.health.report(watched.clock.now)[1]["unread_mailboxes"] == []
        daemon.close()


def test_the_doctor_looks_into_the_mailbox_and_marks_nothing(watched: Town) -> None:
    """As the daemon would."""
    send(watched)
    arrive(watched)

    def examined() -> list[tuple[Level, str]]:
        found = mailboxes(watched.workspace.settings, watched.root, watched.installation.find_secret)
        return [(each.level, each.check) for each in found]

    assert examined() == [(Level.OK, "mailbox canary")]
    assert len([*(watched.root / "box/new").iterdir()]) == 1
    (watched.root / "box").rename(watched.root / "away")
    assert examined() == [(Level.PROBLEM, "mailbox canary")]


def test_what_is_old_is_forgotten(watched: Town) -> None:
    """A month is enough to see a pattern."""
    for _ in range(40):
        send(watched)
        watched.clock.now += timedelta(days=1)
    with watched.database.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM canaries").scalar() in {30, 31}


def test_status_says_that_it_is_missing(watched: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """In words and for programs."""
    send(watched)
    line = at(watched.root, monkeypatch, watched.clock.now + HOUR)
    assert "MISSING: The canary that went through email" in line("status").text
    found = line("status", "--json").json["canary"]
    assert found["channel"] == "email"
    assert found["last_arrived_at"] is None
    assert found["missing_since"].endswith("Z")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("canary: {address: a@b.example}\n", "expected `maildir` or `imap`"),
        ("canary: {address: a@b.example, maildir: a, imap: {host: h, username: u, password: P}}\n", "one mailbox"),
        ("canary: {address: a@b.example, maildir: a, through: website}\n", "of the kind email"),
        (
            "canary: {address: a@b.example, imap: {host: far.example, tls: none, username: u, password: P}}\n",
            "would go in clear",
        ),
    ],
)
def test_settings_that_make_no_sense_are_told(town: Town, more: str, said: str) -> None:
    """With their place."""
    add(town, more)
    _, problems = read_settings((town.root / "config/settings.yaml").read_bytes(), "config/settings.yaml")
    assert [said in each.message and bool(each.line) for each in problems] == [True]


def test_the_daemon_sends_it_and_finds_it(watched: Town) -> None:
    """Over the real way; a mail server that is away keeps nothing else from being done."""
    with LocalSink() as sink:
        watched.settings("port: 25", f"port: {sink.port}")
        daemon = Daemon(installation=watched.installation, clock=watched.clock, stopping=lambda: False)
        daemon.tick()
        (mail,) = sink.accepted
        assert mail.recipients == ("canary@example.net",)
        deliver(watched.root / "box", mail.data, "1.a")
        watched.clock.now += 2 * MINUTE
        daemon.tick()
        daemon.canary.wait()
        page, _ = daemon.metrics.page("text/plain")
        arrived = f"communique_canary_last_arrival_timestamp_seconds {watched.clock.now.timestamp():.8e}"
        assert arrived in page.decode()
        daemon.close()
