"""The dates of the process as calendars, read back by two libraries."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import vobject
from icalendar import Calendar

from communique.website.site import build_site
from tests.shipped_site import HOSTILE, LANGUAGES, files, page, process, site

ALL = "calendar/en.ics"
KICKOFF = "en/dates/co-creation-kickoff/kickoff/"


@pytest.mark.parametrize("path", [path for path in files() if path.endswith(".ics")])
def test_each_is_a_calendar_that_is_published(path: str) -> None:
    """What RFC 5545 and 5546 (3.2.1) ask for is there; nobody is invited; no line is too long."""
    data = files()[path]
    calendar = Calendar.from_ical(data)
    assert calendar["method"] == "PUBLISH"
    assert [name for each in calendar.walk() for name in each.required if name not in each] == []
    assert [each.errors for each in calendar.walk() if each.errors] == []
    for event in calendar.walk("VEVENT"):
        assert event["organizer"].startswith("mailto:")
        assert "attendee" not in event
    assert vobject.readOne(data.decode()).validate(raiseException=True)
    assert max(len(line) for line in data.split(b"\r\n")) <= 75
    assert not re.search(rb"(?<!\r)\n", data)


def test_a_date_is_the_same_one_wherever_it_stands() -> None:
    """One UID for each: in its own file, among all, in every language."""
    of_all = [
        [str(each["uid"]) for each in Calendar.from_ical(files()[f"calendar/{language}.ics"]).walk("VEVENT")]
        for language in LANGUAGES
    ]
    assert all(each == of_all[0] for each in of_all)
    assert len(set(of_all[0])) == 2
    (alone,) = Calendar.from_ical(files()[f"{KICKOFF}event.ics"]).walk("VEVENT")
    assert str(alone["uid"]) == of_all[0][0]


def test_times_are_in_utc_and_days_are_days() -> None:
    """A deadline blocks nobody's day, and stands on the day that is meant here, not in Greenwich."""
    kickoff, opening = Calendar.from_ical(files()[ALL]).walk("VEVENT")
    assert kickoff.decoded("dtstart") == datetime(2027, 2, 9, 9, tzinfo=UTC)
    agenda = "Agenda:\n10:00–10:15 Welcome\n10:15–10:55 Challenges"
    assert kickoff["description"] == f"{agenda}\n\nFind out more: {kickoff['url']}"
    assert opening["description"] == f"Find out more: {opening['url']}"  # programs show no URL of its own
    assert opening.decoded("dtstart") == date(2027, 3, 15)
    assert opening["transp"] == "TRANSPARENT"


def test_a_calendar_is_called_what_it_is_among_others() -> None:
    """Who follows several has them in one list."""
    assert Calendar.from_ical(files()[ALL])["x-wr-calname"] == "Open government dates: Puerto Claro"
    assert Calendar.from_ical(files()[f"{KICKOFF}event.ics"])["name"] == "Open government dates: Puerto Claro"


def test_a_date_that_moves_takes_the_place_of_the_earlier_one() -> None:
    """The same UID with a later stamp."""
    moved = tuple(replace(each, starts_at=datetime(2027, 2, 16, 9, tzinfo=UTC)) for each in process("en").dates)
    later = build_site(site(today=date(2027, 1, 26), processes={"en": replace(process("en"), dates=moved)}))
    (before,) = Calendar.from_ical(files()[f"{KICKOFF}event.ics"]).walk("VEVENT")
    (after,) = Calendar.from_ical(later[f"{KICKOFF}event.ics"]).walk("VEVENT")
    assert before["uid"] == after["uid"]
    assert before.decoded("dtstamp") < after.decoded("dtstamp")
    assert before.decoded("dtstart") != after.decoded("dtstart")


def test_the_process_page_leads_to_dates_and_calendar() -> None:
    """And the page of a date to its entry; every link has a file."""
    links = {each.get("href") for each in page("en/index.html").iter("a")}
    assert {"dates/co-creation-kickoff/kickoff/", "../calendar/en.ics"} <= links
    links = {each.get("href") for each in page(f"{KICKOFF}index.html").iter("a")}
    assert {"event.ics", "../../../../calendar/en.ics"} <= links


def test_a_hostile_name_adds_nothing() -> None:
    """Text is text."""
    nasty = f"{HOSTILE}\r\nEND:VEVENT\nATTENDEE:mailto:all@example.org; a, b\\"
    dates = (replace(process("en").dates[0], name=nasty, place=nasty),)
    made = build_site(site(processes={"en": replace(process("en"), dates=dates)}))
    (event,) = Calendar.from_ical(made[ALL]).walk("VEVENT")
    assert "attendee" not in event
    assert str(event["location"]).replace("\r\n", "\n") == nasty.replace("\r\n", "\n")


def test_without_dates_there_is_no_calendar() -> None:
    """And no link to one."""
    made = build_site(site(processes={}))
    assert [path for path in made if path.endswith(".ics")] == []
    assert b".ics" not in made["en/index.html"]


def test_the_page_of_a_meeting_shows_its_agenda() -> None:
    """In local time, with how long each row takes, and the sum of them; a date without one shows none."""
    kickoff, proposals = (
        files()[f"en/dates/co-creation-kickoff/{name}/index.html"].decode() for name in ("kickoff", "proposals-open")
    )
    rows = re.sub(r"<[^>]+>|\s+", " ", kickoff.partition("<tbody>")[2].partition("</table>")[0]).split()

    assert rows == ["10:00", "Welcome", "15", "10:15", "Challenges", "In", "small", "groups.", "40", "Total", "55"]
    assert "<table" not in proposals
