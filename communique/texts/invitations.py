"""The calendar invitation that travels with a mail (RFC 5545, RFC 5546, RFC 6047). The one home of icalendar."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from icalendar import Calendar, Event, vCalAddress, vText

from communique.channel import Attachment, Recipient


def invitation(
    meeting: Mapping[str, Any],
    *,
    uid: str,
    summary: str,
    description: str,
    organizer: tuple[str, str],
    recipient: Recipient,
    stamped_at: datetime,
) -> tuple[Attachment, Attachment]:
    """A REQUEST to one attendee: as an alternative of the body, and beside it as a file.

    `meeting` is a fact with `start` (aware), `place` and perhaps `end`; `uid` is stable for it, whoever is invited
    (RFC 5545 3.8.4.7). `organizer` is a name and the address that answers go to. `stamped_at` (UTC) is fixed before
    the first attempt, so that every attempt carries the same bytes.
    """
    event = Event()
    event.add("uid", uid)
    event.add("sequence", 0)
    event.add("dtstamp", stamped_at)
    # UTC needs no VTIMEZONE, and no client can read it an hour off.
    event.add("dtstart", meeting["start"].astimezone(UTC))
    if meeting.get("end"):
        event.add("dtend", meeting["end"].astimezone(UTC))
    event.add("summary", summary)
    event.add("description", description)
    event.add("location", str(meeting.get("place", "")))
    event.add("status", "CONFIRMED")
    event["organizer"] = _person(*organizer)
    attendee = _person(recipient.name, recipient.address)
    for parameter, value in {
        "cutype": "INDIVIDUAL",
        "role": "REQ-PARTICIPANT",
        "partstat": "NEEDS-ACTION",
        "rsvp": "TRUE",
    }.items():
        attendee.params[parameter] = vText(value)
    event["attendee"] = attendee
    data = _calendar(event)
    media_type = "text/calendar; method=REQUEST; charset=UTF-8"
    return (
        Attachment(filename="", media_type=media_type, data=data, inline=True),
        Attachment(filename="invite.ics", media_type=media_type, data=data),
    )


def _person(name: str, address: str) -> vCalAddress:
    # A bare address: `mailto:Name <a@b>` breaks the answer buttons of some clients.
    person = vCalAddress(f"mailto:{address}")
    person.params["cn"] = vText(name)
    return person


def _calendar(event: Event) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//Communique//Invitations//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "REQUEST")
    calendar.add_component(event)
    data: bytes = calendar.to_ical()
    return data
