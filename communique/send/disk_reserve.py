"""Room that is kept free on disk: without it nothing is begun, because what was sent could not be written down."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from communique.phrase import phrase

MEGABYTE = 1_000_000


def free_space(folder: Path) -> int:
    """Bytes that this process may still write below a folder, which need not be there yet.

    Raises:
        OSError: the file system does not answer.
    """
    there = next(each for each in (folder, *folder.absolute().parents) if each.exists())
    found = os.statvfs(there)
    return found.f_bavail * found.f_frsize


@dataclass(frozen=True, kw_only=True)
class DiskReserve:
    """`least` bytes in the file system of each folder; `free` says how many there are."""

    folders: Sequence[Path]  #: of the ledger: nothing goes without room there
    least: int
    published: Sequence[Path] = ()  #: of files for others to see: a channel that cannot write there waits, and it alone
    free: Callable[[Path], int] = free_space

    def objection(self) -> str:
        """Why nothing may be begun; empty when there is room."""
        if folder := self._without_room(self.folders):
            # Without the number: it changes, and the same objection is told once.
            return phrase(
                "less than {least} MB (`disk_reserve`) are free for {folder}, so what was sent could not be "
                "recorded. Make room, and it goes on by itself",
                least=self.least // MEGABYTE,
                folder=folder,
            )
        return ""

    def shortage(self) -> str:
        """What else is nearly full; empty when nothing is."""
        if folder := self._without_room(self.published):
            return phrase(
                "less than {least} MB (`disk_reserve`) are free for {folder}, where published files lie",
                least=self.least // MEGABYTE,
                folder=folder,
            )
        return ""

    def _without_room(self, folders: Sequence[Path]) -> Path | None:
        return next((folder for folder in folders if self.free(folder) < self.least), None)
