"""Where the process stands now: `config/process.yaml` against the milestones that hold, and today."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from communique.localisation.localised import localise
from communique.moments import Milestone
from communique.read.process_outline import OutlinedDate, OutlinedWay, ProcessOutline
from communique.texts import addresses
from communique.texts.facts import UntranslatedError
from communique.timeline import instant, start_of
from communique.website.process import (
    AgendaRow,
    Commitment,
    FeedLinks,
    KeyDate,
    Process,
    Stage,
    StageStatus,
    Topic,
    Way,
    WayStatus,
)
from communique.website.process_record import documents_of, forum_of, monitoring_of
from communique.workspace import Workspace

#: By campaign: its milestones as they hold.
Milestones = Mapping[str, Mapping[str, Milestone]]
_MINUTE = timedelta(minutes=1)
_OF_A_COMMITMENT = ("title", "text", "responsible", "status")


def process_of(workspace: Workspace, milestones: Milestones, language: str, now: datetime) -> Process:
    """The process as its page shows it in one language."""
    words = workspace.words.of(language)
    feed = FeedLinks(title=str(words["feed_title"]), path=f"feeds/{addresses.PUBLIC}/{language}/")
    return Process(
        stages=tuple(_stages(workspace, milestones, language, now)),
        dates=tuple(_dates(workspace, milestones, language, now)),
        documents=tuple(documents_of(workspace, language, now)),
        commitments=tuple(_commitments(workspace, milestones, language, now)),
        ways=tuple(_ways(workspace, milestones, language, now)),
        forum=forum_of(workspace, language),
        monitoring=monitoring_of(workspace, language),
        feeds=(feed,) if language in workspace.feeds else (),
        topics=tuple(_topics(workspace, language)),
    )


def _topics(workspace: Workspace, language: str) -> Iterator[Topic]:
    """Those that people can subscribe to."""
    for campaign, title in workspace.settings.topics_in(language).items():
        feed = FeedLinks(title=title, path=f"feeds/{addresses.topic_audience(campaign)}/{language}/")
        yield Topic(campaign=campaign, title=title, feed=feed if language in workspace.feeds else None)


def known(milestones: Milestones, name: str) -> Milestone | None:
    """The milestone `campaign/milestone`, when it has a date."""
    campaign, _, milestone = name.partition("/")
    found = milestones.get(campaign, {}).get(milestone)
    return found if found is not None and found.known else None


def _current_stage(workspace: Workspace, milestones: Milestones, now: datetime) -> int:
    """Its place in the outline; -1 before the first."""
    off = _called_off(workspace, milestones, now)
    stages = enumerate(workspace.outline.stages)
    begun = [at for at, each in stages if each.begins not in off and _begun(workspace, milestones, each.begins, now)]
    return max(begun, default=-1)


def _called_off(workspace: Workspace, milestones: Milestones, now: datetime) -> set[str]:
    """The milestones that were to be meetings."""
    dates = workspace.outline.dates
    return {each.milestone for each in dates if _is_called_off(workspace, milestones, each, now)}


def _stages(workspace: Workspace, milestones: Milestones, language: str, now: datetime) -> Iterator[Stage]:
    """One that begins with a meeting which is called off has not begun, and has no date until there is a new one."""
    outline: ProcessOutline = workspace.outline
    off = _called_off(workspace, milestones, now)
    current = _current_stage(workspace, milestones, now)
    for index, stage in enumerate(outline.stages):
        status = StageStatus.CURRENT if index == current else StageStatus.NEXT
        if index < current:
            status = StageStatus.DONE
        yield Stage(
            name=str(localise(stage.name, language, workspace.settings.languages)),
            status=status,
            dates="" if stage.begins in off else _first_day_of(workspace, milestones, stage.begins, language),
        )


def _is_called_off(workspace: Workspace, milestones: Milestones, date: OutlinedDate, now: datetime) -> bool:
    return bool(date.called_off) and _begun(workspace, milestones, date.called_off or "", now)


def _begun(workspace: Workspace, milestones: Milestones, name: str, now: datetime) -> bool:
    milestone = known(milestones, name)
    if milestone is None:
        return False
    return instant(start_of(milestone, workspace.almanac), workspace.almanac.zone) <= now.astimezone(UTC)


def _date_of(workspace: Workspace, milestones: Milestones, name: str, language: str) -> str:
    milestone = known(milestones, name)
    if milestone is None or milestone.start is None:
        return ""
    return workspace.templates.written_date(milestone.start, language)


def _first_day_of(workspace: Workspace, milestones: Milestones, name: str, language: str) -> str:
    """Of a stage; what ends with the last minute of a day (`23:59`) lets the next begin on the day after."""
    milestone = known(milestones, name)
    if milestone is None or milestone.start is None:
        return ""
    start = milestone.start
    return workspace.templates.written_date(start + _MINUTE if isinstance(start, datetime) else start, language)


def _dates(workspace: Workspace, milestones: Milestones, language: str, now: datetime) -> Iterator[KeyDate]:
    for date in workspace.outline.dates:
        milestone = known(milestones, date.milestone)
        if milestone is not None:
            yield replace(
                _key_date(workspace, date, milestone, language),
                agenda=tuple(_agenda(workspace, milestones, date.milestone, language)) if date.agenda else (),
                minutes=date.minutes or "",
                called_off=_is_called_off(workspace, milestones, date, now),
            )


def _key_date(workspace: Workspace, date: OutlinedDate, milestone: Milestone, language: str) -> KeyDate:
    zone, languages = workspace.almanac.zone, workspace.settings.languages
    start = instant(start_of(milestone, workspace.almanac), zone).astimezone(zone)
    return KeyDate(
        name=str(localise(date.name, language, languages)),
        id=date.milestone,
        starts_at=start,
        ends_at=instant(milestone.end, zone).astimezone(zone) if milestone.end else None,
        all_day=milestone.end is None,
        place=_said_of_meeting(workspace, date, "place", language) or str(localise(date.place, language, languages)),
        access=_said_of_meeting(workspace, date, "access", language),
    )


def _agenda(workspace: Workspace, milestones: Milestones, milestone: str, language: str) -> Iterator[AgendaRow]:
    """The rows of the meeting at the milestone, else those that its campaign has."""
    name = _meeting_at(workspace, milestone)
    meeting = _fact(workspace, milestones, milestone, language, name) if name else None
    own = meeting.get("agenda") if isinstance(meeting, Mapping) else None
    rows = own if isinstance(own, list) else _fact(workspace, milestones, milestone, language, "agenda")
    for row in rows or ():
        if isinstance(row, Mapping) and "start" in row:
            yield AgendaRow(
                starts_at=row["start"],
                moment=str(row.get("moment", "")),
                description=str(row.get("description", "")),
                minutes=row["minutes"],
            )


def _said_of_meeting(workspace: Workspace, date: OutlinedDate, what: str, language: str) -> str:
    """Of the meeting that the campaign has at the milestone; empty when it has none, or does not say it so."""
    campaign, fact = workspace.campaigns.get(date.milestone.partition("/")[0]), _meeting_at(workspace, date.milestone)
    if campaign is None or not fact or what not in campaign.facts[fact]:
        return ""
    try:
        return str(localise(campaign.facts[fact][what], language, campaign.languages))
    except KeyError:
        return ""


def _meeting_at(workspace: Workspace, milestone: str) -> str:
    """The one fact that is a meeting at `campaign/milestone`; empty where there is none, or more than one."""
    name, _, at = milestone.partition("/")
    campaign = workspace.campaigns.get(name)
    facts = campaign.facts if campaign else {}
    found = [key for key, fact in facts.items() if isinstance(fact, Mapping) and fact.get("at") == at]
    return found[0] if len(found) == 1 else ""


def _commitments(workspace: Workspace, milestones: Milestones, language: str, now: datetime) -> Iterator[Commitment]:
    """The fact `commitments` of the campaign, once their milestone has come."""
    begins = workspace.outline.commitments
    if begins is None or not _begun(workspace, milestones, begins, now):
        return
    found = _fact(workspace, milestones, begins, language, "commitments")
    for each in found if isinstance(found, list) else ():
        if isinstance(each, Mapping):
            yield Commitment(**{name: str(each[name]) for name in _OF_A_COMMITMENT if name in each})
        else:
            yield Commitment(title=str(each))


def _ways(workspace: Workspace, milestones: Milestones, language: str, now: datetime) -> Iterator[Way]:
    languages = workspace.settings.languages
    for way in workspace.outline.ways:
        yield Way(
            name=str(localise(way.name, language, languages)),
            status=_way_status(workspace, milestones, way, now),
            text=str(localise(way.text, language, languages)),
            link=way.link or "",
            opens=_date_of(workspace, milestones, way.opens or way.stage or "", language),
            closes=_date_of(workspace, milestones, way.closes or "", language),
        )


def _way_status(workspace: Workspace, milestones: Milestones, way: OutlinedWay, now: datetime) -> WayStatus:
    """Whether it is open: by its own days, or else by the stage it belongs to."""
    if way.closes and _over(workspace, milestones, way.closes, now):
        return WayStatus.CLOSED
    if way.opens and not _begun(workspace, milestones, way.opens, now):
        return WayStatus.OPENS
    if way.opens or way.closes:
        return WayStatus.OPEN
    stages = [each.begins for each in workspace.outline.stages]
    if way.stage not in stages:
        return WayStatus.UNDATED
    at, current = stages.index(way.stage), _current_stage(workspace, milestones, now)
    if at == current:
        return WayStatus.OPEN
    return WayStatus.OPENS if at > current else WayStatus.CLOSED


def _over(workspace: Workspace, milestones: Milestones, name: str, now: datetime) -> bool:
    """A last day without a time lasts until midnight."""
    milestone = known(milestones, name)
    if milestone is None or milestone.start is None:
        return False
    if isinstance(milestone.start, datetime):
        return _begun(workspace, milestones, name, now)
    return now.astimezone(workspace.almanac.zone).date() > milestone.start


def _fact(workspace: Workspace, milestones: Milestones, of: str, language: str, name: str) -> Any:
    """A fact of the campaign in `campaign/…`; one that does not speak the language says it in its first."""
    campaign = workspace.campaigns.get(of.partition("/")[0])
    if campaign is None:
        return None
    spoken = language if language in campaign.languages else campaign.languages[0]
    try:
        return workspace.renderer.facts.of_campaign(campaign, milestones[campaign.campaign], spoken).get(name)
    except UntranslatedError:
        return None
