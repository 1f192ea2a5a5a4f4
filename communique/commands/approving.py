"""The command that approves: an announcement, a campaign, or exactly what a saved plan holds."""

import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from sqlalchemy import Connection

from communique.commands.console import (
    PROBLEMS,
    Session,
    as_option,
    counted,
    instant,
    json_option,
    local_time,
    misused,
    refuse,
    show_json,
    table,
    tell,
)
from communique.commands.names_in_files import announcements, announcements_of_it
from communique.commands.naming import announcements_of, find, named
from communique.commands.plans import VERSION, campaign_of, desk
from communique.phrase import phrase, told_by
from communique.plan.approving import Approval, Approved, NotAnApproverError, approve, approver, to_approve
from communique.plan.planning import Planner
from communique.plan.saved_plan import PlanFileError, SavedPlan, changes, read_plan, same
from communique.plan.standing import Standing


@click.command("approve")
@click.argument("campaign", required=False, shell_complete=announcements)
@click.argument("announcement", required=False, shell_complete=announcements_of_it)
@as_option("Who approves.")
@click.option("--note", default="", help="A remark for the record.")
@click.option("--occurrence", default=None, help="Of a recurring announcement: its number. Default: the next one.")
@click.option(
    "--plan",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Approve what `plan --out` kept in this file, if all of it still is as it was.",
)
@json_option
@click.pass_obj
def approve_command(
    session: Session,
    campaign: str | None,
    announcement: str | None,
    who: str,
    note: str,
    occurrence: str | None,
    file: Path | None,
    *,
    as_json: bool,
) -> None:
    """Approve what a CAMPAIGN (or one of it, CAMPAIGN/ANNOUNCEMENT) will say, to whom and when, exactly as it is now.

    Or, with --plan, what a saved plan holds: nothing of it when anything has changed since. Any later change of a
    text, a fact, an audience or a date voids the approval.
    """
    if campaign is None and file is None:
        misused(phrase("Expected what to approve, a campaign or an announcement of it, or --plan FILE; found neither."))
    if campaign is not None and file is not None:
        misused(phrase("Expected either a campaign or --plan FILE, found both: a plan says itself what it holds."))
    now = session.clock()
    with desk(session, anew=True) as open_desk:
        planner = open_desk.planner
        if campaign is not None:
            asked = "/".join(filter(None, named(campaign, announcement or "")))
            campaign, announcement = find(asked, announcements_of(planner), planner.workspace.unread)
            campaign_of(planner, campaign)
        try:
            given = Approval(who=approver(planner, who), note=note, now=now)
            plan = read_plan(file, planner) if file is not None else None
        except (NotAnApproverError, PlanFileError) as error:
            refuse(told_by(error))
        with open_desk.database.begin() as connection:
            standings = planner.standings(connection, now)
            if plan is not None:
                chosen = _unchanged(plan, planner, connection, standings, now, as_json=as_json)
            else:
                chosen = to_approve(standings, str(campaign), announcement or None, occurrence)
            done = approve(planner, connection, chosen, given)
    _show(planner, done, now, as_json=as_json)
    if any(each.refused for each in done):
        sys.exit(PROBLEMS)


def _unchanged(
    plan: SavedPlan,
    planner: Planner,
    connection: Connection,
    standings: Sequence[Standing],
    now: datetime,
    *,
    as_json: bool,
) -> list[Standing]:
    """What the plan holds; ends the command when it is not as it was looked at."""
    found = list(changes(plan, planner, connection, standings, now))
    if not found:
        return same(plan, standings)
    if as_json:
        changed = [{"announcement": name, "change": what} for name, what in found]
        show_json({"version": VERSION, "approved": [], "changed": changed})
    else:
        zone = planner.workspace.settings.timezone
        tell(phrase("Since the plan was made ({when}):", when=local_time(plan.made_at, zone)))
        table(found)
        tell(phrase("\nNothing was approved. Make a plan anew, look at it, and approve that."))
    sys.exit(PROBLEMS)


def _show(planner: Planner, done: Sequence[Approved], now: datetime, *, as_json: bool) -> None:
    if as_json:
        stamp = instant(now)
        show_json({"version": VERSION, "now": stamp, "approved": [_as_json(each) for each in done], "changed": []})
        return
    table(_row(each, planner.workspace.settings.timezone) for each in done)
    if not done:
        tell(phrase("Nothing waits for approval."))
        return
    approved = [each for each in done if not each.refused]
    enough = sum(not each.missing for each in approved)
    tell(
        phrase(
            "{announcements} approved, of which {enough} with all approvals; {number} NOT approved.",
            announcements=counted(len(approved), "announcement"),
            enough=enough,
            number=len(done) - len(approved),
        )
    )
    if enough:
        tell(phrase("What has all approvals goes at its time, while the daemon runs: communique run"))


def _as_json(each: Approved) -> dict[str, object]:
    campaign, announcement = each.standing.name
    occasion, found = each.standing.occasion, each.standing.preflight
    return {
        "campaign": campaign,
        "announcement": announcement,
        "occurrence": each.standing.occurrence.occurrence,
        "due_at": instant(occasion.due_at) if occasion is not None else None,
        "hash": found.digest if found is not None else "",
        "refused": each.refused,
        "approved_by": list(each.names),
        "missing": each.missing,
    }


def _row(each: Approved, zone: ZoneInfo) -> tuple[str, str, str]:
    occasion = each.standing.occasion
    when = local_time(occasion.due_at, zone) if occasion is not None else ""
    name = each.standing.occurrence.announcement
    if each.refused:
        return name, when, phrase("NOT approved: {refused}", refused=each.refused)
    more = phrase("; {missing} more needed", missing=each.missing) if each.missing else ""
    return name, when, phrase("approved by {names}{more}", names=", ".join(each.names), more=more)
