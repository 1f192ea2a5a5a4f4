"""Campaigns of which something was approved and is still to go, and whose file is not there any more."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from communique.phrase import phrase
from communique.plan.planning import Planner
from communique.problems import Problem
from communique.store.announcements import copies


@dataclass(frozen=True, kw_only=True, slots=True)
class TakenAway:
    """A campaign, and what of it was approved and would still go."""

    campaign: str
    announcements: Sequence[str]

    @property
    def problem(self) -> Problem:
        """As it is told."""
        message = phrase(
            "expected the file of a campaign of which announcements were approved, found none: {names} will not go",
            names=", ".join(self.announcements),
        )
        hint = phrase(
            "Put it back: the desk keeps every version of it, and a backup has it. If it is not to go: {commands}.",
            commands=", ".join(f"`communique cancel {self.campaign}/{each}`" for each in self.announcements),
        )
        return Problem(code="missing-file", message=message, hint=hint, file=f"campaigns/{self.campaign}.yaml")


def taken_away(planner: Planner, connection: Connection, now: datetime) -> Iterator[TakenAway]:
    """One for each: whoever takes a file away by mistake is told before its time has passed.

    What was approved does not go: to take its file away may be how somebody has stopped it.
    """
    there = {*planner.workspace.campaigns, *planner.workspace.unread}
    for name in copies.approved_campaigns(connection):
        before = planner.as_last_approved(name) if name not in there else planner
        if before is planner:
            continue
        standings = before.standings(connection, now, all_texts=False, of=name)
        left = dict.fromkeys(each.name[1] for each in standings if each.will_go and not each.is_frozen)
        if left:
            yield TakenAway(campaign=name, announcements=list(left))


def gone_campaigns(planner: Planner, connection: Connection, now: datetime) -> Iterator[Problem]:
    """The same, as problems."""
    return (each.problem for each in taken_away(planner, connection, now))
