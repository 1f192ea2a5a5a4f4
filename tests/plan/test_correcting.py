"""`communique correct`: what went out is put right, by the way it went, for exactly those who got it."""

import json
from datetime import timedelta
from email.parser import BytesParser
from email.policy import default

import pytest
from lxml import etree

from communique.channel import Form, Message, PermanentError, Post, Reach, Receipt, TemporaryError
from communique.delivery import State
from tests.channels.recording_smtp import RecordingSmtp
from tests.command_line import CommandLine, at
from tests.digest_towns import text_of
from tests.recording_channel import RecordingChannel
from tests.workspaces import PUBLIC, START, Town

CORRECTION = """\
---
headline: It is green
wrong: We wrote that it is blue.
right: "It is {{ facts.colour }}."
---
Whoever has painted already gets **new paint** at the town hall.
"""
FILE = "templates/news/hello/en/correction.md"


class Network(RecordingChannel):
    """A network that names what is posted."""

    reach = Reach.ALL
    form = Form.POST

    def __init__(self) -> None:
        super().__init__()
        self.receipt = Receipt(reference="post-7", url="https://x.example.org/7")


@pytest.fixture
def line(town: Town, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """The command line at the time of an announcement by mail, page, feed and networks, to three people."""
    town.campaign("through: [email]", "through: [email, website, feed, x, handoff]")
    town.write("templates/news/hello/en/article.md", PUBLIC)
    town.write("templates/news/hello/en/social.txt", "Hello. {{ link }}\n")
    town.invite("ana", "ben", "cleo")
    return at(town.root, monkeypatch, START)


def tick(town: Town, network: RecordingChannel) -> None:
    """What the daemon does, with a network that stands in for X."""
    dispatcher = town.dispatcher({**town.opened.channels, "email": town.email, "x": network})
    dispatcher.recover(town.gone)
    town.freeze()
    dispatcher.run()
    dispatcher.housekeeping()


def of_correction(town: Town, number: int = 1) -> dict[tuple[str, str], State]:
    """By channel and name."""
    name = f"once-corrected-{number}"
    return {
        (each.delivery.channel, each.name): each.delivery.state
        for each in town.copies()
        if each.delivery.occurrence == name
    }


def test_it_goes_by_the_same_ways_to_exactly_those_who_got_the_announcement(town: Town, line: CommandLine) -> None:
    """Two approve. One was refused, one has left since, one has joined: none of them gets it."""
    town.settings("approvals: {required: 0}", "approvals: {required: 2}")
    for each in ("Ana Gil", "Luis Paz"):
        town.approve(each)
    network = Network()

    def refuse_ben(message: Message) -> None:
        # The announcement, and not its correction: that waits by itself.
        if message.recipient and message.recipient.address.startswith("ben") and not message.answers:
            raise TemporaryError("450 later")

    town.email.before = refuse_ben
    tick(town, network)
    first = town.email.taken[0]
    town.campaign("colour: blue", "colour: green")
    town.write(FILE, CORRECTION)
    town.suppress("cleo")
    town.invite("dora")
    shown = line("correct", "news/hello")
    assert shown.code == 2, shown.text + shown.errors
    for words in ("right: It is green.", "3 people who got it; 1 of them left since", "2 approvals missing", "new"):
        assert words in shown.text
    assert line("correct", "news", "hello", "--as", "Ana Gil").code == 2
    tick(town, network)
    assert of_correction(town) == {}
    done = line("correct", "news", "hello", "--as", "Luis Paz")
    assert (done.code, "Approved by Ana Gil, Luis Paz." in done.text) == (0, True)
    tick(town, network)

    assert town.email.addresses == ["ana@example.org", "cleo@example.org", "ana@example.org"]
    mail = town.email.taken[-1]
    assert mail.answers == first.reference
    told = text_of(mail)
    expected = ("It is green.", "We wrote that it is blue.", "Hello", "/en/news/hello/#correction-1", "new paint")
    assert [each for each in expected if each not in told] == []
    (_, answer) = network.taken
    assert isinstance(answer.content, Post)
    assert (answer.answers, answer.content.text.splitlines()) == (
        "post-7",
        ["Correction: It is green.", "https://open.littleton.example.org/en/news/hello/#correction-1"],
    )
    assert of_correction(town) == {
        ("email", "Ana"): State.SENT,
        ("email", "Ben"): State.SCHEDULED,
        ("email", "Cleo"): State.EXCLUDED,
        ("website", "everyone"): State.SENT,
        ("feed", "everyone"): State.SENT,
        ("x", "everyone"): State.SENT,
        ("handoff", "everyone"): State.IN_DOUBT,
    }
    town.email.before = lambda _message: None
    for _ in range(3):
        town.clock.turn(hours=1)
        tick(town, network)
    assert town.email.addresses[3:] == ["ben@example.org"] * 2
    assert "It is green." in text_of(town.email.taken[-1])
    why = line("why", "ben@example.org", "hello").text
    assert [each in why for each in ("(news/hello, correction 1, email, en, ", "(news/hello, email, en, ")] == [
        True
    ] * 2
    assert all(each.holds for each in town.balances().values())


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("chosen", "hears"), [([], True), (["x"], False)], ids=["all", "one network"])
def test_who_gets_the_announcement_only_afterwards_hears_of_the_correction_too(
    town: Town, line: CommandLine, chosen: list[str], *, hears: bool
) -> None:
    """Ben's copy was refused, and is sent again once that is put right; through a channel it left out nobody hears."""
    network = Network()
    town.email.before = _refuse_ben
    tick(town, network)
    town.campaign("colour: blue", "colour: green")
    town.write(FILE, CORRECTION)
    assert line("correct", "news/hello", *chosen, "--as", "Ana Gil").code == 0
    tick(town, network)
    assert ("email", "Ben") not in of_correction(town)
    town.email.before = lambda _message: None
    ben = next(each.delivery.id for each in town.copies() if (each.name, each.delivery.channel) == ("Ben", "email"))
    for _ in range(2):  # the second adds nothing
        again = line("resolve", str(ben), "resend", "--as", "Ana Gil", "--until", "2027-02-01 10:00", now=LATER)
    assert "has until 2027-02-01 10:00 CET" in again.errors
    for hours in (0, 24 * 40, 24):
        town.clock.now = max(town.clock.now, LATER)
        town.clock.turn(hours=hours)
        tick(town, network)
    assert of_correction(town).get(("email", "Ben")) is (State.SENT if hears else None)
    assert town.email.addresses.count("ben@example.org") == 1 + hears
    assert all(each.holds for each in town.balances().values())


