"""What public calendars know a date of the process by: for years, while it moves, and when the process comes round."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from communique.delivery import Mode
from communique.send.present_pages import put_in_place
from communique.store.tables.calendar import calendar_entries
from tests.workspaces import Town

HOST = "open.littleton.example.org"
KICKOFF = f"news.kickoff.date@{HOST}"
LATER = f"news.kickoff~2028-12-15.date@{HOST}"
PROCESS = "dates:\n  - {name: Kickoff, milestone: news/kickoff, called_off: news/called-off}\n"


@pytest.fixture
def here(town: Town) -> Iterator[Town]:
    """A town whose website has a date to keep free."""
    town.campaign("  later: unknown\n", "  kickoff: 2026-12-15 10:00 to 12:00\n  called-off: unknown\n")
    town.campaign("through: [email]", "through: [website]")
    town.campaign("    to: [friends]\n", "")
    town.say_to_nobody_in_particular()
    town.write("config/process.yaml", PROCESS)
    town.run()
    return town


def on(town: Town, day: str, change: tuple[str, str] = ("", "")) -> tuple[str, int]:
    """What the calendar has on a day, after an edit of the campaign: UID and SEQUENCE."""
    town.clock.now = datetime.fromisoformat(f"{day}T09:30:00").replace(tzinfo=ZoneInfo("Europe/Madrid"))
    if change != ("", ""):
        town.campaign(*change)
    put_in_place(town.workspace, town.database, town.opened.channels, Mode.LIVE, town.clock.now)
    found = {
        (str(event["uid"]), int(event["sequence"]))
        for language in town.workspace.settings.languages
        for path in (f"calendar/{language}.ics", f"{language}/dates/news/kickoff/event.ics")
        for event in Calendar.from_ical((town.root / "var" / "public" / path).read_bytes()).walk("VEVENT")
    }
    (entry,) = found
    return entry


def test_a_date_of_a_later_term_is_another_event(here: Town) -> None:
    """Calendars keep the first one where it was; the second is named by the day for which it was first called.

    It keeps that name when it moves, before anybody has been told of it by mail, too.
    """
    assert on(here, "2026-12-01") == (KICKOFF, 0)
    assert on(here, "2028-10-01", ("2026-12-15", "2028-12-15")) == (LATER, 0)
    assert on(here, "2028-11-01", ("2028-12-15", "2029-07-31")) == (LATER, 1)
    assert on(here, "2029-08-01") == (LATER, 1)
    with here.database.reading() as connection:
        assert len(connection.execute(calendar_entries.select()).all()) == 2


def test_within_a_term_a_date_is_the_same_event_with_another_revision(here: Town) -> None:
    """It moves, gets another end, and is called off: each once (RFC 5546 2.1.4); a look changes nothing."""
    assert on(here, "2026-12-01") == (KICKOFF, 0)
    assert on(here, "2026-12-02", ("2026-12-15", "2027-01-20")) == (KICKOFF, 1)
    assert on(here, "2026-12-02", ("to 12:00", "to 13:00")) == (KICKOFF, 2)
    assert on(here, "2027-01-18", ("called-off: unknown", "called-off: 2027-01-18 09:00")) == (KICKOFF, 3)
    assert on(here, "2027-05-01") == (KICKOFF, 3)


def test_a_date_that_was_put_off_after_its_day_is_the_same_for_half_a_year(here: Town) -> None:
    """As with meetings: what comes round comes later."""
    on(here, "2026-12-01")
    assert on(here, "2026-12-20", ("2026-12-15", "2027-06-01")) == (KICKOFF, 1)


def test_the_first_page_has_what_later_ones_have(here: Town) -> None:
    """The announcement that opens the website writes the calendar before the hour does."""
    written = Calendar.from_ical((here.root / "var" / "public" / "calendar" / "en.ics").read_bytes())
    (event,) = written.walk("VEVENT")
    assert (str(event["uid"]), int(event["sequence"])) == (KICKOFF, 0) == on(here, "2026-12-01")
