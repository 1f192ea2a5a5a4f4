"""Erases what is about people and has been kept as long as the settings say, and its traces in the database's files."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from communique.bounces import sources
from communique.bounces.collector import HANDED_OVER
from communique.channel import Secret
from communique.installation import Installation
from communique.rehearse.rehearsal_ledger import without_addresses
from communique.store import erasure, retention, traces
from communique.store.database import Database
from communique.store.engine import DatabaseError
from communique.store.retention import Kept, Limits
from communique.texts import tokens
from communique.workspace import Workspace

_QUIET = timedelta(minutes=10)  #: nothing falls due for so long before files are written anew
_PATIENCE = 2.0  #: seconds that somebody may go on reading: there is another look


def past_retention(installation: Installation, workspace: Workspace, database: Database) -> "PastRetention":
    """On this machine."""
    returned = installation.root / "var" / HANDED_OVER
    return PastRetention(workspace=workspace, database=database, key=installation.key, returned=returned)


@dataclass(frozen=True, kw_only=True)
class PastRetention:
    """What is over in a workspace's ledger."""

    workspace: Workspace
    database: Database
    key: Secret
    returned: Path  #: the maildir of returned mail that was handed over to us

    def counted(self, now: datetime) -> Mapping[Kept, int]:
        """How much there is."""
        with self.database.reading() as connection:
            return retention.over(connection, self._limits(now))

    def erase(self, now: datetime, stopping: Callable[[], bool] = lambda: False) -> Mapping[Kept, int]:
        """Take it out, some rows at a time; how much of each. The traces stay until `wipe`."""
        limits = self._limits(now)
        gone: dict[Kept, int] = {}
        if files := sources.forget(self.returned, limits.before(Kept.RETURNED_MAIL)):
            gone[Kept.RETURNED_MAIL] = files
        for kept, number in self.counted(now).items():
            if not number:
                continue
            while not stopping():
                with self.database.begin() as connection:
                    erased = retention.erase_some(connection, kept, limits)
                if not erased:
                    break
                gone[kept] = gone.get(kept, 0) + erased
        return gone

    def wipe(self, now: datetime, room: int) -> str:
        """Write the database's files anew, if something was deleted; why not yet, empty when nothing is left to see.

        Args:
            now: the present; writers wait meanwhile, so it must be a quiet time.
            room: bytes that may be used for a while.
        """
        with self.database.reading() as connection:
            if traces.left_at(connection) is None:
                return ""
            if not retention.is_quiet(connection, now + _QUIET):
                return "announcements are going out"
        if room < 3 * self.database.size:
            return "there is too little room on the disk to write the ledger's files anew"
        try:
            erasure.scrub(self.database, _PATIENCE)
        except DatabaseError:
            return "somebody is reading the ledger"
        return ""

    def _limits(self, now: datetime) -> Limits:
        settings = self.workspace.settings
        return Limits(
            rules=settings.retention,
            zone=settings.timezone,
            now=now,
            digest_of=lambda address: tokens.digests(tokens.ERASED, address, self.key)[0],
            without_addresses=without_addresses,
        )
