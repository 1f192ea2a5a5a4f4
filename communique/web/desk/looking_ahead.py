"""Texts written and checked before anybody asks, by a process of its own: what sends, and whoever reads, goes on.

In the daemon's own process it would take the interpreter from the thread that sends, and from every page. The process
is the command `plan`, which keeps what it finds beside the ledger.
"""

import logging
import os
import subprocess
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from communique.machine.own_process import of_ours

_LOWER = 10  #: whose turn comes after what sends (`nice`)
_log = logging.getLogger(__name__)
Stamps = Mapping[str, tuple[int, int]]


@dataclass
class LookingAhead:
    """Of one workspace. `is_enabled`: whether it is begun at all, which is for who serves a desk for long."""

    root: Path
    variables: Mapping[str, str]
    is_enabled: bool = False
    _asked: Stamps | None = None
    _looked: Stamps | None = None
    _process: subprocess.Popen[bytes] | None = None
    _thread: threading.Thread | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _is_ended: bool = False

    @property
    def is_under_way(self) -> bool:
        """Whether more will be known soon."""
        return self._thread is not None

    @property
    def pid(self) -> int | None:
        """Of the process; None: there is none."""
        return self._process.pid if self._process is not None else None

    def look(self, stamps: Stamps) -> None:
        """At files as they are now; nothing, if they have been looked at, or are to be, as they are."""
        with self._lock:
            if not self.is_enabled or self._is_ended or stamps == self._asked:
                return
            self._asked = stamps
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, daemon=True, name="looking ahead")
                self._thread.start()

    def end(self) -> None:
        """Leave what is being done: only time is lost."""
        with self._lock:
            self._is_ended = True
            if self._process is not None:
                self._process.kill()
            thread = self._thread
        if thread is not None:
            thread.join(timeout=10)

    def _run(self) -> None:
        """Again while files change meanwhile; what of them has stayed the same is known then."""
        while (process := self._begun()) is not None:
            process.wait()

    def _begun(self) -> "subprocess.Popen[bytes] | None":
        with self._lock:
            self._process = None
            if self._is_ended or self._looked == self._asked:
                self._thread = None
                return None
            self._looked = self._asked
            try:
                self._process = _looking(self.root, self.variables)
            except OSError as error:
                _log.info("nobody looks ahead (%s): the first page takes longer", error)
                self._thread = None
            return self._process


def _looking(root: Path, variables: Mapping[str, str]) -> "subprocess.Popen[bytes]":
    command, environment = of_ours("communique", "--workspace", str(root.resolve()), "plan", "--json")
    process = subprocess.Popen(  # noqa: S603 - this Python, and a command of ours
        command,
        env={**environment, **variables, "PYTHONPATH": environment["PYTHONPATH"]},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    with suppress(OSError):  # it is over already
        os.setpriority(os.PRIO_PROCESS, process.pid, _LOWER)
    return process
