"""Agendas: their times and their total are made of the minutes of their rows, never of what somebody has written."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from icalendar import Calendar

from communique.channel import Mail, MergedMail
from communique.texts.agendas import with_times
from tests.shipped_messages import LANGUAGES, sample
from tests.workspaces import Town

START_OF_MEETING = datetime(2027, 2, 9, 10, tzinfo=ZoneInfo("Europe/Madrid"))
#: The agenda that OGP's own guide prints, with a total of 100 minutes under rows that take 110.
GUIDE = (
    ("Connection dynamic", 15),
    ("Meeting objectives and agenda", 10),
    ("OGP presentation", 15),
    ("Activity: identification of common challenges", 40),
    ("Activity: identification of the benefits of joining OGP Local", 20),
    ("Next steps", 10),
)


def test_each_row_begins_when_the_one_before_it_ends() -> None:
    """And the total is their sum, whatever is declared."""
    rows = [{"moment": moment, "minutes": minutes} for moment, minutes in GUIDE]
    found = with_times({"agenda": rows, "agenda_minutes": 100, "meeting": {"start": START_OF_MEETING}})

    assert [f"{row['start']:%H:%M}-{row['end']:%H:%M}" for row in found["agenda"]] == [
        *("10:00-10:15", "10:15-10:25", "10:25-10:40", "10:40-11:20", "11:20-11:40", "11:40-11:50")
    ]
    assert found["agenda_minutes"] == 110


def test_without_one_meeting_that_has_a_date_there_are_no_times() -> None:
    """The total is known all the same; a row without minutes is a fault that `check` names."""
    rows = [{"moment": "Welcome", "minutes": 15}]

    twice = with_times(
        {
            "agenda": rows,
            "first": {"start": START_OF_MEETING, "agenda": True},
            "other": {"start": START_OF_MEETING},
        }
    )
    assert twice["agenda"] == rows
    assert twice["first"]["agenda"][0]["start"] == START_OF_MEETING
    assert "agenda" not in twice["other"]
    assert with_times({"agenda": rows}) == {"agenda": rows, "agenda_minutes": 15}
    assert with_times({"agenda": [{"moment": "Welcome"}], "agenda_minutes": 5})["agenda_minutes"] == 5


def test_the_guides_own_agenda_is_warned_of_at_its_line_and_never_printed_with_its_false_total(town: Town) -> None:
    """Rows of 110 minutes under a total of 100."""
    rows = "".join(f"    - {{moment: '{moment}', minutes: {minutes}}}\n" for moment, minutes in GUIDE)
    agenda = f"  agenda:\n{rows}  agenda_minutes: 100\n  meeting: {{at: start, place: Town Hall}}\n"
    town.campaign("  colour: blue\n", f"  colour: blue\n{agenda}")
    rows = "{% for row in facts.agenda %}{{ row.start | time }} {{ row.moment }}, {% endfor %}"
    body = f"{rows}{{{{ facts.agenda_minutes }}}} in all"
    town.say("hello", {"en": f"---\nheadline: H\nsummary: S\n---\n{body}\n"})
    problems = [each for each in town.workspace.problems if each.code == "agenda-sum"]

    written = (town.root / "campaigns/news.yaml").read_text().splitlines()
    assert [written[each.line - 1].strip() for each in problems] == ["agenda_minutes: 100"]
    assert "the sum of the rows, 110; found 100" in problems[0].message
    town.invite("ana")
    town.run()
    (mail,) = town.email.taken
    assert isinstance(mail.content, MergedMail)
    text = mail.content.whole().text
    assert "110 in all" in text
    assert not re.search(r"\b100\b", text)


def _as_written(times: str, language: str) -> str:
    """`10:00–10:10`, in French `10 h–10 h 10`; in Arabic with a mark that keeps the order."""
    if language != "fr":
        return times.replace("–", "\u200e–") if language == "ar" else times
    return re.sub(r"(\d+):(\d+)", lambda it: f"{it[1]}\xa0h" + (f"\xa0{it[2]}" if it[2] != "00" else ""), times)


def test_the_shipped_agenda_says_when_each_row_begins() -> None:
    """In every language, by mail and on paper, with the sum of the rows."""
    for language in LANGUAGES:
        for channel in ("email", "letter"):
            words = sample("send-the-agenda", channel, language).words
            for said in ("10:00", "10:10", "10:30", "11:05", "11:20", "11:50", "12:00", "120"):
                assert _as_written(said, language) in words, (language, channel, said)


def test_an_entry_in_a_calendar_has_the_agenda() -> None:
    """Of the meeting that is invited to, in each language; a meeting without one says nothing of it."""
    for language in LANGUAGES:
        for announcement, first, last in (
            ("invite-the-promoters", "10:00–10:10", "11:50–12:00"),
            ("invite-the-offices", "10:00–10:15", "11:40–11:50"),
            ("invite-new-partners", "17:00–17:15", "18:40–18:50"),
            ("brief-the-authority", "", ""),
        ):
            content = sample(announcement, "email", language).content
            assert isinstance(content, Mail)
            (event,) = Calendar.from_ical(content.attachments[0].data).walk("VEVENT")
            lines = [line for line in str(event["description"]).splitlines() if re.match(r"\d\d[:\s]", line)]
            begins = [_as_written(each, language) for each in (first, last) if each]
            assert len(lines) == (6 if first else 0)
            assert [line[: len(each)] for line, each in zip(lines[:1] + lines[-1:], begins, strict=True)] == begins
