"""The plan as officers see it: every message, when it goes, to how many, and every one that will NOT go and why."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from communique.channel import Measure, Reach
from communique.joined_phrases import one_after_another
from communique.phrase import phrase
from communique.plan.findings import routes_and_languages
from communique.plan.owing import Copies, Counted, CountGroups
from communique.plan.planning import Planner
from communique.plan.standing import Standing
from communique.store.deliveries import pauses


@dataclass(frozen=True, kw_only=True, slots=True)
class Planned:
    """One line of the plan: an announcement through one channel in one language."""

    campaign: str
    announcement: str
    occurrence: str
    channel: str
    kind: str
    language: str
    due_at: datetime | None
    due_local: str  #: with its zone's offset; empty while the date is unknown
    recipients: int  #: people who will get it; 1 for a channel that reaches everyone at once
    collected: int  #: of these: who get it later, in a newsletter by day or week
    excluded: int  #: people who must not get it
    excluded_reasons: Mapping[str, int]  #: how many of them, by reason
    will_go: bool
    reason: str
    approved_by: tuple[str, ...]
    hash: str
    length: int | None = None
    limit: int | None = None
    unit: str | None = None  #: what `length` counts
    price: Decimal | None = None

    def as_json(self) -> dict[str, Any]:
        """The object of `plan --json` (docs/json.md)."""
        names = self.__slots__
        found = {name: getattr(self, name) for name in names}
        found["due_at"] = self.due_at.isoformat().replace("+00:00", "Z") if self.due_at else None
        found["approved_by"] = list(self.approved_by)
        found["price"] = str(self.price) if self.price is not None else None
        return found


def planned(planner: Planner, connection: Connection, standings: list[Standing], now: datetime) -> list[Planned]:
    """The plan's lines; what has gone (frozen) is in the status, not in the plan."""
    groups = planner.counting(connection, now)
    waiting = [standing for standing in standings if not standing.is_frozen]
    lines = [line for standing in waiting for line in _lines(planner, connection, standing, groups, now)]
    paused: dict[str, str] = {
        each.channel: phrase("paused by {who}", who=each.who) for each in pauses.paused(connection)
    }
    return [_waiting(line, paused.get(line.channel) or paused.get(pauses.EVERYTHING, "")) for line in lines]


def _waiting(line: Planned, paused: str) -> Planned:
    """It will go all the same, once somebody lets it."""
    if not (paused and line.will_go):
        return line
    return replace(line, reason=one_after_another(line.reason, paused))


def _lines(
    planner: Planner, connection: Connection, standing: Standing, groups: CountGroups, now: datetime
) -> Iterator[Planned]:
    zone = planner.workspace.settings.timezone
    due_at = standing.occurrence.due_at
    counted = standing.counted or Counted({}, {})
    if standing.occasion is not None and standing.counted is None:
        counted = Copies(planner.workspace, planner.mode, standing.occasion).counted(groups)
    found = standing.preflight
    given = _given(planner, connection, standing, now)
    for channel, language in _ways(planner, standing, counted):
        going, reasons = counted.going.get((channel, language), 0), counted.excluded.get((channel, language), {})
        excluded = sum(reasons.values())
        route = planner.workspace.routes[channel]
        measure = found.measures.get((channel, language)) if found else None
        cancelled = standing.cancelled.get(channel, "")
        nobody = route.reach is Reach.EACH and not going
        shut = channel not in planner.channels
        no_way = _no_way(channel, nobody=nobody, shut=shut, reasons=reasons)
        reason = cancelled or (no_way if no_way and standing.will_go else standing.reason or no_way)
        yield Planned(
            campaign=standing.campaign.campaign,
            announcement=standing.occurrence.announcement,
            occurrence=standing.occurrence.occurrence,
            channel=channel,
            kind=route.kind,
            language=language,
            due_at=due_at,
            due_local=due_at.astimezone(zone).isoformat(timespec="minutes") if due_at else "",
            recipients=going,
            collected=counted.collected.get((channel, language), 0),
            excluded=excluded,
            excluded_reasons=reasons,
            will_go=standing.will_go and not nobody and not shut and not cancelled,
            reason=reason,
            approved_by=given,
            hash=found.digest if found else "",
            **_measured(measure),
        )


def _ways(planner: Planner, standing: Standing, counted: Counted) -> list[tuple[str, str]]:
    """Channel and language of each line: those that would carry something, or could."""
    if standing.occasion is None:
        campaign = standing.campaign
        languages = campaign.languages_of(standing.occurrence.announcement)
        named = campaign.announcements[standing.occurrence.announcement].through
        routes = [planner.workspace.routes[name] for name in named if name in planner.workspace.routes]
        return [(route.name, language) for route in routes for language in route.spoken(languages)]
    carried = counted.going.keys() | counted.excluded.keys()
    return [
        (route.name, language)
        for route, language in routes_and_languages(planner.workspace, standing.occasion)
        # A language that nobody reads is no message; a channel that nobody is in has one line that says so.
        if (route.name, language) in carried
        or (not any(channel == route.name for channel, _ in carried) and language == _first(standing))
    ]


def _first(standing: Standing) -> str:
    return standing.campaign.languages_of(standing.occurrence.announcement)[0]


def _given(planner: Planner, connection: Connection, standing: Standing, now: datetime) -> tuple[str, ...]:
    if standing.occasion is None or standing.preflight is None:
        return ()
    return tuple(planner.terms(connection, standing.occasion, standing.preflight.digest, now).given)


#: Why people are excluded, in one sentence; the plan lists them all.
_MOST_REASONS = 3


def _no_way(channel: str, *, nobody: bool, shut: bool, reasons: Mapping[str, int]) -> str:
    if shut:
        return phrase("the channel {channel} is not open: see communique check", channel=channel)
    if not nobody:
        return ""
    if not reasons:
        return phrase("nobody is in its audience")
    commonest = sorted(reasons, key=lambda each: -reasons[each])[:_MOST_REASONS]
    number, why = sum(reasons.values()), one_after_another(*commonest)
    if number == 1:
        return phrase("its only reader is excluded: {why}", why=why)
    return phrase("all {number} are excluded: {why}", number=number, why=why)


def _measured(measure: Measure | None) -> dict[str, Any]:
    if measure is None:
        return {}
    return {"length": measure.length, "limit": measure.limit, "unit": measure.unit, "price": measure.price}
