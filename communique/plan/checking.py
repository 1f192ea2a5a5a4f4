"""Everything that can be known to be wrong before anything is due: what `communique check` says."""

import contextlib
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, time, timedelta

from communique.campaign import Campaign
from communique.moments import Milestone, When
from communique.occasion import Occasion
from communique.phrase import phrase
from communique.plan.checks.calendar import SAME_MINUTE, check_calendar, check_other_campaigns, dated_occurrences
from communique.plan.checks.document import NOT_PUBLIC
from communique.plan.checks.facts_between_languages import check_facts, check_people
from communique.plan.checks.look import check_look
from communique.plan.checks.order import CODE as OUT_OF_ORDER
from communique.plan.checks.order import check_internal, check_order
from communique.plan.checks.page import check_site
from communique.plan.checks.same_meeting import check_process_places, check_same_meetings
from communique.plan.checks.stale_translations import check_translations
from communique.plan.checks.text import found_again
from communique.plan.checks.untranslated_texts import check_campaign_texts, check_phrases
from communique.plan.gone_campaigns import gone_campaigns
from communique.plan.moved import still_as_known
from communique.plan.planning import HORIZON, Planner
from communique.plan.unlikely_years import CODE as UNLIKELY_YEAR
from communique.plan.unlikely_years import check_years
from communique.plan.waiting_corrections import waiting_corrections
from communique.problems import Problem, Severity, in_order
from communique.read.sound_parts import faulty_names, names_one_of, sound_parts
from communique.timeline import Almanac, Occurrence, is_in_fold, is_in_gap, occurrences, resolve
from communique.workspace import Workspace

#: Stands in for a milestone without a date, so that texts counted from it can be checked as well.
_STAND_IN = timedelta(days=180)
#: How long before a limit that is known, where what counts from it has one.
_BEFORE = timedelta(days=1)
#: What can be told only of a day that is known.
_OF_A_DAY = {NOT_PUBLIC, "another-year", "deadline-is-over", "another-day", "day-is-over"}


def check(
    planner: Planner,
    milestones: Mapping[str, Mapping[str, Milestone]],
    now: datetime,
    only: Collection[str] | None = None,
) -> list[Problem]:
    """Every problem of a workspace, in the order of files and lines; of campaigns, if told, only these looked into."""
    workspace = planner.workspace
    words, spoken = workspace.words, workspace.settings.languages
    found = [*workspace.problems, *words.problems(spoken), *words.older(spoken), *check_look(workspace)]
    found += check_phrases(workspace)
    if not workspace.campaigns and not workspace.unread:
        message = phrase("expected campaign files in campaigns/, found none: nothing will be announced")
        hint = phrase("Begin one at the desk, or copy one of those that `communique init DIR` makes.")
        found.append(
            Problem(code="missing-file", message=message, hint=hint, severity=Severity.WARNING, file="campaigns")
        )
    held = {name: dict(milestones.get(name, each.milestones)) for name, each in workspace.campaigns.items()}
    found += (found_again(workspace, problem, words) for problem, words in check_site(workspace, held, now))
    found += check_process_places(workspace)
    looked_into = [each for name, each in workspace.campaigns.items() if only is None or name in only]
    if planner.ahead is not None:
        planner.ahead(
            workspace,
            planner.channels,
            [
                occasion
                for campaign in looked_into
                for _, occasion in _told(planner, campaign, milestones.get(campaign.campaign, campaign.milestones), now)
                if occasion is not None
            ],
        )
    for campaign in looked_into:
        name = campaign.campaign
        found += check_campaign(planner, campaign, milestones.get(name, campaign.milestones), now)
    found += _across_campaigns(workspace, looked_into, held, now)
    with planner.database.reading() as connection:
        for campaign in looked_into:
            found += check_translations(connection, workspace, campaign)
            found += check_campaign_texts(workspace, campaign)
            found += check_facts(workspace, campaign)
            found += check_people(workspace, campaign)
            found += check_same_meetings(workspace, campaign, held)
            if UNLIKELY_YEAR not in campaign.waive:
                found += check_years(planner, connection, campaign, held[campaign.campaign], now)
            for _, problem in still_as_known(planner, connection, campaign, held[campaign.campaign], now):
                found.append(problem)
            for each in waiting_corrections(planner, connection, campaign, now):
                found += each.problems
        found += gone_campaigns(planner, connection, now)
    for name in workspace.unread:
        if only is None or name in only:
            found += _further(planner, name, now)
    return in_order(_once(found))


