"""When each announcement is due."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from communique.campaign import Campaign
from communique.moments import Offset, Unit, parse_milestone, parse_when
from communique.settings import Holidays
from communique.timeline import (
    Almanac,
    UnknownMilestoneError,
    instant,
    is_in_fold,
    is_in_gap,
    occurrences,
    resolve,
    step,
)
from communique.working_days import working_days

MADRID = ZoneInfo("Europe/Madrid")


def almanac(zone: str = "Europe/Madrid", country: str = "ES") -> Almanac:
    """An almanac whose bare dates mean nine o'clock."""
    return Almanac(
        zone=ZoneInfo(zone),
        day_starts=time(9),
        late_window=timedelta(hours=24),
        is_working_day=working_days(Holidays(country=country)),
    )


def local(text: str, milestones: dict[str, str], zone: str = "Europe/Madrid") -> str:
    """What a `when:` means, as local time."""
    known = {name: parse_milestone(value) for name, value in milestones.items()}
    moment = resolve(parse_when(text), known, almanac(zone))
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("2026-12-01 10:00", "2026-12-01 10:00"),
        ("acceptance", "2026-12-04 09:00"),
        ("acceptance at 16:30", "2026-12-04 16:30"),
        ("acceptance + 2 hours", "2026-12-04 11:00"),
        ("acceptance + 90 minutes", "2026-12-04 10:30"),
        ("acceptance + 3 days", "2026-12-07 09:00"),
        ("acceptance + 1 working day at 10:00", "2026-12-07 10:00"),
        ("acceptance + 2 working days", "2026-12-09 09:00"),
        ("acceptance - 1 working day", "2026-12-03 09:00"),
        ("acceptance - 2 weeks", "2026-11-20 09:00"),
        ("kickoff - 14 days at 09:00", "2026-12-01 09:00"),
        ("kickoff + 2 months", "2027-02-15 10:00"),
    ],
)
def test_a_moment_means_what_it_says(when: str, expected: str) -> None:
    """Offsets count from the milestone; 8 December is a holiday in Spain, 5 and 6 a weekend."""
    milestones = {"acceptance": "2026-12-04", "kickoff": "2026-12-15 10:00 to 12:00"}

    assert local(when, milestones) == expected


def test_months_end_on_the_last_day_a_month_has() -> None:
    """One month after 31 January is 28 February, two months are 31 March."""
    workday = almanac().is_working_day

    assert step(date(2027, 1, 31), Offset(1, Unit.MONTHS), workday) == date(2027, 2, 28)
    assert step(date(2027, 1, 31), Offset(2, Unit.MONTHS), workday) == date(2027, 3, 31)
    assert step(date(2028, 2, 29), Offset(12, Unit.MONTHS), workday) == date(2029, 2, 28)


def test_a_milestone_without_a_date_is_named() -> None:
    """Nothing counted from an unknown milestone is scheduled, and it is said which one is missing."""
    with pytest.raises(UnknownMilestoneError, match="acceptance"):
        resolve(parse_when("acceptance + 2 hours"), {"acceptance": parse_milestone("unknown")}, almanac())


def test_hours_are_elapsed_time_and_days_keep_the_clock() -> None:
    """Over the night clocks go forward, 24 hours and one day are not the same."""
    milestones = {"night": "2027-03-27 12:00"}

    assert local("night + 24 hours", milestones) == "2027-03-28 13:00"
    assert local("night + 1 day", milestones) == "2027-03-28 12:00"


@pytest.mark.parametrize(
    ("zone", "missing", "becomes"),
    [
        ("Europe/Madrid", "2027-03-28 02:30", "2027-03-28 03:00"),
        ("Africa/Cairo", "2026-04-24 00:00", "2026-04-24 01:00"),
        ("Asia/Beirut", "2026-03-29 00:00", "2026-03-29 01:00"),
        ("America/Santiago", "2026-09-06 00:30", "2026-09-06 01:00"),
        ("America/Havana", "2026-03-08 00:30", "2026-03-08 01:00"),
    ],
)
def test_a_time_the_clock_jumps_over_means_the_first_instant_after(zone: str, missing: str, becomes: str) -> None:
    """A message in the gap is sent, once, at its end."""
    assert is_in_gap(datetime.fromisoformat(missing), ZoneInfo(zone))
    assert local(missing, {}, zone) == becomes


def test_a_time_shown_twice_means_the_first() -> None:
    """In the night clocks go back, 02:30 is the summer-time one."""
    ambiguous = datetime(2026, 10, 25, 2, 30)  # noqa: DTZ001 - local by intent

    assert is_in_fold(ambiguous, MADRID)
    assert instant(ambiguous, MADRID) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@settings(deadline=None, max_examples=200)
@given(
    zone=st.sampled_from(sorted(available_timezones() - {"localtime"})),
    day=st.dates(date(2024, 1, 1), date(2035, 12, 31)),
    at=st.times().map(lambda each: each.replace(second=0, microsecond=0, tzinfo=None)),
)
def test_every_local_day_has_one_instant_in_every_zone(zone: str, day: date, at: time) -> None:
    """Daily moments follow each other strictly, and each shows the wall clock it was meant for, or the gap's end."""
    here = ZoneInfo(zone)
    today, tomorrow = (instant(datetime.combine(each, at), here) for each in (day, day + timedelta(days=1)))
    shown = today.astimezone(here)

    assert today < tomorrow
    if is_in_gap(datetime.combine(day, at), here):
        assert (today - timedelta(seconds=1)).astimezone(here).replace(tzinfo=None) < datetime.combine(day, at)
        assert shown.replace(tzinfo=None) > datetime.combine(day, at)
    else:
        assert shown.replace(tzinfo=None) == datetime.combine(day, at)
        assert shown.date() == day


