"""`communique retract`: what went out is taken back, everywhere, and exactly those who got it are told."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from lxml import etree

from communique.channel import (
    Form,
    Message,
    PermanentError,
    Reach,
    Receipt,
    Removal,
    TemporaryError,
    UncertainError,
)
from communique.delivery import State
from communique.plan.digesting import upcoming
from communique.plan.retracting import retract
from communique.retraction import Retraction
from communique.store.deliveries import accounts
from communique.store.desk import journal
from communique.subscription import Frequency
from tests.command_line import CommandLine, Said, at
from tests.digest_towns import DigestTown, text_of
from tests.recording_channel import RecordingChannel
from tests.workspaces import PUBLIC, START, Town

AT = "{http://purl.org/atompub/tombstones/1.0}"
REASON = "The date in it was wrong."
WHY = ("--reason", f"en={REASON}", "--as", "Ana Gil")


class Network(RecordingChannel):
    """A network that deletes."""

    reach = Reach.ALL
    form = Form.POST

    def __init__(self) -> None:
        super().__init__()
        self.receipt = Receipt(reference="post-7", url="https://x.example.org/7")
        self.removed: list[Removal] = []
        self.failures: list[Exception] = []

    def retract(self, message: Message, commit: object) -> Receipt:
        """Take it down."""
        assert isinstance(message.content, Removal)
        assert callable(commit)
        commit()
        if self.failures:
            raise self.failures.pop()
        self.removed.append(message.content)
        return Receipt(detail="deleted")


@pytest.fixture
def line(town: Town, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """The command line at the time of an announcement by mail, page, feed and networks, to three people."""
    town.campaign("through: [email]", "through: [email, website, feed, x, handoff]")
    town.write("templates/news/hello/en/article.md", PUBLIC)
    town.write("templates/news/hello/en/social.txt", "Hello. {{ link }}\n")
    town.invite("ana", "ben", "cleo")
    return at(town.root, monkeypatch, START)


def tick(town: Town, network: RecordingChannel | None = None) -> None:
    """What the daemon does, with a network that stands in for X."""
    opened = town.opened.channels
    channels = {**opened, "email": town.email, **({"x": network} if network else {})}
    dispatcher = town.dispatcher(channels)
    dispatcher.recover(town.gone)
    town.freeze()
    dispatcher.run()
    dispatcher.housekeeping()


def states(town: Town, occurrence: str) -> dict[str, str]:
    """By channel; every balance holds."""
    with town.database.reading() as connection:
        found = accounts.balances(connection, town.workspace.settings.mode)
        copies = accounts.copies(connection, town.workspace.settings.mode)
    assert all(each.holds for each in found)
    return {each.delivery.channel: each.delivery.state for each in copies if each.delivery.occurrence == occurrence}


def test_it_is_taken_back_through_every_channel_and_exactly_those_who_got_it_are_told(
    town: Town, line: CommandLine
) -> None:
    """One was refused, one has left since: neither gets word. The page says so; the feeds hold a tombstone."""
    network = Network()

    def refuse_ben(message: Message) -> None:
        if message.recipient and message.recipient.address.startswith("ben"):
            raise TemporaryError("450 later")

    town.email.before = refuse_ben
    tick(town, network)
    assert town.email.addresses == ["ana@example.org", "cleo@example.org"]
    said = line("retract", "hello", *WHY, "--dry-run")
    assert (said.code, "Would withdraw: news/hello" in said.text) == (0, True)
    assert states(town, "once-retracted") == {}
    said = line("retract", "news/hello", *WHY)
    assert said.code == 0, said.errors
    assert "1 copy had not left: cancelled." in said.text
    town.email.before = lambda _message: None
    town.suppress("cleo")
    town.clock.turn(minutes=10)
    tick(town, network)
    assert town.email.addresses == ["ana@example.org", "cleo@example.org", "ana@example.org"]
    notice = text_of(town.email.taken[-1])
    assert [each for each in ("Hello", REASON, "December 1, 2026", "/en/news/hello/") if each not in notice] == []
    assert network.removed == [Removal(reference="post-7", url="https://x.example.org/7")]
    assert states(town, "once-retracted") | {"email": ""} == {
        "email": "",
        "website": State.SENT,
        "feed": State.SENT,
        "x": State.SENT,
        "handoff": State.IN_DOUBT,
    }
    shown = (town.root / "var/public/en/news/hello/index.html").read_text(encoding="utf-8")
    assert REASON in shown
    assert "This announcement has been withdrawn." in shown
    assert "Hello, everybody." in shown
    assert 'name="robots" content="noindex"' in shown
    for page in ("en", "en/archive"):
        assert '<span class="withdrawn">Withdrawn</span>' in (town.root / f"var/public/{page}/index.html").read_text()
    atom = etree.parse(town.root / "var/public/feeds/public/en/atom.xml").getroot()
    (stone,) = atom.findall(f"{AT}deleted-entry")
    assert atom.find("{http://www.w3.org/2005/Atom}entry") is None
    assert stone.get("ref", "").startswith("tag:open.littleton.example.org")
    assert stone.findtext(f"{AT}comment") == REASON
    assert stone.get("when") == "2026-12-01T09:00:00Z"
    (item,) = json.loads((town.root / "var/public/feeds/public/en/feed.json").read_text())["items"]
    assert (item["title"], item["_withdrawn"]["why"]) == ("Withdrawn: Hello", REASON)
    assert "everybody" not in item["content_html"]
    rss = (town.root / "var/public/feeds/public/en/rss.xml").read_text()
    assert "Withdrawn: Hello" in rss
    assert "everybody" not in rss
    with town.database.reading() as connection:
        assert (journal.latest(connection, 1)[0].who, journal.latest(connection, 1)[0].what) == (
            "Ana Gil",
            f"withdrew news/hello (live): {REASON}",
        )
    assert "To post by hand" not in line("why", "ana@example.org", "hello").text
    assert "withdrawn by Ana Gil" in line("why", "ben@example.org", "hello").text
    again = line("retract", "hello", *WHY, now=START + timedelta(hours=1))
    assert "Withdrawn already: news/hello, Tue 2026-12-01 10:00" in again.text
    before = len(town.email.taken)
    tick(town, network)
    assert (len(town.email.taken), len(network.removed)) == (before, 1)


def test_whoever_may_have_got_it_is_told_although_it_was_to_be_sent_again(town: Town, line: CommandLine) -> None:
    """The answer to Ana's mail was lost, and it waits to go once more: it does not, and she gets word."""

    def lose_the_answer_to_ana(message: Message) -> None:
        if message.recipient and message.recipient.address.startswith("ana"):
            raise UncertainError("no answer")

    town.email.after = lose_the_answer_to_ana
    tick(town)
    ana, *_ = (each for each in town.copies() if each.delivery.person)
    assert (ana.delivery.state, ana.delivery.reason) == (State.SCHEDULED, "no answer")
    assert line("retract", "hello", *WHY).code == 0
    town.email.after = lambda _message: None
    town.clock.turn(hours=1)
    tick(town)
    assert sorted(town.email.addresses[3:]) == ["ana@example.org", "ben@example.org", "cleo@example.org"]
    ana, *_ = (each for each in town.copies() if each.delivery.person)
    assert (ana.delivery.state, ana.delivery.reason) == (State.IN_DOUBT, f"withdrawn by Ana Gil: {REASON}")