LATER = START + timedelta(days=20)


def _refuse_ben(message: Message) -> None:
    if message.recipient and message.recipient.address.startswith("ben"):
        raise PermanentError("550 no")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_one_of_a_series_is_corrected_and_the_others_stay_as_they_are(town: Town, line: CommandLine) -> None:
    """Each has a file of its own; what is written for one waits for that one alone."""
    town.campaign("  hello:\n    when: start", "  hello:\n    when: start\n    every: 7 days")
    for _ in range(2):
        town.run()
        town.clock.turn(days=7)
    assert len({each.delivery.occurrence for each in town.copies()}) == 2
    several = line("correct", "news/hello", now=town.clock.now)
    assert (several.code, "--occurrence" in several.errors) == (1, True)
    town.write(FILE, CORRECTION)
    of_one = ("correct", "news/hello", "--occurrence", "2")
    said = line(*of_one)
    assert "templates/news/hello/en/correction-of-2.md" in said.text + said.errors
    assert "correction" not in line("plan").text
    town.write(FILE.replace(".md", "-of-2.md"), CORRECTION)
    assert line("plan").text.count("correction") == 1
    assert line(*of_one, "--as", "Ana Gil").code == 0
    town.run()
    told = {each.delivery.occurrence for each in town.copies() if "corrected" in each.delivery.occurrence}
    assert told == {"2-corrected-1"}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_page_and_feeds_show_it_above_the_text_and_a_second_one_above_the_first(town: Town, line: CommandLine) -> None:
    """Under the same identity, with a new time; the text stays as it was published. The trail keeps both."""
    network = Network()
    tick(town, network)
    town.write(FILE, CORRECTION)
    town.clock.turn(hours=1)
    assert line("correct", "news", "hello", "--as", "Ana Gil", now=town.clock.now).code == 0
    tick(town, network)
    town.write("templates/news/hello/en/correction-2.md", CORRECTION.replace("It is green", "It is red"))
    town.clock.turn(hours=1)
    again = line("correct", "news", "hello", "--as", "Ana Gil", now=town.clock.now)
    assert (again.code, "Correction 2 of news/hello" in again.text) == (0, True)
    tick(town, network)

    shown = (town.root / "var/public/en/news/hello/index.html").read_text(encoding="utf-8")
    assert shown.index("It is red") < shown.index("It is green") < shown.index("Hello, everybody.")
    assert ('id="correction-2"' in shown, "<strong>new paint</strong>" in shown) == (True, True)
    assert '<span class="withdrawn">Corrected</span>' in (town.root / "var/public/en/archive/index.html").read_text()
    atom = etree.parse(town.root / "var/public/feeds/public/en/atom.xml").getroot()
    (entry,) = atom.findall("{http://www.w3.org/2005/Atom}entry")
    text = {each.tag.rpartition("}")[2]: each.text or "" for each in entry}
    assert text["updated"].startswith("2026-12-01T11:00:00")
    assert text["published"].startswith("2026-12-01T09:00:00")
    assert (
        text["content"].index("It is red") < text["content"].index("It is green") < text["content"].index("everybody")
    )
    (item,) = json.loads((town.root / "var/public/feeds/public/en/feed.json").read_text())["items"]
    assert item["summary"].startswith("Correction: ")
    assert [each.answers for each in town.email.taken if each.answers] == [
        each.reference for each in town.email.taken if not each.answers
    ] * 2
    trail = line("log", now=town.clock.now).text
    for words in ("approved correction 1 of news/hello", "corrected news/hello (live): It is"):
        assert words in trail


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_it_is_refused_with_what_to_do(town: Town, line: CommandLine) -> None:
    """Nothing went out; no file, half of one, a placeholder; a channel it did not take; too long for a network."""
    network = Network()

    def said(*words: str) -> str:
        answer = line("correct", "news", "hello", *words)
        assert answer.code == 1
        return " ".join((answer.text + answer.errors).split())

    assert "news/hello has not gone out (live mode): there is nothing to correct." in said()
    tick(town, network)
    assert f"{FILE}: error[missing-template] expected the correction in `en`" in said("--as", "Ana Gil")
    town.write(FILE, "---\nheadline: It is green\nrong: blue\n---\n")
    assert "expected `right:` between" in (found := said()) or "`rong` is not known here" in found
    town.write(FILE, CORRECTION.replace("It is green", "It is TBD"))
    assert "found the placeholder `TBD`" in said("--as", "Ana Gil")
    town.write(FILE, CORRECTION)
    assert "did not go out through letter; it did through email, feed, handoff, website, x" in said("letter")
    town.write(FILE, CORRECTION.replace('"It is {{', f'"{"It is so. " * 400}{{{{'))
    assert "handoff would refuse this: Too long for handoff" in (found := said("--as", "Ana Gil"))
    assert "shorten that" in found
    assert of_correction(town) == {}
    town.write(FILE, CORRECTION)
    assert line("correct", "news/hello", "email", "--as", "Ana Gil").code == 0
    assert {channel for channel, _ in of_correction(town)} == {"email", "website", "feed"}
    assert line("retract", "hello", "--reason", "x", "--as", "Ana Gil").code == 0
    assert "was withdrawn" in said()
    assert set(of_correction(town).values()) == {State.CANCELLED}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_was_approved_is_what_goes_and_an_edit_asks_for_it_again(town: Town, line: CommandLine) -> None:
    """An author's own approval does not count where two are asked; another text has no approvals yet."""
    town.settings("approvals: {required: 0}", "approvals: {required: 2, approvers: [Ana Gil, Luis Paz, Eva Sol]}")
    town.campaign("title: News", "title: News\nauthor: Eva Sol")
    for each in ("Ana Gil", "Luis Paz"):
        town.approve(each)
    tick(town, Network())
    town.write(FILE, CORRECTION)
    assert "an author's own does not count" in line("correct", "news", "hello", "--as", "Eva Sol").text
    assert "may not approve" in line("correct", "news", "hello", "--as", "Somebody").errors
    assert line("correct", "news", "hello", "--as", "Ana Gil").code == 2
    town.write(FILE, CORRECTION.replace("It is green", "It is red"))
    second = line("correct", "news", "hello", "--as", "Luis Paz")
    assert (second.code, "1 approval missing" in second.text) == (2, True)
    town.write(FILE, CORRECTION)
    done = line("correct", "news", "hello", "--as", "Luis Paz", "--json")
    assert (done.code, json.loads(done.text)["goes_out"], json.loads(done.text)["told"]["email"]) == (0, True, 3)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_mail_server_gets_it_in_answer_to_the_mail_each_has(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Through the channel of mails, in bulk, to a server that keeps them; once, however often the daemon looks."""
    town.invite("ana", "ben")
    line = at(town.root, monkeypatch, START)
    with RecordingSmtp() as server:
        town.settings("port: 25", f"port: {server.port}")
        opened = town.opened
        for words in ((), ("correct", "news", "hello", "--as", "Ana Gil")):
            town.write(FILE, CORRECTION)
            assert not words or line(*words).code == 0
            for _ in range(2):
                town.freeze()
                town.dispatcher(opened.channels).run()
        opened.close()
        mails = [BytesParser(policy=default).parsebytes(each.data) for each in server.accepted]
    for first, told in zip(mails[:2], mails[2:], strict=True):
        assert (first["To"], first["In-Reply-To"]) == (told["To"], None)
        assert (told["In-Reply-To"], told["References"]) == (first["Message-ID"], first["Message-ID"])
        assert told["Subject"] == "Correction: It is green"
        assert told["List-Unsubscribe"] is not None
