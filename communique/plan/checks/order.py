"""Who is told first, and who at all: who made it possible before the public (the seed's own order), offices alone."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from communique.campaign import Announcement, Campaign
from communique.channel import Form, Reach
from communique.moments import Milestone
from communique.phrase import phrase
from communique.problems import Problem, Severity
from communique.routes import Route
from communique.settings import Role, Settings
from communique.timeline import Almanac, UnknownMilestoneError, resolve
from communique.workspace import Workspace

CODE = "public-before-promoters"
INTERNAL = "internal-in-public"
_ANY_DAY = date(2027, 1, 18)  # a Monday without a holiday near it, to compare two offsets from the same unknown day


def check_order(workspace: Workspace, campaign: Campaign, milestones: Mapping[str, Milestone]) -> Iterator[Problem]:
    """Public announcements that are due before the first one to the promoters, and do not wait for it."""
    routes, almanac = workspace.routes, workspace.almanac
    first = _first_to_promoters(campaign, workspace.settings, milestones, almanac)
    if first is None or CODE in campaign.waive:
        return
    for name, announcement in campaign.announcements.items():
        public = any(_is_public(routes[each]) for each in announcement.through if each in routes)
        if public and name == first and announcement.invite and CODE not in announcement.waive:
            yield _at_once(workspace, campaign, name)
        if not public or name == first or CODE in announcement.waive or _waits_for(campaign, name, first):
            continue
        if _is_before(announcement, campaign.announcements[first], milestones, almanac):
            yield workspace.document(campaign.campaign).problem(
                ("announcements", name, "when"),
                CODE,
                phrase("`{name}` tells the public before `{first}` tells the promoters", name=name, first=first),
                hint=phrase(
                    "Let it wait: `after: {first}`; or send it later. Who worked for it should hear it first.",
                    first=first,
                ),
            )


def _at_once(workspace: Workspace, campaign: Campaign, name: str) -> Problem:
    """Of an invitation that goes to the promoters and, through another of its channels, to everybody."""
    routes = workspace.routes
    ways = [each for each in campaign.announcements[name].through if each in routes and _is_public(routes[each])]
    return workspace.document(campaign.campaign).problem(
        ("announcements", name, "through"),
        CODE,
        phrase("`{name}` invites the promoters, and tells everybody as well: {ways}", name=name, ways=", ".join(ways)),
        hint=phrase(
            "Take out {ways}, and tell the public in an announcement of its own, after this one.", ways=", ".join(ways)
        ),
        severity=Severity.WARNING,
    )


def check_internal(workspace: Workspace, campaign: Campaign) -> Iterator[Problem]:
    """Announcements to offices of the administration that everybody gets as well."""
    document, audiences = workspace.document(campaign.campaign), workspace.settings.audiences
    for name, announcement in campaign.announcements.items():
        roles = {each: audiences[each].role for each in announcement.to if each in audiences}
        internal = [each for each, role in roles.items() if role is Role.INTERNAL]
        public = [each for each, role in roles.items() if role in {Role.MEDIA, Role.SUBSCRIBERS}]
        public += [
            each for each in announcement.through if each in workspace.routes and _is_public(workspace.routes[each])
        ]
        if internal and public and INTERNAL not in {**campaign.waive, **announcement.waive}:
            yield document.problem(
                ("announcements", name, "to"),
                INTERNAL,
                phrase(
                    "expected what goes to {internal} to stay in the house, found that it reaches the public: {public}",
                    internal=", ".join(internal),
                    public=", ".join(public),
                ),
                hint=phrase("Make two announcements of it, each with its own text. If all may read it, `waive:` this."),
                severity=Severity.WARNING,
            )


def _is_public(route: Route) -> bool:
    return route.reach is Reach.ALL or route.is_newsletter or route.form is Form.PAGES


def _first_to_promoters(
    campaign: Campaign, settings: Settings, milestones: Mapping[str, Milestone], almanac: Almanac
) -> str | None:
    promoters = {name for name, audience in settings.audiences.items() if audience.role is Role.PROMOTERS}
    told = {name: each for name, each in campaign.announcements.items() if promoters & set(each.to)}
    if not told:
        return None
    dated = {name: _due(each, milestones, almanac) for name, each in told.items()}
    known = {name: due for name, due in dated.items() if due is not None}
    return min(known, key=lambda name: known[name]) if known else next(iter(told))


def _due(announcement: Announcement, milestones: Mapping[str, Milestone], almanac: Almanac) -> datetime | None:
    try:
        return resolve(announcement.when, milestones, almanac)
    except (UnknownMilestoneError, OverflowError):
        return None


def _is_before(
    public: Announcement, promoters: Announcement, milestones: Mapping[str, Milestone], almanac: Almanac
) -> bool:
    """By their dates; while the milestone both count from is unknown, by a stand-in for it."""
    when, first = public.when, promoters.when
    if when.milestone and when.milestone == first.milestone and not milestones[when.milestone].known:
        milestones = {**milestones, when.milestone: Milestone(start=_ANY_DAY)}
    due, reference = (_due(each, milestones, almanac) for each in (public, promoters))
    return due is not None and reference is not None and due < reference


def _waits_for(campaign: Campaign, name: str, first: str, seen: frozenset[str] = frozenset()) -> bool:
    if name in seen or name not in campaign.announcements:
        return False
    gates = campaign.announcements[name].gates
    return first in gates or any(_waits_for(campaign, gate, first, seen | {name}) for gate in gates)