def test_what_was_under_way_is_stopped_or_told_of_whatever_becomes_of_it(town: Town, line: CommandLine) -> None:
    """Withdrawn while a mail is on its way: one that has not crossed does not; one that has gets word of it after."""
    done: list[str] = []

    def withdraw(message: Message) -> None:
        if not done:
            done.append(message.recipient.address if message.recipient else "")
            assert line("retract", "hello", *WHY).code == 0

    town.email.before = withdraw
    tick(town)
    assert town.email.taken == []
    assert {each.delivery.state for each in town.copies() if each.delivery.person} == {State.CANCELLED}
    resent = line("resolve", "1", "resend", "--as", "Ana Gil", "--until", "2026-12-02 10:00")
    assert (resent.code, "says what was withdrawn" in resent.errors) == (1, True)


def test_what_has_crossed_and_was_put_off_is_cancelled_and_needs_no_notice(town: Town, line: CommandLine) -> None:
    """Withdrawn between the point of no return and the server's answer, which is: later."""
    network = Network()

    def withdraw_late(message: Message) -> None:
        assert line("retract", "hello", *WHY).code == 0
        town.email.after = lambda _message: None
        raise TemporaryError("451 later")

    town.email.after = withdraw_late
    tick(town, network)
    first = town.email.addresses[0]
    town.email.taken.clear()
    for _ in range(3):
        town.clock.turn(hours=1)
        tick(town, network)
    assert first not in town.email.addresses
    states_of_first = {
        each.delivery.occurrence: each.delivery.state for each in town.copies() if each.name.lower() == first[:3]
    }
    assert states_of_first == {"once": State.CANCELLED, "once-retracted": State.EXCLUDED}


