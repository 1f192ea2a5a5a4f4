"""What has been overtaken after it fell due, by a milestone (`unless`) or by the end of the meeting that it invites to.

Of what still waits to go, because a server put it off, or a pause or a rate holds it back, nothing goes any more.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from communique.delivery import Mode
from communique.occasion import REQUEST, Occasion
from communique.phrase import phrase
from communique.plan.publishing import show
from communique.plan.standing import Standing
from communique.store.announcements import cancellations, declarations
from communique.store.announcements.cancellations import Cancelled
from communique.store.database import Database
from communique.store.deliveries import ledger
from communique.store.recipients import meeting_revisions
from communique.workspace import Workspace


@dataclass(frozen=True)
class Overtaken:
    """Those of one workspace."""

    workspace: Workspace
    database: Database
    mode: Mode

    def stop(self, standings: Iterable[Standing], now: datetime) -> int:
        """Cancel the copies that wait; how many."""
        return sum(self._stop(each, each.occasion, now) for each in standings if each.is_frozen and each.occasion)

    def _stop(self, standing: Standing, occasion: Occasion, now: datetime) -> int:
        if not (standing.overtaken or occasion.method == REQUEST):
            return 0
        with self.database.reading() as connection:
            row = ledger.frozen(connection, self.mode, occasion)
            if row is None or row.expires_at < now or not cancellations.waits(connection, row.id):
                return 0  # which is nearly always so: no transaction that writes
        with self.database.begin() as connection:
            reason = self._reason(connection, standing, occasion, row.meeting)
            return self._cancel(connection, occasion, reason, now) if reason else 0

    def _reason(self, connection: Connection, standing: Standing, occasion: Occasion, meeting: str) -> str:
        """Asked now that nobody else can write; a milestone that was declared since is looked at at the next tick."""
        if standing.overtaken and declarations.milestones_of(connection, occasion.campaign) == occasion.milestones:
            return next(iter(standing.cancelled.values()))
        if occasion.method == REQUEST and meeting_revisions.latest(connection, self.mode, meeting).is_off:
            return phrase("it goes no more since the meeting was called off")
        return ""

    def _cancel(self, connection: Connection, occasion: Occasion, reason: str, now: datetime) -> int:
        what = Cancelled(
            campaign=occasion.campaign.campaign, announcement=occasion.announcement, occurrence=occasion.occurrence
        )
        number, shown = cancellations.stop(connection, self.mode, what, reason, now)
        show(self.workspace, connection, shown, is_so=False)
        return number
