"""What a calendar answers by mail is the invited person's answer: if proven, and as long as it is about that date."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from icalendar.timezone import tzp

from communique.answering import Answer, Came
from communique.bounces.collector import Collector
from communique.bounces.consequences import Effect, Finding, follow
from communique.bounces.reading import read_report
from communique.channel import Mail, MergedMail, Secret
from communique.delivery import Mode
from communique.store.recipients import answers, letters, people, returns
from communique.store.recipients.answers import Given
from communique.texts.invitations import Calendar
from tests import command_line
from tests.meetings import CAMPAIGN, MEETING, hold_a_meeting
from tests.returned_reports import KEY
from tests.workspaces import START, Town, build

REPLIES = {
    file.stem: file.read_text() for file in sorted((Path(__file__).parents[1] / "calendar_replies").glob("*.eml"))
}
GOOGLE, MICROSOFT, APPLE = "google-accepted", "microsoft365-declined", "apple-tentative"
TAGGED = "mode: live\nbounces: {maildir: var/replies, calendar_answers: 'answers+{tag}@littleton.example.org'}"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    """Ana and Ben have been invited; it is a day later."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    made = build(tmp_path)
    hold_a_meeting(made)
    made.settings("mode: live", TAGGED)
    made.invite("ana", "ben")
    made.run()
    made.clock.turn(days=2)
    yield made
    made.database.close()


def invitation(town: Town, name: str) -> dict[str, str]:
    """What a calendar knows of the last invitation to somebody, and the mail's Message-ID."""
    message = next(each for each in town.email.taken[::-1] if each.recipient and each.recipient.name == name.title())
    mail = message.content.whole() if isinstance(message.content, MergedMail) else message.content
    assert isinstance(mail, Mail)
    event = Calendar.from_ical(mail.attachments[0].data).events[0]
    return {
        "IDENTITY": str(event["UID"]),
        "NUMBER": str(event["SEQUENCE"]),
        "ORGANIZER": str(event["ORGANIZER"]).removeprefix("mailto:"),
        "ATTENDEE": str(event["ATTENDEE"]).removeprefix("mailto:"),
        "REFERENCE": message.reference,
    }


def reply(town: Town, shape: str, **other: str) -> bytes:
    """As Ana's calendar writes it; `other`: what is different."""
    text = REPLIES[shape]
    # The property's name is the word that stands for its value.
    for word, value in {**invitation(town, "ana"), **other}.items():
        for before in ("mailto:", "MAILTO:", "<", '"', "To: ", "UID:", "SEQUENCE:"):
            text = text.replace(before + word, before + value)
    return text.replace("\n", "\r\n").encode()


def take(town: Town, data: bytes, key: Secret = KEY) -> Finding:
    """Read a message, as the daemon does."""
    rules = town.workspace.settings.bounces
    with town.database.begin() as connection:
        return follow(connection, read_report(data), key, rules, place="here", now=town.clock.now)


def given(town: Town, name: str = "ana") -> Given | None:
    """What somebody answered."""
    with town.database.reading() as connection:
        person = people.by_address(connection, f"{name}@example.org")
        assert person is not None
        return answers.find(connection, Mode.LIVE, MEETING, person.id)


def waiting(town: Town) -> list[str]:
    """What is for a person to read."""
    with town.database.reading() as connection:
        return [each.words for each in returns.unmatched(connection, 10)]


@pytest.mark.parametrize(("shape", "answer"), [(GOOGLE, Answer.YES), (MICROSOFT, Answer.NO), (APPLE, Answer.MAYBE)])
def test_a_calendars_answer_is_the_persons(here: Town, shape: str, answer: Answer) -> None:
    """Of the three that most people have; read twice it counts once, and nobody else has answered."""
    data = reply(here, shape)
    assert take(here, data).effect is Effect.ANSWERED
    found = given(here)
    assert found is not None
    assert (found.answer, found.came) == (answer, Came.CALENDAR)
    assert found.answered_at.date() == (START + timedelta(days=1)).date()
    take(here, data)
    assert given(here) == found
    assert given(here, "ben") is None
    assert waiting(here) == []


