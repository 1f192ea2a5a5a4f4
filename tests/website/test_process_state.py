"""Where the process stands, by the milestones that hold: one stage is current, coming dates are in local time."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from communique.moments import Milestone, parse_milestone
from communique.website.process import StageStatus
from communique.website.process_state import known, process_of
from tests.read.test_picture_metadata import SECRETS, photo
from tests.workspaces import START, Town, build

OUTLINE = """\
stages:
  - {name: One, from: news/start}
  - {name: Two, from: news/later}
  - {name: Three, from: news/end}
dates:
  - {name: {en: Party, es: Fiesta, fr: Fête}, milestone: news/start, place: {en: Here, es: Aquí, fr: Ici}}
  - {name: Somewhen, milestone: news/later}
"""


@pytest.fixture
def tiny(tmp_path: Path) -> Town:
    """A town with three stages; its ledger stays closed."""
    town = build(tmp_path)
    town.campaign("  later: unknown", "  later: unknown\n  end: 2026-12-20")
    town.write("config/process.yaml", OUTLINE)
    return town


def milestones(town: Town, **declared: str) -> Mapping[str, Mapping[str, Milestone]]:
    """As they are in the file, and as they were declared since."""
    written = town.workspace.campaigns["news"].milestones
    return {"news": {**written, **{name: parse_milestone(moment) for name, moment in declared.items()}}}


def stages(town: Town, now: datetime, **declared: str) -> list[str]:
    """Where each stage stands."""
    made = process_of(town.workspace, milestones(town, **declared), "en", now)
    return [stage.status.name for stage in made.stages]


@pytest.mark.parametrize(
    ("days", "declared", "expected"),
    [
        (-1, {}, ["NEXT", "NEXT", "NEXT"]),
        (0, {}, ["CURRENT", "NEXT", "NEXT"]),
        (1, {"later": "2026-12-02 10:00"}, ["DONE", "CURRENT", "NEXT"]),
        (1, {"later": "2026-12-02 10:01"}, ["CURRENT", "NEXT", "NEXT"]),
        (30, {}, ["DONE", "DONE", "CURRENT"]),
        (0, {"start": "unknown"}, ["NEXT", "NEXT", "NEXT"]),
    ],
)
def test_the_last_stage_that_has_begun_is_current(
    tiny: Town, days: int, declared: dict[str, str], expected: list[str]
) -> None:
    """To the minute, by what was declared; one passed over without a date is done, and at most one is current."""
    assert stages(tiny, START + timedelta(days=days), **declared) == expected


def test_a_stage_shows_the_day_it_begins(tiny: Town) -> None:
    """In its language; nothing while the day is unknown."""
    made = process_of(tiny.workspace, milestones(tiny), "es", START)
    closed = process_of(tiny.workspace, milestones(tiny, end="2026-12-20 23:59"), "es", START).stages
    assert closed[-1].dates == "21 de diciembre de 2026"  # what follows on a last day begins on the next
    assert [stage.dates for stage in made.stages] == ["1 de diciembre de 2026", "", "20 de diciembre de 2026"]
    assert {stage.status for stage in made.stages} <= set(StageStatus)


def test_a_stage_whose_meeting_is_called_off_does_not_begin(tiny: Town) -> None:
    """Nobody is told that we stand at a meeting that was not held; with the new date the stage has its day again."""
    tiny.write(
        "config/process.yaml", OUTLINE.replace("milestone: news/later}", "milestone: news/later, called_off: news/off}")
    )
    tiny.campaign("  later: unknown", "  later: 2026-12-05 10:00\n  off: unknown")
    after = START + timedelta(days=10)
    assert stages(tiny, after) == ["DONE", "CURRENT", "NEXT"]
    off = process_of(tiny.workspace, milestones(tiny, off="2026-12-03"), "en", after).stages
    assert [(each.status.name, bool(each.dates)) for each in off] == [
        ("CURRENT", True),
        ("NEXT", False),
        ("NEXT", True),
    ]


def test_dates_are_in_local_time_and_in_the_page_s_language(tiny: Town) -> None:
    """With an end when there is one, whole days without; what has no date is not listed."""
    (party,) = process_of(tiny.workspace, milestones(tiny, start="2026-12-01 10:00 to 12:00"), "es", START).dates
    assert (party.name, party.place, party.all_day) == ("Fiesta", "Aquí", False)
    assert party.starts_at.isoformat() == "2026-12-01T10:00:00+01:00"
    assert party.ends_at is not None
    assert party.ends_at.isoformat() == "2026-12-01T12:00:00+01:00"
    (day,) = process_of(tiny.workspace, milestones(tiny, start="2026-12-01"), "en", START).dates
    assert (day.all_day, day.ends_at) == (True, None)


def test_a_feed_is_named_where_one_is_open(tiny: Town) -> None:
    """In the page's language; without a channel for it there is none."""
    assert process_of(tiny.workspace, milestones(tiny), "fr", START).feeds[0].path == "feeds/public/fr/"
    tiny.settings("  feed: {kind: feed, directory: var/public}\n", "")
    assert process_of(tiny.workspace, milestones(tiny), "fr", START).feeds == ()


