"""Answers of calendars in the shapes in which programs and gateways send them, and what is recorded of each."""

import base64
import quopri
from collections.abc import Iterator

import pytest

from communique.answering import Answer
from communique.bounces.consequences import Effect, foresee
from communique.bounces.reading import read_report
from tests.bounces.test_calendar_replies import TAGGED, invitation
from tests.meetings import hold_a_meeting
from tests.returned_reports import KEY
from tests.workspaces import Town, build

ATTENDEE = "ATTENDEE;PARTSTAT=ACCEPTED;CN=Ana:mailto:ana@example.org"
CALENDAR = f"""\
BEGIN:VCALENDAR
PRODID:-//A calendar//EN
VERSION:2.0
METHOD:REPLY
BEGIN:VEVENT
{ATTENDEE}
ORGANIZER:mailto:ORGANIZER
UID:IDENTITY
SEQUENCE:NUMBER
DTSTAMP:20261202T090510Z
DTSTART:20261215T090000Z
SUMMARY:Kickoff
END:VEVENT
END:VCALENDAR
"""
MAIL = """\
From: Ana Gil <ana@example.org>
To: ORGANIZER
Subject: Kickoff
Message-ID: <r@example.org>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="b"

--b
Content-Type: text/plain

My answer is in the calendar part.

--b
"""
TEXT = "text/calendar; charset=UTF-8; method=REPLY"
NAMED = 'application/octet-stream; name="invite.ics"'
OTHER = ATTENDEE.replace("ACCEPTED", "NEEDS-ACTION").replace("ana@", "carla@")
DELEGATES = ATTENDEE.replace("ACCEPTED", 'DELEGATED;DELEGATED-TO="mailto:carla@example.org"')
OCCURRENCE = "RECURRENCE-ID:20261215T090000Z\n"
#: What is different from `CALENDAR` (before, after), and how the part is sent: its type, its encoding.
YES = {
    "as it should be": ("", "", TEXT, "7bit"),
    "quoted-printable": ("", "", TEXT, "quoted-printable"),
    "base64": ("", "", TEXT, "base64"),
    "only attached": ("", "", "application/ics; name=invite.ics", "base64"),
    "attached without a type": ("", "", NAMED, "base64"),
    "of an old type": ("", "", "text/x-vcalendar", "7bit"),
    "capitals in the address": ("ana@example.org", "Ana@EXAMPLE.ORG", TEXT, "7bit"),
    "MAILTO": ("mailto:", "MAILTO:", TEXT, "7bit"),
    "a space behind mailto": ("mailto:", "mailto: ", TEXT, "7bit"),
    "no mailto": ("mailto:ana", "ana", TEXT, "7bit"),
    "Apple's number beside the address": (
        ATTENDEE,
        "ATTENDEE;CN=Ana;EMAIL=ana@example.org;PARTSTAT=ACCEPTED:urn:uuid:12",
        TEXT,
        "7bit",
    ),
    "in small letters": ("PARTSTAT=ACCEPTED", 'PARTSTAT="accepted"', TEXT, "7bit"),
    "the method in the header alone": ("METHOD:REPLY\n", "", TEXT, "7bit"),
    "no revision": ("SEQUENCE:NUMBER\n", "", TEXT, "7bit"),
    "a byte order mark": ("BEGIN:VCALENDAR", "\ufeffBEGIN:VCALENDAR", TEXT, "base64"),
    "an invalid line": ("SUMMARY:", "X BAD LINE\nSUMMARY:", TEXT, "7bit"),
    "a comment": ("SUMMARY:", "COMMENT:I shall be late\nSUMMARY:", TEXT, "7bit"),
    "an occurrence beside the whole": (
        "END:VCALENDAR",
        f"BEGIN:VEVENT\nUID:x\n{OCCURRENCE}{OTHER}\nEND:VEVENT\nEND:VCALENDAR",
        TEXT,
        "7bit",
    ),
}
#: For an officer to read: it is proven whose it is, and it is no plain answer.
READ = {
    "another time is proposed": ("METHOD:REPLY", "METHOD:COUNTER", TEXT.replace("REPLY", "COUNTER"), "7bit"),
    "somebody else comes": (ATTENDEE, DELEGATES, TEXT, "7bit"),
    "somebody else comes, and is named": (ATTENDEE, f"{DELEGATES}\n{OTHER}", TEXT, "7bit"),
    "nothing is said yet": ("ACCEPTED", "NEEDS-ACTION", TEXT, "7bit"),
    "one occurrence alone": ("SUMMARY:", f"{OCCURRENCE}SUMMARY:", TEXT, "7bit"),
    "it asks for the invitation again": ("METHOD:REPLY", "METHOD:REFRESH", TEXT.replace("REPLY", "REFRESH"), "7bit"),
}


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Ana has been invited; nothing is written down of what follows."""
    made = build(tmp_path_factory.mktemp("town"))
    hold_a_meeting(made)
    made.settings("mode: live", TAGGED)
    made.invite("ana")
    made.run()
    made.clock.turn(days=2)
    yield made
    made.database.close()


def sent(town: Town, shape: tuple[str, str, str, str]) -> bytes:
    """As Ana's program sends it, to the address that only her invitation names."""
    before, after, kind, encoding = shape
    assert before in CALENDAR
    known = invitation(town, "ana")
    text, mail = CALENDAR.replace(before, after, 1) if before else CALENDAR, MAIL
    if "ana@" in before or before == "mailto:":
        text = CALENDAR.replace(before, after)
    for word in ("ORGANIZER", "IDENTITY", "NUMBER"):
        text, mail = text.replace(f":{word}", f":{known[word]}"), mail.replace(f"To: {word}", f"To: {known[word]}")
        text = text.replace(f" {word}", f" {known[word]}")
    data = text.replace("\n", "\r\n").encode()
    body = {"base64": base64.encodebytes, "quoted-printable": quopri.encodestring}.get(encoding, bytes)(data)
    head = f"{mail}Content-Type: {kind}\nContent-Transfer-Encoding: {encoding}\n\n".encode()
    return head + body + b"\n--b--\n"