def test_the_organizer_is_an_address_of_each_persons_own(here: Town) -> None:
    """Which a calendar gives back, and nobody else knows."""
    ana, ben = (invitation(here, name)["ORGANIZER"] for name in ("ana", "ben"))
    assert ana != ben
    assert ana.startswith("answers+")
    assert len(ana.partition("@")[0]) <= 64


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"ORGANIZER": "open@littleton.example.org", "REFERENCE": "x@example.org"}, "nothing proves"),
        ({"ORGANIZER": "answers+aaaaaaaaaaaaaaaaaa@littleton.example.org", "REFERENCE": "x@example.org"}, "proves"),
        ({"ATTENDEE": "ben@example.org"}, "another address"),
        ({"ATTENDEE": "nobody"}, "another address"),
        ({"IDENTITY": "other.meeting@open.littleton.example.org"}, "nothing proves"),
    ],
)
@pytest.mark.parametrize("shape", [GOOGLE, MICROSOFT])
def test_what_is_not_proven_is_for_a_person_to_read(here: Town, shape: str, changed: dict[str, str], why: str) -> None:
    """Whoever knows an address can write in its name: From proves nothing, and no answer changes."""
    assert take(here, reply(here, shape, **changed)).effect is Effect.KEPT
    assert given(here) is None
    assert given(here, "ben") is None
    assert why in waiting(here)[0]


def test_an_answer_to_the_very_mail_that_invited_is_theirs(here: Town) -> None:
    """Where a calendar knows no tag its Message-ID proves it; that of any other mail to them proves nothing."""
    here.campaign(
        "  hello:\n    when: start\n",
        "  more:\n    when: start + 2 days\n    to: [friends]\n    through: [email]\n  hello:\n    when: start\n",
    )
    here.say("more")
    before, of_invitation = len(here.email.taken), invitation(here, "ana")["REFERENCE"].encode()
    answer = reply(here, MICROSOFT, ORGANIZER="open@littleton.example.org")
    here.run()
    (other,) = (each for each in here.email.taken[before:] if each.recipient and each.recipient.name == "Ana")
    assert take(here, answer.replace(of_invitation, other.reference.encode())).effect is Effect.KEPT
    assert given(here) is None
    assert take(here, answer).effect is Effect.ANSWERED
    found = given(here)
    assert found is not None
    assert (found.answer, given(here, "ben")) == (Answer.NO, None)


def test_an_invitation_of_a_former_key_can_be_answered_until_it_is_retired(here: Town) -> None:
    """The tag is in people's calendars for weeks."""
    data = reply(here, GOOGLE, REFERENCE="x@example.org")  # nothing but the tag says whose answer it is
    assert take(here, data, Secret("new")).effect is Effect.KEPT
    assert given(here) is None
    assert take(here, data, Secret("new\nkey")).effect is Effect.ANSWERED
    assert given(here) is not None


def test_bens_tag_answers_for_ben_alone(here: Town) -> None:
    """Ana has forwarded nothing, and Ben cannot answer for her."""
    tag = invitation(here, "ben")["ORGANIZER"]
    assert take(here, reply(here, GOOGLE, ORGANIZER=tag)).effect is Effect.KEPT
    assert given(here) is None


def test_an_answer_to_a_date_that_has_moved_is_none(here: Town) -> None:
    """The same calendar's answer to the new one is."""
    late = reply(here, GOOGLE)
    here.campaign("kickoff: 2026-12-15 10:00 to 12:00", "kickoff: 2026-12-17 10:00 to 12:00")
    here.campaign(
        "  hello:\n    when: start\n",
        "  again:\n    when: start + 2 days\n    to: [friends]\n"
        "    through: [email]\n    invite: meeting\n  hello:\n    when: start\n",
    )
    here.say("again")
    here.run()
    assert invitation(here, "ana")["NUMBER"] == "1"
    assert take(here, late).effect is Effect.KEPT
    assert "has changed" in waiting(here)[0]
    assert given(here) is None
    # Its calendar's clock says that it was given before the date was moved, which it cannot have been.
    assert take(here, reply(here, GOOGLE)).effect is Effect.ANSWERED
    assert given(here) is not None


