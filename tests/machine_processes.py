"""Machines that work on one ledger: each with a folder of its own; their clocks a test turns together."""

import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import scheduler
from channels import KINDS
from communique import log_lines
from communique.installation import Installation
from communique.service.daemon import Daemon
from communique.service.machines import PARTS
from tests.forked import Forked
from tests.workspaces import START

_KINDS = {"daemon": Daemon, **PARTS}


@dataclass
class Machines:
    """Starts them; their folders are copies of `root`, beside it."""

    root: Path
    started: list[Forked] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._ahead = START.timestamp() - time.time()
        self.turn(0)

    @property
    def now(self) -> datetime:
        """By their clocks."""
        return datetime.now(UTC) + timedelta(seconds=self._ahead)

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

    def start(self, part: str = "daemon", **variables: str) -> Forked:
        """One more, with variables of its own; its log is `PART.log` in its folder."""
        folder = self.root.with_name(f"{self.root.name}-{len(self.started)}")
        shutil.copytree(self.root, folder, ignore=shutil.ignore_patterns("var"))
        given = {**os.environ, "COMMUNIQUE_KEY": "key", **variables}
        self.started.append(Forked(_machine, [folder, self._clock, part], given, folder / f"{part}.log"))
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


def _machine(root: Path, clock: Path, part: str) -> int:
    """`clock` is a file that says by how many seconds it is ahead."""
    log_lines.begin_unattended(sys.stderr, as_json=False)

    def now() -> datetime:
        return datetime.now(UTC) + timedelta(seconds=float(clock.read_text()))

    scheduler.TICK_SECONDS = 1
    return scheduler.run(Installation(root=root, variables=os.environ, kinds=KINDS), now, kind=_KINDS[part])
