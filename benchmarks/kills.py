"""kill -9 in the middle of sending, at a random moment; then go on. Who got nothing, and who got two? How soon?"""

import os
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
from benchmarks.process_cost import observed, running
from benchmarks.sink import ROOT, Sink, sink

_MOST_SECONDS = 600
_LOOK = 0.005  #: seconds between two looks at the sink


def killed_once(people: int, connections: int, chance: random.Random) -> dict[str, Any]:
    """One kill: how many were accepted before it, lost and doubled in the end; seconds to go on, and to the end.

    Raises:
        MeasureError: the sink and its files disagree, or going on fails.
    """
    with tempfile.TemporaryDirectory(prefix="communique-bench-") as folder, sink(envelopes=True) as receiver:
        prepared(Path(folder), people, connections, receiver.port)
        before = _kill_after(chance.randrange(1, people), folder, receiver)
        again: list[float] = []

        def look(passed: float) -> None:
            if not again and receiver.messages > before:
                again.append(passed)

        try:
            done = observed(
                _sender(folder),
                within=ROOT,
                environment=os.environ,
                most_seconds=_MOST_SECONDS,
                look=look,
                every=_LOOK,
            )
        except TimeoutError as error:
            raise MeasureError(f"going on after a kill: {error}") from error
        if done.code:
            raise MeasureError(f"going on after a kill failed: {done.errors[-2000:]}")
        got = Counter(receiver.recipients())
        if got.total() != receiver.messages:
            raise MeasureError(f"the sink counted {receiver.messages} messages and kept {got.total()}")
    return {
        "before": before,
        "lost": people - len(got),
        "doubled": got.total() - len(got),
        "again": again[0] if again else None,  # None: it had taken everything before it was killed
        "to_the_end": done.seconds,
        "balance": done.output.strip(),
    }


def _sender(folder: str) -> list[str]:
    return [sys.executable, "-m", "benchmarks.ours", folder, "--to-the-end"]


def _kill_after(number: int, folder: str, receiver: Sink) -> int:
    """Start the sender, and end it when the sink has taken so many; how many it had taken."""
    with running(_sender(folder), cwd=ROOT, stdout=subprocess.DEVNULL) as process:
        while receiver.messages < number and process.poll() is None:
            time.sleep(_LOOK)
        process.kill()
        process.wait()
        return _at_rest(receiver)


def _at_rest(receiver: Sink) -> int:
    """How many the sink has taken, once what lay in its buffers is counted."""
    counted = -1
    while counted != receiver.messages:
        counted = receiver.messages
        time.sleep(10 * _LOOK)
    return counted
