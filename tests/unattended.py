"""The daemon in a process of its own, which a test may kill.

Its clock shows `tests.workspaces.START` at EPOCH (seconds since 1970) and goes on from there, so that a second
process carries on where the first was killed.
"""

import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import scheduler
from channels import KINDS
from communique.installation import Installation
from tests.forked import Forked
from tests.workspaces import START


@dataclass
class Unattended:
    """Starts daemons of one workspace, one after the other or two at a time."""

    root: Path
    epoch: float = field(default_factory=time.time)
    started: list[Forked] = field(default_factory=list)

    def start(self, port: int = 0, **more: str) -> Forked:
        """One more; its log is `daemon-<number>.log` in the workspace.

        `port`: of /healthz, 0 for none; `more`: of its environment.
        """
        variables = {**os.environ, "COMMUNIQUE_KEY": "key", **more}
        log = self.root / f"daemon-{len(self.started)}.log"
        self.started.append(Forked(_daemon, [self.root, self.epoch, port], variables, log))
        return self.started[-1]

    def log(self, number: int) -> str:
        """What one of them wrote."""
        return (self.root / f"daemon-{number}.log").read_text(encoding="utf-8")


@contextmanager
def unattended(root: Path) -> Iterator[Unattended]:
    """None of them outlives the block."""
    daemons = Unattended(root)
    try:
        yield daemons
    finally:
        for process in daemons.started:
            process.kill()
            process.wait()


def _daemon(root: Path, epoch: float, port: int) -> int:
    logging.basicConfig(level=logging.INFO)

    def clock() -> datetime:
        return START + timedelta(seconds=time.time() - epoch)

    installation = Installation(root=root, variables=os.environ, kinds=KINDS)
    return scheduler.run(installation, clock, port=port or None)
