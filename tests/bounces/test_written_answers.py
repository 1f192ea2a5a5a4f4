"""What people answer in words waits for an officer, who puts it down with one action; no program guesses."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from communique.answering import Answer, Came, Proof
from communique.bounces.collector import Collector
from communique.bounces.consequences import Effect, follow
from communique.bounces.reading import read_report
from communique.bounces.tags import tag_of
from communique.channel import Mail
from communique.delivery import Mode
from communique.store.recipients import answers, letters, people, written_answers
from communique.store.recipients.answers import Given
from communique.store.recipients.retention import Kept, Limits, erase_some, over
from communique.store.recipients.written_answers import Written
from communique.texts import answer_addresses
from tests import command_line
from tests.meetings import CAMPAIGN, MEETING, hold_a_meeting
from tests.returned_reports import KEY
from tests.workspaces import Town, build

BOX = "var/rsvp"
READ = f"mode: live\nbounces: {{answers: {{maildir: {BOX}}}}}"
TAGGED = "mode: live\nbounces: {maildir: var/back, calendar_answers: 'answers+{tag}@littleton.example.org'}"
MAIL = """\
From: {sender}
To: {to}
Message-ID: <{number}@example.org>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Subject: Re: Kickoff
{more}

{words}

> Will you come?
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    """Ana and Ben have been invited, and their answers come to a mailbox; it is a day later."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    made = build(tmp_path)
    hold_a_meeting(made)
    made.settings("mode: live", READ)
    made.invite("ana", "ben")
    made.run()
    made.clock.turn(days=1)
    for folder in ("tmp", "new", "cur"):
        (made.root / BOX / folder).mkdir(parents=True)
    yield made
    made.database.close()


def written(number: int, sender: str, words: str, *, more: str = "X-Nothing: 1", to: str = "rsvp@x.example") -> bytes:
    """A mail as people write it."""
    return MAIL.format(number=number, sender=sender, words=words, more=more, to=to).encode()


def take(town: Town, data: bytes, *, is_to_answers: bool = False) -> Effect:
    """Read it as the daemon does, from the mailbox of returned mail or that of answers."""
    rules = town.workspace.settings.bounces
    with town.database.begin() as connection:
        report, now = read_report(data), town.clock.now
        return follow(connection, report, KEY, rules, place="here", now=now, is_to_answers=is_to_answers).effect


def waiting(town: Town) -> list[Written]:
    """What an officer has to read."""
    with town.database.reading() as connection:
        return written_answers.waiting(connection, Mode.LIVE)


def given(town: Town, name: str) -> Given | None:
    """What somebody answered."""
    with town.database.reading() as connection:
        person = people.by_address(connection, f"{name}@example.org")
        assert person is not None
        return answers.find(connection, Mode.LIVE, MEETING, person.id)


def owed(town: Town) -> list[int | None]:
    """Whom a letter about their answer is owed."""
    with town.database.begin() as connection:
        return [each.person for each in letters.take(connection, town.clock.now, 10)]


def reference(town: Town, name: str) -> str:
    """The Message-ID of the last mail to somebody."""
    return next(
        each.reference
        for each in town.email.taken[::-1]
        if each.recipient and each.recipient.name == name and isinstance(each.content, Mail)
    )


def test_what_is_written_waits_and_one_action_settles_it(here: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the mailbox to the list of who comes: confirmed as on the page, and no reminder any more."""
    mails = {
        "1": written(1, "Ana G <ANA@example.org>", "Yes, I'll come, two of us.\nA ramp, please. =1+1"),
        "2": written(2, "stranger@example.net", "Buy now"),
        "3": written(3, "ben@example.org", "I am away.", more="Auto-Submitted: auto-replied"),
        "4": written(4, "secretary@example.com", "Ben comes", more=f"In-Reply-To: <{reference(here, 'Ben')}>"),
    }
    for name, data in mails.items():
        (here.root / BOX / "new" / name).write_bytes(data)
    with closing(Collector(here.root / "var", lambda _name: None, here.clock)) as collector:
        collector.begin(here.workspace.settings.bounces, here.database, KEY)
        collector.wait()
        assert not collector.faults
    found = waiting(here)
    assert [(each.person, each.proof, each.meeting) for each in found] == [
        (1, Proof.ADDRESS, ""),
        (None, Proof.NOBODY, ""),
        (2, Proof.REPLY, MEETING),
    ]
    assert found[0].words == "Yes, I'll come, two of us.\nA ramp, please. =1+1"
    assert (given(here, "ana"), owed(here)) == (None, [])
    ana, stranger, ben = (str(each.id) for each in found)

    here.database.close()
    line = command_line.at(here.root, monkeypatch, here.clock.now)
    listed = line("answers", "written").text
    assert "Ana <ana@example.org>: by its sender's address alone" in listed
    assert "Ben <ben@example.org>: it answers a mail of ours to them\n    from  <secretary@example.com>" in listed
    assert "    | A ramp, please." in listed
    assert "3 mails with an answer in words to be read" in line("answers", "list").text
    assert "Say whose answer it is" in line("answers", "settle", stranger, "yes", "--as", "Ines").errors
    more = ("--companions", "1", "--access-needs", "a ramp", "--as", "Ines")
    assert "Noted: yes of ana@example.org" in line("answers", "settle", ana, "yes", *more).text
    assert line("answers", "settle", stranger, "aside", "--as", "Ines").code == 0
    assert line("answers", "settle", ben, "no", "--as", "Ines").code == 0
    assert line("answers", "settle", ben, "yes", "--as", "Ines").code == 1
    assert line("answers", "written").text == "no mails to be read.\n"
    assert [each["what"] for each in line("log", "--json").json["journal"]][-3:] == [
        f"noted an answer to {MEETING}",
        "set aside a mail that is no answer to a meeting",
        f"noted an answer to {MEETING}",
    ]
    coming = given(here, "ana")
    assert coming is not None
    assert (coming.answer, coming.companions, coming.access_needs, coming.came) == (Answer.YES, 1, "a ramp", Came.HAND)
    assert owed(here) == [1, 2]
    with here.database.reading() as connection:  # nothing of the words is left, and nobody is named
        rows = connection.exec_driver_sql("select person_id, sender, sender_key, subject, words from written_answers")
        assert {tuple(row) for row in rows} == {(None, "", "", "", "")}
    assert take(here, mails["1"], is_to_answers=True) is Effect.KNOWN
    assert waiting(here) == []
    before = len(here.email.taken)
    here.clock.turn(days=8)
    here.run()
    assert len(here.email.taken) == before  # the day of the reminder


