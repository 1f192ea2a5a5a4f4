"""The calendar invitation, read back by the calendar library's own parser."""

import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import vobject
from icalendar import Calendar

from communique.channel import Attachment, Recipient
from communique.texts.invitations import Event, accepted, invitation

MADRID = ZoneInfo("Europe/Madrid")
PLACE = "Town Hall, Room 2; Main Square 1"
STAMP = datetime(2027, 1, 18, 8, tzinfo=UTC)


def meeting(**changes: Any) -> Event:
    """What the invitation says."""
    said = {
        "sequence": 0,
        "uid": "kickoff.meeting@open.example.org",
        "start": datetime(2027, 2, 9, 10, tzinfo=MADRID),
        "end": datetime(2027, 2, 9, 12, tzinfo=MADRID),
        "summary": "Kickoff",
        "description": "Come and\nbring a friend.",
        "place": PLACE,
        "organizer": "City of Littleton",
        "organizer_address": "open@example.org",
        "stamped_at": STAMP,
    }
    return Event(**{**said, **changes})


def made(name: str = "Ana Gil", **changes: Any) -> tuple[Attachment, ...]:
    """The two parts of an invitation."""
    recipient = Recipient(id="7", address="ana@example.org", name=name, language="en")
    return invitation(meeting(**changes), recipient)


def event(parts: tuple[Attachment, ...]) -> Any:
    """The one event in it."""
    calendar = Calendar.from_ical(parts[0].data)
    (found,) = calendar.walk("VEVENT")
    assert calendar["method"] == "REQUEST"
    assert calendar["version"] == "2.0"
    assert not found.errors
    return found


def test_it_is_a_request_to_one_person() -> None:
    """Exactly one attendee, the recipient, who has not answered yet; answers go to the organizer (RFC 5546 3.2.2)."""
    found = event(made())

    assert found["attendee"] == "mailto:ana@example.org"
    assert found["attendee"].params["partstat"] == "NEEDS-ACTION"
    assert found["attendee"].params["rsvp"] == "TRUE"
    assert found["attendee"].params["cn"] == "Ana Gil"
    assert found["organizer"] == "mailto:open@example.org"
    assert int(found["sequence"]) == 0


def test_who_comes_gets_it_as_a_file_that_asks_for_nothing() -> None:
    """The same entry, by its UID, with the answer in it."""
    recipient = Recipient(id="7", address="ana@example.org", name="Ana Gil", language="en")
    file = accepted(meeting(), recipient)

    found = event((file,))
    assert (file.filename, file.inline) == ("invite.ics", False)
    assert found["uid"] == event(made())["uid"]
    assert found["attendee"].params["partstat"] == "ACCEPTED"
    assert found["attendee"].params["rsvp"] == "FALSE"


def test_somebody_without_a_name_is_named_by_the_address() -> None:
    """No empty CN."""
    assert "cn" not in event(made(""))["attendee"].params


def test_two_libraries_read_the_same_in_it() -> None:
    """`icalendar` wrote it; `vobject` is of somebody else, and finds nothing missing."""
    found = vobject.readOne(made("سلمى", summary="é" * 100)[0].data.decode())
    assert found.validate(raiseException=True)
    assert found.method.value == "REQUEST"
    (entry,) = found.vevent_list
    assert entry.summary.value == "é" * 100
    assert entry.location.value == PLACE
    assert entry.dtstart.value == datetime(2027, 2, 9, 9, tzinfo=UTC)
    assert entry.attendee.params["CN"] == ["سلمى"]
    assert [each.value for each in entry.attendee_list] == ["mailto:ana@example.org"]


def test_times_are_in_utc() -> None:
    """10:00 in Madrid in winter is 09:00 UTC, and no program needs a time zone's definition."""
    data = made()[0].data.decode()

    assert "DTSTART:20270209T090000Z" in data
    assert "DTEND:20270209T110000Z" in data
    assert "DTSTAMP:20270118T080000Z" in data
    assert "TZID" not in data


def test_texts_come_back_as_they_were() -> None:
    """Commas, semicolons and line breaks are escaped (RFC 5545 3.3.11)."""
    found = event(made(summary="Kickoff, a; b\\c: «d»"))

    assert str(found["summary"]) == "Kickoff, a; b\\c: «d»"
    assert str(found["location"]) == PLACE
    assert str(found["description"]) == "Come and\nbring a friend."


def test_it_travels_twice_with_the_same_bytes() -> None:
    """As an alternative of the body, for programs with buttons, and as a file, for all others."""
    inline, beside = made()

    assert inline.inline
    assert not beside.inline
    assert beside.filename == "invite.ics"
    assert inline.data == beside.data
    assert inline.media_type == "text/calendar; method=REQUEST; charset=UTF-8"


def test_every_attempt_carries_the_same_bytes() -> None:
    """Nothing in it depends on when it is made."""
    assert made() == made()


def test_lines_are_folded() -> None:
    """None is longer than 75 bytes, and all end in CR LF (RFC 5545 3.1)."""
    data = made(summary="é" * 200)[0].data

    assert max(len(line) for line in data.split(b"\r\n")) <= 75
    assert not re.search(rb"(?<!\r)\n", data)
    assert str(event(made(summary="é" * 200))["summary"]) == "é" * 200


@pytest.mark.parametrize(
    "name",
    [
        'Ana "Anita" Gil',
        "Gil, Ana; X:Y",
        "Ana\r\nATTENDEE:mailto:all@example.org",
        "Ana\nEND:VEVENT",
        "ANA^nGIL^'",
        "سلمى الإدريسي",
        "A" * 200,
        "=cmd()",
    ],
)
def test_a_name_adds_nothing_to_the_invitation(name: str) -> None:
    """Whatever somebody is called, there is one event with one attendee, and nothing else."""
    parts = made(name)
    found = event(parts)

    assert found["attendee"] == "mailto:ana@example.org"
    assert sorted(found.keys()) == sorted(event(made()).keys())
    assert len(parts[0].data.split(b"\r\nATTENDEE")) == 2
    assert b"\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n" in parts[0].data


def test_a_meeting_may_have_no_end() -> None:
    """Then there is no DTEND, rather than an invented one."""
    assert "dtend" not in event(made(end=None))