def test_a_network_that_fails_is_asked_again_and_one_that_cannot_delete_is_for_a_person(
    town: Town, line: CommandLine
) -> None:
    """A deletion that may have happened is done once more; without that call, status says where the post is."""
    network = Network()
    tick(town, network)
    network.failures = [RuntimeError("the line broke after the point of no return")]
    line("retract", "hello", *WHY)
    tick(town, network)
    town.clock.turn(hours=2)
    tick(town, network)
    assert len(network.removed) == 1
    assert states(town, "once-retracted")["x"] == State.SENT


def test_a_post_without_a_call_to_delete_it_is_listed_for_a_person(town: Town, line: CommandLine) -> None:
    """With its address."""
    plain = RecordingChannel()
    plain.receipt = Receipt(reference="7", url="https://x.example.org/7")
    tick(town, plain)
    line("retract", "hello", *WHY)
    tick(town, plain)
    assert len(plain.taken) == 1
    assert "by hand: take down https://x.example.org/7" in line("status").text


def test_at_a_terminal_it_asks_before_anybody_is_told(
    town: Town, line: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says what would happen; Enter is a no; done before, and with --yes, there is nothing to ask."""
    tick(town, RecordingChannel())

    def answered(answer: str, *words: str) -> Said:
        monkeypatch.setattr("sys.stdin", StringIO(answer))
        monkeypatch.setattr("sys.stdin.isatty", lambda: True)
        return line("retract", "hello", *WHY, *words)

    said = answered("\n")
    assert (said.code, said.errors) == (1, "Error: Nothing was withdrawn.\n")
    assert said.text.startswith("Would withdraw: news/hello (live mode).\n")
    assert said.text.endswith("Withdraw it (live mode)? It cannot be undone. [y/N]: ")
    assert states(town, "once-retracted") == {}
    assert "Withdrawn: news/hello (live mode)." in answered("y\n").text
    assert answered("").text.startswith("Withdrawn already: news/hello")
    assert answered("", "--yes").code == 0


def test_in_trial_mode_it_takes_back_what_was_tried_out(town: Town, line: CommandLine) -> None:
    """The outbox gives its file back, and only the allow-list is told; in live mode nothing has gone out."""
    town.settings("mode: live", "mode: trial\nallow_list: [ana@example.org]")
    tick(town)
    assert len(list((town.root / "var/trial").rglob("x/*.json"))) == 1
    assert line("retract", "hello", *WHY).code == 0
    tick(town)
    assert list((town.root / "var/trial").rglob("x/*.json")) == []
    assert town.email.addresses == ["ana@example.org", "ana@example.org"]
    assert [each.answers for each in town.email.taken] == ["", town.email.taken[0].reference]
    town.settings("mode: trial", "mode: live")
    assert "has not gone out (live mode)" in line("retract", "hello", *WHY).errors


def test_it_is_refused_with_what_to_do(line: CommandLine) -> None:
    """Nothing to withdraw, nobody who says so, no reason."""
    for words, expected in (
        (("hello", *WHY), "has not gone out (live mode)"),
        (("helo", *WHY), "No announcement `helo`. Did you mean `hello`? Known here: hello."),
        (("hello", "--reason", " ", "--as", "Ana"), "Expected why it is withdrawn"),
    ):
        said = line("retract", *words)
        assert said.code == 1
        assert expected in " ".join(said.errors.split())


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_where_two_approve_one_asks_and_another_confirms(town: Town, line: CommandLine) -> None:
    """Nothing happens in between; who confirms gives no reason."""
    tick(town)
    town.settings("approvals: {required: 0}", "approvals: {required: 2, approvers: [Ana Gil, Luis Paz]}")
    assert "Nobody has said why news/hello is withdrawn" in line("retract", "hello", "--as", "Ana Gil").errors
    assert "another approver has to confirm it" in line("retract", "hello", *WHY).text
    assert "another approver has to confirm it" in line("retract", "hello", "--as", "ana gil").text
    assert "may not approve" in line("retract", "hello", "--as", "Eva Sol").errors
    assert states(town, "once-retracted") == {}
    assert "Withdrawn: news/hello (live mode)." in line("retract", "hello", "--as", "Luis Paz").text
    assert "by Ana Gil, Luis Paz" in line("retract", "hello", "--as", "Luis Paz").text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("approvers", "days"), [("[Luis Paz, Eva Sol]", 0), ("[Ana Gil, Luis Paz, Eva Sol]", 181)], ids=["left", "long ago"]
)
def test_a_wish_counts_no_longer_than_an_approval_would(
    town: Town, line: CommandLine, approvers: str, days: int
) -> None:
    """Who asked is no approver any more, or asked half a year ago: the next one asks anew, and yet another confirms."""
    tick(town)
    named = "[Ana Gil, Luis Paz, Eva Sol]"
    town.settings("approvals: {required: 0}", f"approvals: {{required: 2, approvers: {named}}}")
    assert "another approver has to confirm it" in line("retract", "hello", *WHY).text
    town.settings(named, approvers)
    now = START + timedelta(days=days)
    assert "another approver has to confirm it" in line("retract", "hello", "--as", "Luis Paz", now=now).text
    assert states(town, "once-retracted") == {}
    assert "Withdrawn: news/hello" in line("retract", "hello", "--as", "Eva Sol", now=now).text
    assert "by Luis Paz, Eva Sol" in line("retract", "hello", "--as", "Luis Paz", now=now).text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_where_one_approves_only_an_approver_withdraws(town: Town, line: CommandLine) -> None:
    """Who may not let anything out may not take it back either."""
    tick(town)
    town.settings("approvals: {required: 0}", "approvals: {required: 1, approvers: [Ana Gil]}")
    assert "may not approve" in line("retract", "hello", "--as", "Eva Sol", "--reason", f"en={REASON}").errors
    assert states(town, "once-retracted") == {}
    assert "Withdrawn: news/hello (live mode)." in line("retract", "hello", *WHY).text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_correction_of_what_was_withdrawn_is_not_sent_again(town: Town, line: CommandLine) -> None:
    """Its reader is told that all of it was withdrawn; that word may be sent again."""
    tick(town)
    town.write("templates/news/hello/en/correction.md", "---\nheadline: Green\nwrong: Blue.\nright: Green.\n---\n")
    town.email.before = _refuse_ben
    assert line("correct", "news/hello", "--as", "Ana Gil").code == 0
    tick(town)
    assert "Withdrawn: news/hello" in line("retract", "hello", *WHY).text
    tick(town)
    of_ben = {
        each.delivery.occurrence: str(each.delivery.id)
        for each in town.copies()
        if (each.name, each.delivery.state) == ("Ben", State.FAILED)
    }
    assert set(of_ben) == {"once-corrected-1", "once-retracted"}
    refused = line("resolve", of_ben["once-corrected-1"], "resend", "--as", "Ana Gil")
    assert "says what was withdrawn: it is not sent again" in refused.errors
    assert line("resolve", of_ben["once-retracted"], "resend", "--as", "Ana Gil").code == 0


def _refuse_ben(message: Message) -> None:
    if message.recipient and message.recipient.address.startswith("ben"):
        raise PermanentError("550 no")


def test_what_waits_for_it_does_not_go(town: Town) -> None:
    """A gate behind something withdrawn stays shut."""
    town.add()
    town.invite("ana")
    tick(town)
    with town.database.begin() as connection:
        retract(town.planner, connection, ("news", "hello"), "", Retraction(at=START, reasons={"en": "x"}), by="Ana")
    standing = town.standing("goodbye")
    assert (standing.will_go, standing.reason) == (False, "waits for hello, which was withdrawn")


def test_a_newsletter_that_has_not_gone_leaves_it_out_and_one_that_has_is_followed_by_word(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Daily readers had it in the morning's mail, weekly ones had not."""
    digests = DigestTown(town)
    digests.announce("news", {"first": "2026-12-01 10:00", "second": "2026-12-02 10:00"})
    digests.choose("ben", Frequency.DAILY)
    digests.choose("cleo", Frequency.WEEKLY)
    line = at(town.root, monkeypatch, START)
    morning = START.replace(hour=7)
    for moment in (morning, START, morning + timedelta(days=1)):
        digests.tick(moment)
    assert len(digests.mails("ben")) == 1
    assert line("retract", "first", *WHY, now=town.clock.now).code == 0
    digests.tick()
    assert [len(digests.mails(each)) for each in ("ben", "cleo")] == [2, 0]
    assert REASON in digests.mails("ben")[-1]
    for day in (1, 2, 3):
        digests.tick(START + timedelta(days=day))
    (weekly,) = digests.mails("cleo")
    assert "Of second" in weekly
    assert "Of first" not in weekly
    with town.database.reading() as connection:
        assert upcoming(connection, town.workspace, town.workspace.settings.mode, town.clock.now) == []