def _across_campaigns(
    workspace: Workspace,
    looked_into: Collection[Campaign],
    held: Mapping[str, Mapping[str, Milestone]],
    now: datetime,
) -> Iterator[Problem]:
    """Mails of two campaigns in the same minute, where their days are known."""
    dated = {}
    for name, campaign in workspace.campaigns.items():
        stood_in = with_stand_ins(campaign, held[name], workspace.almanac, now)
        with contextlib.suppress(OverflowError):  # told where it is listed
            listed = occurrences(campaign, stood_in, workspace.almanac, now + HORIZON)
            dated[name] = dated_occurrences(campaign, held[name], listed)
    for campaign in looked_into:
        if SAME_MINUTE not in campaign.waive:
            yield from check_other_campaigns(workspace, dated, campaign)


def _once(found: Collection[Problem]) -> list[Problem]:
    """Without what is told at a fact, and again of each text that the fact is filled into, which has no line for it."""
    placed = {(each.code, each.message) for each in found if each.line}
    return [each for each in found if each.line or (each.code, each.message) not in placed]


def _further(planner: Planner, name: str, now: datetime) -> Iterator[Problem]:
    """What is wrong with the sound parts of a faulty campaign, without what only follows from its faults."""
    workspace = planner.workspace
    document = workspace.document(name)
    faulty = {problem.line for problem in workspace.problems_of(name)}
    sound = sound_parts(document, faulty)
    if sound is None:
        return
    names = faulty_names(document, faulty)
    whole = sound.announcements.keys() == document.data["announcements"].keys()
    for problem in check_campaign(planner, sound, sound.milestones, now):
        follows = (problem.line in faulty and problem.file == document.file) or names_one_of(problem.source, names)
        if not follows and (whole or problem.code != OUT_OF_ORDER):
            yield problem


def check_campaign(
    planner: Planner, campaign: Campaign, milestones: Mapping[str, Milestone], now: datetime
) -> Iterator[Problem]:
    """What is wrong with one campaign beyond its file: order, clocks, texts."""
    workspace = planner.workspace
    yield from check_order(workspace, campaign, milestones)
    yield from check_internal(workspace, campaign)
    listed = _listed(planner, campaign, milestones, now)
    if listed is None:
        document = workspace.document(campaign.campaign)
        yield document.problem(
            ("announcements",), "wrong-value", phrase("expected dates within the calendar, found one beyond")
        )
        return
    yield from _never_begun(workspace, campaign, listed)
    yield from (
        each for each in check_calendar(workspace, campaign, milestones, listed) if each.code not in campaign.waive
    )
    for each, occasion in _told(planner, campaign, milestones, now):
        yield from _clock(workspace, campaign, each)
        if occasion is not None:
            found = planner.preflight(workspace, planner.channels, occasion).problems
            name = campaign.announcements[each.announcement].when.milestone
            # On a day that only stands in for one, nobody knows what will be public or over.
            is_dated = name is None or milestones[name].known
            yield from (problem for problem in found if is_dated or problem.code not in _OF_A_DAY)


def _listed(
    planner: Planner, campaign: Campaign, milestones: Mapping[str, Milestone], now: datetime
) -> list[Occurrence] | None:
    """Every occurrence, with dates for all; None where one is beyond the calendar."""
    stood_in = with_stand_ins(campaign, milestones, planner.workspace.almanac, now)
    try:
        return occurrences(campaign, stood_in, planner.workspace.almanac, now + HORIZON)
    except OverflowError:
        return None


def _told(
    planner: Planner, campaign: Campaign, milestones: Mapping[str, Milestone], now: datetime
) -> Iterator[tuple[Occurrence, Occasion | None]]:
    """What is looked at: the first time of each announcement, as it would be said then."""
    stood_in = with_stand_ins(campaign, milestones, planner.workspace.almanac, now)
    for each in _listed(planner, campaign, milestones, now) or ():
        if each.occurrence in {"once", "1"}:
            yield each, planner.occasion(campaign, stood_in, each)