def test_an_answer_to_a_meeting_that_is_called_off_is_for_a_person_to_read(here: Town) -> None:
    """Nobody is counted for it, whatever their calendar still has."""
    late = reply(here, GOOGLE)
    here.campaign(
        "  hello:\n    when: start\n",
        "  over:\n    when: start + 2 days\n    to: [friends]\n"
        "    through: [email]\n    cancel: meeting\n  hello:\n    when: start\n",
    )
    here.say("over")
    here.run()
    assert take(here, late).effect is Effect.KEPT
    assert "called off" in waiting(here)[0]
    assert given(here) is None


def test_the_newest_answer_holds_and_what_was_said_on_the_page_stays(here: Town) -> None:
    """A mail may have been under way for long."""
    person = 1
    on_page = Given(
        answer=Answer.YES,
        companions=2,
        access_needs="A ramp.",
        came=Came.PAGE,
        answered_at=START + timedelta(hours=1),
    )
    with here.database.begin() as connection:
        answers.give(connection, Mode.LIVE, MEETING, person, on_page)
    take(here, reply(here, GOOGLE))
    found = given(here)
    assert found is not None
    assert (found.companions, found.access_needs, found.came) == (2, "A ramp.", Came.CALENDAR)
    later = Given(answer=Answer.YES, came=Came.PAGE, answered_at=here.clock.now)
    with here.database.begin() as connection:
        answers.give(connection, Mode.LIVE, MEETING, person, later)
    assert take(here, reply(here, MICROSOFT)).effect is Effect.KNOWN
    assert given(here) == later


def test_who_does_not_come_needs_nothing_any_more(here: Town) -> None:
    """Neither seats for companions nor a ramp are kept ready by what the page was told before."""
    said = Given(
        answer=Answer.YES,
        companions=2,
        access_needs="A ramp.",
        interpretation="LSE",
        came=Came.PAGE,
        answered_at=START + timedelta(hours=1),
    )
    with here.database.begin() as connection:
        answers.give(connection, Mode.LIVE, MEETING, 1, said)
    take(here, reply(here, MICROSOFT))
    found = given(here)
    assert found is not None
    assert (found.answer, found.companions, found.access_needs, found.interpretation) == (Answer.NO, 0, "", "")


def confirmed(town: Town) -> list[tuple[int | None, str]]:
    """Whom a letter about their answer is owed, and in which language."""
    with town.database.begin() as connection:
        return [(each.person, each.language) for each in letters.take(connection, town.clock.now, 10)]


def test_an_answer_is_confirmed_once_and_never_to_a_program(here: Town) -> None:
    """The same answer again changes nothing to be told of; who changes their mind hears of it."""
    take(here, reply(here, GOOGLE))
    assert confirmed(here) == [(1, "en")]
    take(here, reply(here, GOOGLE, NUMBER="0") + b"again")
    assert confirmed(here) == []
    here.clock.turn(days=1)
    stamped = reply(here, MICROSOFT).replace(b"202612", b"202712")  # later than the first
    assert take(here, stamped).effect is Effect.ANSWERED
    assert confirmed(here) == [(1, "en")]
    for_ben = reply(here, GOOGLE, **invitation(here, "ben"))
    answered = for_ben.replace(b"Auto-Submitted: auto-generated", b"Auto-Submitted: auto-replied")
    assert take(here, answered).effect is Effect.ANSWERED
    assert given(here, "ben") is not None
    assert confirmed(here) == []


def test_an_answer_holds_for_the_time_that_its_giver_was_told(here: Town) -> None:
    """Another campaign calls the same meeting an hour later: who was asked by this one has answered all the same."""
    here.write(
        "campaigns/more.yaml", CAMPAIGN.replace("campaign: news", "campaign: more").replace("15 10:00", "15 11:00")
    )
    here.settings("audiences:\n", "audiences:\n  others: {title: Others, role: invited}\n")
    here.edit("campaigns/more.yaml", "to: [friends]", "to: [others]")
    here.edit("campaigns/more.yaml", "  start: 2026-12-01 10:00", "  start: 2026-12-03 10:00")
    shutil.copytree(here.root / "templates/news", here.root / "templates/more")
    take(here, reply(here, GOOGLE))
    here.invite("cleo", audience="others")
    asked_before = invitation(here, "ben")
    here.run()
    assert here.email.addresses[-1] == "cleo@example.org"
    here.clock.turn(hours=1)
    assert given(here) is not None
    assert take(here, reply(here, GOOGLE, **asked_before)).effect is Effect.ANSWERED
    assert take(here, reply(here, GOOGLE, **invitation(here, "cleo"))).effect is Effect.ANSWERED
    with here.database.reading() as connection:
        found = answers.attendance(connection, Mode.LIVE, MEETING)
        assert {each.person.name: each.given is not None for each in found} == {"Ana": True, "Ben": True, "Cleo": True}


