"""Which process of a workspace sends: the one that holds a lock which dies with it.

The lock names its last holder, so that the next one knows whose work it finds unfinished. A host's name would not do:
two machines, or two containers, may share one and still work on one ledger.
"""

import fcntl
import os
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path


class Lead:
    """The lead of a workspace, kept in a file of its `var` folder; `owner` is `host/process`, never used twice."""

    def __init__(self, file: Path, owner: str) -> None:
        self._file = file
        self._owner = owner
        self._lock: TextIOWrapper | None = None
        self._named = ""

    def take(self) -> bool:
        """Whether it is held now, from before or from now on; False while another process has it.

        Raises:
            OSError: the file cannot be written.
        """
        if self._lock is not None:
            return True
        self._file.parent.mkdir(parents=True, exist_ok=True)
        lock = self._file.open("a+", encoding="utf-8")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            return False
        lock.seek(0)
        self._named = lock.read().strip()
        self._lock = lock
        return True

    @property
    def gone(self) -> list[str]:
        """Who held it before and is certainly dead.

        A folder that was copied to another machine names somebody who may live there: only a lease says of them.
        """
        here = f"{self._owner.partition('/')[0]}/"
        return [self._named] if self._named.startswith(here) and self._named != self._owner else []

    def sign(self) -> None:
        """Name this process as the holder, on disk: once what the one before left behind is in order."""
        if self._lock is None or self._named == self._owner:
            return
        self._lock.seek(0)
        self._lock.truncate()
        self._lock.write(self._owner)
        self._lock.flush()
        os.fsync(self._lock.fileno())
        self._named = self._owner

    def close(self) -> None:
        """Let another one lead."""
        if self._lock is not None:
            with suppress(OSError):  # a name for which there was no room stays unwritten; the lock goes all the same
                self._lock.close()
            self._lock = None
