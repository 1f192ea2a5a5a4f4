"""What a person is to do once a plan has been read: approve it, start what sends, or look at what has gone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from communique.commands.console import tell
from communique.monitoring.health import STOPPED_AFTER
from communique.phrase import phrase
from communique.plan.planning import Planner
from communique.plan.saved_plan import approvable
from communique.plan.standing import Standing
from communique.store.desk import approvals


@dataclass(frozen=True, kw_only=True)
class NextSteps:
    """What is to be done about what a plan has shown."""

    asked: str  #: a campaign or an announcement; empty: the plan is of all
    can_be_approved: bool  #: some of it, and it has too few approvals
    has_gone: bool  #: all of it has fallen due
    standing_still: str  #: what may go, has had its time, and nobody has sent; empty where there is none

    def say(self, *, is_held: bool, is_kept: bool) -> None:
        """As far as the plan itself has not said why nothing goes, and was not kept already."""
        if self.standing_still and not is_held:
            told = phrase(
                "{name} should have begun, and has not: is the daemon running? It is started by: communique run",
                name=self.standing_still,
            )
            tell(told, fg="yellow")
        asked = f" {self.asked}" if self.asked else ""
        if self.can_be_approved and not is_kept:
            tell(phrase("To approve what you have looked at, keep it, then approve exactly that:"))
            tell(f"  communique plan{asked} --out plan.json")
            tell(phrase("  communique approve --plan plan.json --as NAME"))
        if self.has_gone:
            tell(phrase("All of it has fallen due. What became of it: communique status{asked}", asked=asked))


def next_steps(
    planner: Planner, connection: Connection, standings: Sequence[Standing], asked: str, now: datetime
) -> NextSteps:
    """Of what a plan shows."""
    return NextSteps(
        asked=asked,
        can_be_approved=any(
            planner.terms(connection, each.occasion, each.preflight.digest, now).missing
            for each in approvable(planner, standings)
            if each.occasion is not None and each.preflight is not None
        ),
        has_gone=bool(standings) and all(each.is_frozen for each in standings),
        standing_still=_standing_still(standings, approvals.last_at(connection), now),
    )


def _standing_still(standings: Sequence[Standing], approved_at: datetime | None, now: datetime) -> str:
    """What may go, and its time is long over.

    What was approved a moment ago begins with the next tick of the daemon, which may be another machine's.
    """
    since = now - STOPPED_AFTER
    if approved_at is not None and approved_at > since:
        return ""
    ready = (each for each in standings if each.due and not each.is_frozen)
    late = next((each for each in ready if each.occurrence.due_at and each.occurrence.due_at < since), None)
    return "/".join(late.name) if late is not None else ""
