"""Which occurrence is looked at, with dates made up for milestones that have none: every text can be seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from communique.occasion import Occasion
from communique.plan.checking import with_stand_ins
from communique.plan.planning import HORIZON, Planner
from communique.store.announcements import declarations
from communique.timeline import Occurrence, occurrences


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """What is looked at."""

    occasion: Occasion
    made_up: Sequence[str]  #: milestones whose dates are unknown, and were made up


def shown(
    planner: Planner, connection: Connection, name: tuple[str, str], now: datetime, occurrence: str = ""
) -> Shown | None:
    """An occurrence of a campaign's announcement: the one asked for, or the next. None: there is no such one."""
    campaign = planner.workspace.campaigns.get(name[0])
    if campaign is None or name[1] not in campaign.announcements:
        return None
    known = declarations.milestones_of(connection, campaign)
    milestones = with_stand_ins(campaign, known, planner.workspace.almanac, now)
    listed = occurrences(campaign, milestones, planner.workspace.almanac, now + HORIZON)
    found = {each.occurrence: each for each in listed if each.announcement == name[1] and each.due_at}
    chosen = found.get(occurrence) if occurrence else _next(list(found.values()), now)
    occasion = planner.occasion(campaign, milestones, chosen) if chosen is not None else None
    if occasion is None:
        return None
    occasion = planner.as_it_holds(connection, occasion, now)
    return Shown(occasion=occasion, made_up=[each for each, milestone in known.items() if not milestone.known])


def _next(listed: Sequence[Occurrence], now: datetime) -> Occurrence | None:
    """The first that is to come; the first of all when none is."""
    coming = [each for each in listed if each.due_at and each.due_at >= now]
    return next(iter(coming or listed), None)
