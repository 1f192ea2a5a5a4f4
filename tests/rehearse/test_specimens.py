"""`communique test-send`: a mail as its readers will get it, to somebody who is to look at it, and in no ledger."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import unescape

import pytest

from communique.store.desk.officers import Duty
from communique.store.recipients import people
from tests.channels.recording_smtp import RecordingSmtp
from tests.command_line import CommandLine, at
from tests.desk import desk_of
from tests.workspaces import START, Town

BEFORE = START - timedelta(days=3)


@dataclass
class Desk:
    """A town whose mails reach a server on this machine."""

    town: Town
    server: RecordingSmtp
    line: CommandLine

    @property
    def got(self) -> list[EmailMessage]:
        """What the server has accepted."""
        return [message_from_bytes(each.data, policy=policy.default) for each in self.server.accepted]


@pytest.fixture
def desk(town: Town, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """Ben is on the allow-list; Ana is in the audience."""
    with RecordingSmtp() as server:
        town.settings("port: 25", f"port: {server.port}")
        town.settings("mode: live", "mode: live\nallow_list: [ben@example.org]")
        town.campaign("languages: [en]", "languages: [en, es]")
        town.invite("ana")
        yield Desk(town, server, at(town.root, monkeypatch, BEFORE))


def test_it_is_the_mail_that_will_be_sent_marked_as_a_test(desk: Desk) -> None:
    """In each language, to who asked for it; the ledger knows nothing of it, and what people did does."""
    said = desk.line("test-send", "news/hello", "--to", "ben@example.org", "--as", "Eva", "--name", "Zoë")

    assert (said.code, said.text.count("accepted: 250")) == (0, 2)
    assert [each["Subject"] for each in desk.got] == ["[TEST] Hello", "[TEST] Hola"]
    assert {each["To"].addresses[0].addr_spec for each in desk.got} == {"ben@example.org"}
    assert "Dear Zoë, hello." in desk.got[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert len({each["Message-ID"] for each in desk.got}) == 2
    assert desk.town.copies() == []
    assert "sent a test of news/hello (en, es)" in desk.line("log").text

    desk.town.clock.now = START
    desk.town.run()
    assert desk.town.account() == "1 planned = 1 sent"


def test_an_announcement_without_a_date_can_be_looked_at(desk: Desk) -> None:
    """Its date is made up; in one language when one is asked for."""
    desk.town.campaign("when: start", "when: later")
    said = desk.line("test-send", "hello", "--to", "BEN@example.org", "--as", "Eva", "--language", "es")
    assert (said.code, [each["Subject"] for each in desk.got]) == (0, ["[TEST] Hola"])


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--to", "ana@example.org"), "ana@example.org is not on the allow-list"),
        (("--to", "nobody"), "nobody: "),
        (("--to", "ben@example.org", "--language", "fr"), "sends no mails in the language `fr`. Known here: en, es."),
        (("--to", "ben@example.org", "--channel", "emial"), "Did you mean `email`?"),
        (("--to", "ben@example.org", "--occurrence", "9"), "No occurrence `9`"),
    ],
)
def test_what_cannot_be_sent_is_said(desk: Desk, words: tuple[str, ...], why: str) -> None:
    """And nothing goes, to nobody."""
    said = desk.line("test-send", "news/hello", "--as", "Eva", *words)
    assert (said.code, why in said.errors, desk.got) == (1, True, []), said


def test_who_wants_no_mail_gets_no_test(desk: Desk) -> None:
    """Though the settings have the address."""
    desk.town.suppress("ben")
    said = desk.line("test-send", "news/hello", "--to", "ben@example.org", "--as", "Eva")
    assert (said.code, "asked to be left alone" in said.errors, desk.got) == (1, True, [])


def test_a_server_that_refuses_is_quoted(desk: Desk) -> None:
    """And a text with a fault keeps only its own language back."""
    desk.server.refuse("RCPT", "550 5.1.1 no such user", times=1)
    said = desk.line("test-send", "news/hello", "--to", "ben@example.org", "--as", "Eva")
    assert (said.code, "no such user" in said.text, len(desk.got)) == (1, True, 1)

    desk.town.edit("templates/news/hello/en/article.md", "facts.colour", "facts.color")
    said = desk.line("test-send", "news/hello", "--to", "ben@example.org", "--as", "Eva")
    assert (said.code, "missing-fact" in said.text, len(desk.got)) == (1, True, 2)


def test_the_desk_sends_one_to_who_is_chosen_from_the_allow_list(desk: Desk) -> None:
    """In the language that was looked at, to the person with whose eyes; nobody else can be written to."""
    with desk_of(desk.town) as office:
        desk.town.clock.now = BEFORE
        seat = office.sit(office.hire("Eva", Duty.EDITOR))
        with desk.town.database.reading() as connection:
            ana = people.by_address(connection, "ana@example.org")
        assert ana is not None
        page = seat.get(f"/announcement/news/hello/once?as=person:{ana.id}").text
        way = f"/test/news/hello/once?in=en&amp;as=person%3A{ana.id}"
        assert way in page
        form = seat.get(unescape(way)).text
        assert ('value="Ana"' in form, "<option>ben@example.org</option>" in form) == (True, True)
        sent = seat.post("/test/news/hello/once", to="ben@example.org", language="es", name="Ana")
        assert sent.headers["location"] == "/test/news/hello/once?said=tested&mails=1"
        assert [each["Subject"] for each in desk.got] == ["[TEST] Hola"]
        assert office.journal()[0] == "Eva: sent a test of news/hello (es)"
        assert seat.post("/test/news/hello/once", to="ana@example.org").status_code == 422
        assert seat.post("/test/news/other/once", to="ben@example.org").status_code == 404
        assert seat.post("/test/news/hello/once", to="ben@example.org", channel="emial").status_code == 409
        desk.town.suppress("ben")
        assert seat.post("/test/news/hello/once", to="ben@example.org").status_code == 409
        assert len(desk.got) == 1
    assert desk.town.copies() == []


def test_the_desk_says_what_the_server_said(desk: Desk) -> None:
    """A refusal stands beside what was taken, as it came."""
    desk.server.refuse("RCPT", "550 no <b>such</b> user", times=1)
    with desk_of(desk.town) as office:
        seat = office.sit(office.hire("Eva", Duty.EDITOR))
        refused = seat.post("/test/news/hello/once", to="ben@example.org")
    assert (refused.status_code, "550 no &lt;b&gt;such&lt;/b&gt; user" in refused.text) == (409, True)
