"""Withdrawing an announcement that went out: what is cancelled, and who is owed word of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from communique.phrase import phrase
from communique.plan import telling
from communique.plan.approving import approver
from communique.plan.planning import Planner
from communique.retraction import Retraction, told_as
from communique.store.announcements import corrections, notices, retractions
from communique.store.announcements.retractions import Asked, Kept
from communique.store.desk import journal
from communique.store.desk.approvals import folded
from communique.texts.notices import Notice
from communique.texts.retraction_notice import Withdrawn, retraction_notice


class NeedsReasonError(Exception):
    """Nobody has said why it is withdrawn."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Retracted:
    """What a withdrawal comes to."""

    name: str  #: `campaign/announcement`, with the occurrence of a recurring one
    kept: Kept | None  #: None: it waits for a second person
    is_new: bool  #: False: it was withdrawn before, and nobody is told again
    asked: Asked | None = None  #: what waits for a second person
    cancelled: int = 0  #: copies that had not left
    told: Mapping[str, int] = field(default_factory=dict)  #: by channel: how many are owed word of it
    added: Sequence[str] = ()  #: languages in which the reason is said from now on


def retract(
    planner: Planner,
    connection: Connection,
    name: tuple[str, str],
    occurrence: str,
    retraction: Retraction,
    *,
    by: str,
) -> Retracted:
    """Withdraw an announcement, in one transaction. Done again it adds the reason in languages that lack it.

    Where the settings ask for two approvals, the first to say so is on record until another approver says the same:
    without reasons, or with these. Other reasons take the place of those, and wait anew; so do the same ones where the
    first is no approver any more, or has said so too long ago. `occurrence`: of a recurring one that has gone out more
    than once; empty otherwise.

    Raises:
        NothingWentOutError: it has not gone out.
        NeedsReasonError: there is no reason, neither now nor from somebody before.
        NotAnApproverError: somebody has to approve what goes out, and this one may not.
    """
    row = telling.found(planner, connection, name, occurrence, phrase("withdraw"))
    said, now = telling.name_of(row), retraction.at
    if retractions.of(connection, row.id) is not None:
        added = retractions.say_in_more_languages(connection, row.id, retraction.reasons)
        if added:
            what = f"said why {said} was withdrawn in {', '.join(added)}"
            journal.note(connection, who=by, what=what, now=now)
        return Retracted(name=said, kept=retractions.of(connection, row.id), is_new=False, added=added)
    asked = retractions.asked(connection, row.id)
    reasons = retraction.reasons or (asked.reasons if asked else {})
    if not reasons:
        raise NeedsReasonError(
            phrase("Nobody has said why {said} is withdrawn: say it, as the public is to read it.", said=said)
        )
    if planner.workspace.settings.approvals.required:
        by = approver(planner, by)
    if planner.workspace.settings.approvals.required > 1:
        confirms = asked is not None and folded(asked.by) != folded(by) and dict(asked.reasons) == dict(reasons)
        if asked is None or not confirms or not _counts(planner, asked, now):
            retractions.ask(connection, row.id, reasons, by=by, now=now)
            what = f"asked that {said} be withdrawn ({planner.mode}): {next(iter(reasons.values()))}"
            journal.note(connection, who=by, what=what, now=now)
            return Retracted(name=said, kept=None, is_new=True, asked=retractions.asked(connection, row.id))
        by = f"{asked.by}, {by}"
    return _retract(planner, connection, row, replace(retraction, reasons=reasons), by)


def _counts(planner: Planner, asked: Asked, now: datetime) -> bool:
    """Whether what somebody has asked for still counts, as an approval would."""
    rule = planner.workspace.settings.approvals
    may = not rule.approvers or folded(asked.by) in map(folded, rule.approvers)
    return may and asked.at >= now - rule.valid_for


def notices_of(
    planner: Planner, connection: Connection, row: Any, retraction: Retraction, languages: Sequence[str]
) -> dict[str, Notice]:
    """What its readers would be told, by language.

    Raises:
        TemplateProblemError: a layout or phrase is missing or wrong.
    """
    known, found = telling.headlines(planner, connection, row), {}
    for language in languages:
        withdrawn = Withdrawn(
            headline=known.get(language) or next(iter(known.values()), ""),
            announced_at=row.due_at,
            retraction=retraction,
            path=notices.page_of(connection, row.id, language),
        )
        found[language] = retraction_notice(planner.workspace.renderer, withdrawn, language)
    return found


def _retract(planner: Planner, connection: Connection, row: Any, retraction: Retraction, by: str) -> Retracted:
    said, now = telling.name_of(row), retraction.at
    headlines = telling.headlines(planner, connection, row)
    told_by = retractions.begin(connection, row, retraction, headlines=headlines, by=by)
    reason = f"withdrawn by {by}: {next(iter(retraction.reasons.values()))}"
    cancelled = retractions.cancel(connection, row.id, reason=reason, now=now)
    for each in corrections.of(connection, row.id):  # what takes back all of it is the last word
        retractions.cancel(connection, each.told_by, reason=reason, now=now)
    owed = telling.lines(planner, connection, row)
    told = telling.owe(planner, connection, row, told_by, told_as(row.occurrence), owed, now=now)
    journal.note(connection, who=by, what=f"withdrew {said} ({planner.mode}): {reason.partition(': ')[2]}", now=now)
    kept = retractions.of(connection, row.id)
    assert kept is not None  # noqa: S101 - written above
    return Retracted(name=said, kept=kept, is_new=True, cancelled=cancelled, told=told)
