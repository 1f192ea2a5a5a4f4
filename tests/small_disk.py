"""A file system that is soon full, for tests: a tmpfs."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.counterparts.presence import require


@dataclass(frozen=True)
class SmallDisk:
    """Where it is mounted."""

    folder: Path

    @property
    def free(self) -> int:
        """Bytes."""
        found = os.statvfs(self.folder)
        return found.f_bavail * found.f_frsize

    def fill(self, but: int) -> None:
        """Leave so many bytes."""
        with (self.folder / "ballast").open("ab") as ballast:
            ballast.write(b"\0" * (self.free - but))

    def empty(self) -> None:
        """Throw away what it was filled with."""
        (self.folder / "ballast").unlink()


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[SmallDisk]:
    """Mounted over a new folder."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    require(done.returncode == 0, f"Mounting a tmpfs is for root, on Linux: {done.stderr.strip()}.")
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
