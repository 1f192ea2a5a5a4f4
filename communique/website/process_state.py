"""Where the process stands now: the stages and dates of `config/process.yaml` against the milestones that hold."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from communique.moments import Milestone
from communique.read.process_outline import OutlinedDate, ProcessOutline
from communique.settings import localise
from communique.texts import addresses
from communique.texts.facts import UntranslatedError
from communique.timeline import instant, start_of
from communique.website.process import AgendaRow, FeedLinks, KeyDate, Process, Stage, StageStatus
from communique.workspace import Workspace

#: By campaign: its milestones as they hold.
Milestones = Mapping[str, Mapping[str, Milestone]]


def process_of(workspace: Workspace, milestones: Milestones, language: str, now: datetime) -> Process:
    """The process as its page shows it in one language."""
    words = workspace.words.of(language)
    feed = FeedLinks(title=str(words["feed_title"]), path=f"feeds/{addresses.PUBLIC}/{language}/")
    return Process(
        stages=tuple(_stages(workspace, milestones, language, now)),
        dates=tuple(_dates(workspace, milestones, language)),
        feeds=(feed,) if language in workspace.feeds else (),
    )


def known(milestones: Milestones, name: str) -> Milestone | None:
    """The milestone `campaign/milestone`, when it has a date."""
    campaign, _, milestone = name.partition("/")
    found = milestones.get(campaign, {}).get(milestone)
    return found if found is not None and found.known else None


def _stages(workspace: Workspace, milestones: Milestones, language: str, now: datetime) -> Iterator[Stage]:
    outline: ProcessOutline = workspace.outline
    begun = [_begun(workspace, milestones, stage.begins, now) for stage in outline.stages]
    current = max((index for index, each in enumerate(begun) if each), default=-1)
    for index, stage in enumerate(outline.stages):
        status = StageStatus.CURRENT if index == current else StageStatus.NEXT
        if index < current:
            status = StageStatus.DONE
        yield Stage(
            name=str(localise(stage.name, language, workspace.settings.languages)),
            status=status,
            dates=_date_of(workspace, milestones, stage.begins, language),
        )


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


def _dates(workspace: Workspace, milestones: Milestones, language: str) -> Iterator[KeyDate]:
    for date in workspace.outline.dates:
        milestone = known(milestones, date.milestone)
        if milestone is not None:
            agenda = tuple(_agenda(workspace, milestones, date.milestone, language)) if date.agenda else ()
            yield replace(_key_date(workspace, date, milestone, language), agenda=agenda)


def _key_date(workspace: Workspace, date: OutlinedDate, milestone: Milestone, language: str) -> KeyDate:
    zone, languages = workspace.almanac.zone, workspace.settings.languages
    start = instant(start_of(milestone, workspace.almanac), zone).astimezone(zone)
    return KeyDate(
        name=str(localise(date.name, language, languages)),
        id=date.milestone,
        starts_at=start,
        ends_at=instant(milestone.end, zone).astimezone(zone) if milestone.end else None,
        all_day=milestone.end is None,
        place=_place(workspace, date, language) or str(localise(date.place, language, languages)),
    )


def _agenda(workspace: Workspace, milestones: Milestones, milestone: str, language: str) -> Iterator[AgendaRow]:
    """The rows that the meeting's campaign has; a campaign that does not speak the language says them in its first."""
    campaign = workspace.campaigns.get(milestone.partition("/")[0])
    if campaign is None:
        return
    spoken = language if language in campaign.languages else campaign.languages[0]
    try:
        facts = workspace.renderer.facts.of_campaign(campaign, milestones[campaign.campaign], spoken)
    except UntranslatedError:
        return
    for row in facts.get("agenda", ()):
        if isinstance(row, Mapping) and "start" in row:
            yield AgendaRow(
                starts_at=row["start"],
                moment=str(row.get("moment", "")),
                description=str(row.get("description", "")),
                minutes=row["minutes"],
            )


def _place(workspace: Workspace, date: OutlinedDate, language: str) -> str:
    """Of the meeting that the campaign has at the milestone; empty when it has none, or does not say it so."""
    name, _, milestone = date.milestone.partition("/")
    campaign = workspace.campaigns.get(name)
    meetings = [
        fact
        for fact in (campaign.facts.values() if campaign else ())
        if isinstance(fact, Mapping) and fact.get("at") == milestone and "place" in fact
    ]
    if campaign is None or len(meetings) != 1:
        return ""
    try:
        return str(localise(meetings[0]["place"], language, campaign.languages))
    except KeyError:
        return ""
