"""How long ago the public was told something, and by when it has to be told again.

The inception form for local members asks whether information "is published regularly, at least every four months".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from communique.channel import Form
from communique.joined_phrases import one_after_another
from communique.moments import Milestone
from communique.phrase import phrase
from communique.timeline import occurrences
from communique.workspace import Workspace

#: The four shortest months that follow each other.
FOUR_MONTHS = timedelta(days=120)
#: So long before the mark somebody is told, if nothing is planned: texts, translations and approvals take time.
WARNING = timedelta(days=21)


@dataclass(frozen=True, kw_only=True, slots=True)
class Freshness:
    """Of the website, at one moment."""

    last: datetime  #: when something was last published that has not been withdrawn; UTC
    now: datetime
    next: tuple[str, datetime] | None  #: what is planned for the website next: `campaign/announcement`, and when

    @property
    def days(self) -> int:
        """Whole ones since the last update."""
        return (self.now - self.last).days

    @property
    def mark(self) -> datetime:
        """By when there has to be another one."""
        return self.last + FOUR_MONTHS

    @property
    def is_over(self) -> bool:
        """Whether the mark has passed."""
        return self.now > self.mark

    @property
    def needs_a_person(self) -> bool:
        """Whether the mark has passed, or is near and nothing is planned before it."""
        is_planned = self.next is not None and self.next[1] <= self.mark
        return self.is_over or (self.now > self.mark - WARNING and not is_planned)


def freshness(
    workspace: Workspace, milestones: Mapping[str, Mapping[str, Milestone]], last: datetime | None, now: datetime
) -> Freshness | None:
    """How fresh the website is; None while nothing is on it. `milestones`: by campaign, as they hold."""
    if last is None:
        return None
    return Freshness(last=last, now=now, next=_next(workspace, milestones, now, last + 2 * FOUR_MONTHS))


def in_words(fresh: Freshness, zone: tzinfo) -> str:
    """For officers, with local days."""
    ago = phrase("last public update {days} days ago ({day})", days=fresh.days, day=_day(fresh.last, zone))
    mark = phrase("the four-month mark is {day}", day=_day(fresh.mark, zone))
    if fresh.is_over:
        mark = phrase("the four-month mark was {day}", day=_day(fresh.mark, zone))
    planned = phrase("none is planned")
    if fresh.next:
        planned = phrase("next planned: {name} on {day}", name=fresh.next[0], day=_day(fresh.next[1], zone))
    return one_after_another(ago, mark, planned)


def _day(moment: datetime, zone: tzinfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d}"


def _next(
    workspace: Workspace, milestones: Mapping[str, Mapping[str, Milestone]], now: datetime, until: datetime
) -> tuple[str, datetime] | None:
    """What has the first date of all that goes onto the website; whether it is approved is not asked."""
    pages = {name for name, route in workspace.routes.items() if route.form is Form.PAGES}
    found = [
        (each.due_at, f"{name}/{each.announcement}")
        for name, campaign in workspace.campaigns.items()
        for each in occurrences(campaign, milestones.get(name, campaign.milestones), workspace.almanac, until)
        if each.due_at is not None
        and each.due_at > now
        and pages & set(campaign.announcements[each.announcement].through)
    ]
    first = min(found, default=None)
    return (first[1], first[0]) if first is not None else None
