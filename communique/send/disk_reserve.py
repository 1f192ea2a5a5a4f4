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

    folders: Sequence[Path]
    least: int
    free: Callable[[Path], int] = free_space

    def objection(self) -> str:
        """Why nothing may be begun; empty when there is room."""
        for folder in self.folders:
            if self.free(folder) < self.least:
                # Without the number: it changes, and the same objection is told once.
                return phrase(
                    "less than {least} MB (`disk_reserve`) are free for {folder}, so what was sent could not be "
                    "recorded. Make room, and it goes on by itself",
                    least=self.least // MEGABYTE,
                    folder=folder,
                )
        return ""
