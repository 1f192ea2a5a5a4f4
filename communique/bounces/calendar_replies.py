"""What calendars answer to an invitation by mail: METHOD:REPLY (RFC 5546 3.2.3, RFC 6047), read whatever it is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from typing import TYPE_CHECKING, Any

from communique.answering import Answer
from communique.bounces.mail_parts import content_type, parts, text
from communique.language.escaping import in_line

if TYPE_CHECKING:
    from icalendar import Component

_TYPES = {"text/calendar", "application/ics", "text/x-vcalendar"}
_LONGEST = 320
_SAID = {"ACCEPTED": Answer.YES, "DECLINED": Answer.NO, "TENTATIVE": Answer.MAYBE}  # RFC 5545 3.2.12
_NOT_READABLE = (ValueError, LookupError, TypeError, AttributeError, RecursionError, ArithmeticError)


@dataclass(frozen=True, kw_only=True, slots=True)
class CalendarReply:
    """What a calendar says; a stranger's word until something proves it."""

    uid: str
    sequence: int  #: of the invitation that is answered; 0 where it says none (RFC 5545 3.8.7.4)
    attendee: str  #: whose answer it claims to be; an address as it is written, empty when it names not exactly one
    answer: Answer | None  #: None: something else than yes, no or maybe
    instead: str = ""  #: whom they send (RFC 5545 3.2.5)
    organizer: str  #: whom it answers
    stamped_at: datetime | None  #: UTC; when it was given, by the calendar's clock

    def __str__(self) -> str:
        says = self.answer or (f"that {self.instead} comes in their place" if self.instead else "something else")
        return f"calendar: {self.attendee or 'somebody'} says {says} to {self.uid}"


def calendar_reply(message: Message) -> CalendarReply | None:
    """The answer in a message; None when there is none."""
    for part in parts(message):
        if not _is_calendar(part) or "REPLY" not in (written := _opened(part)).upper() + _method(part):
            continue
        from icalendar import Calendar  # takes a while to load, and few mails that come back need it
        from icalendar.timezone import tzp

        try:
            calendar = Calendar.from_ical(written)
            # RFC 6047 2.4: both say it, and some programs forget the one.
            if (str(calendar.get("METHOD", "")).upper() or _method(part)) == "REPLY":
                events = [each for each in calendar.walk("VEVENT") if "RECURRENCE-ID" not in each]
                return _read(events[0]) if len(events) == 1 else None
        except _NOT_READABLE:
            continue
        finally:
            # It keeps each time zone that a calendar has brought along as long as the process lives: of a mail of 50 KB
            # that is a megabyte, and the next calendar is read by it.
            tzp.use_default()
    return None


def _is_calendar(part: Message) -> bool:
    """By its type; an attachment of no type that says anything, by the ending of its name."""
    kind = content_type(part)
    return kind in _TYPES or (kind == "application/octet-stream" and _parameter(part.get_filename).endswith(".ics"))


def _opened(part: Message) -> str:
    return text(part).lstrip("\ufeff")


def _method(part: Message) -> str:
    return _parameter(lambda: part.get_param("method")).upper()


def _parameter(asked: Callable[[], Any]) -> str:
    """Of a header of strangers, in lower case; empty when it is not there, or is nothing that anybody can read."""
    try:
        found = asked()
    except _NOT_READABLE:
        return ""
    return found.lower() if isinstance(found, str) else ""


def _read(event: "Component") -> CalendarReply:
    attendees = list(_several(event.get("ATTENDEE")))
    # Who sends somebody else names them, too (RFC 5546 3.2.2.3).
    senders = [each for each in attendees if each.params.get("DELEGATED-TO")]
    only = attendees[0] if len(attendees) == 1 else next(iter(senders), None)
    stamp = getattr(event.get("DTSTAMP"), "dt", None)
    return CalendarReply(
        uid=in_line(str(event.get("UID", "")))[:_LONGEST],
        sequence=int(event.get("SEQUENCE", 0)),
        attendee=_invited(only) if only is not None else "",
        answer=_SAID.get(str(only.params.get("PARTSTAT", "")).upper()) if only is not None else None,
        instead=_address(_first(only.params.get("DELEGATED-TO", ""))) if only is not None else "",
        organizer=_address(event.get("ORGANIZER", "")),
        stamped_at=stamp.astimezone(UTC) if isinstance(stamp, datetime) and stamp.tzinfo is not None else None,
    )


def _several(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        yield from value
    elif value is not None:
        yield value


def _first(value: Any) -> Any:
    return next(_several(value), "")


def _invited(attendee: Any) -> str:
    """Apple names its own numbers, and the address beside them (RFC 7986 6.2)."""
    written = _address(attendee)
    return written if "@" in written else _address(attendee.params.get("EMAIL", "")) or written


def _address(value: Any) -> str:
    """Of a calendar address: `mailto:` in any case."""
    written = in_line(str(value)).strip()
    return (written[7:].strip() if written.lower().startswith("mailto:") else written)[:_LONGEST]
