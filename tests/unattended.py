"""The daemon in a process of its own, which a test may kill: `python -m tests.unattended FOLDER EPOCH [PORT]`.

Its clock shows `tests.workspaces.START` at EPOCH (seconds since 1970) and goes on from there, so that a second
process carries on where the first was killed.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

_REPOSITORY = Path(__file__).parents[1]


@dataclass
class Unattended:
    """Starts daemons of one workspace, one after the other or two at a time."""

    root: Path
    epoch: float = field(default_factory=time.time)
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, port: int = 0, **more: str) -> subprocess.Popen[bytes]:
        """One more; its log is `daemon-<number>.log` in the workspace.

        `port`: of /healthz, 0 for none; `more`: of its environment.
        """
        command = [sys.executable, "-m", "tests.unattended", str(self.root), str(self.epoch), str(port)]
        variables = {**os.environ, "PYTHONPATH": str(_REPOSITORY), "COMMUNIQUE_KEY": "key", **more}
        with (self.root / f"daemon-{len(self.started)}.log").open("wb") as log:
            process = subprocess.Popen(command, cwd=_REPOSITORY, env=variables, stdout=log, stderr=log)
        self.started.append(process)
        return process

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


def _main() -> int:
    import logging

    import scheduler
    from channels import KINDS
    from communique.installation import Installation
    from tests.workspaces import START

    root, epoch, port = sys.argv[1:]
    logging.basicConfig(level=logging.INFO)

    def clock() -> datetime:
        return START + timedelta(seconds=time.time() - float(epoch))

    installation = Installation(root=Path(root), variables=os.environ, kinds=KINDS)
    return scheduler.run(installation, clock, port=int(port) or None)


if __name__ == "__main__":
    sys.exit(_main())