def test_every_transition_of_every_zone_fires_once_a_day() -> None:
    """Around each change of clocks from 2024 to 2035 a moment every half hour is one instant a local day, in order."""
    for name in sorted(available_timezones() - {"localtime"}):
        zone = ZoneInfo(name)
        for change in _changes(zone):
            days = [change.date() + timedelta(days=n) for n in (-1, 0, 1)]
            for minutes in range(0, 24 * 60, 30):
                at = time(minutes // 60, minutes % 60)
                moments = [instant(datetime.combine(day, at), zone) for day in days]
                assert moments == sorted(set(moments)), (name, change, at)


def _changes(zone: ZoneInfo) -> list[datetime]:
    """Local times near which the offset changes, found by sampling each day."""
    start = datetime(2024, 1, 1, tzinfo=UTC)
    samples = [start + timedelta(days=n) for n in range(12 * 366)]
    offsets = [sample.astimezone(zone).utcoffset() for sample in samples]
    return [samples[n].astimezone(zone) for n in range(1, len(samples)) if offsets[n] != offsets[n - 1]]


FAR = datetime(2030, 1, 1, tzinfo=UTC)


def campaign(**announcement: object) -> Campaign:
    """A campaign of one announcement."""
    return Campaign.model_validate(
        {
            "campaign": "c",
            "title": "C",
            "languages": ["en"],
            "milestones": {"start": "2027-01-31 10:00", "end": "2027-06-01", "never": "unknown"},
            "announcements": {"news": {"through": ["website"], **announcement}},
        }
    )


def dues(each: Campaign, horizon: datetime) -> list[str]:
    """Local due times."""
    found = occurrences(each, each.milestones, almanac(), horizon)
    return [
        f"{one.occurrence} {one.due_at.astimezone(MADRID):%Y-%m-%d %H:%M}" if one.due_at else one.unknown
        for one in found
    ]


def test_a_recurring_announcement_ends_at_its_milestone() -> None:
    """Monthly from 31 January until 1 June: the month's last day stands in, and comes back."""
    monthly = campaign(when="start", every="1 month until end")

    assert dues(monthly, FAR) == [
        "1 2027-01-31 10:00",
        "2 2027-02-28 10:00",
        "3 2027-03-31 10:00",
        "4 2027-04-30 10:00",
        "5 2027-05-31 10:00",
    ]


def test_a_recurring_announcement_without_a_known_end_is_listed_to_the_horizon() -> None:
    """An end that is unknown yet does not hide what comes before it."""
    quarterly = campaign(when="start", every="3 months until never")

    assert dues(quarterly, datetime(2027, 8, 1, tzinfo=UTC)) == [
        "1 2027-01-31 10:00",
        "2 2027-04-30 10:00",
        "3 2027-07-31 10:00",
    ]


def test_a_series_ends_when_it_is_too_late_for_the_next() -> None:
    """Those would be missed before they are due, one after the other; the first is listed, so that its plan says so."""
    for not_after, last in (("start + 3 months", 3), ("start + 1 day", 1), ("start - 1 day", 1), ("never", 5)):
        monthly = campaign(when="start", every="1 month until end", not_after=not_after)
        assert [each.occurrence for each in occurrences(monthly, monthly.milestones, almanac(), FAR)] == [
            str(number) for number in range(1, last + 1)
        ]


def test_a_series_that_begins_some_hours_after_a_milestone_keeps_that_time_of_day() -> None:
    """Those hours are elapsed time of the first, also where they lead over midnight, or into the hour clocks repeat."""
    for start, when, times in (
        ("2026-12-01 10:00", "start + 2 hours", ["2026-12-01 12:00", "2026-12-08 12:00", "2026-12-15 12:00"]),
        ("2026-12-01 23:30", "start + 90 minutes", ["2026-12-02 01:00", "2026-12-09 01:00", "2026-12-16 01:00"]),
        ("2026-10-25 01:30", "start + 2 hours", ["2026-10-25 02:30", "2026-11-01 02:30", "2026-11-08 02:30"]),
    ):
        known = {"start": parse_milestone(start), "never": parse_milestone("unknown")}
        weekly = campaign(when=when, every="1 week until never")
        found = occurrences(weekly, known, almanac(), datetime(2027, 1, 1, tzinfo=UTC))
        due = [each.due_at for each in found if each.due_at]
        assert [f"{each.astimezone(MADRID):%Y-%m-%d %H:%M}" for each in due[:3]] == times
        assert due[0] == resolve(parse_when(when), known, almanac())


def test_what_counts_from_an_unknown_milestone_has_no_date() -> None:
    """The plan can say which milestone it waits for."""
    assert dues(campaign(when="never + 2 hours"), FAR) == ["never"]


def test_it_expires_at_not_after_or_when_patience_ends() -> None:
    """`not_after` decides; the late window of the settings when nothing, or something unknown, is said."""
    horizon = datetime(2030, 1, 1, tzinfo=UTC)

    def expiry(**words: str) -> datetime | None:
        each = campaign(when="start", **words)
        return occurrences(each, each.milestones, almanac(), horizon)[0].expires_at

    assert expiry(not_after="end") == datetime(2027, 6, 1, 7, 0, tzinfo=UTC)
    assert expiry() == datetime(2027, 2, 1, 9, 0, tzinfo=UTC)
    assert expiry(not_after="never") == datetime(2027, 2, 1, 9, 0, tzinfo=UTC)
