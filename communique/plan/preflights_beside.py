"""Preflights of many announcements on every processor: processes beside this one write texts, too.

For commands alone: a process with threads, as the daemon is one, is not divided.
"""

import contextlib
import os
import select
import signal
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_MOST = 4  #: processes in all; each takes some 100 MB while it looks
FEW = 6  #: fewer are looked at before another process has begun
_AT_ONCE = 1 << 16


def processes() -> int:
    """How many are worth while here: one a processor, and this one alone where it cannot be divided."""
    if threading.active_count() > 1 or not hasattr(os, "fork"):
        return 1
    return min(_MOST, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1)


@dataclass
class Beside:
    """One process, and what it has found of its share: lines, one a key, in the order of its keys."""

    pid: int
    reading: int
    keys: list[str]
    _come: bytes = b""
    _found: dict[str, bytes] = field(default_factory=dict)
    _is_over: bool = False

    def found(self, key: str) -> bytes | None:
        """What it found; waits for it. None when it has ended before."""
        while key in self.keys and not self._is_over:
            self._read()
        return self._found.pop(key, None)

    def take_what_has_come(self) -> None:
        """So that it need not wait until somebody reads."""
        while not self._is_over and select.select([self.reading], [], [], 0)[0]:
            self._read()

    def end(self) -> None:
        """Stop it."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        os.close(self.reading)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, 0)

    def _read(self) -> None:
        read = os.read(self.reading, _AT_ONCE)
        self._is_over = not read
        *whole, self._come = (self._come + read).split(b"\n")
        for line in whole:
            self._found[self.keys.pop(0)] = line


def begun(keys: Sequence[str], look: Callable[[str], bytes], processes: int) -> list[Beside]:
    """Processes that look at every other key (every third, …), but not at the first: that is left for this one.

    `look` answers with one line. `processes` counts this one as well.
    """
    made: list[Beside] = []
    for number in range(1, processes):
        try:
            made.append(_begun(list(keys[number::processes]), look))
        except OSError:  # no memory, or no more processes: it takes longer, and no more
            break
    return made


def _begun(keys: list[str], look: Callable[[str], bytes]) -> Beside:
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return Beside(pid, reading, keys)
    try:
        _look_at_all(keys, look, reading, writing)
    finally:
        os._exit(0)  # what is open here is the other process's to close


def _look_at_all(keys: list[str], look: Callable[[str], bytes], reading: int, writing: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # it goes to both: the other process says what is to be said
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.close(reading)
    with contextlib.suppress(OSError):  # where memory is short, this one is to be ended, and not whom it works for
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    with contextlib.suppress(OSError):
        for key in keys:
            left = memoryview(look(key) + b"\n")
            while left:
                left = left[os.write(writing, left) :]
