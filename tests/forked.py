"""Processes that begin with the program imported: forks of one that has. They are handled as `subprocess.Popen`.

Python and the imports take longer than most of what a daemon does in a test, and tests that kill start hundreds.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from multiprocessing import get_context
from pathlib import Path
from typing import Any

_FORKS = get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.warm"])


class Forked:
    """One process: `run` with its arguments, whose result is the exit code."""

    def __init__(
        self, run: Callable[..., int | None], arguments: Sequence[Any], variables: Mapping[str, str], log: Path
    ) -> None:
        log.touch()
        about = (run, arguments, dict(variables), log, Path.cwd())
        self._process = _FORKS.Process(target=_begin, args=about, daemon=True)
        self._process.start()

    @property
    def pid(self) -> int:
        """Of the operating system."""
        assert self._process.pid is not None
        return self._process.pid

    def send_signal(self, number: int) -> None:
        """Unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """SIGTERM."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL."""
        self.send_signal(signal.SIGKILL)

    def poll(self) -> int | None:
        """Its exit code, or a signal below 0; None: it goes on."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Until it has ended; its exit code.

        Raises:
            subprocess.TimeoutExpired: it goes on after so many seconds.
        """
        self._process.join(timeout)
        code = self.poll()
        if code is None:
            raise subprocess.TimeoutExpired(str(self._process), timeout or 0)
        return code


def _begin(
    run: Callable[..., int | None], arguments: Sequence[Any], variables: Mapping[str, str], log: Path, folder: Path
) -> None:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # as at a terminal, even where the tests are to outlive theirs
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(variables)
    with log.open("ab") as file:
        for said in (sys.stdout, sys.stderr):
            os.dup2(file.fileno(), said.fileno())
    sys.exit(run(*arguments))
