"""What processes have cost: asked of the kernel from outside, alike for every program; on Linux alone."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from resource import struct_rusage
from tempfile import TemporaryFile
from typing import IO

_LOOK, _LOOK_FOR_CHILDREN = 0.05, 0.5  #: seconds between two looks at the memory, and for new processes
_SESSION = 3  #: of the fields behind the name in /proc/PID/stat: state, parent, group, session
_USER_TIME = 11  #: and the three behind it: system, children's user, children's system


@dataclass(frozen=True, kw_only=True)
class Cost:
    """A program that has ended, with all the processes it has started and waited for."""

    code: int
    output: str
    errors: str
    seconds: float  #: from its start to its end
    cpu: float  #: user and system, in seconds (wait4)
    peak_rss: int  #: bytes; the peaks of all processes that lived at one time, added up, at the most


def observed(
    command: Sequence[str],
    *,
    within: Path,
    environment: Mapping[str, str],
    most_seconds: float,
    look: Callable[[float], None] = lambda _seconds: None,
    every: float = 0.01,
) -> Cost:
    """Run a program to its end; `look` is called `every` so many seconds, with how many it has run.

    Raises:
        TimeoutError: it was stopped, with all it had started, because it took longer than allowed.
    """
    with TemporaryFile("w+") as output, TemporaryFile("w+") as errors:
        began = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=within, env=environment, stdout=output, stderr=errors, start_new_session=True
        )
        memory = _Memory(process.pid)
        try:
            status, used, passed = _followed(process.pid, began, most_seconds, memory, look, every)
        except BaseException:
            # A session of its own hears of no Ctrl-C.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise
        process.returncode = os.waitstatus_to_exitcode(status)  # it has been waited for already
        said = [_text(each) for each in (output, errors)]
    cpu = used.ru_utime + used.ru_stime
    return Cost(code=process.returncode, output=said[0], errors=said[1], seconds=passed, cpu=cpu, peak_rss=memory.peak)


def _followed(
    process: int, began: float, most_seconds: float, memory: "_Memory", look: Callable[[float], None], every: float
) -> tuple[int, struct_rusage, float]:
    """Until it ends: with which status, what it has used, after how many seconds."""
    while True:
        ended, status, used = os.wait4(process, os.WNOHANG)
        passed = time.perf_counter() - began
        look(passed)
        if ended:
            return status, used, passed
        if passed > most_seconds:
            raise TimeoutError(f"not done after {most_seconds:,.0f} seconds")
        memory.look(passed)
        time.sleep(every)


def _text(file: IO[str]) -> str:
    file.seek(0)
    return file.read()


class _Memory:
    """The most that a session's processes have had together.

    Not `ru_maxrss`: that survives `exec`, so a small program counts as large as whoever started it.
    """

    def __init__(self, session: int) -> None:
        self.peak = 0
        self._session = session
        self._processes = [session]
        self._next = self._next_children = 0.0

    def look(self, passed: float) -> None:
        if passed < self._next:
            return
        self._next = passed + _LOOK
        if passed >= self._next_children:
            self._processes = [self._session, *session_of(self._session)]
            self._next_children = passed + _LOOK_FOR_CHILDREN
        self.peak = max(self.peak, sum(peak_rss(each) for each in set(self._processes)))


def session_of(leader: int) -> list[int]:
    """The processes of a session."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError, IndexError):
                if int(_fields(int(folder.name))[_SESSION]) == leader:
                    found.append(int(folder.name))
    return found


def peak_rss(process: int) -> int:
    """The most memory a process has had, in bytes; nothing when it is no more."""
    with suppress(OSError):
        for line in Path(f"/proc/{process}/status").read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


def cpu_seconds(process: int) -> float:
    """Processor time in user and system mode, with that of children it has waited for."""
    return sum(int(each) for each in _fields(process)[_USER_TIME : _USER_TIME + 4]) / os.sysconf("SC_CLK_TCK")


def _fields(process: int) -> list[str]:
    """Of /proc/PID/stat, behind the name."""
    return Path(f"/proc/{process}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()


def bytes_read(process: int) -> int:
    """All it has read, from files and from the network."""
    for line in Path(f"/proc/{process}/io").read_text(encoding="ascii").splitlines():
        if line.startswith("rchar:"):
            return int(line.split()[1])
    return 0


@contextmanager
def running(command: Sequence[str], **options: object) -> Iterator[subprocess.Popen[bytes]]:
    """A program for as long as it is needed; it is killed in the end."""
    process = subprocess.Popen(command, **options)  # type: ignore[call-overload]
    try:
        yield process
    finally:
        process.kill()
        process.wait()
