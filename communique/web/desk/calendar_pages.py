"""The timeline as a month or a week, and as a calendar to subscribe to by a link of one's own."""

import calendar
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any

from icalendar import Calendar, Event

from communique.correction import number_of
from communique.plan import outlook
from communique.plan.outlook import Coming, Gone, Sign
from communique.plan.planning import Planner
from communique.retraction import tells_of_retraction
from communique.store.desk import officers
from communique.texts import addresses, tokens
from communique.web.desk.asking import Ask, Reply
from communique.web.desk.desk_pages import DeskPages, words_of
from communique.web.desk.desk_table import DeskPage
from communique.web.desk.office import Office

_GONE = 404
#: How often programs should look again (RFC 7986 5.7).
#: How long a subscribed calendar keeps what has gone: a year, as its owner would look back.
_KEPT = timedelta(days=366)
_REFRESH = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Day:
    """One field of a month or a week."""

    day: date
    noon: datetime  #: of that day, by the town's clocks
    is_of_month: bool
    is_today: bool
    events: Sequence[Coming | Gone]


@dataclass(frozen=True)
class CalendarPages:
    """`/calendar`, and `/calendar/TOKEN.ics`."""

    office: Office
    pages: DeskPages

    def table(self) -> list[DeskPage]:
        """Their addresses. Calendar programs have no session: the link is all they need."""
        return [
            DeskPage(path="calendar", show=self.show),
            DeskPage(path="calendar/{token}.ics", show=self.subscription, is_open=True),
        ]

    def show(self, ask: Ask) -> Reply:
        """A month, or a week with more of each."""
        today = self.office.clock().astimezone(self.office.settings.timezone).date()
        week_of = ask.visit.query.get("week", "")
        if week_of:
            first = _day(week_of, today) - timedelta(days=_day(week_of, today).weekday())
            before, after = (f"week={first + timedelta(days=days)}" for days in (-7, 7))
            dates = [[first + timedelta(days=days) for days in range(7)]]
        else:
            first = _day(f"{ask.visit.query.get('month', '')}-01", today).replace(day=1)
            before, after = (f"month={first + timedelta(days=days):%Y-%m}" for days in (-1, 31))
            dates = calendar.Calendar().monthdatescalendar(first.year, first.month)
        noon = partial(datetime.combine, time=time(12), tzinfo=self.office.settings.timezone)
        events = self._events(dates[0][0], self.office.at_once)
        weeks = [
            [
                Day(day, noon(day), bool(week_of) or day.month == first.month, day == today, events.get(day, []))
                for day in week
            ]
            for week in dates
        ]
        token = tokens.sign(tokens.DESK_CALENDAR, str(ask.who.id), self.office.key)
        context = {
            "first": noon(first),
            "weeks": weeks,
            "is_unchecked": any(
                isinstance(each, Coming) and each.sign is Sign.UNCHECKED for same in events.values() for each in same
            ),
            "before": before,
            "after": after,
            "is_week": bool(week_of),
            "other": f"month={first:%Y-%m}" if week_of else f"week={_shown_first(first, today)}",
            "subscription": f"{self.office.address.rstrip('/')}/calendar/{token}.ics",
        }
        return Reply(body=self.pages.fill("calendar.html", ask, context))

    def subscription(self, ask: Ask) -> Reply:
        """For a calendar program (RFC 5545), while its owner works here."""
        number = tokens.verify(tokens.DESK_CALENDAR, ask.visit.token, self.office.key) or ""
        with self.office.database.reading() as connection:
            officer = officers.by_id(connection, int(number)) if number.isdecimal() else None
        if officer is None:
            return Reply(status=_GONE, media_type="text/plain")
        language = officer.language
        return Reply(body=self._calendar(language), media_type="text/calendar; charset=utf-8")

    def _events(
        self, first: date, looking: Callable[[Callable[[Planner], list[Coming]]], list[Coming]]
    ) -> dict[date, list[Coming | Gone]]:
        """From a day on; what is not over, too. Who looks may not want to wait for everything: a program does."""
        planner, now, held = self.office.planner(), self.office.clock(), self.office.held()
        found: dict[date, list[Coming | Gone]] = {}
        with self.office.database.reading() as connection:
            since = datetime.combine(first, time(), self.office.settings.timezone)
            everything: list[Coming | Gone] = [*reversed(outlook.gone_lately(planner, connection, since))]
            everything += looking(lambda planner: outlook.coming(planner, connection, now, held=held))
        for each in everything:
            if each.due_at is not None:
                day = each.due_at.astimezone(self.office.settings.timezone).date()
                found.setdefault(day, []).append(each)
        return found

    def _calendar(self, language: str) -> bytes:
        words, host = words_of(language), addresses.host_of(self.office.settings.public_address)
        today = self.office.clock().date()
        made = Calendar()
        made.add("prodid", "-//Communique//Desk//EN")
        made.add("version", "2.0")
        made.add("method", "PUBLISH")
        made.add("x-wr-calname", f"{words['product']}: {words['timeline']['title']}")
        made.add("refresh-interval", _REFRESH, parameters={"value": "DURATION"})
        events = self._events(today - _KEPT, lambda look: look(self.office.planner()))
        for each in (one for same in events.values() for one in same):
            campaign, name = each.name
            title = self.office.called(campaign, name, language)
            event = Event()
            event.add("uid", f"{campaign}.{name}.{each.occurrence}.desk@{host}")
            event.add("dtstamp", self.office.clock().astimezone(UTC).replace(microsecond=0))
            event.add("dtstart", each.due_at)
            event.add("summary", f"{words['signs'][each.sign]}: {_called(words, title, each.occurrence)}")
            event.add("url", f"{self.office.address.rstrip('/')}/announcement/{campaign}/{name}/{each.occurrence}")
            event.add("transp", "TRANSPARENT")
            made.add_component(event)
        data: bytes = made.to_ical()
        return data


def _called(words: Mapping[str, Any], title: str, occurrence: str) -> str:
    """As the timeline calls it: of a notice what it is."""
    if number := number_of(occurrence):
        return f"{title} · {words['told']['correction'].format(n=number)}"
    return f"{title} · {words['told']['withdrawal']}" if tells_of_retraction(occurrence) else title


def _day(asked: str, today: date) -> date:
    """Of `2027-02-01`; today, where somebody asks for no day."""
    try:
        found = date.fromisoformat(asked)
    except ValueError:
        return today
    return found if 2000 < found.year < 2200 else today  # noqa: PLR2004 - a calendar for people


def _shown_first(month: date, today: date) -> date:
    """The day whose week is shown to who comes from a month: today, if it is in it."""
    return today if (today.year, today.month) == (month.year, month.month) else month