def foreseen(town: Town, data: bytes) -> tuple[Effect, Answer | None, str]:
    """What would follow, with what the calendar says and what an officer would read."""
    report, rules = read_report(data), town.workspace.settings.bounces
    with town.database.reading() as connection:
        found = foresee(connection, report, KEY, rules, town.clock.now)
    return found.effect, report.reply and report.reply.answer, found.written.words if found.written else ""


@pytest.mark.parametrize("shape", list(YES))
def test_a_yes_is_a_yes_however_it_is_sent(here: Town, shape: str) -> None:
    """Of Outlook, Google, Apple, Thunderbird and of gateways that take calendars for files."""
    assert foreseen(here, sent(here, YES[shape])) == (Effect.ANSWERED, Answer.YES, "")


@pytest.mark.parametrize("shape", list(READ))
def test_what_is_no_plain_answer_is_for_an_officer_to_read(here: Town, shape: str) -> None:
    """Nothing is guessed."""
    effect, answer, _ = foreseen(here, sent(here, READ[shape]))
    assert (effect, answer) == (Effect.WRITTEN, None)


def test_the_officer_reads_who_comes_in_somebodys_place(here: Town) -> None:
    """Whom to expect, or to invite."""
    for shape in ("somebody else comes", "somebody else comes, and is named"):
        assert "that carla@example.org comes in their place" in foreseen(here, sent(here, READ[shape]))[2]


def test_who_was_sent_instead_answers_for_nobody(here: Town) -> None:
    """The invitation went to Ana: a substitute whom nobody has invited is for a person to see."""
    substitute = sent(here, (ATTENDEE, ATTENDEE.replace("ana@", "carla@"), TEXT, "7bit"))
    assert foreseen(here, substitute)[0] is Effect.KEPT
