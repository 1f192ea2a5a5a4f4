"""A milestone that has moved: what shifts with it, and what went out with the date as it was."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from communique.campaign import Campaign
from communique.moments import Milestone
from communique.occasion import Occasion, dates_of
from communique.plan import telling
from communique.plan.meeting_changes import not_moved
from communique.plan.planning import HORIZON, Planner
from communique.problems import Problem
from communique.store.announcements import copies, corrections, declarations, notices, retractions
from communique.store.announcements.notices import Line
from communique.store.deliveries import ledger
from communique.store.recipients import meeting_terms
from communique.timeline import occurrences
from communique.workspace import Workspace, read_workspace

#: What of an announcement that went out names a date that has moved: its texts are frozen, and its hash stands for
#: them, so that the desk, whose first page asks each time, fills them once.
#: By the milestone that has moved; empty: by all of them together.
_changed: dict[tuple[str, ...], Mapping[str, frozenset[tuple[str, str]]]] = {}
_REMEMBERED = 256


@dataclass(frozen=True, kw_only=True, slots=True)
class Shift:
    """An announcement to come that goes at another time than it would have."""

    announcement: str
    occurrence: str
    was: datetime | None  #: UTC; None: its date was unknown
    is_now: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Stale:
    """An announcement that went out, and names dates that hold no more."""

    row: Any  #: of the ledger
    name: str
    moved: Mapping[str, tuple[Milestone, Milestone]]  #: by milestone: as its readers know it, and as it is
    lines: tuple[Line, ...]  #: copies that name one of them


def shifts(
    planner: Planner, campaign: Campaign, before: Mapping[str, Milestone], after: Mapping[str, Milestone], now: datetime
) -> list[Shift]:
    """What goes at another time with these milestones than with those, in the order of the file."""
    then, since = (
        {
            (each.announcement, each.occurrence): each.due_at
            for each in occurrences(campaign, milestones, planner.workspace.almanac, now + HORIZON)
        }
        for milestones in (before, after)
    )
    return [
        Shift(announcement=key[0], occurrence=key[1], was=then.get(key), is_now=since.get(key))
        for key in dict.fromkeys([*then, *since])
        if then.get(key) != since.get(key)
    ]


def stale(
    planner: Planner, connection: Connection, campaign: Campaign, after: Mapping[str, Milestone] | None = None
) -> Iterator[Stale]:
    """What of a campaign went out and names a date that has moved since; not what was withdrawn or corrected since.

    `after`: as if these milestones held; those that hold unless given.
    """
    present = after if after is not None else declarations.milestones_of(connection, campaign)
    for row in notices.went_out(connection, planner.mode, campaign.campaign):
        if row.announcement not in campaign.announcements:
            continue
        known = _known(connection, row)
        moved = {
            name: (moment, present[name])
            for name, moment in known.items()
            if name in present and str(moment) != str(present[name])
        }
        if moved and retractions.of(connection, row.id) is None:
            named, lines = _naming(planner, connection, row, known, moved)
            if lines:
                yield Stale(row=row, name=telling.name_of(row), moved=named, lines=lines)


def _known(connection: Connection, row: Any) -> dict[str, Milestone]:
    """The milestones as the readers of an announcement know them: from its last correction, or from itself."""
    corrected = corrections.of(connection, row.id)
    told = notices.milestones(connection, corrected[-1].told_by) if corrected else row.milestones
    return dict(dates_of(told)["milestones"])


def _naming(
    planner: Planner,
    connection: Connection,
    row: Any,
    known: Mapping[str, Milestone],
    moved: Mapping[str, tuple[Milestone, Milestone]],
) -> tuple[Mapping[str, tuple[Milestone, Milestone]], tuple[Line, ...]]:
    """Which of the dates it names, and the copies whose words would be others."""
    together = {name: moment for name, (_, moment) in moved.items()}
    key = (row.hash, telling.name_of(row), str(row.due_at), *(_dates(each) for each in (known, together)))
    changed = _changed.get(key)
    if changed is None:
        alone = [{name: moment} for name, moment in together.items()] if len(together) > 1 else []
        found = _filled_otherwise(planner, connection, row, known, [together, *alone])
        changed = _changed[key] = dict(zip(["", *together][: len(found)], found, strict=True))
        for oldest in list(_changed)[:-_REMEMBERED]:
            _changed.pop(oldest, None)
    named = {name: dates for name, dates in moved.items() if changed.get(name)} or moved
    everywhere = frozenset[tuple[str, str]]().union(*changed.values())
    lines = telling.lines(planner, connection, row)
    return named, tuple(each for each in lines if (each.channel, each.language) in everywhere)


def _dates(milestones: Mapping[str, Milestone]) -> str:
    return "; ".join(f"{name} {moment}" for name, moment in sorted(milestones.items()))


def _filled_otherwise(
    planner: Planner,
    connection: Connection,
    row: Any,
    known: Mapping[str, Milestone],
    changes: Sequence[Mapping[str, Milestone]],
) -> list[frozenset[tuple[str, str]]]:
    """By change: the channels and languages whose frozen texts say something else with it."""
    kept = copies.kept(connection, copies.frozen(row.id))
    texts, _ = read_workspace(kept, planner.workspace.kinds, planner.workspace.key) if kept else (None, [])
    if texts is None or row.campaign not in texts.campaigns:
        return [frozenset() for _ in changes]
    then = _said(texts, row, known)
    since = [_said(texts, row, {**known, **change}) for change in changes]
    return [frozenset(each for each in then if then[each] != said.get(each)) for said in since]


def naming(
    planner: Planner,
    connection: Connection,
    campaign: Campaign,
    before: Mapping[str, Milestone],
    after: Mapping[str, Milestone],
    now: datetime,
) -> list[tuple[str, list[str]]]:
    """What has not gone and says something else with these milestones than with those: its name, and its channels."""
    found = []
    for each in occurrences(campaign, after, planner.workspace.almanac, now + HORIZON):
        occasion = planner.occasion(campaign, after, each)
        if occasion is None or ledger.frozen(connection, planner.mode, occasion) is not None:
            continue
        occasion = planner.as_it_holds(connection, occasion, now)
        then, since = (_samples(planner.workspace, replace(occasion, milestones=dates)) for dates in (before, after))
        if changed := [line for line in since if then.get(line) != since[line]]:
            found.append((occasion.name, list(dict.fromkeys(channel for channel, _ in changed))))
    return found


def still_as_known(
    planner: Planner, connection: Connection, campaign: Campaign, milestones: Mapping[str, Milestone], now: datetime
) -> Iterator[tuple[Occasion, Problem]]:
    """What is to come and tells of another date of a meeting, while that has the one that people know."""
    for each in occurrences(campaign, milestones, planner.workspace.almanac, now + HORIZON):
        occasion = planner.occasion(campaign, milestones, each)
        if occasion is not None and occasion.only(planner.mode) is not None:
            occasion = planner.as_it_holds(connection, occasion, now)
            problem = not_moved(planner.workspace, connection, planner.mode, occasion)
            if problem and ledger.frozen(connection, planner.mode, occasion) is None:
                yield occasion, problem


def _said(texts: Workspace, row: Any, milestones: Mapping[str, Milestone]) -> dict[tuple[str, str], str]:
    """By channel and language."""
    kept = dates_of(row.milestones)
    occasion = Occasion(
        campaign=texts.campaigns[row.campaign],
        announcement=row.announcement,
        occurrence=row.occurrence,
        due_at=row.due_at,
        milestones=milestones,
        elsewhere=kept["elsewhere"],
        before=kept["before"],
        terms=meeting_terms.as_frozen(row),
        has_page=False,
    )
    return _samples(texts, occasion)


def _samples(texts: Workspace, occasion: Occasion) -> dict[tuple[str, str], str]:
    from communique.plan.preflight import preflight  # loads what renders: nothing has moved mostly

    return {each: repr(sample) for each, sample in preflight(texts, {}, occasion).samples.items()}
