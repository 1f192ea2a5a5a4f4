"""Milestones whose year is a slip: long past though nothing counted from them ever went out, or far ahead. Warnings."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from communique.campaign import Campaign
from communique.moments import Milestone
from communique.phrase import Phrase, phrase
from communique.plan.planning import HORIZON, Planner
from communique.problems import Problem, Severity
from communique.store.deliveries import ledger
from communique.timeline import occurrences

CODE = "unlikely-year"
#: What was to go out so long ago did not: somebody writes a campaign in the first days of a year.
_LONG_PAST = timedelta(days=300)
#: A term of office and a year.
_FAR_AHEAD = timedelta(days=365 * 5)


def check_years(
    planner: Planner, connection: Connection, campaign: Campaign, milestones: Mapping[str, Milestone], now: datetime
) -> Iterator[Problem]:
    """Of one campaign; `milestones` as they hold."""
    today = now.astimezone(planner.workspace.almanac.zone).date()
    for name, milestone in milestones.items():
        if milestone.start is None or name not in campaign.milestones:
            continue
        day = milestone.start.date() if isinstance(milestone.start, datetime) else milestone.start
        said = _said(day, today)
        is_sure = day > today or not _has_begun(planner, connection, campaign, milestones, name, now)
        if said is not None and is_sure:
            yield planner.workspace.document(campaign.campaign).problem(
                ("milestones", name),
                CODE,
                said,
                hint=phrase("Is the year right? If it is, `waive:` this."),
                severity=Severity.WARNING,
            )


def _said(day: date, today: date) -> Phrase | None:
    if day < today - _LONG_PAST:
        return phrase(
            "expected a day to come, or one from which something went out; found {day}, {days} days ago",
            day=day,
            days=(today - day).days,
        )
    if day > today + _FAR_AHEAD:
        return phrase("expected a day within five years, found {day}", day=day)
    return None


def _has_begun(
    planner: Planner,
    connection: Connection,
    campaign: Campaign,
    milestones: Mapping[str, Milestone],
    name: str,
    now: datetime,
) -> bool:
    """Whether something counted from a milestone is in the ledger, or nothing counts from it at all."""
    counted = [
        each
        for each in occurrences(campaign, milestones, planner.workspace.almanac, now + HORIZON)
        if campaign.announcements[each.announcement].when.milestone == name
    ]
    occasions = (planner.occasion(campaign, milestones, each) for each in counted)
    return not counted or any(
        ledger.frozen(connection, planner.mode, occasion) is not None for occasion in occasions if occasion is not None
    )
