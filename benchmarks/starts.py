"""How long one waits for a command."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.measuring import MeasureError

_PROGRAM = Path(sys.executable).with_name("communique")
#: Each in a fresh workspace with the shipped campaigns; 2 says that something waits to be done.
COMMANDS = (
    ("--help",),
    ("check",),
    ("plan",),
    ("rehearse", "--all", "--people", "200"),
)
_FINE = {0, 2}
_SLOW = "rehearse"  #: once is enough to know


def starts(repeats: int) -> Iterator[dict[str, Any]]:
    """Seconds of each command from beginning to end: the median."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = str(Path(folder) / "city")
        _seconds("init", workspace, within=folder)
        for command in COMMANDS:
            times = 1 if _SLOW in command else repeats
            took = statistics.median(_seconds(*command, within=workspace) for _ in range(times))
            yield {"command": " ".join(("communique", *command)), "seconds": took}


def _seconds(*arguments: str, within: str) -> float:
    began = time.perf_counter()
    alone = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    done = subprocess.run(
        [str(_PROGRAM), *arguments], cwd=within, capture_output=True, text=True, env=alone, check=False
    )
    seconds = time.perf_counter() - began
    if done.returncode not in _FINE:
        raise MeasureError(f"communique {' '.join(arguments)} ended with {done.returncode}: {done.stderr[-1000:]}")
    return seconds
