"""One thing that goes wrong stops no other."""

import pytest

from communique.channel import Mail, MergedMail, Message, Recipient
from communique.delivery import State
from communique.language import formatting
from communique.store.announcements import copies
from communique.store.database import copies as copies_table
from communique.texts.merging import MailMerge
from tests.workspaces import Town

TO = MailMerge.to


def test_one_text_that_breaks_the_engine_stops_nobody_else(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error nobody foresaw, in one person's mail: it waits for another attempt, the others get theirs."""

    def to(merge: MailMerge, recipient: Recipient) -> Mail | MergedMail:
        if recipient.name == "Ana":
            raise RuntimeError("nobody foresaw this")
        return TO(merge, recipient)

    town.invite("ana", "ben")
    town.freeze()
    monkeypatch.setattr(MailMerge, "to", to)
    town.run()
    assert town.email.addresses == ["ben@example.org"]
    assert town.account() == "2 planned = 1 scheduled + 1 sent"
    assert town.copies()[0].delivery.reason == "unexpected: RuntimeError: nobody foresaw this"


def test_a_shortage_of_memory_is_no_fault_of_a_text(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """However often it comes: whose mail it hit waits a minute at most, and the reason says what to raise."""
    town.edit("templates/news/hello/en/article.md", "hello.", "hello on {{ facts.day | date }}.")
    town.campaign("  colour: blue", "  colour: blue\n  day: 2026-12-24")
    town.invite("ana")
    town.freeze()
    with monkeypatch.context() as machine:
        machine.setattr(formatting, "locale_of", out_of_memory)
        for _ in range(5):
            town.run()
            (copy,) = town.copies()
            assert copy.delivery.state is State.SCHEDULED
            assert copy.delivery.reason.startswith("put off: expected memory for the next step, found none left")
            town.clock.turn(minutes=1)
    town.run()
    assert town.account() == "1 planned = 1 sent"
    assert len(town.email.taken) == 1


def out_of_memory(*_: object) -> str:
    """What Python says when the system gives it no more."""
    raise MemoryError


def test_a_check_that_breaks_stops_nobody_else(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing has gone out: it waits for another attempt."""

    def check(message: Message) -> list[str]:
        if message.recipient and message.recipient.name == "Ana":
            raise RuntimeError("nobody foresaw this")
        return []

    monkeypatch.setattr(town.email, "check", check)
    town.invite("ana", "ben")
    town.run()
    assert town.account() == "2 planned = 1 scheduled + 1 sent"


def test_when_it_is_to_stop_what_is_in_flight_is_finished_and_nothing_else_begun(town: Town) -> None:
    """The rest goes back at once, as if nobody had taken it."""
    town.invite(*(f"person{number}" for number in range(10)))
    town.freeze()
    dispatcher = town.dispatcher()
    dispatcher.stopping = lambda: len(town.email.taken) >= 3
    dispatcher.run()
    assert town.account() == "10 planned = 7 scheduled + 3 sent"
    town.run()
    assert town.account() == "10 planned = 10 sent"
    assert len(town.email.taken) == 10


def test_without_the_approved_texts_nothing_is_said(town: Town) -> None:
    """Should the copy be lost, no other words are sent in its place."""
    town.invite("ana")
    town.freeze()
    with town.database.begin() as connection:
        connection.execute(copies_table.delete().where(copies_table.c.of == copies.frozen(1)))
    town.run()
    assert town.email.taken == []
    (copy,) = town.copies()
    assert copy.delivery.state is State.SCHEDULED
    assert copy.delivery.reason.startswith("the text cannot be made: ")


def test_a_page_is_made_though_its_campaign_is_gone(town: Town) -> None:
    """What was frozen is published, whatever became of the file."""
    town.campaign("through: [email]", "through: [website, feed]")
    town.campaign("    to: [friends]\n", "")
    town.say_to_nobody_in_particular()
    town.freeze()
    (town.root / "campaigns/news.yaml").unlink()
    town.write("config/process.yaml", "stages: []\n")
    town.run()
    assert town.account() == "2 planned = 2 sent"
    assert list((town.root / "var/public").rglob("*hello*/index.html"))
