"""What has been kept long enough is erased: looked for once an hour, and never a reason to stop."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from communique.installation import Installation
from communique.retention import PastRetention, past_retention
from communique.store.database import Database, database_fault
from communique.workspace import Workspace

_EVERY = timedelta(hours=1)
_log = logging.getLogger(__name__)


@dataclass
class RetentionRounds:
    """Of a service that plans."""

    installation: Installation
    stopping: Callable[[], bool]
    _looked_at: datetime | None = None

    def look(self, workspace: Workspace, database: Database, now: datetime) -> None:
        """Erase what is over, if it is time to look. What goes wrong here is logged."""
        if self._looked_at is not None and abs(now - self._looked_at) < _EVERY:
            return
        self._looked_at = now
        try:
            self._erase(past_retention(self.installation, workspace, database), now)
        except Exception as error:  # noqa: BLE001 - the announcements go on, and the next look tries again
            why = database_fault(error)
            _log.error(
                "what was kept long enough could not be erased: %s", why or "a mistake in the program", exc_info=not why
            )

    def _erase(self, past: PastRetention, now: datetime) -> None:
        for kept, number in past.erase(now, self.stopping).items():
            _log.info("erased %s of %s, which were kept long enough", number, kept)
        if why := past.wipe(now, self.installation.room(past.workspace, past.database)):
            _log.info("what was deleted can still be seen in the ledger's files: %s", why)
