"""Parts of the service as processes of their own: `python -m tests.machine_processes FOLDER PART CLOCKFILE`.

The clock file says by how many seconds their clocks differ from the real one: a test turns all of them at once.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.workspaces import START

_REPOSITORY = Path(__file__).parents[1]


@dataclass
class Machines:
    """Starts parts of the service on one workspace."""

    root: Path
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._ahead = START.timestamp() - time.time()
        self.turn(0)

    def turn(self, seconds: float) -> None:
        """All clocks at once."""
        self._ahead += seconds
        made = self.root / "clock.new"
        made.write_text(str(self._ahead))
        made.replace(self.root / "clock")

    def start(self, part: str, **variables: str) -> subprocess.Popen[bytes]:
        """One more; its log is `PART-NUMBER.log` in the workspace."""
        command = [sys.executable, "-m", "tests.machine_processes", str(self.root), part, str(self.root / "clock")]
        given = {**os.environ, "PYTHONPATH": str(_REPOSITORY), "COMMUNIQUE_KEY": "key", **variables}
        with (self.root / f"{part}-{len(self.started)}.log").open("wb") as log:
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
    import logging

    import scheduler
    from channels import KINDS
    from communique.installation import Installation
    from communique.machines import PARTS

    root, part, clock = sys.argv[1:]
    logging.basicConfig(level=logging.INFO)

    def now() -> datetime:
        return datetime.now(UTC) + timedelta(seconds=float(Path(clock).read_text()))

    scheduler.TICK_SECONDS = 1
    installation = Installation(root=Path(root), variables=os.environ, kinds=KINDS)
    return scheduler.run(installation, now, part=PARTS[part])


if __name__ == "__main__":
    sys.exit(_main())