def test_only_what_proves_something_is_an_answer_among_returned_mail(here: Town) -> None:
    """There a tag or a Message-ID says so; by its address alone it is for a person to see, as ever."""
    here.settings(READ, TAGGED)
    tag = answer_addresses.organizer_address(here.workspace.settings, KEY, "1", MEETING, "")
    with here.database.reading() as connection:
        number, known = connection.exec_driver_sql("select id, reference from deliveries where person_id = 2").one()
    back = f"bounces+{tag_of(number, known, KEY)}@littleton.example.org"
    forged = tag.replace("answers+", "answers+aaaaaa")
    assert take(here, written(1, "ana@example.org", "Yes")) is Effect.KEPT
    assert take(here, written(2, "ana@example.org", "Yes", to=forged)) is Effect.KEPT
    assert take(here, written(3, "else@example.net", "Yes", to=tag)) is Effect.WRITTEN
    assert take(here, written(4, "ben@example.org", "Yes", to=back)) is Effect.WRITTEN
    assert [(each.person, each.proof, each.meeting) for each in waiting(here)] == [
        (1, Proof.TAG, MEETING),
        (2, Proof.REPLY, MEETING),
    ]
    assert (given(here, "ana"), given(here, "ben")) == (None, None)


def test_what_does_not_hold_any_more_is_not_put_down(here: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """A later answer stays; nor is it an answer to a date that has moved since, or to a meeting that is called off."""
    for number in (1, 2):
        take(here, written(number, "ana@example.org", "Yes"), is_to_answers=True)
    later = Given(answer=Answer.NO, came=Came.PAGE, answered_at=here.clock.now + timedelta(hours=1))
    with here.database.begin() as connection:
        answers.give(connection, Mode.LIVE, MEETING, 1, later)
    here.database.close()
    line = command_line.at(here.root, monkeypatch, here.clock.now)
    assert "a later answer" in line("answers", "settle", "1", "yes", "--as", "Ines").errors
    assert given(here, "ana") == later
    assert owed(here) == []
    again = "  again:\n    when: start + 2 days\n    to: [friends]\n    through: [email]\n    invite: meeting\n"
    here.write("campaigns/news.yaml", CAMPAIGN.replace("15 10:00 to", "17 10:00 to") + again)
    here.say("again")
    here.clock.turn(days=1)
    here.run()
    assert "has moved" in line("answers", "settle", "1", "yes", "--as", "Ines").errors
    off = again.replace("again:", "off:").replace("2 days", "3 days").replace("invite:", "cancel:")
    here.write("campaigns/news.yaml", CAMPAIGN.replace("15 10:00 to", "17 10:00 to") + again + off)
    here.say("off")
    here.clock.turn(days=1)
    here.run()
    assert "called off" in line("answers", "settle", "1", "yes", "--as", "Ines").errors
    assert len(waiting(here)) == 2


def test_what_somebody_wrote_is_told_to_them_and_goes_with_them(here: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also of who is in no list, and after the time that the settings say; strangers fill no ledger."""
    take(here, written(1, "ana@example.org", "Wheelchair"), is_to_answers=True)
    take(here, written(2, "Zoe <zoe@example.net>", "Me too"), is_to_answers=True)
    here.database.close()
    line = command_line.at(here.root, monkeypatch, here.clock.now)
    (told,) = line("people", "export", "ana@example.org").json["written_answers"]
    assert told["words"] == "Wheelchair"
    assert "Me too" in line("people", "export", "zoe@example.net").text
    assert "here holds a mail that they have written" in line("people", "erase", "ana@example.org", "--as", "I").text
    assert [each.sender for each in waiting(here)] == ["zoe@example.net"]
    line("people", "erase", "zoe@example.net", "--as", "Ines")
    here.database.close()
    assert b"Me too" not in b"".join(each.read_bytes() for each in here.root.glob("var/*.db*"))
    monkeypatch.setattr(written_answers, "MOST_OF_NOBODY", 3)
    for number in range(10):
        take(here, written(10 + number, f"x{number}@example.net", "Spam"), is_to_answers=True)
    take(here, written(3, "ben@example.org", "Yes"), is_to_answers=True)
    assert [each.sender for each in waiting(here)] == [*(f"x{n}@example.net" for n in (7, 8, 9)), "ben@example.org"]
    settings = here.workspace.settings
    limits = Limits(
        rules=settings.retention,
        zone=settings.timezone,
        now=here.clock.now + settings.retention.returned_mail + timedelta(days=1),
        digest_of=str,
        without_addresses=str,
    )
    with here.database.begin() as connection:
        assert over(connection, limits)[Kept.RETURNED_MAIL] == 4
        assert erase_some(connection, Kept.RETURNED_MAIL, limits) == 4
    assert waiting(here) == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("<style>p {x}</style><p>Yes &amp; two</p><p>A&nbsp;ramp<blockquote>Come?</blockquote>", "Yes & two\nA ramp"),
        ("<head><title>x</title></head>" + "<p>y</p>" * 2000, "y\n" * 1000),
        ("<blockquote>" * 3000 + "no", ""),
    ],
)
def test_html_is_read_as_it_is_seen(content: str, words: str) -> None:
    """Without what it quotes, and no longer than anybody reads."""
    data = written(1, "ana@example.org", content).replace(b"text/plain", b"text/html").replace(b"> Will you come?", b"")
    found = read_report(data).body
    assert found.replace("\xa0", " ") == words.strip()


def test_what_is_settled_after_the_meeting_is_confirmed_to_nobody(here: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two weeks in the mailbox: it is noted, and they know whether they came. Nor if the officer says so."""
    take(here, written(1, "ana@example.org", "Yes."), is_to_answers=True)
    take(here, written(2, "ben@example.org", "No."), is_to_answers=True)
    line = command_line.at(here.root, monkeypatch, here.clock.now)
    assert "No mail confirms it.\n" in line("answers", "settle", "2", "no", "--no-mail", "--as", "Ines").text
    here.clock.turn(days=14)
    line = command_line.at(here.root, monkeypatch, here.clock.now)
    assert "the meeting is over" in line("answers", "settle", "1", "yes", "--as", "Ines").text
    assert owed(here) == []
