"""Campaigns of which something was approved and is still to go, and whose file is not there any more."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from communique.phrase import phrase
from communique.plan.planning import Planner
from communique.problems import Problem
from communique.store.announcements import copies


def gone_campaigns(planner: Planner, connection: Connection, now: datetime) -> Iterator[Problem]:
    """One for each: whoever takes a file away by mistake is told before its time has passed.

    What was approved does not go: to take its file away may be how somebody has stopped it.
    """
    there = {*planner.workspace.campaigns, *planner.workspace.unread}
    for name in copies.approved_campaigns(connection):
        earlier = planner.as_approved(name) if name not in there else None
        if earlier is None or name not in earlier.campaigns:
            continue
        standings = replace(planner, workspace=earlier).standings(connection, now, all_texts=False, of=name)
        left = dict.fromkeys(each.name[1] for each in standings if each.will_go and not each.is_frozen)
        if left:
            message = phrase(
                "expected the file of a campaign of which announcements were approved, found none: {names} will not go",
                names=", ".join(left),
            )
            hint = phrase(
                "Put it back: the desk keeps every version of it, and a backup has it. If it is not to go, put it "
                "back, `communique cancel`, and take it away again."
            )
            yield Problem(code="missing-file", message=message, hint=hint, file=f"campaigns/{name}.yaml")
