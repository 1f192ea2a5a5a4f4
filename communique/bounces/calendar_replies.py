"""What calendars answer to an invitation by mail: METHOD:REPLY (RFC 5546 3.2.3, RFC 6047), read whatever it is."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from typing import TYPE_CHECKING, Any

from communique.answering import Answer
from communique.bounces.mail_parts import content_type, parts, text
from communique.language.escaping import in_line

if TYPE_CHECKING:
    from icalendar import Component

_TYPES = {"text/calendar", "application/ics"}
_LONGEST = 320
_SAID = {"ACCEPTED": Answer.YES, "DECLINED": Answer.NO, "TENTATIVE": Answer.MAYBE}  # RFC 5545 3.2.12
_NOT_READABLE = (ValueError, LookupError, TypeError, AttributeError, RecursionError, ArithmeticError)


@dataclass(frozen=True, kw_only=True, slots=True)
class CalendarReply:
    """What a calendar says; a stranger's word until something proves it."""

    uid: str
    sequence: int  #: of the invitation that is answered; 0 where it says none (RFC 5545 3.8.7.4)
    attendee: str  #: whose answer it claims to be; an address as it is written, empty when it names not exactly one
    answer: Answer | None  #: None: something else than yes, no or maybe, such as a substitute
    organizer: str  #: whom it answers
    stamped_at: datetime | None  #: UTC; when it was given, by the calendar's clock

    def __str__(self) -> str:
        return f"calendar: {self.attendee or 'somebody'} says {self.answer or 'something else'} to {self.uid}"


def calendar_reply(message: Message) -> CalendarReply | None:
    """The answer in a message; None when there is none."""
    for part in parts(message):
        if content_type(part) not in _TYPES or "REPLY" not in (written := text(part)).upper():
            continue
        from icalendar import Calendar  # takes a while to load, and few mails that come back need it

        try:
            calendar = Calendar.from_ical(written)
            if str(calendar.get("METHOD", "")).upper() == "REPLY":
                events = [each for each in calendar.walk("VEVENT") if "RECURRENCE-ID" not in each]
                return _read(events[0]) if len(events) == 1 else None
        except _NOT_READABLE:
            continue
    return None


def _read(event: "Component") -> CalendarReply:
    attendees = list(_several(event.get("ATTENDEE")))
    only = attendees[0] if len(attendees) == 1 else None
    stamp = getattr(event.get("DTSTAMP"), "dt", None)
    return CalendarReply(
        uid=in_line(str(event.get("UID", "")))[:_LONGEST],
        sequence=int(event.get("SEQUENCE", 0)),
        attendee=_address(only) if only is not None else "",
        answer=_SAID.get(str(only.params.get("PARTSTAT", "")).upper()) if only is not None else None,
        organizer=_address(event.get("ORGANIZER", "")),
        stamped_at=stamp.astimezone(UTC) if isinstance(stamp, datetime) and stamp.tzinfo is not None else None,
    )


def _several(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        yield from value
    elif value is not None:
        yield value


def _address(value: Any) -> str:
    """Of a calendar address: `mailto:` in any case."""
    written = in_line(str(value)).strip()
    return (written[7:] if written.lower().startswith("mailto:") else written)[:_LONGEST]
