"""What is odd about the days and hours of a campaign: meetings when offices are closed, two mails at once. Warnings."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import combinations, product

from communique.campaign import Campaign
from communique.channel import Reach
from communique.moments import Milestone, weekday_name
from communique.phrase import phrase
from communique.problems import Problem, Severity
from communique.timeline import Occurrence, is_in_gap
from communique.workspace import Workspace

SAME_MINUTE = "at-the-same-minute"
#: Hours of the day at which a meeting begins, and at which a mail may come.
_MEETINGS, _AWAKE = range(7, 22), range(6, 23)

#: Of a meeting: a digit that is wrong makes it shorter or longer.
_SHORTEST, _LONGEST = timedelta(minutes=15), timedelta(hours=11)


def check_calendar(
    workspace: Workspace, campaign: Campaign, milestones: Mapping[str, Milestone], listed: Sequence[Occurrence]
) -> Iterator[Problem]:
    """Everything of one campaign; `milestones` as they hold, `listed` as they will be due."""
    yield from _meetings(workspace, campaign, milestones)
    yield from _at_night(workspace, campaign, milestones, listed)
    yield from _at_once(workspace, campaign, dated_occurrences(campaign, milestones, listed))


def _is_dated(campaign: Campaign, milestones: Mapping[str, Milestone], each: Occurrence) -> bool:
    """Whether it counts from a date that is known, and not from one that stands in for it."""
    name = campaign.announcements[each.announcement].when.milestone
    return name is None or (name in milestones and milestones[name].known)


def _meetings(workspace: Workspace, campaign: Campaign, milestones: Mapping[str, Milestone]) -> Iterator[Problem]:
    """Meetings on a day on which offices are closed, or on which many people rest or pray."""
    document = workspace.document(campaign.campaign)
    at = {str(fact["at"]) for fact in campaign.facts.values() if isinstance(fact, Mapping) and "at" in fact}
    for name in sorted(at & milestones.keys()):
        start = milestones[name].start
        zone = workspace.almanac.zone
        if isinstance(start, datetime) and is_in_gap(start, zone):
            message = phrase(
                "expected a time that exists in {zone}, found {due_local}: clocks jump over it that night",
                zone=zone,
                due_local=start.isoformat(sep=" ", timespec="minutes"),
            )
            hint = phrase("Choose another time of day.")
            yield document.problem(("milestones", name), "date-gap", message, hint=hint)
        day = start.date() if isinstance(start, datetime) else start
        if day is not None and not workspace.almanac.is_working_day(day):
            message = phrase(
                "expected a meeting on a working day, found {day} ({weekday}), when offices are closed",
                day=day,
                weekday=weekday_name(day),
            )
            hint = phrase(
                "It is a weekend or a public holiday of `holidays:` in the settings. Choose another day, or leave it."
            )
            path = ("milestones", name)
            yield document.problem(path, "meeting-on-day-off", message, hint=hint, severity=Severity.WARNING)


def _at_night(
    workspace: Workspace, campaign: Campaign, milestones: Mapping[str, Milestone], listed: Sequence[Occurrence]
) -> Iterator[Problem]:
    """Meetings, and mails to people, at an hour at which they sleep: 03:00 is a slip for 15:00, 22:00 for 12:00."""
    document = workspace.document(campaign.campaign)
    meetings = {str(fact["at"]) for fact in campaign.facts.values() if isinstance(fact, Mapping) and "at" in fact}
    for name in sorted(meetings & milestones.keys()):
        start, end = milestones[name].start, milestones[name].end
        if start is not None and not isinstance(start, datetime):
            message = phrase(
                "expected the hour of a meeting, found {day} alone: invitations say {hour}, when a day starts",
                day=start,
                hour=format(workspace.almanac.day_starts, "%H:%M"),
            )
            hint = phrase("Write `{day} 10:00 to 12:00`.", day=start)
            yield document.problem(("milestones", name), "odd-hour", message, hint=hint, severity=Severity.WARNING)
        if isinstance(start, datetime) and end is not None and not _SHORTEST <= end - start <= _LONGEST:
            message = phrase(
                "expected a meeting of some hours, found one from {start} to {end}",
                start=format(start, "%H:%M"),
                end=format(end, "%H:%M"),
            )
            hint = phrase("Is the hour right? Hours are written from 00:00 to 23:59.")
            yield document.problem(("milestones", name), "odd-hour", message, hint=hint, severity=Severity.WARNING)
        if isinstance(start, datetime) and not _MEETINGS.start <= start.hour < _MEETINGS.stop:
            message = phrase("expected a meeting by day, found one at {hour}", hour=format(start, "%H:%M"))
            hint = phrase("Is the hour right? Hours are written from 00:00 to 23:59.")
            yield document.problem(("milestones", name), "odd-hour", message, hint=hint, severity=Severity.WARNING)
    for each in listed:
        announcement = campaign.announcements[each.announcement]
        typed = announcement.when.at
        if typed is None or typed.hour in _AWAKE or each.occurrence not in {"once", "1"}:
            continue
        if any(workspace.routes[way].reach is Reach.EACH for way in announcement.through if way in workspace.routes):
            message = phrase("expected an hour at which people are awake, found {hour}", hour=format(typed, "%H:%M"))
            hint = phrase("Is the hour right? Telephones ring when a mail comes.")
            path = ("announcements", each.announcement, "when")
            yield document.problem(path, "odd-hour", message, hint=hint, severity=Severity.WARNING)


def _at_once(workspace: Workspace, campaign: Campaign, listed: Sequence[Occurrence]) -> Iterator[Problem]:
    """Two announcements in the same minute to the same people, who would think that one is a mistake."""
    for first, second in combinations(_once(listed), 2):
        yield from _same_minute(workspace, (campaign, first), (campaign, second))


def check_other_campaigns(
    workspace: Workspace, dated: Mapping[str, Sequence[Occurrence]], campaign: Campaign
) -> Iterator[Problem]:
    """The same between this campaign and those before it, by their names; `dated` has what is due of each."""
    for name, listed in dated.items():
        other = workspace.campaigns.get(name)
        if other is None or name >= campaign.campaign:
            continue
        for first, second in product(_once(listed), _once(dated.get(campaign.campaign, ()))):
            yield from _same_minute(workspace, (other, first), (campaign, second))


def dated_occurrences(
    campaign: Campaign, milestones: Mapping[str, Milestone], listed: Sequence[Occurrence]
) -> list[Occurrence]:
    """Those that count from a date that is known."""
    return [each for each in listed if _is_dated(campaign, milestones, each)]


def _once(listed: Sequence[Occurrence]) -> list[Occurrence]:
    return [each for each in listed if each.due_at is not None and each.occurrence in {"once", "1"}]


def _same_minute(
    workspace: Workspace, first: tuple[Campaign, Occurrence], second: tuple[Campaign, Occurrence]
) -> Iterator[Problem]:
    """At the second one."""
    if first[1].due_at != second[1].due_at:
        return
    one, other = (campaign.announcements[each.announcement] for campaign, each in (first, second))
    both = sorted(set(one.to) & set(other.to))
    ways = [
        name
        for name in one.through
        if name in other.through and name in workspace.routes and workspace.routes[name].reach is Reach.EACH
    ]
    if not both or not ways:
        return
    campaign, earlier = second[0], first[0]
    message = phrase(
        "`{announcement}` and `{earlier}` reach {both} in the same minute",
        announcement=second[1].announcement,
        earlier=first[1].announcement if earlier is campaign else f"{earlier.campaign}/{first[1].announcement}",
        both=", ".join(both),
    )
    yield workspace.document(campaign.campaign).problem(
        ("announcements", second[1].announcement, "when"),
        SAME_MINUTE,
        phrase("expected some time between two mails to the same people: {message}", message=message),
        hint=phrase("Send one of them later, or say both in one text."),
        severity=Severity.WARNING,
    )
