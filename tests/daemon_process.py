"""The daemon as operators run it: a process of its own, which can be stopped, killed and started again."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from communique import cli
from tests.forked import Forked


def wait_until(holds: Callable[[], bool], what: str, seconds: float = 60) -> None:
    """Look again and again until something holds; fail by name when it does not within the time."""
    deadline, pause = monotonic() + seconds, threading.Event()
    while not holds():
        assert monotonic() < deadline, f"waited {seconds} s in vain for {what}"
        pause.wait(0.02)


@dataclass
class DaemonProcess:
    """`communique run` on a workspace; with `anew`, in a Python that is started for it."""

    root: Path
    process: Forked | subprocess.Popen[bytes] | None = None
    anew: bool = False
    port: int = 0  #: of its pages; 0: any

    def start(self) -> None:
        """Start it; its log goes to `var/daemon.log`."""
        (self.root / "var").mkdir(exist_ok=True)
        variables = {**os.environ, "COMMUNIQUE_KEY": "key"}
        log = self.root / "var" / "daemon.log"
        if not self.anew:
            self.process = Forked(run_daemon, [self.root, self.port], variables, log)
            return
        with log.open("ab") as said:
            command = [sys.executable, "-m", *_words(self.root, self.port)]
            self.process = subprocess.Popen(command, env=variables, stdout=said, stderr=said)

    def kill(self) -> None:
        """As a power cut would."""
        self._end(signal.SIGKILL)

    def terminate(self) -> int:
        """As an operator would; the exit code."""
        return self._end(signal.SIGTERM)

    def log(self) -> str:
        """What it has said."""
        return (self.root / "var" / "daemon.log").read_text(encoding="utf-8")

    def _end(self, number: signal.Signals) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(timeout=60)


def run_daemon(root: Path, port: int) -> None:
    """What the process does."""
    sys.argv = _words(root, port)
    cli.main()


def _words(root: Path, port: int) -> list[str]:
    return ["communique", "--workspace", str(root), "run", "--port", str(port)]
