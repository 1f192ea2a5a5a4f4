"""The calendar entry that travels with a mail (RFC 5545, RFC 5546, RFC 6047)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache

from icalendar import Calendar, vCalAddress, vText
from icalendar import Event as CalendarEvent

from communique.channel import Attachment, Recipient
from communique.occasion import CANCEL

FILE = "invite.ics"


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """What a calendar is told of a meeting."""

    sequence: int  #: the revision that people are told of (RFC 5546 2.1.4)
    uid: str  #: stable for the meeting, whoever is invited (RFC 5545 3.8.4.7)
    start: datetime  #: aware
    end: datetime | None  #: aware
    summary: str
    description: str
    place: str
    organizer: str  #: a name
    organizer_address: str  #: where answers go
    stamped_at: datetime  #: UTC; fixed before the first attempt, so that every attempt carries the same bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Entries:
    """The entries of one meeting for all who are told of it, which differ in two lines: who it is for, and who asks."""

    method: str  #: REQUEST or CANCEL
    event: Event
    answered_at: Callable[[Recipient], str]  #: a person's own address of the organizer

    def to(self, recipient: Recipient) -> tuple[Attachment, Attachment]:
        """One person's, as it travels."""
        event = replace(self.event, organizer_address=self.answered_at(recipient))
        return cancellation(event, recipient) if self.method == CANCEL else invitation(event, recipient)

    def own_lines(self, recipient: Recipient) -> tuple[str, str]:
        """ATTENDEE and ORGANIZER of one person's entry, folded as they stand in it, each without its end."""
        attendee = _attendee(recipient, "NEEDS-ACTION", asked=self.method != CANCEL)
        return _line("ATTENDEE", attendee), _organizer_line(self.event.organizer, self.answered_at(recipient))


def invitation(event: Event, recipient: Recipient) -> tuple[Attachment, Attachment]:
    """A REQUEST to one attendee: as an alternative of the body, and beside it as a file."""
    return _twice("REQUEST", _calendar("REQUEST", event, _attendee(recipient, "NEEDS-ACTION", asked=True)))


def cancellation(event: Event, recipient: Recipient) -> tuple[Attachment, Attachment]:
    """A CANCEL to one attendee (RFC 5546 3.2.5), as an invitation travels."""
    return _twice("CANCEL", _calendar("CANCEL", event, _attendee(recipient, "NEEDS-ACTION", asked=False)))


def accepted(event: Event, recipient: Recipient) -> Attachment:
    """The meeting for the calendar of somebody who has said that they come: a file, which asks for nothing."""
    data = _calendar("REQUEST", event, _attendee(recipient, "ACCEPTED", asked=False))
    return Attachment(filename=FILE, media_type=_media_type("REQUEST"), data=data)


def _twice(method: str, data: bytes) -> tuple[Attachment, Attachment]:
    return (
        Attachment(filename="", media_type=_media_type(method), data=data, inline=True),
        Attachment(filename=FILE, media_type=_media_type(method), data=data),
    )


def _media_type(method: str) -> str:
    return f"text/calendar; method={method}; charset=UTF-8"


def _attendee(recipient: Recipient, standing: str, *, asked: bool) -> vCalAddress:
    attendee = _person(recipient.name, recipient.address)
    for parameter, value in {
        "cutype": "INDIVIDUAL",
        "role": "REQ-PARTICIPANT",
        "partstat": standing,
        "rsvp": "TRUE" if asked else "FALSE",
    }.items():
        attendee.params[parameter] = vText(value)
    return attendee


def _person(name: str, address: str) -> vCalAddress:
    # A bare address: `mailto:Name <a@b>` breaks the answer buttons of some clients.
    person = vCalAddress(f"mailto:{address}")
    if name:
        person.params["cn"] = vText(name)
    return person


@lru_cache(maxsize=16)  # mostly one for everybody
def _organizer_line(name: str, address: str) -> str:
    return _line("ORGANIZER", _person(name, address))


def _line(name: str, value: vCalAddress) -> str:
    line: bytes = CalendarEvent().content_line(name, value).to_ical()
    return line.decode()


def _calendar(method: str, event: Event, attendee: vCalAddress) -> bytes:
    entry = CalendarEvent()
    entry.add("uid", event.uid)
    entry.add("sequence", event.sequence)
    entry.add("dtstamp", event.stamped_at)
    # UTC needs no VTIMEZONE, and no client can read it an hour off.
    entry.add("dtstart", event.start.astimezone(UTC))
    if event.end:
        entry.add("dtend", event.end.astimezone(UTC))
    entry.add("summary", event.summary)
    entry.add("description", event.description)
    entry.add("location", event.place)
    entry.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    entry["organizer"] = _person(event.organizer, event.organizer_address)
    entry["attendee"] = attendee
    calendar = Calendar()
    calendar.add("prodid", "-//Communique//Invitations//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(entry)
    data: bytes = calendar.to_ical()
    return data
