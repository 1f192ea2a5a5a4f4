"""kill -9 in the middle of sending, at a random moment; then go on. Who got nothing, and who got two?"""

import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.measuring import MeasureError
from benchmarks.ours import prepared
from benchmarks.sink import ROOT, Sink, sink

_MOST_SECONDS = 600
_LOOK = 0.005  #: seconds between two looks at the sink


def killed_once(people: int, connections: int, chance: random.Random) -> dict[str, Any]:
    """One kill: how many were accepted before it, lost and doubled in the end, and seconds to go on to the end.

    Raises:
        MeasureError: the sink and its files disagree, or going on fails.
    """
    with tempfile.TemporaryDirectory() as folder, sink(envelopes=True) as receiver:
        prepared(Path(folder), people, connections, receiver.port)
        before = _kill_after(chance.randrange(1, people), folder, receiver)
        began = time.perf_counter()
        done = subprocess.run(
            _sender(folder), cwd=ROOT, capture_output=True, text=True, timeout=_MOST_SECONDS, check=False
        )
        seconds = time.perf_counter() - began
        if done.returncode:
            raise MeasureError(f"going on after a kill failed: {done.stderr[-2000:]}")
        got = Counter(receiver.recipients())
        if got.total() != receiver.messages:
            raise MeasureError(f"the sink counted {receiver.messages} messages and kept {got.total()}")
    return {
        "before": before,
        "lost": people - len(got),
        "doubled": got.total() - len(got),
        "seconds": seconds,
        "balance": done.stdout.strip(),
    }


def _sender(folder: str) -> list[str]:
    return [sys.executable, "-m", "benchmarks.ours", folder]


def _kill_after(number: int, folder: str, receiver: Sink) -> int:
    """Start the sender, and end it when the sink has taken so many; how many it had taken."""
    with subprocess.Popen(_sender(folder), cwd=ROOT, stdout=subprocess.DEVNULL) as process:
        while receiver.messages < number and process.poll() is None:
            time.sleep(_LOOK)
        process.kill()
    return receiver.messages
