"""Machines that work on one ledger: daemons, each with a folder of its own, whose clocks a test turns together.

`python -m tests.machine_processes FOLDER CLOCKFILE` is one; the file says by how many seconds it is ahead.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import scheduler
from channels import KINDS
from communique.installation import Installation
from tests.workspaces import START

_REPOSITORY = Path(__file__).parents[1]


@dataclass
class Machines:
    """Starts them; their folders are copies of `root`, beside it."""

    root: Path
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._ahead = START.timestamp() - time.time()
        self.turn(0)

    @property
    def _clock(self) -> Path:
        return self.root / "var" / "clock"

    def turn(self, seconds: float) -> None:
        """All clocks at once."""
        self._ahead += seconds
        self._clock.parent.mkdir(exist_ok=True)
        made = self._clock.with_suffix(".new")
        made.write_text(str(self._ahead))
        made.replace(self._clock)

    def start(self) -> subprocess.Popen[bytes]:
        """One more; its log is `daemon.log` in its folder."""
        folder = self.root.with_name(f"{self.root.name}-{len(self.started)}")
        shutil.copytree(self.root, folder, ignore=shutil.ignore_patterns("var"))
        command = [sys.executable, "-m", "tests.machine_processes", str(folder), str(self._clock)]
        with (folder / "daemon.log").open("wb") as log:
            given = {**os.environ, "COMMUNIQUE_KEY": "key"}
            self.started.append(subprocess.Popen(command, cwd=_REPOSITORY, env=given, stdout=log, stderr=log))
        return self.started[-1]


@contextmanager
def machines(root: Path) -> Iterator[Machines]:
    """None of them outlives the block."""
    made = Machines(root)
    try:
        yield made
    finally:
        for process in made.started:
            process.kill()
            process.wait()


def _main() -> int:
    root, clock = map(Path, sys.argv[1:])

    def now() -> datetime:
        return datetime.now(UTC) + timedelta(seconds=float(clock.read_text()))

    scheduler.TICK_SECONDS = 1
    return scheduler.run(Installation(root=root, variables=os.environ, kinds=KINDS), now)


if __name__ == "__main__":
    sys.exit(_main())
