"""Withdrawing an announcement that went out: what is cancelled, and who is owed word of it."""

from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from communique.channel import Form, Reach, Recipient
from communique.moments import parse_milestone
from communique.occasion import Occasion
from communique.plan.owing import references
from communique.plan.planning import Planner
from communique.retraction import Retraction, told_as
from communique.routes import Route
from communique.store import copies, epochs, journal, retractions
from communique.store.owed import ALL, Owed
from communique.store.retractions import Kept
from communique.texts.templates import TemplateProblemError
from communique.timeline import ONCE
from communique.workspace import read_workspace

_BY_HAND = "by hand: tell them on paper that it was withdrawn; what has not been posted stays here"


class NothingToRetractError(Exception):
    """There is nothing to withdraw, or it is not clear what; the message says which, and what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Retracted:
    """What a withdrawal comes to."""

    name: str  #: `campaign/announcement`, with the occurrence of a recurring one
    kept: Kept
    is_new: bool  #: False: it was withdrawn before, and nothing has changed
    cancelled: int = 0  #: copies that had not left
    told: Mapping[str, int] = field(default_factory=dict)  #: by channel: how many are owed word of it


def retract(
    planner: Planner,
    connection: Connection,
    name: tuple[str, str],
    occurrence: str,
    retraction: Retraction,
    *,
    by: str,
) -> Retracted:
    """Withdraw an announcement, in one transaction. Done again it changes nothing.

    `occurrence`: of a recurring one that has gone out more than once; empty otherwise.

    Raises:
        NothingToRetractError: it has not gone out.
    """
    row = _found(planner, connection, name, occurrence)
    said = "/".join(name) + ("" if row.occurrence == ONCE else f" #{row.occurrence}")
    if (known := retractions.of(connection, row.id)) is not None:
        return Retracted(name=said, kept=known, is_new=False)
    if not retractions.has_anything(connection, row.id):
        raise NothingToRetractError(f"Nothing of {said} went out, nor will: there is nothing to withdraw.")
    now = retraction.at
    headlines = _headlines(planner, connection, row)
    told_by = retractions.begin(connection, row, retraction, headlines=headlines, by=by)
    reason = f"withdrawn by {by}: {next(iter(retraction.reasons.values()))}"
    cancelled = retractions.cancel(connection, row.id, reason=reason, now=now)
    told = _owe(planner, connection, row, told_by, now)
    retractions.count(connection, told_by)
    journal.note(connection, who=by, what=f"withdrew {said} ({planner.mode}): {reason.partition(': ')[2]}", now=now)
    kept = retractions.of(connection, row.id)
    assert kept is not None  # noqa: S101 - written above
    return Retracted(name=said, kept=kept, is_new=True, cancelled=cancelled, told=told)


def _found(planner: Planner, connection: Connection, name: tuple[str, str], occurrence: str) -> Any:
    rows = {row.occurrence: row for row in retractions.went_out(connection, planner.mode, *name)}
    said = "/".join(name)
    if not rows:
        raise NothingToRetractError(
            f"{said} has not gone out ({planner.mode} mode): there is nothing to withdraw. "
            "What is to come is stopped by taking it out of its campaign file."
        )
    if occurrence and occurrence not in rows:
        raise NothingToRetractError(f"{said} has not gone out as `{occurrence}`; it has as {', '.join(rows)}.")
    if not occurrence and len(rows) > 1:
        raise NothingToRetractError(f"{said} has gone out more than once: say which, --occurrence {' or '.join(rows)}.")
    return rows[occurrence] if occurrence else next(iter(rows.values()))


def _headlines(planner: Planner, connection: Connection, row: Any) -> dict[str, str]:
    """What those who were written to know it by, in each of its languages: from the texts that were frozen with it."""
    kept = copies.kept(connection, copies.frozen(row.id))
    texts, _ = read_workspace(kept, planner.workspace.kinds, planner.workspace.key) if kept else (None, [])
    if texts is None or row.campaign not in texts.campaigns:
        return {}
    campaign = texts.campaigns[row.campaign]
    milestones = {name: parse_milestone(moment) for name, moment in row.milestones.items()}
    occasion = Occasion(
        campaign=campaign,
        announcement=row.announcement,
        occurrence=row.occurrence,
        due_at=row.due_at,
        milestones=milestones,
        has_page=False,
    )
    found: dict[str, str] = {}
    for channel in campaign.announcements[row.announcement].through:
        route = texts.routes.get(channel)
        if route is not None and route.reach is Reach.EACH:
            for language in route.spoken(campaign.languages_of(row.announcement)):
                anybody = Recipient(id="0", address="", name="", language=language)
                with suppress(TemplateProblemError):  # said without it
                    found.setdefault(language, texts.renderer.article(occasion, route, anybody)[0].headline)
    return found


def _owe(planner: Planner, connection: Connection, row: Any, told_by: int, now: datetime) -> Counter[str]:
    told: Counter[str] = Counter()
    ledger = epochs.ledger_of(connection)
    each: set[str] = set()
    for channel, language, for_all, has_gone in retractions.lines(connection, row.id):
        route = planner.workspace.routes.get(channel)
        named = (row.campaign, row.announcement, told_as(row.occurrence), channel)
        identities = references(planner.workspace, ledger, planner.mode, named)
        if not for_all:
            if channel not in each:
                each.add(channel)
                by_hand = "" if route is not None and route.form is Form.MAIL else _BY_HAND
                told[channel] += retractions.owe_to_each(
                    connection, row.id, told_by, channel, identities, by_hand, now=now
                )
        elif has_gone or _shows_present(route):
            owed = Owed(channel=channel, language=language, person=ALL, reference=identities.to(ALL, language))
            told[channel] += retractions.owe_to_all(connection, told_by, [owed], now)
    return told


def _shows_present(route: Route | None) -> bool:
    return route is not None and route.form in {Form.PAGES, Form.FEED}