@pytest.mark.parametrize("name", ["news/later", "news/none", "other/start", "start"])
def test_what_has_no_date_is_unknown(tiny: Town, name: str) -> None:
    """Not declared, not there, of another campaign, or of none."""
    assert known(milestones(tiny), name) is None


def test_a_date_is_where_the_campaigns_meeting_is(tiny: Town) -> None:
    """The invitation and the page must not name two places; in a language the campaign lacks, the outline speaks."""
    tiny.campaign("languages: [en]", "languages: [en, es]")
    tiny.campaign("  colour: blue", '  colour: blue\n  party: {at: start, place: {en: "The park", es: El parque}}')
    places = {
        language: process_of(tiny.workspace, milestones(tiny), language, START).dates[0].place
        for language in ("en", "es", "fr")
    }
    assert places == {"en": "The park", "es": "El parque", "fr": "Ici"}


def test_a_date_says_who_can_get_in(tiny: Town) -> None:
    """As the invitation does, in each language that the campaign has; elsewhere nothing."""
    tiny.campaign("languages: [en]", "languages: [en, es]")
    tiny.campaign(
        "  colour: blue", '  colour: blue\n  party: {at: start, access: {en: "No steps.", es: Sin escalones.}}'
    )
    access = {
        language: process_of(tiny.workspace, milestones(tiny), language, START).dates[0].access
        for language in ("en", "es", "fr")
    }
    assert access == {"en": "No steps.", "es": "Sin escalones.", "fr": ""}


def test_a_photo_among_the_documents_tells_nothing_of_who_took_it(tiny: Town) -> None:
    """As a picture of a text; other documents are as they are in the folder."""
    folder = tiny.root / "config/documents"
    folder.mkdir(parents=True)
    (folder / "home.jpg").write_bytes(photo())
    (folder / "rules.txt").write_text("exif:GPS", encoding="utf-8")
    told = "published: 2026-11-01, language: en}"
    tiny.write(
        "config/process.yaml",
        f"{OUTLINE}documents:\n"
        f"  - {{file: home.jpg, title: Home, {told}\n  - {{file: rules.txt, title: Rules, {told}\n",
    )
    home, rules = process_of(tiny.workspace, milestones(tiny), "en", START).documents
    assert not [secret for secret in SECRETS if secret in home.data]
    assert rules.data == b"exif:GPS"


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (-1, ["OPENS", "OPENS", "OPEN", "UNDATED"]),
        (0, ["OPEN", "OPEN", "OPEN", "UNDATED"]),
        (1, ["CLOSED", "OPEN", "OPEN", "UNDATED"]),
        (30, ["CLOSED", "OPEN", "CLOSED", "UNDATED"]),
    ],
)
def test_a_way_follows_its_stage_or_its_days(tiny: Town, days: int, expected: list[str]) -> None:
    """With a stage it is open while that is current; with neither, nothing is said of when, however late it is."""
    ways = [
        "{name: Stage, stage: news/start}",
        "{name: From, from: news/start}",
        "{name: Until, until: news/end}",
        "{name: Any}",
    ]
    tiny.write("config/process.yaml", OUTLINE + "ways:\n" + "".join(f"  - {each}\n" for each in ways))
    declared = milestones(tiny, later="2026-12-02 10:00")
    found = process_of(tiny.workspace, declared, "en", START + timedelta(days=days)).ways
    assert [each.status.name for each in found] == expected
    assert [bool(each.opens) for each in found] == [True, True, False, False]