def test_what_comes_back_of_an_invitation_is_no_answer(here: Town) -> None:
    """It carries a calendar entry, too: METHOD:REQUEST."""
    data = reply(here, GOOGLE).replace(b"METHOD:REPLY", b"METHOD:REQUEST")
    assert take(here, data).effect is not Effect.ANSWERED
    assert given(here) is None


@pytest.mark.parametrize("broken", [b"BEGIN:VEVENT", b"END:VCALENDAR", b"DTSTAMP:20261202T090510Z", b"METHOD:REPLY"])
def test_a_garbled_answer_breaks_nothing(here: Town, broken: bytes) -> None:
    """Strangers write what they like."""
    data = reply(here, GOOGLE)
    assert broken in data
    for instead in (b"", b"DTSTAMP:9", b"SEQUENCE:many", b"ATTENDEE:\xff\xfe"):
        assert take(here, data.replace(broken, instead)).effect in {*Effect}


def test_nothing_is_kept_of_a_strangers_time_zone(here: Town) -> None:
    """Who sends thousands of them would take the memory of what sends, and say what time it is in others' calendars."""
    zone = (
        b"BEGIN:VTIMEZONE\r\nTZID:Nowhere/Else\r\nBEGIN:STANDARD\r\nDTSTART:16010101T000000\r\nTZOFFSETFROM:+0200\r\n"
        b"TZOFFSETTO:+0900\r\nRRULE:FREQ=SECONDLY\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
    )
    data = reply(here, GOOGLE)
    assert data.count(b"BEGIN:VEVENT") == 1
    assert take(here, data.replace(b"BEGIN:VEVENT", zone + b"BEGIN:VEVENT")).effect is Effect.ANSWERED
    assert tzp.timezone("Nowhere/Else") is None


def test_the_commands_show_what_was_read_and_what_waits(here: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """By hand, from a file."""
    (here.root / "yes.eml").write_bytes(reply(here, GOOGLE))
    (here.root / "no.eml").write_bytes(reply(here, MICROSOFT, ATTENDEE="carla@example.org"))
    here.database.close()
    line = command_line.at(here.root, monkeypatch, here.clock.now)
    said = line("bounces", "read", str(here.root / "yes.eml"), "--act", "--as", "Ana").text
    assert "an answer to a meeting" in said
    assert "calendar" in line("answers", "list").text
    line("bounces", "read", str(here.root / "no.eml"), "--act", "--as", "Ana")
    assert "carla@example.org says no" in line("bounces", "unmatched").text


def test_an_address_for_answers_that_nobody_reads_is_named(here: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Calendars would answer into the void."""
    here.settings("maildir: var/replies, ", "")
    line = command_line.at(here.root, monkeypatch, START)
    said = line("check")
    assert (said.code, "nobody reads what calendars answer" in said.text) == (1, True)


def test_answers_may_lie_in_a_mailbox_of_their_own(here: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is read like that of returned mail, and beside it; half of such a setting is refused."""
    here.settings("maildir: var/replies, ", "answers: {maildir: var/replies}, ")
    line = command_line.at(here.root, monkeypatch, START)
    assert "nobody reads" not in line("check").text
    for folder in ("tmp", "new", "cur"):
        (here.root / "var/replies" / folder).mkdir(parents=True)
    (here.root / "var/replies/new/1.a.host").write_bytes(reply(here, GOOGLE))
    with closing(Collector(here.root / "var", lambda _name: None, here.clock)) as collector:
        collector.begin(here.workspace.settings.bounces, here.database, KEY)
        collector.wait()
        assert not collector.faults
    found = given(here)
    assert found is not None
    assert (found.answer, [each.name for each in (here.root / "var/replies/cur").iterdir()]) == (
        Answer.YES,
        ["1.a.host:2,S"],
    )
    here.settings("answers: {maildir: var/replies}", "answers: {}")
    assert "expected either `maildir` or `imap`" in line("check").text
