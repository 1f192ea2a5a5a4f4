"""Correcting an announcement that went out: approved as anything else, and then owed to exactly those who got it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from communique.correction import Correction, told_as
from communique.phrase import phrase
from communique.plan import telling
from communique.plan.approving import Approval
from communique.plan.planning import Planner
from communique.plan.proposed_corrections import Proposed
from communique.store.announcements import corrections
from communique.store.announcements.corrections import Kept
from communique.store.desk import approvals, file_versions, journal
from communique.texts.wording import path_of

_BY_HAND = "by hand: tell them where it was read, shown or put up that it was corrected: {right}"


@dataclass(frozen=True, kw_only=True)
class Done:
    """What became of an approval."""

    proposed: Proposed  #: as it is now
    refused: str = ""  #: why it was not approved
    kept: Kept | None = None  #: it goes out
    told: Mapping[str, int] | None = None  #: of that: by channel, how many are owed word of it


def objection(planner: Planner, connection: Connection, proposed: Proposed, who: str) -> str:
    """Why somebody cannot approve it; empty when they can."""
    if proposed.problems:
        first = proposed.problems[0]
        return f"{':'.join(str(part) for part in (first.file, first.line) if part)}: {first.message}"
    if planner.workspace.settings.approvals.required > 1:
        if approvals.folded(who) in map(approvals.folded, proposed.occasion.campaign.authors):
            return phrase("where two approvals are asked, an author's own does not count")
        if approvals.folded(who) in map(approvals.folded, _writers(connection, proposed)):
            return phrase("where two approvals are asked, nobody approves an own edit: others have to")
    return ""


def _writers(connection: Connection, proposed: Proposed) -> set[str]:
    """Who has written its words at the desk."""
    row = proposed.row
    files = {path_of(row.campaign, row.announcement, each.language, proposed.file) for each in proposed.lines}
    return {each.who for each in file_versions.edits_since(connection, row.frozen_at) if each.path in files}


def approve(planner: Planner, connection: Connection, proposed: Proposed, given: Approval) -> Done:
    """Approve a correction; with the last approval it is owed to everybody, and the daemon sends it.

    `given.who` is as `approving.approver` spells it. In the caller's transaction.
    """
    if refused := objection(planner, connection, proposed, given.who):
        return Done(proposed=proposed, refused=refused)
    occasion, digest = proposed.occasion, proposed.digest
    before = planner.terms(connection, occasion, digest, given.now)
    if approvals.folded(given.who) not in map(approvals.folded, before.given):
        approvals.approve(connection, occasion, digest, by=given.who, note=given.note, now=given.now)
        what = f"approved correction {proposed.number} of {proposed.name} {digest[:12]}"
        journal.note(connection, who=given.who, what=what, now=given.now)
    approved = planner.terms(connection, occasion, digest, given.now)
    against = [f"{each.who}: {each.note}" for each in approved.objections]
    proposed = replace(proposed, approved_by=approved.given, missing=approved.missing, objections=against)
    if approved.missing or against:
        return Done(proposed=proposed)
    return _send(planner, connection, proposed, given)


def ask_for_changes(connection: Connection, proposed: Proposed, given: Approval) -> None:
    """Hold exactly this back until it has changed, or the same person approves it."""
    approvals.ask_for_changes(
        connection, proposed.occasion, proposed.digest, by=given.who, note=given.note, now=given.now
    )
    what = f"asked for changes of correction {proposed.number} of {proposed.name} {proposed.digest[:12]}: {given.note}"
    journal.note(connection, who=given.who, what=what, now=given.now)


def _send(planner: Planner, connection: Connection, proposed: Proposed, given: Approval) -> Done:
    correction = Correction(number=proposed.number, at=given.now, texts=proposed.texts)
    row, names = proposed.row, ", ".join(proposed.approved_by)
    told_by = corrections.begin(
        connection,
        row,
        correction,
        headlines=proposed.headlines,
        milestones=proposed.occasion.dates,
        digest=proposed.digest,
        by=names,
    )
    right = next(iter(correction.texts.values())).right
    name, by_hand = told_as(row.occurrence, correction.number), _BY_HAND.format(right=right)
    told = telling.owe(
        planner, connection, row, told_by, name, proposed.lines, now=given.now, by_hand=by_hand, known=proposed.known
    )
    what = f"corrected {proposed.name} ({planner.mode}): {right}"
    journal.note(connection, who=given.who, what=what, now=given.now)
    return Done(proposed=proposed, kept=corrections.told_by(connection, told_by), told=told)
