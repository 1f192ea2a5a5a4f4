"""What planning found, said in the log: each announcement once, and again when the reason changes."""

import logging
from dataclasses import dataclass, field
from datetime import datetime

from communique.plan.planning import Planner
from communique.plan.standing import Standing

_log = logging.getLogger(__name__)


@dataclass
class PlanningNews:
    """Freezes what is due, and tells of it."""

    waiting: list[Standing] | None = None  #: due, and do not go, when last looked; None: nobody has looked
    _told: dict[str, str] = field(default_factory=dict)  #: why, by announcement

    def freeze(self, planner: Planner, now: datetime) -> None:
        """What is due now. Should it fail, nobody has looked."""
        self.waiting = None
        waiting: list[Standing] = []

        def held(standing: Standing) -> None:
            waiting.append(standing)
            if self._told.get(_name_of(standing)) != standing.reason:
                _log.warning("%s is due and does not go: %s", "/".join(standing.name), standing.reason)

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
                _log.info("%s is frozen", name)


def _name_of(standing: Standing) -> str:
    return f"{'/'.join(standing.name)} #{standing.occurrence.occurrence}"
