"""Erases what is about people and has been kept as long as the settings say, and its traces in the database's files."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from communique.bounces import sources
from communique.bounces.collector import HANDED_OVER
from communique.channel import Secret
from communique.delivery import Mode
from communique.installation import Installation
from communique.rehearse.rehearsal_ledger import without_addresses
from communique.send.open_channels import printed_folders
from communique.store.database import Database
from communique.store.deliveries import packs
from communique.store.engine import DatabaseError
from communique.store.recipients import erasure, retention, traces
from communique.store.recipients.retention import Kept, Limits
from communique.store.turns import Turns
from communique.texts import tokens
from communique.workspace import Workspace

_QUIET = timedelta(minutes=10)  #: nothing falls due for so long before files are written anew
_PATIENCE = 2.0  #: seconds that somebody may go on reading: there is another look


def past_retention(installation: Installation, workspace: Workspace, database: Database) -> "PastRetention":
    """On this machine."""
    returned = installation.root / "var" / HANDED_OVER
    printed = printed_folders(workspace, installation.root)
    return PastRetention(
        workspace=workspace, database=database, key=installation.key, returned=returned, printed=printed
    )


@dataclass(frozen=True, kw_only=True)
class PastRetention:
    """What is over in a workspace's ledger."""

    workspace: Workspace
    database: Database
    key: Secret
    returned: Path  #: the maildir of returned mail that was handed over to us
    printed: Sequence[Path] = ()  #: folders of letters: channel, occurrence, batch

    def counted(self, now: datetime) -> Mapping[Kept, int]:
        """How much there is."""
        with self.database.reading() as connection:
            return {**retention.over(connection, self._limits(now)), Kept.LETTERS: len(self._posted(now))}

    def erase(self, now: datetime, stopping: Callable[[], bool] = lambda: False) -> Mapping[Kept, int]:
        """Take it out, some rows at a time; how much of each. The traces stay until `wipe`."""
        limits = self._limits(now)
        gone: dict[Kept, int] = {}
        if files := sources.forget(self.returned, limits.before(Kept.RETURNED_MAIL)):
            gone[Kept.RETURNED_MAIL] = files
        if posted := self._posted(now):
            for batch in posted:
                shutil.rmtree(batch)
            gone[Kept.LETTERS] = len(posted)
        turns = Turns(self.database)
        for kept, number in self.counted(now).items():
            if not number or kept is Kept.LETTERS:
                continue
            while not stopping():
                with turns.begin() as connection:
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

    def _posted(self, now: datetime) -> list[Path]:
        """Batches that were printed so long ago, and of which no letter waits for a person any more."""
        before = self._limits(now).before(Kept.LETTERS).timestamp()
        with self.database.reading() as connection:
            waiting = {pack for mode in Mode for pack in packs.waiting(connection, mode, self.workspace.for_a_person)}
        return [
            batch
            for folder in self.printed
            for batch in sorted(folder.glob("*/*/*-*"))
            if (batch / "letters").is_dir()
            and batch.stat().st_mtime < before
            and batch.relative_to(folder).as_posix() not in waiting
        ]

    def _limits(self, now: datetime) -> Limits:
        settings = self.workspace.settings
        return Limits(
            rules=settings.retention,
            zone=settings.timezone,
            now=now,
            digest_of=lambda address: tokens.digests(tokens.ERASED, address, self.key)[0],
            without_addresses=without_addresses,
        )
