"""Approving what will be said, to whom and when, exactly as it is now: for the command line and the desk alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from communique.phrase import phrase
from communique.plan.own_edits import editors
from communique.plan.planning import Planner
from communique.plan.standing import Standing
from communique.store.announcements import copies
from communique.store.desk import approvals, journal


class NotAnApproverError(Exception):
    """Somebody may not approve here; it says who may."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Approval:
    """What somebody says."""

    who: str  #: as the settings spell it: see `approver`
    note: str = ""
    now: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Approved:
    """What became of it for one occurrence."""

    standing: Standing
    refused: str = ""  #: why it was not approved
    names: Sequence[str] = ()  #: who has approved exactly this by now
    missing: int = 0  #: approvals


def approver(planner: Planner, who: str) -> str:
    """The name as the settings spell it.

    Raises:
        NotAnApproverError: the settings name approvers, and not this one; or it is no name.
    """
    rule = planner.workspace.settings.approvals
    name = next((each for each in rule.approvers if approvals.folded(each) == approvals.folded(who)), "")
    if rule.approvers and not name:
        raise NotAnApproverError(
            phrase(
                "{who} may not approve. Approvers (config/settings.yaml): {approvers}.",
                who=who,
                approvers=", ".join(rule.approvers),
            )
        )
    return name or " ".join(who.split())


def to_approve(
    standings: Sequence[Standing], campaign: str, announcement: str | None = None, occurrence: str | None = None
) -> list[Standing]:
    """What may be approved: not gone yet, and of a recurring announcement only the next one unless told."""
    chosen: dict[str, Standing] = {}
    more = []
    for each in standings:
        name = each.occurrence.announcement
        if each.campaign.campaign != campaign or announcement not in {None, name} or each.is_frozen:
            continue
        if occurrence is not None and each.occurrence.occurrence == occurrence:
            more.append(each)
        elif occurrence is None and not each.is_past:
            chosen.setdefault(name, each)
    return more or list(chosen.values())


def approve(planner: Planner, connection: Connection, chosen: Sequence[Standing], given: Approval) -> list[Approved]:
    """Approve what can be, and keep its texts: they are sent, whoever edits meanwhile. In the caller's transaction."""
    done = [_approve(planner, connection, each, given) for each in chosen]
    sources = planner.workspace.sources
    for campaign, name in (each.standing.name for each in done if not each.refused):
        copies.keep(connection, copies.approved(campaign), sources, campaign, given.now)
        kept = copies.approved_texts(campaign, name)
        copies.keep_texts(connection, kept, sources, f"templates/{campaign}/{name}", given.now)
    return done


def ask_for_changes(planner: Planner, connection: Connection, standing: Standing, given: Approval) -> bool:
    """Hold exactly this back until it has changed; False when it has gone, or has no date.

    Its texts are kept: whoever asked sees later what was done about it.
    """
    if standing.occasion is None or standing.preflight is None or standing.is_frozen:
        return False
    digest, who, note = standing.preflight.digest, given.who, given.note
    approvals.ask_for_changes(connection, standing.occasion, digest, by=who, note=note, now=given.now)
    campaign, name = standing.name
    kept, folder = copies.asked_about(campaign, name), f"templates/{campaign}/{name}"
    sources, file = planner.workspace.sources, f"campaigns/{campaign}.yaml"
    copies.keep_texts(connection, kept, sources, folder, given.now, also=file)
    what = f"asked for changes of {standing.occasion.name} {digest[:12]}: {note}"
    journal.note(connection, who=who, what=what, now=given.now)
    return True


def objection(planner: Planner, connection: Connection, standing: Standing, who: str) -> str:
    """Why somebody cannot approve something now; empty when they can."""
    if standing.occasion is None or standing.preflight is None:
        return standing.reason or phrase("it has gone")
    if standing.preflight.stopping:
        first = standing.preflight.stopping[0]
        return f"{first.file}: {first.message}"
    rule = planner.workspace.settings.approvals
    if rule.required > 1:
        if approvals.folded(who) in map(approvals.folded, standing.campaign.authors):
            return phrase("where two approvals are asked, an author's own does not count")
        edited = editors(connection, rule, standing.occasion, standing.preflight.digest)
        if approvals.folded(who) in map(approvals.folded, edited):
            return phrase("where two approvals are asked, nobody approves an own edit: others have to")
    return ""


def still_able(
    planner: Planner, connection: Connection, standing: Standing, among: Sequence[str], given: Sequence[str]
) -> list[str]:
    """Who of them could approve it now: no author and no editor where two are asked, and nobody who already has."""
    if standing.occasion is None or standing.preflight is None or standing.preflight.stopping:
        return []
    out = [*given]
    rule = planner.workspace.settings.approvals
    if rule.required > 1:
        out += standing.campaign.authors
        out += editors(connection, rule, standing.occasion, standing.preflight.digest)
    barred = {approvals.folded(each) for each in out}
    return [each for each in among if approvals.folded(each) not in barred]


def _approve(planner: Planner, connection: Connection, each: Standing, given: Approval) -> Approved:
    if refused := objection(planner, connection, each, given.who):
        return Approved(standing=each, refused=refused)
    assert each.occasion is not None  # noqa: S101 - `objection` has looked
    assert each.preflight is not None  # noqa: S101
    digest = each.preflight.digest
    before = planner.terms(connection, each.occasion, digest, given.now)
    if approvals.folded(given.who) not in map(approvals.folded, before.given):
        approvals.approve(connection, each.occasion, digest, by=given.who, note=given.note, now=given.now)
        what = f"approved {each.occasion.name} {digest[:12]}"
        journal.note(connection, who=given.who, what=what, now=given.now)
    now = planner.terms(connection, each.occasion, digest, given.now)
    return Approved(standing=each, names=now.given, missing=now.missing)
