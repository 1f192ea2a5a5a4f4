"""Which process of a workspace sends: the one that holds a lock which dies with it.

The lock names its last holder, so that the next one knows whose work it finds unfinished; and each that has begun to
put that in order, because it may have died over it. A host's name would not do: two machines, or two containers, may
share one and still work on one ledger.
"""

import fcntl
import os
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path

_MOST = 1_000  #: names of the dead, of whom each but the last has died over what the one before had left


def is_led(file: Path) -> bool:
    """Whether some process of this machine holds the lead; nothing is changed."""
    try:
        with file.open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


class Lead:
    """The lead of a workspace, kept in a file of its `var` folder; `owner` is `host/process`, never used twice."""

    def __init__(self, file: Path, owner: str) -> None:
        self._file = file
        self._owner = owner
        self._lock: TextIOWrapper | None = None
        self._named: list[str] = []

    def take(self) -> bool:
        """Whether it is held now, from before or from now on; False while another process has it.

        Raises:
            OSError: the file cannot be written.
        """
        if self._lock is not None:
            return True
        self._file.parent.mkdir(parents=True, exist_ok=True)
        opened = os.open(self._file, os.O_RDWR | os.O_CREAT, 0o644)
        lock = os.fdopen(opened, "r+", encoding="utf-8", errors="replace")  # what a broken disk has left is no name
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
            return False
        self._named = lock.read().split()
        self._lock = lock
        return True

    @property
    def gone(self) -> list[str]:
        """Who held it before and is certainly dead.

        A folder that was copied to another machine names somebody who may live there: only a lease says of them.
        """
        here = f"{self._owner.partition('/')[0]}/"
        return [each for each in self._named if each.startswith(here) and each != self._owner]

    def take_over(self) -> None:
        """Name this process, too, on disk: what those before left behind is in its hands from now on.

        Raises:
            OSError: the file cannot be written.
        """
        if self._lock is not None and self._named and self._owner not in self._named:
            self._write(self._lock, [*self._named[-_MOST:], self._owner])

    def sign(self) -> None:
        """Name this process alone, on disk: what those before left behind is in order.

        Raises:
            OSError: the file cannot be written.
        """
        if self._lock is not None and self._named != [self._owner]:
            self._write(self._lock, [self._owner])

    def _write(self, lock: TextIOWrapper, named: list[str]) -> None:
        """Over what is there, which is cut off last: a process that is killed meanwhile leaves no name out."""
        written = "".join(f"{each}\n" for each in named).encode()
        os.pwrite(lock.fileno(), written, 0)
        os.ftruncate(lock.fileno(), len(written))
        os.fsync(lock.fileno())
        self._named = named

    def close(self) -> None:
        """Let another one lead."""
        if self._lock is not None:
            with suppress(OSError):  # a name for which there was no room stays unwritten; the lock goes all the same
                self._lock.close()
            self._lock = None
