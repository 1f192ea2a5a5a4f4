"""The dates of the process as calendars: one file a date, and one for all of them that calendar programs follow.

METHOD is PUBLISH (RFC 5546 3.2.1): nobody is invited by it, and nothing is asked. The UIDs are not those of
invitations, so that an entry from here never takes the place of one with somebody's answer in it.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event, vCalAddress, vText

from communique.language.formatting import locale_of, time_of_day
from communique.localisation.localised import Localised, localise
from communique.store.recipients.calendar_entries import CalendarEntry
from communique.texts import addresses, agendas
from communique.website.process import KeyDate
from communique.website.site_contents import Site

#: How often programs should look again (RFC 7986 5.7).
_REFRESH = timedelta(hours=12)


def calendar_of(site: Site, language: str, dates: Iterable[KeyDate]) -> bytes:
    """Dates, as they hold. Made on the same day from the same site, the same bytes."""
    words = site.words[language]
    calendar = Calendar()
    calendar.add("prodid", "-//Communique//Dates//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    name = (
        f"{words['date_page']['calendar_name']}{words['colon']} {_said(site, language, site.settings.government.place)}"
    )
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", _REFRESH, parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", _REFRESH)
    for date in dates:
        calendar.add_component(_event(site, language, date))
    data: bytes = calendar.to_ical()
    return data


def _event(site: Site, language: str, date: KeyDate) -> Event:
    zone = site.settings.timezone
    event = Event()
    host = addresses.host_of(site.settings.public_address)
    entry = site.entries.get(date.id, CalendarEntry(date.id))
    event.add("uid", f"{entry.event.replace('/', '.')}.date@{host}")
    event.add("sequence", entry.sequence)
    # The day the site was made: of two versions, the later one counts (RFC 5546 2.1.5).
    event.add("dtstamp", datetime(site.today.year, site.today.month, site.today.day, tzinfo=UTC))
    if date.all_day:
        event.add("dtstart", date.starts_at.astimezone(zone).date())
        event.add("transp", "TRANSPARENT")
    else:
        event.add("dtstart", date.starts_at.astimezone(UTC))
        if date.ends_at:
            event.add("dtend", date.ends_at.astimezone(UTC))
    event.add("summary", date.name)
    if date.place:
        event.add("location", date.place)
    page = site.root + addresses.date_path(language, date.id)
    agenda = f"{_agenda(site, language, date)}\n\n" if date.agenda else ""
    event.add("description", f"{agenda}{site.words[language]['infographic']['at']} {page}")  # many show no URL
    event.add("url", page)
    event.add("status", "CANCELLED" if date.called_off else "CONFIRMED")
    government = site.settings.government
    organizer = vCalAddress(f"mailto:{government.contact.email}")
    organizer.params["cn"] = vText(_said(site, language, government.name))
    event["organizer"] = organizer
    return event


def _said(site: Site, language: str, name: Localised) -> str:
    return str(localise(name, language, site.settings.languages))


def _agenda(site: Site, language: str, date: KeyDate) -> str:
    """As in invitations to it."""
    zone, locale = site.settings.timezone, locale_of(language, site.settings.locales)
    starts = [row.starts_at.astimezone(zone) for row in date.agenda]
    rows = [
        {"start": start, "end": start + timedelta(minutes=row.minutes), "moment": row.moment}
        for start, row in zip(starts, date.agenda, strict=True)
    ]
    return agendas.described("", rows, site.words[language]["agenda"]["title"], lambda at: time_of_day(at, locale))
