"""What planning found, said in the log: each announcement once, and again when the reason changes."""

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from communique.plan.gone_campaigns import gone_campaigns
from communique.plan.planning import Planner
from communique.plan.standing import Standing
from communique.problems import Problem

_EVERY = timedelta(minutes=1)
_log = logging.getLogger(__name__)


@dataclass
class PlanningNews:
    """Freezes what is due, and tells of it."""

    waiting: list[Standing] | None = None  #: due, and do not go, when last looked; None: nobody has looked
    #: Campaigns that were approved and are not there, and when that was looked for; None: not since it began.
    gone: list[Problem] = field(default_factory=list)
    _looked_at: datetime | None = None
    _told: dict[str, str] = field(default_factory=dict)  #: why, by announcement

    def look_for_gone(self, planner: Planner, now: datetime) -> list[Problem]:
        """Once a minute: for who has taken one away on purpose it is so for long."""
        if self._looked_at is None or abs(now - self._looked_at) >= _EVERY:
            with planner.database.reading() as connection:
                self.gone = list(gone_campaigns(planner, connection, now))
            self._looked_at = now
        return self.gone

    def freeze(self, planner: Planner, now: datetime) -> None:
        """What is due now. Should it fail, nobody has looked."""
        self.waiting = None
        waiting: list[Standing] = []

        def held(standing: Standing) -> None:
            waiting.append(standing)
            if self._told.get(_name_of(standing)) != standing.reason:
                name = "/".join(standing.name)
                _log.warning("%s is due and does not go: %s; `communique plan` has more", name, standing.reason)

        frozen = planner.freeze_due(now, held)
        self.waiting = waiting
        # Whoever is held again later is told of again.
        self._told = {_name_of(standing): standing.reason for standing in waiting}
        for standing in frozen:
            name = "/".join(standing.name)
            if standing.missed:
                _log.warning("%s was missed: %s", name, standing.reason)
            elif standing.texts is not None:
                _log.error("%s went %s", name, standing.reason)
            else:
                _log.info("%s has fallen due: its copies are written down, and go out now", name)


def _name_of(standing: Standing) -> str:
    return f"{'/'.join(standing.name)} #{standing.occurrence.occurrence}"
