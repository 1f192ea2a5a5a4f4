"""The officers are told what needs them: looked for once a minute, and never a reason to stop."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from communique.alerts.alerting import Alerting
from communique.alerts.causes import Sighting
from communique.plan.standing import Standing
from communique.service.current_files import CurrentFiles
from communique.store.database import database_fault

_EVERY = timedelta(minutes=1)
_log = logging.getLogger(__name__)


@dataclass
class AlertRounds:
    """Of a service that plans."""

    files: CurrentFiles
    unread: Sequence[str] = ()  #: why returned mail cannot be read
    canary_fault: str = ""  #: why the canary's mailbox cannot be read
    _looked_at: datetime | None = None

    def look(self, now: datetime, *, failure: str, held: str, waiting: list[Standing] | None) -> None:
        """Tell what is to be told, if somebody is to be told and it is time. What goes wrong here is logged."""
        workspace, opened = self.files.workspace, self.files.opened
        if workspace is None or opened is None or not workspace.settings.alerts.to:
            return
        if self._looked_at is not None and abs(now - self._looked_at) < _EVERY:
            return
        self._looked_at = now
        channel = opened.channels.get(workspace.settings.alerts.through)
        try:
            database = self.files.database()
            installation = self.files.installation
            seen = Sighting(
                failure=failure,
                put_back=installation.hold(database),
                clock=installation.clock_objection,
                held=held,
                broken=self.files.broken,
                unread=self.unread,
                canary_fault=self.canary_fault,
                waiting=waiting,
            )
            Alerting(workspace=workspace, database=database, channel=channel).look(seen, now)
        except Exception as error:  # noqa: BLE001 - there are no alerts about alerts
            why = database_fault(error)
            _log.error("alerts could not be told: %s", why or "a mistake in the program", exc_info=not why)
