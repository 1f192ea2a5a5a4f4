"""A meeting that moves: whether it has, who tells those who were invited, and which other campaigns know its date."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from communique.answering import AnswerStanding
from communique.campaign import Campaign
from communique.delivery import Mode
from communique.moments import Milestone
from communique.occasion import Occasion
from communique.phrase import phrase
from communique.problems import Problem
from communique.store.recipients import meeting_revisions, meeting_terms
from communique.workspace import Workspace

CODE = "meeting-not-moved"


@dataclass(frozen=True, kw_only=True, slots=True)
class DateElsewhere:
    """The same milestone in another campaign, which has not the date that was declared for it."""

    campaign: str
    milestone: str
    is_now: Milestone
    is_meeting: bool  #: both invite to one meeting that is at it


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """An announcement that tells those who were invited of a new date, and waits for a milestone."""

    announcement: str
    milestone: str


def not_moved(workspace: Workspace, connection: Connection, mode: Mode, occasion: Occasion) -> Problem | None:
    """What would tell those who were invited of a new date, while the meeting is when and where they think it is."""
    campaign, announcement = occasion.campaign, occasion.campaign.announcements[occasion.announcement]
    if not _tells_of_a_change(campaign, occasion.announcement) or CODE in {**campaign.waive, **announcement.waive}:
        return None
    told = meeting_terms.told(connection, mode, occasion.meeting)
    sequence = meeting_revisions.latest(connection, mode, occasion.meeting).sequence
    if told is None or meeting_revisions.next_sequence(connection, mode, occasion) != sequence:
        return None
    milestone = campaign.facts[occasion.meeting_fact]["at"]
    return workspace.document(campaign.campaign).problem(
        ("announcements", occasion.announcement),
        CODE,
        phrase(
            "expected another date or place of the meeting than the one people know, found the same ({milestone}: "
            "{told})",
            milestone=milestone,
            told=told,
        ),
        hint=phrase(
            "First give it the new date: communique declare {campaign} {milestone} DATE",
            campaign=campaign.campaign,
            milestone=milestone,
        ),
        at_key=True,
    )


def waiting(campaign: Campaign, milestones: Mapping[str, Milestone], moved: str) -> Iterator[Waiting]:
    """What tells those who were invited that the meeting at a milestone has moved, once another one has its date."""
    for name, each in campaign.announcements.items():
        counts_from = each.when.milestone
        if (
            _tells_of_a_change(campaign, name)
            and campaign.facts[each.invite or ""]["at"] == moved
            and counts_from not in {None, moved}
            and not milestones[counts_from or ""].known
        ):
            yield Waiting(announcement=name, milestone=counts_from or "")


def elsewhere(
    workspace: Workspace,
    milestones: Mapping[str, Mapping[str, Milestone]],
    campaign: Campaign,
    milestone: str,
    moment: Milestone,
    today: date,
) -> Iterator[DateElsewhere]:
    """Other campaigns with a milestone of this name and another date; `milestones` as they hold, by campaign.

    One whose date is over is of an earlier action plan.
    """
    meetings = _meetings_at(campaign, milestone)
    for name, other in workspace.campaigns.items():
        theirs = milestones[name].get(milestone)
        if name == campaign.campaign or theirs is None or str(theirs) == str(moment):
            continue
        start = theirs.start.date() if isinstance(theirs.start, datetime) else theirs.start
        if start is None or start >= today:
            is_meeting = bool(meetings & _meetings_at(other, milestone))
            yield DateElsewhere(campaign=name, milestone=milestone, is_now=theirs, is_meeting=is_meeting)


def _tells_of_a_change(campaign: Campaign, announcement: str) -> bool:
    """Whether it invites anew those who have been invited, and nobody else."""
    found = campaign.announcements[announcement]
    return found.invite is not None and found.only.get(found.invite) is AnswerStanding.INVITED


def _meetings_at(campaign: Campaign, milestone: str) -> set[str]:
    return {campaign.meeting(fact) for fact, value in campaign.facts.items() if _is_at(value, milestone)}


def _is_at(fact: object, milestone: str) -> bool:
    return isinstance(fact, Mapping) and fact.get("at") == milestone