def with_stand_ins(
    campaign: Campaign, milestones: Mapping[str, Milestone], almanac: Almanac, now: datetime
) -> dict[str, Milestone]:
    """The milestones, with dates for those that have none, so that every text can be written."""
    limits = {name: _in_time(campaign, milestones, name) for name, each in milestones.items() if not each.known}
    stood_in = {**milestones, **{name: _stand_in(limit or now + _STAND_IN) for name, limit in limits.items()}}
    first_times = {
        name: max(_first_times(campaign, name, stood_in, almanac), default=now)
        for name, limit in limits.items()
        if limit is None
    }
    # What ends a series comes after its first time.
    return {**stood_in, **{name: _stand_in(max(first, now) + _STAND_IN) for name, first in first_times.items()}}


def _first_times(
    campaign: Campaign, end: str, milestones: Mapping[str, Milestone], almanac: Almanac
) -> Iterator[datetime]:
    """When each series begins that a milestone ends."""
    for each in campaign.announcements.values():
        if each.every and each.every.until == end:
            with contextlib.suppress(OverflowError):  # a date beyond the calendar is told of where it is listed
                yield resolve(each.when, milestones, almanac)


def _never_begun(workspace: Workspace, campaign: Campaign, listed: Collection[Occurrence]) -> Iterator[Problem]:
    """Announcements that repeat until a moment before their first time."""
    for name in campaign.announcements.keys() - {each.announcement for each in listed}:
        announcement = campaign.announcements[name]
        yield workspace.document(campaign.campaign).problem(
            ("announcements", name, "every"),
            "ends-before-it-begins",
            phrase(
                "expected an end after the beginning (`when: {when}`), found `{every}`",
                when=announcement.when,
                every=announcement.every,
            ),
            hint=phrase("Nothing could ever go out: let it begin earlier, or end later."),
        )


def _in_time(campaign: Campaign, milestones: Mapping[str, Milestone], name: str) -> datetime | None:
    """The day before what counts from a milestone would be too late: a meeting is called off before it begins."""
    limits = (
        milestones[each.not_after.milestone].start
        for each in campaign.announcements.values()
        if each.when.milestone == name and each.not_after and each.not_after.milestone not in {None, name}
    )
    days = [each.date() if isinstance(each, datetime) else each for each in limits if each is not None]
    return datetime.combine(min(days) - _BEFORE, time()) if days else None


def _stand_in(moment: datetime) -> Milestone:
    start = moment.replace(hour=10, minute=0, second=0, microsecond=0, tzinfo=None)
    return Milestone(start=start, end=start + timedelta(hours=2))


def _clock(workspace: Workspace, campaign: Campaign, each: Occurrence) -> Iterator[Problem]:
    """Times that the clock jumps over, shows twice, or that are past before they begin."""
    document = workspace.document(campaign.campaign)
    announcement = campaign.announcements[each.announcement]
    path = ("announcements", each.announcement, "when")
    local = datetime.fromisoformat(each.due_local)
    zone = workspace.almanac.zone
    if is_in_gap(local, zone):
        yield document.problem(
            path,
            "date-gap",
            phrase(
                "expected a time that exists in {zone}, found {due_local}: clocks jump over it that night",
                zone=zone,
                due_local=each.due_local,
            ),
            hint=phrase("Choose another time of day."),
            severity=Severity.ERROR if _was_typed(announcement.when, campaign) else Severity.WARNING,
        )
    elif is_in_fold(local, zone):
        yield document.problem(
            path,
            "date-fold",
            phrase(
                "{due_local} comes twice in {zone}: clocks go back that night; the first of the two is meant",
                due_local=each.due_local,
                zone=zone,
            ),
            severity=Severity.WARNING,
        )
    if each.due_at and each.expires_at and each.expires_at <= each.due_at:
        yield document.problem(
            ("announcements", each.announcement, "not_after"),
            "ends-before-it-begins",
            phrase(
                "expected a limit after {announcement} is due ({due_local}), found one before: it can never go",
                announcement=each.announcement,
                due_local=each.due_local,
            ),
            hint=phrase("Move `not_after:` or `when:`."),
        )


def _was_typed(when: When, campaign: Campaign) -> bool:
    """Whether an officer wrote this very date, rather than an offset that happened to meet it."""
    return when.offset is None and (when.milestone is None or when.milestone in campaign.milestones)
